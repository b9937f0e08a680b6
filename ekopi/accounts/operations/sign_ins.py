"""Sign-ins as rows: begun with a random token, seen, ended. The cookie holds the token, the row its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask import current_app
from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ekopi.accounts.models import Person, SignIn
from ekopi.core import clock
from ekopi.core.db import affected
from ekopi.extensions import db

TOUCH = timedelta(minutes=5)
KEPT = timedelta(days=90)
"""How long the row of a sign-in that is over stays, for the list of one's own and for questions."""
LIVING = (
    select(SignIn)
    .join(SignIn.person)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.seen_at > bindparam("used_after"),
        SignIn.created_at > bindparam("begun_after"),
        Person.state == "active",
    )
    .options(contains_eager(SignIn.person).options(joinedload(Person.roles)))
)
"""Asked at every request, so it is put together once."""


def digest(token: str) -> str:
    """What is stored of a random token; a plain hash is enough for 128 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(person: Person, *, device: str = "") -> str:
    """A new sign-in for the person; returns the token for the cookie."""
    token = secrets.token_urlsafe(24)
    db.session.add(SignIn(token_hash=digest(token), person_id=person.id, device=device[:120]))
    db.session.flush()
    return token


def current(token: str) -> SignIn | None:
    """The living sign-in of a token with its person and roles, or None when it ended, idled out or is too old."""
    settings = current_app.extensions["settings"]
    now = clock.now()
    found = db.session.scalars(
        LIVING,
        {
            "token_hash": digest(token),
            "used_after": now - timedelta(hours=settings.session_idle_hours),
            "begun_after": now - timedelta(days=settings.session_max_days),
        },
    )
    return found.unique().first()


def touch(sign_in_id: int) -> None:
    """Notes that the sign-in was used; callers do it at most every TOUCH, in a transaction of its own."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))


def end(token: str) -> None:
    """Ends the sign-in of this token; a copied cookie is dead from now on."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.token_hash == digest(token), SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def end_all(person_id: int, *, but_token: str | None = None) -> int:
    """Ends every sign-in of a person (password or role changed, account disabled). Returns how many."""
    query = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if but_token:
        query = query.where(SignIn.token_hash != digest(but_token))
    return affected(query.values(ended_at=clock.now()))


def end_one(person_id: int, sign_in_id: int) -> bool:
    """Ends one sign-in of this person; False when it is not this person's, or ended already."""
    query = update(SignIn).where(
        SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_(None)
    )
    return affected(query.values(ended_at=clock.now())) == 1


def over(person_id: int, sign_in_id: int) -> bool:
    """This sign-in was the person's and has ended."""
    mine = select(SignIn.id).where(
        SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_not(None)
    )
    return db.session.scalar(mine) is not None


def forget(older_than: timedelta = KEPT) -> int:
    """Removes sign-ins that are over for longer than this. Returns how many."""
    settings = current_app.extensions["settings"]
    limit = clock.now() - older_than
    over = or_(
        SignIn.ended_at < limit,
        SignIn.seen_at < limit - timedelta(hours=settings.session_idle_hours),
        SignIn.created_at < limit - timedelta(days=settings.session_max_days),
    )
    return affected(delete(SignIn).where(over))
