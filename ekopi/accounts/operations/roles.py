"""Roles: given and taken. Either ends the person's sign-ins, so that no open browser keeps what was taken."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import policy, queries
from ekopi.accounts.models import Person, Role
from ekopi.accounts.operations import sign_ins
from ekopi.core import audit, clock
from ekopi.core import db as database
from ekopi.core.errors import Invalid, Refused
from ekopi.extensions import db


class RoleAlready(Refused):
    """The person holds this role at this place."""

    code = "role-already"
    message = _l("Peran ini sudah dipegang di tempat yang sama.")


class RoleEnded(Refused):
    """The role was taken in the meantime."""

    code = "role-ended"
    message = _l("Peran ini sudah dicabut sebelumnya.")


class LastAdmin(Refused):
    """Without this admin nobody could give roles any more."""

    code = "last-admin"
    message = _l("Ini admin terakhir yang masih aktif.")
    remedy = _l("Beri peran admin kepada orang lain lebih dahulu.")


def grant(person: Person, kind: str, place_kind: str, place_id: int, by: Person | None) -> Role:
    """Gives a role at a place (place_id 0 at the platform). `by` is None for commands.

    Raises Invalid when the role is not held at such places, RoleAlready when it is held there.
    """
    if place_kind not in policy.PLACES_OF.get(kind, ()) or (place_kind == "platform") != (place_id == 0):
        raise Invalid("place", _l("Peran ini tidak dapat diberikan di tempat itu. Pilih tempat yang lain."))
    if place_kind == "organisation" and queries.organisation(place_id) is None:
        raise Invalid("place", _l("Instansi itu tidak ada. Pilih dari daftar."))
    role = Role(
        person_id=person.id, kind=kind, place_kind=place_kind, place_id=place_id,
        granted_by_id=by.id if by else None,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(role)
    except IntegrityError as clash:
        raise RoleAlready() from clash
    _changed(f"role.granted.{kind}", role, person, by)
    return role


def revoke(role: Role, by: Person | None) -> None:
    """Takes a role. Raises RoleEnded when it was taken already, LastAdmin."""
    if role.kind == "admin":
        lock_admins()
    database.claim(role)
    if role.ended_at is not None:
        raise RoleEnded()
    person = db.session.get_one(Person, role.person_id)
    if role.kind == "admin" and person.state == "active" and queries.active_admins() <= 1:
        raise LastAdmin()
    role.ended_at = clock.now()
    role.ended_by_id = by.id if by else None
    db.session.flush()
    _changed(f"role.revoked.{role.kind}", role, person, by)


def refuse_last_admin(person: Person) -> None:
    """Raises LastAdmin when nobody else could give roles without this person. Claims the person."""
    lock_admins()
    database.claim(person)
    held = [r for r in queries.roles_of(person.id) if r.kind == "admin"]
    if held and person.state == "active" and queries.active_admins() <= 1:
        raise LastAdmin()


def lock_admins() -> None:
    """Two admins who take each other's role at once would leave none: one after the other."""
    if not database.take_write_lock():
        rows = select(Role.id).where(Role.kind == "admin", Role.ended_at.is_(None)).order_by(Role.id)
        db.session.execute(rows.with_for_update())


def _changed(verb: str, role: Role, person: Person, by: Person | None) -> None:
    audit.record(
        verb, "person", person.id, actor_id=by.id if by else None,
        kind=role.kind, place_kind=role.place_kind, place_id=role.place_id,
    )  # fmt: skip
    own = by is not None and by.id == person.id
    sign_ins.end_all(person.id, but_token=by.token if own and by else None)
