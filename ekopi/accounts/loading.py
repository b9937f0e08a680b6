"""How a request finds its person: the cookie's token leads to a living sign-in row."""

from __future__ import annotations

import logging
from typing import NamedTuple

from flask import g
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import SQLAlchemyError

from ekopi.accounts.models import Person
from ekopi.accounts.operations import sign_ins
from ekopi.core import clock
from ekopi.core.guards import to_sign_in
from ekopi.extensions import db, login

log = logging.getLogger("ekopi.accounts")


class Visitor(AnonymousUserMixin):
    """Nobody signed in: holds no role."""

    id = None
    roles: tuple = ()

    def holds(self, *place) -> bool:
        return False

    def holds_any(self, kinds) -> bool:
        return False

    def held_roles(self) -> tuple:
        return ()


class Held(NamedTuple):
    """A role as it was when the request began; no row, so a commit or rollback does not take it away."""

    kind: str
    place_kind: str
    place_id: int


def acting(person: Person) -> Person:
    """The person with the roles as plain values, for the length of a request. Needs `roles` loaded."""
    person.held = tuple(Held(r.kind, r.place_kind, r.place_id) for r in person.roles)  # type: ignore[misc]
    return person


def load(token: str) -> Person | None:
    """The person of a living sign-in, with the sign-in at `g.sign_in`; None sends the visitor to sign in."""
    row = sign_ins.current(token)
    if row is None:
        return None
    person = acting(row.person)
    person.token = token  # type: ignore[misc]
    g.sign_in = row
    if clock.now() - row.seen_at > sign_ins.TOUCH:
        g.touch_sign_in = row.id
    return person


def touch_after(response):
    """Notes the use of a sign-in after the answer, in a transaction of its own, at most every five minutes.

    The answer stands already: when the database is busy the note is left to the next request.
    """
    sign_in_id = g.pop("touch_sign_in", None)
    if sign_in_id:
        try:
            db.session.rollback()
            sign_ins.touch(sign_in_id)
            db.session.commit()
        except SQLAlchemyError:
            db.session.rollback()
            log.warning("the use of a sign-in was not noted")
    return response


def init_app(app) -> None:
    login.anonymous_user = Visitor
    login.user_loader(load)
    login.unauthorized_handler(to_sign_in)
    app.after_request(touch_after)
