"""Reading a source into the catalogue: a run, its items, and what each source said, never lost, never doubled.

An edge of its own: a run commits in batches, so that it shows its progress and a stop in the middle keeps what was
read; reading the same again continues by itself, since what is the same changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from ekopi.catalogue import sources
from ekopi.catalogue.matching import keys
from ekopi.catalogue.models import (
    Innovation,
    Run,
    RunItem,
    Source,
    SourceRecord,
    SourceRecordVersion,
)
from ekopi.catalogue.operations import joining, pictures, projecting
from ekopi.catalogue.sources.base import FileRefused, Refusal, Translated
from ekopi.catalogue.sources.regions import RegionIndex
from ekopi.core import audit, clock
from ekopi.core.errors import Refused
from ekopi.extensions import db
from ekopi.places.models import Region

BATCH = 500
MOST_REFUSALS = 10_000
"""Kept with their reason; what is refused beyond that is only counted."""


class AlreadyRunning(Refused):
    code = "run-running"
    message = _l("Sumber ini sedang dibaca.")
    remedy = _l("Tunggu sampai selesai, lalu coba lagi.")


@dataclass
class _Counts:
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    vanished: int = 0
    joined: int = 0
    proposed: int = 0


@dataclass
class _Batch:
    """Items of one commit by external id: (row, translated, hash)."""

    items: dict[str, tuple[int, Translated, str]] = field(default_factory=dict)


def region_index() -> RegionIndex:
    """The regions as sources' words are matched with them."""
    return RegionIndex(
        db.session.execute(
            select(Region.code, Region.name, Region.kind, Region.parent_code, Region.successor_code)
        ).all()
    )


def source(key: str) -> Source:
    """The row of a source; made when it is met for the first time. Raises KeyError for an unknown adapter."""
    adapter = sources.adapters()[key]
    found = db.session.scalar(select(Source).where(Source.key == key))
    if found is None:
        found = Source(key=key, name=adapter.name, owner=adapter.owner, licence=adapter.licence)
        db.session.add(found)
        db.session.flush()
    return found


def begin(key: str, *, origin: str, preview: bool, whole: bool = False, by_id: int | None = None) -> Run:
    """Opens a run (committed). Raises AlreadyRunning when one of this source is under way."""
    of = source(key)
    others = select(func.count()).where(Run.source_id == of.id, Run.state == "running", ~Run.preview)
    if not preview and db.session.scalar(others):
        raise AlreadyRunning()
    run = Run(source_id=of.id, origin=origin[:300], preview=preview, whole=whole, by_id=by_id)
    db.session.add(run)
    db.session.flush()
    audit.record("catalogue.run-began", "catalogue_run", run.id, actor_id=by_id, source=key)
    db.session.commit()
    return run


def read(run: Run, key: str, items: Iterator[tuple[int, dict]], *, synthetic: bool = False) -> Run:
    """Reads all items into the run and ends it; commits batch by batch. A file that breaks ends it as failed.

    What was read before the fault stays. A preview counts and names refusals, and writes nothing else.
    """
    adapter = sources.adapters()[key]
    regions = region_index()
    counts, batch, seen = _Counts(), _Batch(), set[str]()
    run_id, source_id = run.id, run.source_id
    try:
        for row, raw in items:
            counts.read += 1
            try:
                said = adapter.translate(row, raw, regions)
            except Refusal as refusal:
                _refuse(run_id, row, refusal, counts)
            else:
                if said.external_id in seen:
                    _refuse(run_id, row, Refusal("id", "repeated-id", external_id=said.external_id), counts)
                else:
                    seen.add(said.external_id)
                    batch.items[said.external_id] = (row, said, digest(said.payload))
            if len(batch.items) >= BATCH:
                _write(run, source_id, batch, counts, synthetic)
                batch = _Batch()
        _write(run, source_id, batch, counts, synthetic)
        if run.whole and not run.preview and counts.read:
            _vanish(run, counts)
        _end(run, counts)
    except FileRefused as refused:
        db.session.rollback()
        run = db.session.get_one(Run, run_id)
        _end(run, counts, refused)
    db.session.commit()
    return run


def digest(payload: dict[str, Any]) -> str:
    """SHA-256 of what a source said, whatever the order of its keys."""
    said = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _refuse(run_id: int, row: int, refusal: Refusal, counts: _Counts) -> None:
    counts.refused += 1
    if counts.refused <= MOST_REFUSALS:
        db.session.add(
            RunItem(
                run_id=run_id, row=row, external_id=str(refusal.external_id or "")[:200], outcome="refused",
                field=refusal.field, reason=refusal.code, facts=refusal.facts,
            )
        )  # fmt: skip


