"""What part of the tree somebody administers, and the people in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import false, func, or_, select, true
from sqlalchemy.orm import contains_eager

from ekopi.accounts import policy, queries
from ekopi.accounts.models import Membership, Organisation, Person
from ekopi.core.paging import Page, page
from ekopi.core.registry import all_of
from ekopi.extensions import db

MOST_UNITS = 500
"""Units that a choice offers; more are reached from the page of an organisation."""
LIVING = ("claimed", "confirmed")


@dataclass(frozen=True)
class Scope:
    """The whole tree (an admin), or the organisations somebody is agency admin of with all below them."""

    everything: bool
    roots: list[Organisation]

    def where(self):
        """The WHERE of the organisations in it; deleted ones are never in it."""
        inside = true() if self.everything else or_(false(), *[queries.below(root) for root in self.roots])
        return inside & Organisation.deleted_at.is_(None)


def scope_of(person: Person) -> Scope:
    """What this person administers; one query for an agency admin, none for an admin."""
    if policy.is_admin(person):
        return Scope(True, [])
    places = [
        r.place_id for r in person.held_roles() if (r.kind, r.place_kind) == ("agency_admin", "organisation")
    ]
    roots = select(Organisation).where(Organisation.id.in_(places), Organisation.deleted_at.is_(None))
    return Scope(False, list(db.session.scalars(roots.order_by(Organisation.path))))


def unit(scope: Scope, organisation_id: int) -> Organisation | None:
    """An organisation of the scope."""
    return db.session.scalars(
        select(Organisation).where(scope.where(), Organisation.id == organisation_id)
    ).first()


def unit_choices(scope: Scope, chosen: Organisation | None = None) -> list[tuple[str, str]]:
    """(id, name) of the units in the scope in the order of the tree, lower ones indented; the chosen one always."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.path)
        .where(scope.where())
        .order_by(Organisation.path)
        .limit(MOST_UNITS)
    ).all()
    top = min((path.count("/") for _id, _name, path in rows), default=0)
    choices = [(str(key), "– " * (path.count("/") - top) + name) for key, name, path in rows]
    if chosen is not None and str(chosen.id) not in dict(choices):
        choices.insert(0, (str(chosen.id), chosen.name))
    return choices


def members(scope: Scope, *, text: str = "", unit: Organisation | None = None, state: str = "") -> Page:
    """A page of memberships in the scope, by name, with person and organisation; living ones unless `state` is ended."""
    query = _members(scope).options(
        contains_eager(Membership.person), contains_eager(Membership.organisation)
    )
    query = query.where(Membership.state.in_([state] if state else LIVING))
    if unit is not None:
        query = query.where(queries.below(unit))
    if text:
        query = query.where(called(text))
    return page(query, [Person.name, Membership.id], of=lambda row: (row.person.name, row.id))


def called(text: str):
    """The WHERE of people whose name or address holds the text."""
    wanted = text.lower()
    return or_(
        func.lower(Person.name).contains(wanted, autoescape=True),
        Person.email.contains(wanted, autoescape=True),
    )


def waiting(scope: Scope) -> int:
    """How many claims wait for a decision."""
    claims = _members(scope).where(Membership.state == "claimed").with_only_columns(func.count(Membership.id))
    return db.session.scalar(claims) or 0


def memberships_in(scope: Scope, person_id: int) -> list[Membership]:
    """The memberships of a person inside the scope, living ones first; none for somebody else's people."""
    return list(
        db.session.scalars(
            _members(scope)
            .where(Membership.person_id == person_id)
            .options(contains_eager(Membership.person), contains_eager(Membership.organisation))
            .order_by(Membership.ended_at.isnot(None), Membership.id.desc())
        )
    )


def membership_in(scope: Scope, person_id: int, membership_id: int) -> Membership | None:
    """One membership of this person inside the scope."""
    return next((m for m in memberships_in(scope, person_id) if m.id == membership_id), None)


def claims_in(scope: Scope, ids: list[int]) -> list[Membership]:
    """These memberships, those inside the scope; whatever their state is by now."""
    query = _members(scope).where(Membership.id.in_(ids))
    return list(
        db.session.scalars(
            query.options(contains_eager(Membership.person), contains_eager(Membership.organisation))
        )
    )


def _members(scope: Scope):
    """Memberships in the scope, of people whose address is proved and who are not gone."""
    return (
        select(Membership)
        .join(Membership.person)
        .join(Membership.organisation)
        .where(scope.where(), Person.state.in_(("active", "disabled")))
    )


def jp_of(person_ids: list[int], year: int) -> tuple[dict[int, Decimal], Decimal]:
    """JP of each of these people in a year, and the year's target (0 where none is known)."""
    for totals in all_of("jp-totals").values():
        return totals(person_ids, year)
    return {}, Decimal(0)


def confirmed_people(organisation: Organisation, after: int, size: int) -> list:
    """Some (id, nip_cipher, name) of the confirmed people of an organisation and all below it, by id; for exports."""
    inside = (
        select(Membership.person_id)
        .join(Membership.organisation)
        .where(
            queries.below(organisation), Organisation.deleted_at.is_(None), Membership.state == "confirmed"
        )
    )
    return list(
        db.session.execute(
            select(Person.id, Person.nip_cipher, Person.name)
            .where(
                Person.id.in_(inside),
                Person.id > after,
                Person.state.in_(("active", "disabled")),
            )
            .order_by(Person.id)
            .limit(size)
        )
    )


def is_agency_admin_of(person: Person, organisation: Organisation) -> bool:
    """Agency admin at the organisation or above it: what an agency may know of its people, an admin of EKOPI may not."""
    return any(
        (r.kind, r.place_kind) == ("agency_admin", "organisation") and f"/{r.place_id}/" in organisation.path
        for r in person.held_roles()
    )
