"""Forms that create send a token; it is stored in the transaction of its effect, so nothing is made twice."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from ekopi.core import clock
from ekopi.core.errors import Refused
from ekopi.core.models import FormToken
from ekopi.extensions import db


class SentAlready(Refused):
    """The same form arrived twice at the same moment; the first one counts."""

    code = "sent-already"
    message = _l("Formulir ini sudah terkirim.")
    remedy = _l("Muat ulang halaman untuk melihat hasilnya.")


def led_to(token: str | None) -> str | None:
    """Where the first sending of this form led, or None when it is the first."""
    row = db.session.get(FormToken, token) if token else None
    return row.location if row else None


def remember(token: str | None, location: str) -> None:
    """Keeps the token with its effect. Raises SentAlready when another request was first."""
    if not token:
        return
    try:
        with db.session.begin_nested():
            db.session.add(FormToken(token=token[:64], location=location))
    except IntegrityError as clash:
        raise SentAlready() from clash


def keep(token: str, location: str) -> None:
    """Keeps where the newest sending led, of a form that is sent again and again; in one statement."""
    dialect = sqlite if db.session.connection().dialect.name == "sqlite" else postgresql
    now = clock.now()
    upsert = dialect.insert(FormToken).values(token=token[:64], location=location, at=now)
    kept = upsert.on_conflict_do_update(index_elements=["token"], set_={"location": location, "at": now})
    # a row that was read before is read anew
    db.session.scalars(kept.returning(FormToken), execution_options={"populate_existing": True}).one()
