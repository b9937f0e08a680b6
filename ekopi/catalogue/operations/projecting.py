"""Writes what an innovation says into its row, its terms and the index. Called by every verb that changes it.

All of it follows from rows: source records, persons' choices, answers to "masih berjalan?", replications. Those of
what was merged into an innovation speak for it too, and speak for their own again when that is undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import defer, joinedload, selectinload

from ekopi.catalogue import facets, quality
from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.merging import Chosen, merged
from ekopi.catalogue.models import (
    FieldChoice,
    Innovation,
    InnovationTerm,
    Replication,
    RunningAnswer,
    SourceRecord,
)
from ekopi.catalogue.queries import choices
from ekopi.core import clock, text
from ekopi.core.db import take_write_lock
from ekopi.extensions import db
from ekopi.places.models import Region
from ekopi.search import operations as search
from ekopi.search.operations import Document

KIND = "innovation"
REVIEW_AFTER = timedelta(days=365)
EXCERPT = 220
TOLD = ("summary", "problem", "goal", "how", "benefit", "impact")
"""The first of these that is told makes the excerpt."""
UNSEARCHED = {"title", "agency", "region_said"}
"""Lines that stand elsewhere in a document, or repeat the place."""


@dataclass
class Spoken:
    """What speaks for one innovation beside its own records."""

    choices: dict[str, FieldChoice] = field(default_factory=dict)
    answer: RunningAnswer | None = None
    replications: int = 0


def project(ids: Collection[int], *, changed: bool = True) -> None:
    """Writes rows, terms and index of these innovations anew; those that do not live leave terms and index.

    Locks them first, in the order of their ids, so that of two who change one innovation the second sees what the
    first wrote. Without `changed` only time has passed: the innovations do not count as updated.
    """
    if not ids:
        return
    innovations = claimed(ids)
    spoken = spoken_for({i.id for i in innovations if i.state == "living"})
    regions = regions_of(innovations, spoken)
    db.session.execute(delete(InnovationTerm).where(InnovationTerm.innovation_id.in_(ids)))
    documents: list[Document] = []
    terms: list[dict] = []
    for innovation in innovations:
        if changed:
            innovation.updated_at = clock.now()
        if innovation.state != "living":
            search.drop(KIND, innovation.id)
            continue
        shown = merged(innovation.records, spoken[innovation.id].choices.values())
        _write(innovation, shown, spoken[innovation.id], regions)
        terms += _terms(innovation, shown)
        documents.append(document(innovation, shown, regions))
    db.session.flush()
    if terms:
        db.session.execute(insert(InnovationTerm), terms)
    search.put_all(KIND, documents)


def claimed(ids: Collection[int]) -> list[Innovation]:
    """These innovations, locked in the order of their ids and read anew, with their records."""
    wanted = select(Innovation).where(Innovation.id.in_(ids)).order_by(Innovation.id)
    if not take_write_lock():
        db.session.execute(
            select(Innovation.id).where(Innovation.id.in_(ids)).order_by(Innovation.id).with_for_update()
        )
    records = selectinload(Innovation.records).options(
        joinedload(SourceRecord.source), defer(SourceRecord.payload)
    )
    return list(db.session.scalars(wanted.options(records).execution_options(populate_existing=True)))


def spoken_for(ids: Collection[int]) -> dict[int, Spoken]:
    """What speaks for each of these living innovations, that of what was merged into it included."""
    found: dict[int, Spoken] = defaultdict(Spoken)
    for holder, chosen in choices.choices_of(ids).items():
        found[holder].choices = {choice.field: choice for choice in chosen}
    members = choices.family(ids)
    answers = db.session.execute(
        select(members.c.holder, RunningAnswer)
        .join(RunningAnswer, RunningAnswer.innovation_id == members.c.id)
        .order_by(RunningAnswer.at, RunningAnswer.id)
    )
    for holder, answer in answers:
        found[holder].answer = answer
    counts = db.session.execute(
        select(members.c.holder, func.count())
        .join(Replication, Replication.origin_id == members.c.id)
        .where(Replication.state == "implementation")
        .group_by(members.c.holder)
    )
    for holder, count in counts:
        found[holder].replications = count
    return found


def regions_of(innovations: Iterable[Innovation], spoken: dict[int, Spoken]) -> dict[str, Region]:
    """Regions named by records or persons, their successors and provinces; by code."""
    wanted = {record.facts.get("region_code") for i in innovations for record in i.records}
    chosen = (said.choices.get("region_code") for said in spoken.values())
    wanted |= {choice.value.get("is") for choice in chosen if choice and choice.value}
    found: dict[str, Region] = {}
    while wanted := {code for code in wanted if code and code not in found}:
        rows = db.session.scalars(select(Region).where(Region.code.in_(wanted))).all()
        found |= {row.code: row for row in rows}
        wanted = {code for row in rows for code in (row.successor_code, row.parent_code)}
    return found


def living_region(code: str | None, regions: dict[str, Region]) -> Region | None:
    """The region in force that a code means today, among those loaded."""
    seen: set[str] = set()
    region = regions.get(code or "")
    while region and region.successor_code and region.code not in seen:
        seen.add(region.code)
        region = regions.get(region.successor_code, region)
    return region


def _write(
    innovation: Innovation, shown: dict[str, Chosen], spoken: Spoken, regions: dict[str, Region]
) -> None:
    facts = {name: chosen.value for name, chosen in shown.items()}
    region = living_region(facts.get("region_code"), regions)
    innovation.title = facts.get("title") or innovation.title
    innovation.slug = text.slug(innovation.title) or "inovasi"
    told = next((facts[name] for name in TOLD if facts.get(name)), "")
    innovation.excerpt = text.excerpt(text.plain(told), EXCERPT) if told else ""
    innovation.agency = facts.get("agency") or ""
    innovation.region_code = region.code if region else None
    innovation.year = facts.get("year")
    innovation.replications = spoken.replications
    innovation.synthetic = bool(innovation.records) and all(r.synthetic for r in innovation.records)
    innovation.quality = quality.score(facts, owned=innovation.owner_id is not None)
    _say_whether_it_runs(innovation, shown, spoken.answer)
    due = innovation.review_due
    innovation.fresh = int(due is None or due >= clock.today() or innovation.sustainability == "stopped")


def _say_whether_it_runs(
    innovation: Innovation, shown: dict[str, Chosen], answer: RunningAnswer | None
) -> None:
    """The owner's answer, unless a person has chosen another word since; else what sources say.

    Nobody is asked again about what has stopped.
    """
    said = shown.get("sustainability")
    if answer and not (said and said.by_id and said.at > answer.at):
        innovation.sustainability = answer.answer
        innovation.sustainability_on = clock.local(answer.at).date()
        stopped = answer.answer == "stopped"
        innovation.review_due = None if stopped else innovation.sustainability_on + REVIEW_AFTER
        return
    innovation.sustainability = said.value if said else ""
    day = shown.get("sustainability_on")
    innovation.sustainability_on = date.fromisoformat(day.value) if said and day else None
    first = min((record.first_seen_at for record in innovation.records), default=innovation.created_at)
    innovation.review_due = clock.local(first).date() + REVIEW_AFTER


def _terms(innovation: Innovation, shown: dict[str, Chosen]) -> list[dict]:
    facts = {name: chosen.value for name, chosen in shown.items()}
    facts["sustainability"] = innovation.sustainability
    pairs = facets.terms(
        facts,
        sources=[record.source.key for record in innovation.records],
        region_code=innovation.region_code,
        replications=innovation.replications,
        review_due=innovation.review_due,
        today=clock.today(),
    )
    return [{"innovation_id": innovation.id, "scheme": s, "code": c} for s, c in sorted(pairs)]


def document(innovation: Innovation, shown: dict[str, Chosen], regions: dict[str, Region]) -> Document:
    """How an innovation stands in the index."""
    region = regions.get(innovation.region_code or "")
    province = regions.get((innovation.region_code or "").split(".")[0])
    texts = [innovation.agency, region.name if region else "", province.name if province else ""]
    for name, chosen in shown.items():
        kind = FIELDS[name].kind
        if kind == "html":
            texts.append(text.plain(chosen.value))
        elif kind == "text" and name not in UNSEARCHED:
            texts.append(str(chosen.value))
    overdue = innovation.review_due is not None and innovation.review_due < clock.today()
    weight = (0.7 if overdue else 1.0) * (0.8 if innovation.sustainability == "stopped" else 1.0)
    public = innovation.audience == "public"
    return Document(
        key=innovation.id,
        title=innovation.title,
        texts=tuple(texts),
        audience="public" if public else "organisation",
        audience_id=0 if public else innovation.owner_id or 0,
        weight=weight,
    )
