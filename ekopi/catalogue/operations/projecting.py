"""Writes what an innovation says into its row, its terms and the index. Called by every verb that changes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload, selectinload

from ekopi.catalogue import facets, quality
from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.merging import Chosen, merged
from ekopi.catalogue.models import FieldChoice, Innovation, InnovationTerm, SourceRecord
from ekopi.core import clock, text
from ekopi.core.db import upsert
from ekopi.extensions import db
from ekopi.places.models import Region
from ekopi.search import operations as search
from ekopi.search.operations import Document

KIND = "innovation"
REVIEW_AFTER = timedelta(days=365)
EXCERPT = 220
TOLD = ("summary", "problem", "goal", "how", "benefit", "impact")
"""The first of these that is told makes the excerpt."""


def project(ids: Collection[int]) -> None:
    """Writes the rows, terms and index of these innovations anew; those that were merged leave lists and index."""
    ids = set(ids)
    if not ids:
        return
    innovations = db.session.scalars(
        select(Innovation)
        .where(Innovation.id.in_(ids))
        .options(
            selectinload(Innovation.records).joinedload(SourceRecord.source), joinedload(Innovation.owner)
        )
        .execution_options(populate_existing=True)
    ).all()
    choices = choices_of([i.id for i in innovations])
    regions = _regions(innovations, choices)
    db.session.execute(delete(InnovationTerm).where(InnovationTerm.innovation_id.in_(ids)))
    documents: list[Document] = []
    rows: list[dict] = []
    for innovation in innovations:
        if innovation.state != "living":
            search.drop(KIND, innovation.id)
            continue
        shown = merged(innovation.records, choices[innovation.id])
        _write(innovation, shown, regions)
        rows += _terms(innovation, shown)
        documents.append(document(innovation, shown, regions))
    db.session.flush()
    upsert(InnovationTerm, rows, key=("innovation_id", "scheme", "code"))
    search.put_all(KIND, documents)


def choices_of(ids: Collection[int]) -> dict[int, list[FieldChoice]]:
    """The persons' choices that hold for each innovation: its own, then those of what was merged into it."""
    holder = {id: id for id in ids}
    level = set(ids)
    while level:
        below = db.session.execute(
            select(Innovation.id, Innovation.merged_into_id).where(Innovation.merged_into_id.in_(level))
        ).all()
        for id, into in below:
            holder[id] = holder[into]
        level = {id for id, _into in below}
    found: dict[int, dict[str, FieldChoice]] = defaultdict(dict)
    rows = db.session.scalars(select(FieldChoice).where(FieldChoice.innovation_id.in_(holder))).all()
    for choice in sorted(rows, key=lambda c: (c.innovation_id not in ids, c.at)):
        found[holder[choice.innovation_id]].setdefault(choice.field, choice)
    return {id: list(found[id].values()) for id in ids}


def _regions(innovations: Iterable[Innovation], choices: dict[int, list[FieldChoice]]) -> dict[str, Region]:
    """Regions named by records or persons, their successors and provinces; by code."""
    wanted = {record.facts.get("region_code") for i in innovations for record in i.records}
    wanted |= {
        c.value.get("is") for own in choices.values() for c in own if c.field == "region_code" and c.value
    }
    wanted |= {code.split(".")[0] for code in wanted if code}
    found: dict[str, Region] = {}
    while wanted := {code for code in wanted if code and code not in found}:
        rows = db.session.scalars(select(Region).where(Region.code.in_(wanted))).all()
        found |= {row.code: row for row in rows}
        wanted = {row.successor_code for row in rows if row.successor_code}
        wanted |= {row.parent_code for row in rows if row.parent_code}
    return found


def living_region(code: str | None, regions: dict[str, Region]) -> Region | None:
    """The region in force that a code means today, among those loaded."""
    seen: set[str] = set()
    region = regions.get(code or "")
    while region and region.successor_code and region.code not in seen:
        seen.add(region.code)
        region = regions.get(region.successor_code, region)
    return region


def _write(innovation: Innovation, shown: dict[str, Chosen], regions: dict[str, Region]) -> None:
    def value(field: str):
        return shown[field].value if field in shown else None

    facts = {field: chosen.value for field, chosen in shown.items()}
    region = living_region(value("region_code"), regions)
    innovation.title = value("title") or ""
    innovation.slug = text.slug(innovation.title)[:80] or "inovasi"
    told = next((facts[field] for field in TOLD if facts.get(field)), "")
    innovation.excerpt = text.excerpt(text.plain(told), EXCERPT) if told else ""
    innovation.agency = value("agency") or ""
    innovation.region_code = region.code if region else None
    innovation.year = value("year")
    if not innovation.sustainability_on or not innovation.sustainability:
        innovation.sustainability = value("sustainability") or ""
    if innovation.review_due is None:
        newest = max((record.changed_at for record in innovation.records), default=clock.now())
        innovation.review_due = clock.local(newest).date() + REVIEW_AFTER
    innovation.synthetic = bool(innovation.records) and all(r.synthetic for r in innovation.records)
    innovation.quality = quality.score(facts, owned=innovation.owner_id is not None)


def _terms(innovation: Innovation, shown: dict[str, Chosen]) -> list[dict]:
    facts = {field: chosen.value for field, chosen in shown.items()}
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
    for field, chosen in shown.items():
        kind = FIELDS[field].kind
        if kind == "text":
            texts.append(text.plain(chosen.value))
        elif kind == "line" and field not in ("title", "agency", "link", "video", "picture"):
            texts.append(str(chosen.value))
    overdue = innovation.review_due is not None and innovation.review_due < clock.today()
    weight = (0.7 if overdue else 1.0) * (0.8 if innovation.sustainability == "stopped" else 1.0)
    public = innovation.audience == "public"
    return Document(
        key=innovation.id,
        title=innovation.title,
        texts=tuple(texts),
        audience="public" if public else "organisation",
        audience_id=0 if public else innovation.owner_id,
        weight=weight,
    )
