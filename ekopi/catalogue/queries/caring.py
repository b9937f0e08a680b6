"""Who is asked whether an innovation still runs, about what, and what an organisation owes an answer for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ekopi.accounts import policy as accounts
from ekopi.accounts import queries as organisations
from ekopi.accounts.models import Organisation, Person, Role
from ekopi.catalogue import policy
from ekopi.catalogue.models import CareOffer, Innovation
from ekopi.core import clock, paging
from ekopi.extensions import db

MOST_DEBTORS = 200
MOST_OFFERS = 10
"""Offers that stand on the page of one person."""
AHEAD = timedelta(days=30)
"""So long before its review date an innovation is asked about: time to answer before it is overdue."""


@dataclass(frozen=True)
class Debtor:
    """An organisation, and how many of its innovations wait for an answer for too long."""

    id: int
    name: str
    overdue: int


@dataclass(frozen=True)
class Asked:
    """A place that somebody administers, and how many innovations of it and those below wait for their answer."""

    id: int
    name: str
    number: int


def admins(organisation: Organisation) -> list[Person]:
    """The agency admins who look after it: its own, else those of the nearest organisation above that has any."""
    places = [int(part) for part in organisation.path.split("/") if part]
    rows = db.session.execute(
        select(Role.place_id, Person)
        .join(Person, Person.id == Role.person_id)
        .where(
            Role.kind == "agency_admin", Role.place_kind == "organisation", Role.place_id.in_(places),
            Role.ended_at.is_(None), Person.state == "active",
        )
        .order_by(Person.id)
    ).all()  # fmt: skip
    nearest = max((places.index(place) for place, _person in rows), default=-1)
    return list({person.id: person for place, person in rows if places.index(place) == nearest}.values())


def owed(before: date) -> ColumnElement[bool]:
    """The WHERE of innovations with an owner whose answer is due before this day."""
    return and_(
        Innovation.state == "living",
        ~Innovation.synthetic,
        Innovation.owner_id.is_not(None),
        Innovation.sustainability != "stopped",
        Innovation.review_due < before,
    )


def unasked(today: date, *, ahead: timedelta, again: timedelta) -> ColumnElement[bool]:
    """The WHERE of those to ask about today: due within `ahead`, and not asked about for `again`."""
    return and_(owed(today + ahead), or_(Innovation.asked_on.is_(None), Innovation.asked_on <= today - again))


def owners_to_ask(where: ColumnElement[bool], *, since: date) -> list[Organisation]:
    """Owners of such innovations, those left out who got such a letter on or after `since`."""
    asked = select(Innovation.owner_id).where(Innovation.asked_on >= since, Innovation.owner_id.is_not(None))
    return list(
        db.session.scalars(
            select(Organisation)
            .where(
                Organisation.id.in_(select(Innovation.owner_id).where(where)),
                Organisation.id.not_in(asked),
                Organisation.deleted_at.is_(None),
            )
            .order_by(Organisation.id)
        )
    )


def of_owner(owner_id: int, where: ColumnElement[bool], *, most: int) -> tuple[list[Innovation], int]:
    """The first of an owner's innovations by due date, and how many there are."""
    mine = and_(Innovation.owner_id == owner_id, where)
    rows = select(Innovation).where(mine).order_by(Innovation.review_due, Innovation.id).limit(most)
    return list(db.session.scalars(rows)), db.session.scalar(
        select(func.count(Innovation.id)).where(mine)
    ) or 0


def with_owner(innovation_id: int) -> Innovation | None:
    """An innovation in whatever state with its owner; for links that say themselves who may come in."""
    return db.session.scalars(
        select(Innovation)
        .where(Innovation.id == innovation_id, ~Innovation.synthetic)
        .options(joinedload(Innovation.owner))
    ).first()


def open_offers(innovation_id: int) -> list[CareOffer]:
    """Offers of an innovation that wait for an answer, with the organisations they are made to."""
    return list(
        db.session.scalars(
            select(CareOffer)
            .where(CareOffer.innovation_id == innovation_id, CareOffer.state == "open")
            .options(joinedload(CareOffer.organisation))
            .order_by(CareOffer.id)
        )
    )


