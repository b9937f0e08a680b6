"""Who calls: the person of a living token within its scopes, or a visitor. Cookies are not looked at."""

from __future__ import annotations

import hashlib
import logging

from flask import g, request
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address
from sqlalchemy.exc import SQLAlchemyError

from ekopi.accounts.loading import Visitor, acting
from ekopi.accounts.operations import api_tokens
from ekopi.core import clock
from ekopi.core.errors import Refused
from ekopi.extensions import db

log = logging.getLogger("ekopi.api")


class TokenMissing(Refused):
    """What is not public needs a token."""

    code = "token-missing"
    status = 401
    message = _l("Permintaan ini memerlukan token.")
    remedy = _l("Buat token di halaman Akun, lalu kirim sebagai “Authorization: Bearer …”.")


class TokenUnknown(Refused):
    """The token never was, was ended, has expired, or its person cannot sign in."""

    code = "token-unknown"
    status = 401
    message = _l("Token ini tidak berlaku.")
    remedy = _l("Periksa tulisannya, atau buat token baru di halaman Akun.")


class ScopeMissing(Refused):
    """The token may not do this."""

    code = "scope-missing"
    status = 403
    message = _l("Token ini tidak memiliki izin %(scope)s.")
    remedy = _l("Buat token dengan izin itu di halaman Akun.")


def caller(scope: str | None, *, public: bool):
    """The person of the request's token, or a visitor where the operation is public.

    A public operation shows a person only what the token's scopes allow; without `scope` it is the visitor who
    reads. Raises TokenMissing, TokenUnknown, ScopeMissing.
    """
    g._login_user = (
        Visitor()
    )  # what asks for current_user gets whoever the token means, never a cookie's person
    g.pop("sign_in", None)
    if "Authorization" not in request.headers:
        if not public:
            raise TokenMissing()
        return g._login_user
    shown = request.authorization
    row = api_tokens.current(shown.token) if shown and shown.type == "bearer" and shown.token else None
    if row is None:
        raise TokenUnknown()
    if row.used_at is None or clock.now() - row.used_at > api_tokens.TOUCH:
        g.touch_api_token = row.id
    person = g._login_user = acting(row.person)
    if scope in row.scopes:
        return person
    if not public:
        raise ScopeMissing(scope=scope)
    return Visitor()


def touch_after(response):
    """Notes the use of a token after the answer, in a transaction of its own; left out when the database is busy."""
    token_id = g.pop("touch_api_token", None)
    if token_id:
        try:
            db.session.rollback()
            api_tokens.touch(token_id)
            db.session.commit()
        except SQLAlchemyError:
            db.session.rollback()
            log.warning("the use of a token was not noted")
    return response


def counted_by() -> str:
    """What requests are counted by: the token that is shown, else the address."""
    shown = request.headers.get("Authorization")
    return hashlib.sha256(shown.encode()).hexdigest() if shown else get_remote_address()
