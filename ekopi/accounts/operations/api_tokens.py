"""Tokens of the API as rows: made with a random token that is shown once, seen, ended. The row keeps its hash."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ekopi.accounts import events, queries, words
from ekopi.accounts.models import ApiToken, Person
from ekopi.accounts.operations import letters
from ekopi.accounts.operations.sign_ins import digest
from ekopi.core import audit, clock
from ekopi.core import db as database
from ekopi.core.db import affected
from ekopi.core.errors import Invalid, Refused
from ekopi.extensions import db

PREFIX = "ekopi_"
"""How every token begins, so that one that was published by mistake can be found."""
LONGEST = timedelta(days=365)
MOST = 20
"""Tokens that a person may have at a time."""
TOUCH = timedelta(minutes=5)
LIVING = (
    select(ApiToken)
    .join(ApiToken.person)
    .where(
        ApiToken.token_hash == bindparam("token_hash"),
        ApiToken.ended_at.is_(None),
        ApiToken.expires_at > bindparam("now"),
        Person.state == "active",
    )
    .options(contains_eager(ApiToken.person).options(joinedload(Person.roles)))
)
"""Asked at every request of a program, so it is put together once."""


class TooManyTokens(Refused):
    """The person has MOST tokens already."""

    code = "too-many-tokens"
    message = _l("Anda sudah memiliki %(most)s token.")
    remedy = _l("Akhiri token yang tidak dipakai lagi, lalu buat yang baru.")
    way = ("/akun/token", _l("Ke Token Saya"))


def make(person: Person, name: str, scopes: Iterable[str], lives: timedelta) -> tuple[ApiToken, str]:
    """A new token; its text is given back here and can never be read again. The person is told by letter and notice.

    Raises Invalid for the name, for unknown scopes and for a life of more than LONGEST; TooManyTokens.
    """
    name, wanted = " ".join(name.split()), set(scopes)
    if not name or len(name) > 80:
        raise Invalid("name", _l("Isi nama token."))
    if wanted - set(words.SCOPES):
        raise Invalid("scopes", _l("Pilih izin dari daftar."))
    if not timedelta() < lives <= LONGEST:
        raise Invalid("days", _l("Token berlaku paling lama satu tahun."))
    database.claim(person)  # two at once are counted one after the other
    if len(queries.api_tokens_of(person.id, expired=False)) >= MOST:
        raise TooManyTokens(most=MOST)
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        token_hash=digest(token),
        person_id=person.id,
        name=name,
        scopes=[scope for scope in words.SCOPES if scope in wanted],
        expires_at=clock.now() + lives,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("account.token-made", "person", person.id, token=row.id)
    letters.token_made(person, row)
    events.token_made.send(token=row)
    return row, token


def current(token: str) -> ApiToken | None:
    """The living token of this text with its person and roles; None when it ended, expired or never was."""
    if not token.startswith(PREFIX):
        return None
    found = db.session.scalars(LIVING, {"token_hash": digest(token), "now": clock.now()})
    return found.unique().first()


def touch(token_id: int) -> None:
    """Notes that the token was used; callers do it at most every TOUCH, in a transaction of its own."""
    db.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=clock.now()))


def end_one(person: Person, token_id: int) -> bool:
    """Ends one of the person's tokens at once, also one ended already; False when the person has none such."""
    own = update(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == person.id)
    if affected(own.where(ApiToken.ended_at.is_(None)).values(ended_at=clock.now())):
        audit.record("account.token-ended", "person", person.id, token=token_id)
        return True
    known = select(ApiToken.id).where(ApiToken.id == token_id, ApiToken.person_id == person.id)
    return db.session.scalar(known) is not None


def end_all(person_id: int) -> int:
    """Ends every token of a person whose account is disabled. Returns how many."""
    living = update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.ended_at.is_(None))
    return affected(living.values(ended_at=clock.now()))


def forget(older_than: timedelta) -> int:
    """Removes tokens that are over for longer than this. Returns how many."""
    limit = clock.now() - older_than
    return affected(delete(ApiToken).where(or_(ApiToken.ended_at < limit, ApiToken.expires_at < limit)))
