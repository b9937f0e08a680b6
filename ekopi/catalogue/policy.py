"""Who may see, mend and decide what in the catalogue; no HTTP, no writing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_, select

from ekopi.accounts import policy as accounts
from ekopi.accounts.models import Membership, Organisation
from ekopi.catalogue.models import Innovation

CARERS = ("agency_admin", "curator", "innovator")
"""Roles at an organisation whose holders see what only it may see."""
TENDERS = ("agency_admin", "curator")
"""Roles at an organisation whose holders mend and answer for its innovations."""


def visible_to(person) -> ColumnElement[bool]:
    """The WHERE of innovations that stand in the catalogue for this person or visitor.

    Living, not made up for measurements, and open to all or of an organisation the person belongs to.
    """
    return and_(Innovation.state == "living", ~Innovation.synthetic, open_to(person))


def open_to(person) -> ColumnElement[bool]:
    """The WHERE of innovations whose words this person or visitor may read, whatever became of them."""
    public = Innovation.audience == "public"
    if not person.is_authenticated:
        return public
    if may_curate(person):
        return or_(public, Innovation.audience == "organisation")
    return or_(public, Innovation.owner_id.in_(own_organisations(person)))


def own_organisations(person):
    """SELECT of the ids of organisations the person is confirmed in, or holds a role of CARERS at or above."""
    confirmed = select(Membership.organisation_id).where(
        Membership.person_id == person.id, Membership.state == "confirmed"
    )
    roles = [r for r in person.held_roles() if r.kind in CARERS and r.place_kind == "organisation"]
    below = [Organisation.path.contains(f"/{role.place_id}/", autoescape=True) for role in roles]
    return select(Organisation.id).where(
        Organisation.deleted_at.is_(None), or_(Organisation.id.in_(confirmed), *below)
    )


def may_curate(person) -> bool:
    """Decides on pairs and texts of the whole catalogue: curators of the platform, admins."""
    return person.is_authenticated and (accounts.is_admin(person) or person.holds("curator", "platform", 0))


def may_edit(person, carers: Iterable[Organisation]) -> bool:
    """Mends an innovation: a curator, or an admin or curator of one of the organisations that look after it."""
    if not person.is_authenticated:
        return False
    return may_curate(person) or any(
        accounts.may_administer(person, organisation) or _curates(person, organisation)
        for organisation in carers
    )


def _curates(person, organisation: Organisation) -> bool:
    return any(
        role.kind == "curator" and role.place_kind == "organisation"
        and f"/{role.place_id}/" in organisation.path
        for role in person.held_roles()
    )  # fmt: skip


def may_see_debts(person, organisation: Organisation) -> bool:
    """Reads what an organisation owes an answer for: those who mend its innovations."""
    return may_edit(person, [organisation])


def may_give_away(person, owner: Organisation | None) -> bool:
    """Names co-owners, hands an innovation over and takes such offers back: the owner's admins, curators."""
    return may_curate(person) or (owner is not None and accounts.may_administer(person, owner))


def may_take_over(person, organisation: Organisation) -> bool:
    """Answers an offer for an organisation, and ends its part as co-owner: its admins."""
    return accounts.may_administer(person, organisation)


MAY: dict[str, frozenset[str]] = {
    "read": frozenset({"origin", "adopter", "asker", "member", "facilitator", "curator"}),
    "agreement": frozenset({"origin", "curator"}),
    "approval": frozenset({"adopter"}),
    "implementation": frozenset({"adopter", "asker"}),
    "adaptation": frozenset({"adopter", "asker"}),
    "outcome": frozenset({"adopter", "asker"}),
    "give-up": frozenset({"origin", "adopter", "asker"}),
}
"""What is done in a replication -> the sides that may do it. The origin says yes, then the adopter's own head."""


def sides(
    person,
    *,
    adopter: Organisation,
    facilitator: Organisation | None,
    carers: Iterable[Organisation],
    belongs: bool,
    asked: bool,
) -> frozenset[str]:
    """What a person is in a replication.

    origin, adopter, facilitator: tends that side's innovations; asker: recorded the interest and still belongs to
    the adopter; member: belongs to the adopter; curator: of the whole catalogue.
    """
    named = {
        "origin": any(_tends(person, one) for one in carers),
        "adopter": _tends(person, adopter),
        "facilitator": facilitator is not None and _tends(person, facilitator),
        "member": belongs,
        "asker": belongs and asked,
        "curator": may_curate(person),
    }
    return frozenset(name for name, holds in named.items() if holds)


def may_carry_on(held: frozenset[str], act: str, *, owned: bool) -> bool:
    """Whether one of these sides may do this (a key of MAY).

    Where nobody looks after the origin, the adopter's admins record the agreement, with the paper that shows it.
    """
    allowed = MAY[act] if owned or act != "agreement" else MAY[act] | {"adopter"}
    return bool(held & allowed)


def _tends(person, organisation: Organisation) -> bool:
    return accounts.may_administer(person, organisation) or _curates(person, organisation)
