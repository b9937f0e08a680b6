"""People as the operator of the machine sees them: the first admin, roles, disabled accounts."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ekopi.accounts import queries
from ekopi.accounts.models import Person
from ekopi.accounts.operations import account, people, roles, tokens
from ekopi.core.errors import Refused
from ekopi.extensions import db
from ekopi.operating.errors import BadInput


def has_admin() -> bool:
    """Whether somebody who can sign in administers the platform."""
    return queries.active_admins() > 0


def make_admin(email: str, name: str) -> str:
    """Sees to it that this person exists and is an admin; commits; returns a link for one sign-in within 30 minutes."""
    person = queries.person_by_email(email) or add(email, name)
    if not person.is_active:
        raise BadInput(f"akun {email} tidak aktif ({person.state}).")
    if not person.holds("admin", "platform", 0):
        roles.grant(person, "admin", "platform", 0, None)
    link = tokens.make_admin_link(person)
    db.session.commit()
    return link


def add(email: str, name: str) -> Person:
    """A person whose address the operator vouches for; without a password until the person sets one."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise BadInput(f"{email} bukan alamat surel. Contoh: nama@instansi.go.id.") from error
    if not name.strip():
        raise BadInput("nama tidak boleh kosong.")
    try:
        person = people.create(email=address, name=name.strip())
    except Refused as refusal:
        raise BadInput(str(refusal)) from refusal
    return found(person.email)


def found(email: str) -> Person:
    """The person of an address, with roles. Raises BadInput."""
    person = queries.person_by_email(email)
    if person is None:
        raise BadInput(f"tidak ada akun dengan surel {email}.")
    return person


def switch(person: Person, *, off: bool) -> None:
    """Disables an account and ends its sign-ins, or enables it again. Raises BadInput."""
    try:
        (account.disable if off else account.enable)(person, None)
    except Refused as refusal:
        raise BadInput(str(refusal)) from refusal


def listed(text: str, limit: int) -> list[Person]:
    """People whose name or address holds the text, newest first, with roles."""
    query = select(Person).where(Person.state != "erased").order_by(Person.id.desc()).limit(limit)
    if text:
        pattern = text.lower()
        query = query.where(
            Person.email.contains(pattern, autoescape=True) | Person.name.icontains(text, autoescape=True)
        )
    return list(db.session.scalars(query.options(selectinload(Person.roles))))


def change_role(person: Person, kind: str, place: str, *, give: bool) -> None:
    """Gives or takes a role; `place` is "platform" or "organisation:<id>" or "course:<id>". Raises BadInput."""
    place_kind, _colon, number = place.partition(":")
    if place_kind not in ("platform", "organisation", "course") or (number and not number.isdecimal()):
        raise BadInput("tempat peran: platform, organisation:<id>, atau course:<id>.")
    place_id = int(number or 0)
    try:
        if give:
            roles.grant(person, kind, place_kind, place_id, None)
            return
        held = [
            role
            for role in person.roles
            if (role.kind, role.place_kind, role.place_id) == (kind, place_kind, place_id)
        ]
        if not held:
            raise BadInput(f"{person.email} tidak memegang peran {kind} di {place}.")
        roles.revoke(held[0], None)
    except Refused as refusal:
        raise BadInput(str(refusal)) from refusal
