"""Why a proof or a credit is taken back: always said, in words that mean something."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ekopi.core.errors import Invalid

LEAST, MOST = 10, 500


def checked_reason(reason: str) -> str:
    """The reason without needless spaces. Raises Invalid for field "reason" below 10 or above 500 characters."""
    plain = " ".join(reason.split())
    if len(plain) < LEAST:
        raise Invalid("reason", _l("Tulis alasannya, paling sedikit %(least)s karakter."), least=LEAST)
    if len(plain) > MOST:
        raise Invalid("reason", _l("Ringkas alasannya sampai paling banyak %(most)s karakter."), most=MOST)
    return plain
