"""Everything that the page of one innovation shows; each read loads all that its page will touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from ekopi.accounts import queries as accounts
from ekopi.accounts.models import Organisation
from ekopi.catalogue import policy
from ekopi.catalogue.merging import Chosen, merged
from ekopi.catalogue.models import (
    CoOwner,
    Innovation,
    Replication,
    ReplicationStep,
    RunningAnswer,
    SourceRecord,
)
from ekopi.catalogue.queries.alike import Alike, similar
from ekopi.catalogue.queries.choices import choices_of, family
from ekopi.core import clock
from ekopi.extensions import db
from ekopi.places.models import Region

MOST_REPLICATIONS = 50


@dataclass(frozen=True)
class Reached:
    """A replication with the day of its newest step; `adopter` names who takes over, with the government it is of."""

    replication: Replication
    on: date | None
    adopter: str = ""


@dataclass
class InnovationPage:
    """One innovation as its reader sees it. `carers` are the owner, then the co-owners."""

    innovation: Innovation
    province: Region | None
    records: list[SourceRecord]
    shown: dict[str, Chosen]
    carers: list[Organisation] = field(default_factory=list)
    answer: RunningAnswer | None = None
    adopted: list[Reached] = field(default_factory=list)
    """Who took it over, the furthest first."""
    taken_from: list[Reached] = field(default_factory=list)
    """What it was taken over from."""
    alike: list[Alike] = field(default_factory=list)

    def value(self, name: str):
        """What is shown of a field; None when nobody says anything."""
        return self.shown[name].value if name in self.shown else None

    @property
    def overdue(self) -> bool:
        """Nobody has said for more than a year whether it still runs."""
        due = self.innovation.review_due
        return due is not None and due < clock.today()

    @property
    def state(self) -> str:
        """A key of words.STATES: stopped stays stopped; else what was not looked at for long says so."""
        if self.innovation.sustainability != "stopped" and self.overdue:
            return "overdue"
        return self.innovation.sustainability

    @property
    def vanished_at(self) -> datetime | None:
        """Since when none of its sources has it any more; None while one does, or where there is no source."""
        gone = [record.vanished_at for record in self.records]
        return max(at for at in gone if at) if gone and all(gone) else None


def innovation(innovation_id: int, person) -> Innovation | None:
    """One innovation in whatever state, with place and owner; None when this person may not know of it."""
    return db.session.scalars(
        select(Innovation)
        .where(Innovation.id == innovation_id, ~Innovation.synthetic, policy.open_to(person))
        .options(joinedload(Innovation.region), joinedload(Innovation.owner))
    ).first()


def living_id(merged_id: int) -> int | None:
    """Where the chain of merges that begins at this innovation ends."""
    chain = (
        select(Innovation.id, Innovation.merged_into_id, Innovation.state)
        .where(Innovation.id == merged_id)
        .cte("chain", recursive=True)
    )
    chain = chain.union(
        select(Innovation.id, Innovation.merged_into_id, Innovation.state).join(
            chain, Innovation.id == chain.c.merged_into_id
        )
    )
    return db.session.scalar(select(chain.c.id).where(chain.c.state != "merged"))


def innovation_page(innovation_id: int, person) -> InnovationPage | None:
    """The whole page of a living or withdrawn innovation; None when there is none for this person. 7 queries at most."""
    province = aliased(Region)
    newest = (
        select(func.max(RunningAnswer.id))
        .where(RunningAnswer.innovation_id.in_(select(family([innovation_id]).c.id)))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(Innovation, province, RunningAnswer)
        .outerjoin(Region, Region.code == Innovation.region_code)
        .outerjoin(province, province.code == Region.parent_code)
        .outerjoin(RunningAnswer, RunningAnswer.id == newest)
        .where(Innovation.id == innovation_id, ~Innovation.synthetic, policy.open_to(person))
        .options(contains_eager(Innovation.region), joinedload(Innovation.owner))
    ).first()
    if row is None:
        return None
    page = told(row[0])
    page.province, page.answer = row[1], row[2]
    if row[0].state != "living":
        return page
    page.carers = carers(row[0])
    page.adopted, page.taken_from = _replications(row[0].id)
    page.alike = similar(row[0], _affairs(page), person)
    return page


def told(of: Innovation) -> InnovationPage:
    """An innovation with what its sources and persons say, and nothing else. Two queries."""
    records = list(
        db.session.scalars(
            select(SourceRecord)
            .where(SourceRecord.innovation_id == of.id)
            .order_by(SourceRecord.id)
            .options(joinedload(SourceRecord.source), defer(SourceRecord.payload))
        )
    )
    return InnovationPage(of, None, records, merged(records, choices_of([of.id])[of.id]))


def carers(of: Innovation) -> list[Organisation]:
    """The owner and the co-owners; one query, none where there is no owner. Needs `owner` loaded."""
    if of.owner is None:
        return []
    others = db.session.scalars(
        select(Organisation)
        .join(CoOwner, CoOwner.organisation_id == Organisation.id)
        .where(CoOwner.innovation_id == of.id, Organisation.deleted_at.is_(None))
        .order_by(Organisation.name)
    )
    return [of.owner, *others]


def _affairs(page: InnovationPage) -> list[str]:
    own = [page.value("affair"), page.value("affairs")]
    return list(
        dict.fromkeys(code for said in own if said for code in (said if isinstance(said, list) else [said]))
    )


def _replications(innovation_id: int) -> tuple[list[Reached], list[Reached]]:
    """(those of this innovation, those it came from), given-up ones left out; two queries at most."""
    origin, result = aliased(Innovation), aliased(Innovation)
    own = select(family([innovation_id]).c.id)
    newest = (
        select(func.max(ReplicationStep.on))
        .where(ReplicationStep.replication_id == Replication.id)
        .correlate(Replication)
        .scalar_subquery()
    )
    came_from = and_(Replication.result_id.in_(own), origin.audience == "public")
    rows = db.session.execute(
        select(Replication, newest, Replication.origin_id.in_(own))
        .join(origin, origin.id == Replication.origin_id)
        .outerjoin(result, result.id == Replication.result_id)
        .where(Replication.ended_at.is_(None), or_(Replication.origin_id.in_(own), came_from))
        .options(
            contains_eager(Replication.origin.of_type(origin)),
            contains_eager(Replication.result.of_type(result)),
            joinedload(Replication.adopter),
        )
        .order_by(newest.desc(), Replication.id.desc())
        .limit(MOST_REPLICATIONS)
    ).all()
    names = accounts.organisations_in_full(replication.adopter for replication, _on, given in rows if given)
    adopted = [Reached(one, on, names[one.adopter_id]) for one, on, given in rows if given]
    return (
        sorted(adopted, key=lambda one: one.replication.state != "implementation"),
        [Reached(replication, on) for replication, on, given in rows if not given],
    )


def record_count(innovation_id: int) -> int:
    """How many source records it has."""
    counted = select(func.count()).where(SourceRecord.innovation_id == innovation_id)
    return db.session.scalar(counted) or 0
