"""Version 1: one file per resource. What all of them share is said here: limits, refusals, headers."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext as _

from ekopi.api import answering, callers, reading
from ekopi.core.errors import Invalid, Refused
from ekopi.core.problems import problem
from ekopi.extensions import db, limiter

A_MINUTE = 300
FROM_ONE_ADDRESS = 1200
blueprint = Blueprint("api", __name__, url_prefix=answering.ROOT)
limiter.shared_limit(f"{A_MINUTE} per minute", scope="api", key_func=callers.counted_by)(blueprint)
limiter.shared_limit(f"{FROM_ONE_ADDRESS} per minute", scope="api-addresses")(blueprint)


@blueprint.errorhandler(Refused)
def _refused(refusal: Refused):
    db.session.rollback()
    errors = None
    if isinstance(refusal, reading.Unreadable):
        errors = refusal.errors
    elif isinstance(refusal, Invalid) and refusal.field:
        errors = [{"field": refusal.field, "message": refusal.sentence()}]
    return problem(refusal.status, _("Belum Dapat Dilakukan"), str(refusal), code=refusal.code, errors=errors)


@blueprint.after_request
def _headers(response):
    """Answers to a token are for its person alone; whoever keeps an answer asks whether it still holds."""
    own = "Authorization" in request.headers
    response.headers["Cache-Control"] = "private, no-cache" if own else "no-cache"
    response.vary.add("Authorization")
    if response.status_code == 401:
        fault = ', error="invalid_token"' if own else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="EKOPI"{fault}'
    return callers.touch_after(response)


from ekopi.api.v1 import (  # noqa: E402, F401
    certificates,
    courses,
    enrolments,
    me,
    organisations,
    places,
    progress,
    records,
    replications,
    searching,
)
