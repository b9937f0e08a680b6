"""Reads of the admin's pages: all people, all roles, the tree of organisations, the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from ekopi.accounts import queries
from ekopi.accounts.models import Membership, Organisation, Person, Role
from ekopi.accounts.staff.scope import called
from ekopi.core import audit
from ekopi.core.forms import whole
from ekopi.core.models import AuditEntry
from ekopi.core.paging import Page, page
from ekopi.extensions import db
from ekopi.places.models import Region

STATES = ("active", "pending", "disabled")
MOST_MEANT = 50
"""People that a text of the trail's filter may mean at once."""


def people(text: str, state: str) -> Page:
    """A page of accounts, newest first; erased ones are not shown."""
    query = select(Person).where(Person.state.in_([state] if state else STATES))
    if text:
        query = query.where(called(text))
    return page(query, [Person.id], of=lambda row: (row.id,), descending=True)


def account(person_id: int) -> Person | None:
    """A person whose account was not erased, with the roles held now."""
    found = queries.person(person_id)
    return found if found is not None and found.state in STATES else None


def organisations_of(person_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """(name, state) of the living memberships of these people; one query."""
    rows = db.session.execute(
        select(Membership.person_id, Organisation.name, Membership.state)
        .join(Membership.organisation)
        .where(Membership.person_id.in_(person_ids), Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for person_id, name, state in rows:
        found.setdefault(person_id, []).append((name, state))
    return found


@dataclass(frozen=True)
class HeldRole:
    """A role with the names a page shows."""

    role: Role
    place: str
    granted_by: str
    ended_by: str


def roles(text: str, kind: str) -> Page:
    """A page of the roles held now, newest first, with their people."""
    query = select(Role).join(Role.person).where(Role.ended_at.is_(None)).options(joinedload(Role.person))
    if kind:
        query = query.where(Role.kind == kind)
    if text:
        query = query.where(called(text))
    listed = page(query, [Role.id], of=lambda row: (row.id,), descending=True)
    listed.items = named(listed.items)
    return listed


def role_of(person_id: int, role_id: int) -> Role | None:
    """A role of this person, also one that ended."""
    return db.session.scalars(select(Role).where(Role.id == role_id, Role.person_id == person_id)).first()


def named(found: list[Role]) -> list[HeldRole]:
    """The roles with the names of their places and of who gave and took them; a query for each kind of name."""
    people_of = queries.names_of({i for r in found for i in (r.granted_by_id, r.ended_by_id) if i})
    return [
        HeldRole(
            row,
            place,
            people_of.get(str(row.granted_by_id), ""),
            people_of.get(str(row.ended_by_id), ""),
        )
        for row, place in zip(found, queries.places_of(found), strict=True)
    ]


def organisations(text: str, *, parent: Organisation | None = None, deleted: bool = False) -> Page:
    """A page of organisations by name as (organisation, name of the one above): those below `parent`, or the top.

    A text looks in the whole tree; `deleted` shows those that can still be brought back.
    """
    above = aliased(Organisation)
    query = select(Organisation, above.name.label("above")).outerjoin(
        above, above.id == Organisation.parent_id
    )
    query = query.where(Organisation.deleted_at.isnot(None) if deleted else Organisation.deleted_at.is_(None))
    if text:
        wanted = text.lower()
        query = query.where(
            or_(
                func.lower(Organisation.name).contains(wanted, autoescape=True),
                func.lower(Organisation.short_name).contains(wanted, autoescape=True),
            )
        )
    elif not deleted:
        at = Organisation.parent_id.is_(None) if parent is None else Organisation.parent_id == parent.id
        query = query.where(at)
    return page(
        query, [Organisation.name, Organisation.id],
        of=lambda row: (row.Organisation.name, row.Organisation.id), scalars=False,
    )  # fmt: skip


def any_organisation(organisation_id: int) -> Organisation | None:
    """An organisation, deleted or not."""
    return db.session.get(Organisation, organisation_id)


def members_of(organisation: Organisation) -> tuple[int, int]:
    """How many confirmed members and how many claims the organisation and all below it have; one query."""
    rows = db.session.execute(
        select(Membership.state, func.count(Membership.id))
        .join(Membership.organisation)
        .where(queries.below(organisation), Membership.ended_at.is_(None))
        .group_by(Membership.state)
    ).all()
    counted = dict(rows)
    return counted.get("confirmed", 0), counted.get("claimed", 0)


def regions_called(text: str) -> list[str]:
    """Codes of the regions in force with this code or name."""
    wanted = " ".join(text.split()).lower()
    return list(
        db.session.scalars(
            select(Region.code)
            .where(or_(Region.code == wanted, func.lower(Region.name) == wanted), Region.valid_to.is_(None))
            .limit(2)
        )
    )


@dataclass(frozen=True)
class Line:
    """A row of the trail as it is read."""

    entry: AuditEntry
    sentence: str
    sealed: bool


def meant(text: str) -> list[int]:
    """Ids of the people a text of the filter means: one id, or parts of names and addresses."""
    if number := whole(text):
        return [number]
    return list(
        db.session.scalars(select(Person.id).where(called(text)).order_by(Person.id).limit(MOST_MEANT))
    )


def trail(
    *, people: list[int] | None = None, verb: str = "", kind: str = "", begins: datetime | None = None,
    ends: datetime | None = None,
) -> Page:  # fmt: skip
    """A page of the trail, newest first, as lines; `people` are actors, subjects, or members in question."""
    query = select(AuditEntry)
    if people is not None:
        query = query.where(_about(people))
    if verb:
        query = query.where(AuditEntry.verb == verb)
    if kind:
        query = query.where(AuditEntry.subject_kind == kind)
    if begins:
        query = query.where(AuditEntry.at >= begins)
    if ends:
        query = query.where(AuditEntry.at < ends)
    found = page(query, [AuditEntry.id], of=lambda row: (row.id,), descending=True)
    sealed = audit.newest_sealed()
    found.items = [
        Line(entry, sentence, entry.id <= sealed)
        for entry, sentence in zip(found.items, audit.sentences(found.items), strict=True)
    ]
    return found


def _about(people_ids: list[int]):
    memberships = select(Membership.id).where(Membership.person_id.in_(people_ids))
    member_ids = [str(i) for i in db.session.scalars(memberships)]
    return or_(
        AuditEntry.actor_id.in_(people_ids),
        and_(AuditEntry.subject_kind == "person", AuditEntry.subject_id.in_([str(i) for i in people_ids])),
        and_(AuditEntry.subject_kind == "membership", AuditEntry.subject_id.in_(member_ids)),
    )


def views_of(person_id: int) -> Page:
    """A page of the times staff opened this person's record, newest first, as (name, moment)."""
    found = page(queries.views_of(person_id), [AuditEntry.id], of=lambda row: (row.id,), descending=True)
    names = queries.names_of({entry.actor_id for entry in found.items})
    found.items = [(names.get(str(entry.actor_id), "EKOPI"), entry.at) for entry in found.items]
    return found
