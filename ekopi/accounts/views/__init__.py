"""Pages of accounts: coming in, registering, the own account. Staff pages stand in `staff`."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)


@blueprint.after_request
def never_kept(response):
    """Pages here hold tokens in their addresses or personal data: no cache keeps them."""
    response.headers["Cache-Control"] = "no-store"
    return response


from ekopi.accounts.views import (  # noqa: E402, F401
    account,
    api_tokens,
    data,
    entry,
    memberships,
    registering,
    sessions,
)
