"""Replications as those who take part see them: one with everything on its page, all of one's own organisations."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ekopi.accounts import queries as accounts
from ekopi.accounts.models import Membership, Organisation
from ekopi.catalogue import policy
from ekopi.catalogue.models import CoOwner, Innovation, Replication
from ekopi.catalogue.queries import innovation as innovations
from ekopi.core import paging
from ekopi.core.models import Upload
from ekopi.extensions import db

MOST_ORGANISATIONS = 50


@dataclass
class ReplicationPage:
    """A replication with its sides. `origin` is the innovation it began with as it stands today."""

    replication: Replication
    origin: Innovation
    carers: list[Organisation]
    uploads: dict[int, Upload] = field(default_factory=dict)
    belongs: bool = False
    """Whether the person who reads is confirmed at the adopter, or below it."""
    names: dict[int, str] = field(default_factory=dict)
    """Organisations that take part, by id: each with the government it is of."""

    def sides(self, person) -> frozenset[str]:
        """What the person is in it; see policy.MAY."""
        return policy.sides(
            person,
            adopter=self.replication.adopter,
            facilitator=self.replication.facilitator,
            carers=self.carers,
            belongs=self.belongs,
            asked=self.replication.by_id == person.id,
        )

    def may(self, person, act: str) -> bool:
        """Whether this person may do this now; the verb still refuses what has lost its turn."""
        return policy.may_carry_on(self.sides(person), act, owned=bool(self.carers))


def replication(replication_id: int, person) -> ReplicationPage | None:
    """One with its steps, papers and sides; at most eight queries."""
    found = db.session.scalars(
        select(Replication)
        .where(Replication.id == replication_id)
        .options(
            joinedload(Replication.origin).joinedload(Innovation.owner),
            joinedload(Replication.result),
            joinedload(Replication.adopter),
            joinedload(Replication.facilitator),
            selectinload(Replication.steps),
        )
    ).first()
    if found is None:
        return None
    origin = found.origin
    if origin.state == "merged":
        origin = db.session.scalars(
            select(Innovation)
            .where(Innovation.id == innovations.living_id(origin.id))
            .options(joinedload(Innovation.owner))
        ).first() or origin  # fmt: skip
    page = ReplicationPage(found, origin, innovations.carers(origin))
    parties = [found.adopter, found.facilitator, *page.carers[:1]]
    page.names = accounts.organisations_in_full(one for one in parties if one)
    papers = [step.upload_id for step in found.steps if step.upload_id]
    if papers:
        page.uploads = {
            one.id: one for one in db.session.scalars(select(Upload).where(Upload.id.in_(papers)))
        }
    page.belongs = bool(
        db.session.scalar(
            select(
                exists().where(
                    Membership.person_id == person.id, Membership.state == "confirmed",
                    Membership.organisation_id == Organisation.id,
                    Organisation.path.startswith(found.adopter.path),
                )
            )
        )
    )  # fmt: skip
    return page


def organisations_for(person) -> list[Organisation]:
    """Organisations a person may record an interest for: where confirmed, and where agency admin."""
    confirmed = select(Membership.organisation_id).where(
        Membership.person_id == person.id, Membership.state == "confirmed"
    )
    places = [
        role.place_id for role in person.held_roles()
        if (role.kind, role.place_kind) == ("agency_admin", "organisation")
    ]  # fmt: skip
    return list(
        db.session.scalars(
            select(Organisation)
            .where(
                or_(Organisation.id.in_(confirmed), Organisation.id.in_(places)),
                Organisation.deleted_at.is_(None),
            )
            .order_by(Organisation.name)
            .limit(MOST_ORGANISATIONS)
        )
    )


def mine(person) -> paging.Page:
    """Replications of one's own organisations on whichever side, and those asked for by oneself; newest first.

    Curators and admins see all.
    """
    query = select(Replication).options(
        joinedload(Replication.origin), joinedload(Replication.adopter), selectinload(Replication.steps)
    )
    if not policy.may_curate(person):
        own = policy.own_organisations(person)
        kept = select(Innovation.id).where(
            or_(
                Innovation.owner_id.in_(own),
                Innovation.id.in_(select(CoOwner.innovation_id).where(CoOwner.organisation_id.in_(own))),
            )
        )
        query = query.where(
            or_(
                Replication.by_id == person.id,
                Replication.adopter_id.in_(own),
                Replication.facilitator_id.in_(own),
                Replication.origin_id.in_(kept),
            )
        )
    return paging.page(query, [Replication.id], of=lambda row: (row.id,), descending=True)
