"""Replications of the own organisations, and the interest in one: the same verb as the button on an innovation's page."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from ekopi.accounts import queries as accounts
from ekopi.accounts.models import Organisation
from ekopi.api.answering import listed
from ekopi.api.declaring import NUMBER, Ask, Made, Part, operation
from ekopi.api.shapes import Day, Id, Lines, Moment, Named, Shape
from ekopi.api.v1 import blueprint
from ekopi.catalogue import models, telling
from ekopi.catalogue.operations import replicating as operations
from ekopi.catalogue.queries import innovation as innovations
from ekopi.catalogue.queries import replicating as queries
from ekopi.core import clock, paging
from ekopi.core.guards import check, found
from ekopi.core.web import absolute

State = Literal["interest", "agreement", "approval", "implementation"]
BRIEF: dict[str, Any] = {
    "id": 41,
    "innovation": {
        "id": 318,
        "title": "Perahu Antar Obat",
        "url": "https://ekopi.contoh.go.id/katalog/318-perahu-antar-obat",
    },
    "adopter": {"id": 77, "name": "Dinas Kesehatan Kabupaten Buton"},
    "state": "agreement",
    "on": "2026-09-21",
    "ended_at": None,
    "url": "https://ekopi.contoh.go.id/replikasi/41",
}


class ReplicationInnovation(Shape):
    id: int
    title: str
    url: str


class ReplicationStep(Shape):
    state: State
    on: date
    note: str


class ReplicationOutcome(Shape):
    """What it brought, by the indicator of the origin."""

    measure: str
    unit: str
    before: float | None
    after: float | None
    measured_on: date | None
    note: str


class ReplicationBrief(Shape):
    """A replication as the list shows it; `on` is the day of its newest step."""

    EXAMPLE = BRIEF
    id: int
    innovation: ReplicationInnovation
    adopter: Named
    state: State
    on: date | None
    ended_at: Moment | None
    """When it was given up."""
    url: str


class Replication(Shape):
    """A replication with its steps, for those who take part. Papers are on its page."""

    EXAMPLE = {
        **BRIEF,
        "facilitator": None,
        "need": "Obat rutin ke tiga pulau terlambat dua pekan setiap bulan.",
        "adaptation": "Perahu sewaan diganti perahu patroli yang sudah ada.",
        "steps": [
            {"state": "interest", "on": "2026-08-03", "note": ""},
            {"state": "agreement", "on": "2026-09-21", "note": "Disepakati percobaan tiga bulan."},
        ],
        "outcome": None,
        "result": None,
        "end_reason": "",
        "created_at": "2026-08-03T02:30:00Z",
    }
    id: int
    innovation: ReplicationInnovation
    adopter: Named
    state: State
    on: date | None
    ended_at: Moment | None
    """When it was given up."""
    url: str
    facilitator: Named | None
    need: str
    adaptation: str
    steps: list[ReplicationStep]
    outcome: ReplicationOutcome | None
    result: ReplicationInnovation | None
    """The adopter's own innovation."""
    end_reason: str
    created_at: Moment


class NewReplication(Shape):
    """An interest. `adopter` is an organisation that the person is confirmed in or administers; `on` usually today."""

    EXAMPLE = {
        "innovation": 318,
        "adopter": 77,
        "need": "Obat rutin ke tiga pulau terlambat dua pekan setiap bulan.",
        "on": "2026-08-03",
    }
    innovation: Id
    adopter: Id
    need: Lines = Field(min_length=1)
    adaptation: Lines = ""
    facilitator: Id | None = None
    on: Day | None = None


def _named(organisation: Organisation | None) -> Named | None:
    return Named(id=organisation.id, name=organisation.name) if organisation else None


def _innovation(row: models.Innovation) -> ReplicationInnovation:
    return ReplicationInnovation(id=row.id, title=row.title, url=absolute(telling.address(row)))


def _told(row: models.Replication, origin: models.Innovation) -> dict[str, Any]:
    """What list and whole have in common."""
    return {
        "id": row.id,
        "innovation": _innovation(origin),
        "adopter": _named(row.adopter),
        "state": row.state,
        "on": row.steps[-1].on if row.steps else None,
        "ended_at": row.ended_at,
        "url": absolute(f"/replikasi/{row.id}"),
    }


def brief(row: models.Replication) -> ReplicationBrief:
    return ReplicationBrief.of(**_told(row, row.origin))


def whole(page: queries.ReplicationPage) -> Replication:
    row = page.replication
    return Replication.of(
        **_told(row, page.origin),
        facilitator=_named(row.facilitator),
        need=row.need,
        adaptation=row.adaptation,
        steps=[ReplicationStep.of(state=step.state, on=step.on, note=step.note) for step in row.steps],
        outcome=_outcome(row.outcome) if row.outcome else None,
        result=_innovation(row.result) if row.result else None,
        end_reason=row.end_reason,
        created_at=row.created_at,
    )


def _outcome(told: dict[str, Any]) -> ReplicationOutcome:
    day = told.get("measured_on")
    return ReplicationOutcome(
        measure=told["measure"],
        unit=told.get("unit", ""),
        before=told.get("before"),
        after=told.get("after"),
        measured_on=date.fromisoformat(day) if day else None,
        note=told.get("note", ""),
    )


@operation(
    blueprint,
    "GET",
    "/replications",
    of=ReplicationBrief,
    many=True,
    scope="replications:read",
    summary=_l("Replikasi yang diikuti instansi Anda, yang terakhir dicatat lebih dahulu"),
)
def replications(ask: Ask) -> paging.Page:
    return listed(queries.mine(ask.person), brief)


@operation(
    blueprint,
    "GET",
    "/replications/<int:replication_id>",
    of=Replication,
    scope="replications:read",
    parts={"replication_id": Part(NUMBER, 41)},
    summary=_l("Satu replikasi dengan langkah dan hasilnya"),
)
def replication(ask: Ask, replication_id: int) -> Replication:
    page = found(queries.replication(replication_id, ask.person))
    return whole(found(page if page.may(ask.person, "read") else None))


@operation(
    blueprint,
    "POST",
    "/replications",
    of=Replication,
    body=NewReplication,
    scope="replications:write",
    refusals=(403, 404, 409),
    summary=_l("Mencatat minat mereplikasi sebuah inovasi"),
    more=_l("Instansi asal diberi tahu. Minat yang sudah tercatat ditolak dengan 409."),
)
def interest(ask: Ask) -> Made:
    sent = ask.body
    origin = found(innovations.innovation(sent.innovation, ask.person))
    own = {one.id: one for one in queries.organisations_for(ask.person)}
    check(sent.adopter in own)
    facilitator = found(accounts.organisation(sent.facilitator)) if sent.facilitator else None
    row = operations.interest(
        origin,
        own[sent.adopter],
        need=sent.need,
        on=sent.on or clock.today(ask.person.zone),
        by_id=ask.person.id,
        facilitator=facilitator,
        adaptation=sent.adaptation,
    )
    page = found(queries.replication(row.id, ask.person))
    operations.announce(page.replication, page.carers, "interest", by_id=ask.person.id)
    return Made(whole(page), f"/replications/{row.id}", new=True)