def offer(innovation_id: int, offer_id: int) -> CareOffer | None:
    """One offer of this innovation, in whatever state, with its organisation."""
    return db.session.scalars(
        select(CareOffer)
        .where(CareOffer.id == offer_id, CareOffer.innovation_id == innovation_id)
        .options(joinedload(CareOffer.organisation))
    ).first()


def offers_to(person) -> list[CareOffer]:
    """Open offers to what this person is agency admin of, the oldest first, with innovation, its owner and whom they ask."""
    return list(
        db.session.scalars(
            select(CareOffer)
            .join(Organisation, Organisation.id == CareOffer.organisation_id)
            .join(Innovation, Innovation.id == CareOffer.innovation_id)
            .where(
                CareOffer.state == "open", Innovation.state == "living", Organisation.deleted_at.is_(None),
                _administered(person),
            )
            .options(
                contains_eager(CareOffer.organisation),
                contains_eager(CareOffer.innovation).joinedload(Innovation.owner),
            )
            .order_by(CareOffer.id)
            .limit(MOST_OFFERS)
        )
    )  # fmt: skip


def asked_of(person) -> list[Asked]:
    """The places this person is agency admin of, with what stands on their pages of debts; those with nothing left out."""
    unit, number = aliased(Organisation), func.count(Innovation.id)
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, number)
        .join(unit, unit.path.startswith(Organisation.path))
        .join(Innovation, Innovation.owner_id == unit.id)
        .where(
            Organisation.id.in_(_places(person)), Organisation.deleted_at.is_(None),
            unit.deleted_at.is_(None), owed(clock.today() + AHEAD),
        )
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.name, Organisation.id)
    )  # fmt: skip
    return [Asked(*row) for row in rows]


def _places(person) -> list[int]:
    return [
        r.place_id for r in person.held_roles() if (r.kind, r.place_kind) == ("agency_admin", "organisation")
    ]


def _administered(person) -> ColumnElement[bool]:
    return or_(
        Organisation.id < 0,
        *[Organisation.path.contains(f"/{place}/", autoescape=True) for place in _places(person)],
    )


def debts(organisation: Organisation) -> paging.Page:
    """What the organisation and those below it are asked about now, the longest due first, with owners."""
    rows = (
        select(Innovation)
        .where(owed(clock.today() + AHEAD), Innovation.owner_id.in_(_inside(organisation)))
        .options(joinedload(Innovation.owner))
    )
    return paging.page(rows, [Innovation.review_due, Innovation.id], of=lambda row: (row.review_due, row.id))


def debt_count(organisation: Organisation) -> int:
    """How many of them are overdue."""
    overdue = owed(clock.today())
    counted = select(func.count(Innovation.id)).where(overdue, Innovation.owner_id.in_(_inside(organisation)))
    return db.session.scalar(counted) or 0


def _inside(organisation: Organisation):
    return select(Organisation.id).where(organisations.below(organisation), Organisation.deleted_at.is_(None))


def debtors(person) -> list[Debtor]:
    """Organisations with overdue innovations in what this person administers (all of them for curators and admins).

    Those that owe most come first; MOST_DEBTORS of them.
    """
    number = func.count(Innovation.id)
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, number)
        .join(Innovation, Innovation.owner_id == Organisation.id)
        .where(owed(clock.today()), Organisation.deleted_at.is_(None), _reach(person))
        .group_by(Organisation.id, Organisation.name)
        .order_by(number.desc(), Organisation.name)
        .limit(MOST_DEBTORS)
    )
    return [Debtor(*row) for row in rows]


def _reach(person) -> ColumnElement[bool]:
    if accounts.is_admin(person) or policy.may_curate(person):
        return Organisation.id.is_not(None)
    places: Collection[int] = [
        r.place_id for r in person.held_roles()
        if r.kind in policy.TENDERS and r.place_kind == "organisation"
    ]  # fmt: skip
    return or_(
        *[Organisation.path.contains(f"/{place}/", autoescape=True) for place in places], Organisation.id < 0
    )