def _write(run: Run, source_id: int, batch: _Batch, counts: _Counts, synthetic: bool) -> None:
    """One batch: what is new, what changed, what is the same; then joins and projections; one commit."""
    known = {
        record.external_id: record
        for record in db.session.scalars(
            select(SourceRecord).where(
                SourceRecord.source_id == source_id, SourceRecord.external_id.in_(batch.items)
            )
        )
    }
    fresh: list[SourceRecord] = []
    touched: list[SourceRecord] = []
    same: list[int] = []
    for external_id, (row, said, mark) in batch.items.items():
        record = known.get(external_id)
        if record is not None and record.hash == mark:
            counts.same += 1
            same.append(record.id)
            continue
        outcome = "changed" if record else "new"
        setattr(counts, outcome, getattr(counts, outcome) + 1)
        if run.preview:
            continue
        db.session.add(RunItem(run_id=run.id, row=row, external_id=external_id[:200], outcome=outcome))
        if record:
            _keep_old(record)
            touched.append(record)
        else:
            record = SourceRecord(source_id=source_id, external_id=external_id, synthetic=synthetic)
            fresh.append(record)
        _take_over(record, run, said, mark)
    if run.preview:
        _show(run, counts)
        db.session.commit()
        return
    now = clock.now()
    if same:
        db.session.execute(
            update(SourceRecord).where(SourceRecord.id.in_(same)).values(seen_at=now, vanished_at=None)
        )
    innovations = [Innovation(title=r.title, synthetic=synthetic) for r in fresh]
    db.session.add_all(innovations)
    db.session.flush()
    for record, innovation in zip(fresh, innovations, strict=True):
        record.innovation_id = innovation.id
    db.session.add_all(fresh)
    db.session.flush()
    found = joining.match([r.id for r in fresh + touched])
    counts.joined += found.joined
    counts.proposed += found.proposed
    ids = {r.innovation_id for r in fresh + touched if r.innovation_id} | found.innovations
    projecting.project(ids)
    _show(run, counts)
    db.session.commit()
    db.session.expunge_all()
    db.session.add(run)


def _take_over(record: SourceRecord, run: Run, said: Translated, mark: str) -> None:
    now = clock.now()
    record.run_id = run.id
    record.facts = pictures.keep(said)
    record.payload = said.payload
    record.notes = list(said.notes)
    record.hash = mark
    record.title = said.facts["title"]
    for name, value in keys.of(record.facts).items():
        setattr(record, name, value)
    record.changed_at = record.seen_at = now
    record.vanished_at = None


def _keep_old(record: SourceRecord) -> None:
    number = db.session.scalar(
        select(func.count()).where(SourceRecordVersion.record_id == record.id)
    )
    db.session.add(
        SourceRecordVersion(
            record_id=record.id, number=(number or 0) + 1, run_id=record.run_id, payload=record.payload,
            facts=record.facts, hash=record.hash, at=record.changed_at,
        )
    )  # fmt: skip


def _vanish(run: Run, counts: _Counts) -> None:
    """Marks what the source no longer has: records that this run, which holds everything, has not seen."""
    gone = db.session.scalars(
        select(SourceRecord).where(
            SourceRecord.source_id == run.source_id,
            SourceRecord.vanished_at.is_(None),
            SourceRecord.seen_at < run.started_at,
        )
    ).all()
    for record in gone:
        record.vanished_at = clock.now()
        db.session.add(RunItem(run_id=run.id, external_id=record.external_id, outcome="vanished"))
    counts.vanished = len(gone)
    db.session.flush()
    projecting.project({record.innovation_id for record in gone if record.innovation_id})


def _show(run: Run, counts: _Counts) -> None:
    for name in ("read", "new", "changed", "same", "refused", "vanished", "joined", "proposed"):
        setattr(run, name, getattr(counts, name))


def _end(run: Run, counts: _Counts, fault: FileRefused | None = None) -> None:
    _show(run, counts)
    run.state = "failed" if fault else "done"
    run.ended_at = clock.now()
    if fault:
        run.fault, run.fault_facts = fault.code, fault.facts
    audit.record("catalogue.run-ended", "catalogue_run", run.id, actor_id=run.by_id, state=run.state)
