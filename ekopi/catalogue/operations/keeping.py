"""Source records as rows: what is there, what is added, what is said anew while the old word is kept.

Works on whole steps of a run with few statements, without loading a payload.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, literal, select, update

from ekopi.catalogue.matching import keys
from ekopi.catalogue.models import Innovation, SourceRecord, SourceRecordVersion
from ekopi.catalogue.operations import pictures
from ekopi.catalogue.sources.base import Translated
from ekopi.core import clock
from ekopi.extensions import db


@dataclass(frozen=True)
class Item:
    """One record on its way, with the SHA-256 of what was said and of what it means."""

    row: int
    said: Translated
    hash: str
    facts_hash: str


class Row(NamedTuple):
    """What a run needs to know of a record that is there."""

    id: int
    external_id: str
    hash: str
    facts_hash: str
    vanished_at: datetime | None


Told = tuple[int, Item]
"""The id of a record, and what is said of it now."""


def item(row: int, said: Translated, payload: bytes) -> Item:
    """`payload` is said.payload in its canonical form."""
    meaning = canonical([said.facts, said.notes])
    return Item(row, said, hashlib.sha256(payload).hexdigest(), hashlib.sha256(meaning).hexdigest())


def canonical(said: Any) -> bytes:
    """The same bytes for the same words, whatever the order of their keys."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def known(source_id: int, external_ids: Collection[str]) -> dict[str, Row]:
    """The records of a source that have these numbers."""
    of = SourceRecord
    rows = db.session.execute(
        select(of.id, of.external_id, of.hash, of.facts_hash, of.vanished_at).where(
            of.source_id == source_id, of.external_id.in_(external_ids)
        )
    )
    return {row.external_id: Row(*row) for row in rows}


def other_things(told: Collection[Told]) -> dict[int, str]:
    """Titles of those of these records that would become another thing: no word of the title and another region.

    A source's number that means two things in two places (each region counts its own list) would put one over the
    other. A title that is corrected, or a region that is, is no such thing.
    """
    of = SourceRecord
    moved = {id: item for id, item in told if item.said.facts.get("region_code")}
    if not moved:
        return {}
    found: dict[int, str] = {}
    columns = select(of.id, of.title, of.title_key, of.acronym, of.region_code)
    for record in db.session.execute(columns.where(of.id.in_(moved), of.region_code != "")):
        facts = moved[record.id].said.facts
        code = facts["region_code"]
        if code.startswith(record.region_code) or record.region_code.startswith(code):
            continue
        key = keys.title_key(facts["title"], keys.places_of(facts))
        acronym = keys.acronym(facts["title"], str(facts.get("acronym") or ""))
        same_name = acronym != "" and acronym == record.acronym
        if not same_name and not set(key.split()) & set(record.title_key.split()):
            found[record.id] = record.title
    return found


def see(records: Collection[Row]) -> None:
    """These are still, or again, at their source."""
    if records:
        ids = [record.id for record in records]
        values = {"seen_at": clock.now(), "vanished_at": None}
        db.session.execute(update(SourceRecord).where(SourceRecord.id.in_(ids)).values(values))


def pictures_of(items: Collection[Item]) -> set[str]:
    """Keeps the pictures of these; the SHA-256 of all that can be shown."""
    return pictures.keep({sha: picture for item in items for sha, picture in item.said.pictures.items()})


def add(source_id: int, run_id: int, items: list[Item], shown: set[str], *, synthetic: bool) -> list[int]:
    """Adds records, each with an innovation of its own; matching brings them together. Their ids."""
    if not items:
        return []
    # asked for in their order SQLite would add them one by one; titles come with projecting
    of_their_own = [{"synthetic": synthetic}] * len(items)
    innovations = sorted(db.session.scalars(insert(Innovation).returning(Innovation.id), of_their_own))
    rows = [
        {
            "source_id": source_id, "external_id": item.said.external_id, "innovation_id": innovation_id,
            "run_id": run_id, "synthetic": synthetic, **_columns(item, shown),
        }
        for item, innovation_id in zip(items, innovations, strict=True)
    ]  # fmt: skip
    db.session.execute(insert(SourceRecord), rows)
    return [row.id for row in known(source_id, [item.said.external_id for item in items]).values()]


def change(run_id: int, told: list[Told], shown: set[str]) -> None:
    """The source says something else: what it said until now goes into a version."""
    if not told:
        return
    of = SourceRecord
    number = (
        select(func.coalesce(func.max(SourceRecordVersion.number), 0) + literal(1))
        .where(SourceRecordVersion.record_id == of.id)
        .correlate(of)
        .scalar_subquery()
    )
    until_now = select(of.id, number, of.run_id, of.payload, of.facts, of.hash, of.changed_at)
    db.session.execute(
        insert(SourceRecordVersion).from_select(
            ["record_id", "number", "run_id", "payload", "facts", "hash", "at"],
            until_now.where(of.id.in_([id for id, _item in told])),
        )
    )
    now = clock.now()
    for id, item in told:
        values = {"changed_at": now, "seen_at": now, "vanished_at": None, "run_id": run_id}
        db.session.execute(update(of).where(of.id == id).values(values | _columns(item, shown)))


def understand(told: list[Told], shown: set[str]) -> None:
    """The source says the same, and we understand more of it: no version, since no word of the source is lost."""
    for id, item in told:
        db.session.execute(update(SourceRecord).where(SourceRecord.id == id).values(_columns(item, shown)))


def innovations_of(record_ids: Collection[int]) -> set[int]:
    """The innovations that these records belong to."""
    found = select(SourceRecord.innovation_id).where(SourceRecord.id.in_(record_ids)).distinct()
    return {id for id in db.session.scalars(found) if id is not None}


def _columns(item: Item, shown: set[str]) -> dict[str, Any]:
    """The columns of a record that come from what its source said."""
    facts, dropped = pictures.placed(item.said.facts, shown)
    notes = [*item.said.notes, *([pictures.DROPPED] if dropped else [])]
    return {
        "title": facts["title"], "payload": item.said.payload, "facts": facts, "notes": list(dict.fromkeys(notes)),
        "hash": item.hash, "facts_hash": item.facts_hash, **keys.of(facts),
    }  # fmt: skip
