"""Reading a source into the catalogue: a run, its items, and what each source said, never lost, never doubled.

`read` goes step by step and its caller commits after each: so a run shows its progress, and one that is stopped in
the middle keeps what was read. Reading the same again goes on by itself, since what is the same changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ekopi.catalogue import sources
from ekopi.catalogue.models import Run, RunItem, Source, SourceRecord
from ekopi.catalogue.operations import holding, keeping, pairing, projecting
from ekopi.catalogue.operations.keeping import Item, Row, Told
from ekopi.catalogue.sources.base import FileRefused, Refusal
from ekopi.catalogue.sources.regions import RegionIndex
from ekopi.core import audit, clock
from ekopi.core.db import affected, take_write_lock, upsert
from ekopi.core.errors import Refused
from ekopi.extensions import db
from ekopi.places.models import Region

log = logging.getLogger("ekopi.catalogue")

BATCH = 200
"""Items of one step at most: others wait for a writer on SQLite as long as a step takes."""
BATCH_BYTES = 8 * 1024 * 1024
"""Of their payloads and pictures: a step ends with the item that passes it."""
MOST_REFUSALS = 10_000
"""Kept with their reason; what is refused beyond that is only counted."""
SILENT = timedelta(minutes=30)
"""After this a run that wrote nothing is given up, wherever its process was."""


class AlreadyRunning(Refused):
    code = "run-running"
    message = _l("Sumber ini sedang dibaca.")
    remedy = _l("Tunggu sampai selesai, lalu coba lagi.")


class RunTaken(Refused):
    code = "run-taken"
    message = _l("Pembacaan ini sudah dihentikan atau diambil alih.")
    remedy = _l("Lihat daftar pembacaan, lalu mulai lagi bila perlu.")


@dataclass
class Counts:
    """How far a run is; names as in models.Run."""

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
    """What one step writes. `met` are external ids that were refused, but are there."""

    items: dict[str, Item] = field(default_factory=dict)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    read: int = 0
    bytes: int = 0

    @property
    def full(self) -> bool:
        return self.read >= BATCH or self.bytes >= BATCH_BYTES


def load_sources() -> None:
    """Adds the sources that have an adapter and are not known yet (flushed)."""
    rows = [
        {"key": a.key, "name": a.name, "owner": a.owner, "licence": a.licence, "address": "", "schedule": "", "etag": ""}
        for a in sources.adapters().values()
    ]  # fmt: skip
    known = set(db.session.scalars(select(Source.key)))
    upsert(Source, [row for row in rows if row["key"] not in known], key=("key",))


def source(key: str) -> Source:
    """The row of a source. Raises KeyError for one without an adapter."""
    sources.adapters()[key]
    find = select(Source).where(Source.key == key)
    found = db.session.scalar(find)
    if found is None:
        load_sources()
        found = db.session.scalars(find).one()
    return found


def region_index() -> RegionIndex:
    """The regions as sources' words are matched with them."""
    columns = (Region.code, Region.name, Region.kind, Region.parent_code, Region.successor_code)
    return RegionIndex(tuple(row) for row in db.session.execute(select(*columns)))


def begin(
    key: str,
    *,
    origin: str,
    preview: bool = False,
    whole: bool = False,
    by_id: int | None = None,
    later: bool = False,
) -> Run:
    """Opens a run. Of one source only one reads at a time, previews aside. Raises AlreadyRunning.

    A run whose process is gone, or has been silent for SILENT, ends as interrupted and gives way. `later` is for a
    run that another process takes up (`read` makes it its own).
    """
    of = source(key)
    if not preview:
        _end_dead(of.id)
    run = Run(
        source_id=of.id, origin=origin[:300], preview=preview, whole=whole, by_id=by_id,
        holder="" if later else holding.mine(),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(run)
    except IntegrityError as clash:
        raise AlreadyRunning() from clash
    audit.record("catalogue.run-began", "catalogue_run", run.id, actor_id=by_id, source=key)
    return run


def read(run: Run, items: Iterable[tuple[int, dict]], *, synthetic: bool = False) -> Iterator[Counts]:
    """Reads all items into the run and ends it, step by step; the caller commits after each step.

    Nothing is open for writing while an item is asked for. A file that breaks ends the run as failed; what was read
    before stays. A preview counts and names refusals, and writes nothing else. Raises RunTaken when another process
    has given this run up meanwhile: roll back, then nothing of the last step is kept.
    """
    reading = _Reading(run, synthetic)
    reading.take_up()
    yield reading.counts
    fault: FileRefused | None = None
    batch = _Batch()
    source_of_items = iter(items)
    while fault is None:
        try:
            row, raw = next(source_of_items)
        except StopIteration:
            break
        except FileRefused as refused:
            fault = refused
            break
        reading.look_at(row, raw, batch)
        if batch.full:
            reading.write(batch)
            batch = _Batch()
            yield reading.counts
    if batch.read:
        reading.write(batch)
        yield reading.counts
    if fault is None:
        for _step in reading.mark_vanished():
            yield reading.counts
    reading.end(fault)
    yield reading.counts


def give_up(run_id: int, fault: str = "error") -> None:
    """Ends a run that cannot go on, in a transaction of its own that the caller commits; ended ones stay as they are."""
    run = db.session.get_one(Run, run_id, populate_existing=True)
    if run.state == "running":
        run.state, run.fault, run.ended_at = "failed", fault, clock.now()
        audit.record("catalogue.run-failed", "catalogue_run", run.id, actor_id=run.by_id)
        db.session.flush()


def _end_dead(source_id: int) -> None:
    found = db.session.execute(
        select(Run.id, Run.holder, Run.beat_at).where(
            Run.source_id == source_id, Run.state == "running", ~Run.preview
        )
    ).first()
    if found is None:
        return
    if holding.is_gone(found.holder) or found.beat_at < clock.now() - SILENT:
        ended = affected(
            update(Run)
            .where(Run.id == found.id, Run.state == "running", Run.holder == found.holder)
            .values(state="failed", fault="interrupted", ended_at=clock.now())
        )
        if ended:
            audit.record("catalogue.run-failed", "catalogue_run", found.id)


class _Reading:
    """What one run remembers while it goes: no rows, only ids, counts and the external ids it has met."""

    def __init__(self, run: Run, synthetic: bool):
        self.run_id, self.source_id = run.id, run.source_id
        self.preview, self.whole, self.by_id = run.preview, run.whole, run.by_id
        self.started_at = run.started_at
        self.synthetic = synthetic
        self.counts = Counts()
        self.adapter = sources.adapters()[db.session.get_one(Source, run.source_id).key]
        self.regions = region_index()
        self.seen: dict[str, int] = {}
        """Row by external id."""
        self.there = 0
        """How many records that had not vanished were met; for a preview."""
        self.nameless = False
        """A row was refused of which nobody can say which record it is."""

    def take_up(self) -> None:
        self._write_down(holder=holding.mine())

    def look_at(self, row: int, raw: dict, batch: _Batch) -> None:
        """Translates one item into the batch, or refuses it. Touches no database."""
        self.counts.read += 1
        batch.read += 1
        try:
            said = self.adapter.translate(row, raw, self.regions)
        except Refusal as refusal:
            name = self.adapter.external_id(raw)
            self.nameless = self.nameless or not name
            self._refuse(row, name, refusal.field, refusal.code, refusal.facts, batch)
            return
        except Exception:  # one record that nobody foresaw does not stop the others
            log.exception("record could not be translated", extra={"run": self.run_id, "row": row})
            self.nameless = True
            self._refuse(row, "", "", "unreadable", {}, batch)
            return
        if said.external_id in self.seen:
            first = self.seen[said.external_id]
            self._refuse(row, said.external_id, "id", "repeated-id", {"first": first}, batch)
            return
        self.seen[said.external_id] = row
        payload = keeping.canonical(said.payload)
        batch.bytes += 2 * len(payload) + sum(len(picture.data) for picture in said.pictures.values())
        batch.items[said.external_id] = keeping.item(row, said, payload)

    def write(self, batch: _Batch) -> None:
        """One step: what is new, what changed, what is the same; then joins and projections."""
        if not self.preview:
            take_write_lock()
        self._write_down()  # first, so that a run that was taken over writes nothing at all
        known = keeping.known(self.source_id, [*batch.items, *batch.met])
        new, changed, same = [], [], []
        for external_id, item in batch.items.items():
            record = known.get(external_id)
            if record is None:
                new.append(item)
            elif record.hash != item.hash:
                changed.append((record.id, item))
            else:
                same.append((record, item))
        others = keeping.other_things(changed)
        for id, item in changed:
            if id in others:
                facts = {"title": others[id][:200]}
                self._refuse(item.row, item.said.external_id, "id", "another-id", facts, batch)
        changed = [(id, item) for id, item in changed if id not in others]
        self.counts.new += len(new)
        self.counts.changed += len(changed)
        self.counts.same += len(same)
        self.there += sum(record.vanished_at is None for record in known.values())
        if batch.refusals:
            db.session.execute(insert(RunItem), batch.refusals)
        if not self.preview:
            better = [(record.id, item) for record, item in same if record.facts_hash != item.facts_hash]
            still = [record for record, _item in same]
            self._keep(new, changed, better, still + [known[name] for name in batch.met if name in known])
        self._write_down()

    def mark_vanished(self) -> Iterator[None]:
        """Marks what the source no longer has: records that this run, which holds everything, has not seen.

        Nothing is marked when nothing was read, or when a row was refused that could be any record.
        """
        if not self.whole:
            return
        if self.nameless or not self.counts.read:
            self.whole = False
            return
        if self.preview:
            living = select(func.count()).where(
                SourceRecord.source_id == self.source_id, SourceRecord.vanished_at.is_(None)
            )
            self.counts.vanished = (db.session.scalar(living) or 0) - self.there
            return
        unseen = (
            select(SourceRecord.id, SourceRecord.external_id, SourceRecord.innovation_id)
            .where(
                SourceRecord.source_id == self.source_id,
                SourceRecord.seen_at < self.started_at,
                SourceRecord.vanished_at.is_(None),
            )
            .order_by(SourceRecord.id)
            .limit(BATCH)
        )
        while gone := db.session.execute(unseen).all():
            take_write_lock()
            self.counts.vanished += len(gone)
            self._write_down()
            ids = [row.id for row in gone]
            db.session.execute(
                update(SourceRecord).where(SourceRecord.id.in_(ids)).values(vanished_at=clock.now())
            )
            items = [self._item(0, row.external_id, "vanished") for row in gone]
            db.session.execute(insert(RunItem), items)
            projecting.project({row.innovation_id for row in gone if row.innovation_id})
            yield

    def end(self, fault: FileRefused | None) -> None:
        more = {"fault": fault.code, "fault_facts": fault.facts} if fault else {}
        state = "failed" if fault else "done"
        self._write_down(state=state, ended_at=clock.now(), whole=self.whole, **more)
        audit.record(f"catalogue.run-{state}", "catalogue_run", self.run_id, actor_id=self.by_id)
        db.session.flush()

    def _keep(self, new: list[Item], changed: list[Told], better: list[Told], still: list[Row]) -> None:
        """Writes the records of one step. `better` say the same, but we understand more of it."""
        keeping.see(still)
        back = [record for record in still if record.vanished_at is not None]
        shown = keeping.pictures_of([*new, *(item for _id, item in [*changed, *better])])
        fresh = keeping.add(self.source_id, self.run_id, new, shown, synthetic=self.synthetic)
        keeping.change(self.run_id, changed, shown)
        keeping.understand(better, shown)
        items = [self._item(item.row, item.said.external_id, "new") for item in new]
        items += [self._item(item.row, item.said.external_id, "changed") for _id, item in changed]
        items += [self._item(0, record.external_id, "same") for record in back]
        if items:
            db.session.execute(insert(RunItem), items)
        touched = [*fresh, *(id for id, _item in [*changed, *better])]
        found = pairing.match(touched)
        self.counts.joined += found.joined
        self.counts.proposed += found.proposed
        projecting.project(keeping.innovations_of([*touched, *(r.id for r in back)]) | found.innovations)

    def _refuse(self, row: int, name: str, field: str, code: str, facts: dict, batch: _Batch) -> None:
        self.counts.refused += 1
        if name:
            batch.met.append(name)
        if self.counts.refused <= MOST_REFUSALS:
            item = self._item(row, name, "refused") | {"field": field, "reason": code, "facts": facts}
            batch.refusals.append(item)

    def _item(self, row: int, external_id: str, outcome: str) -> dict[str, Any]:
        return {"run_id": self.run_id, "row": row, "external_id": external_id[:200], "outcome": outcome}

    def _write_down(self, **more: Any) -> None:
        """How far it is; and that it lives. Raises RunTaken."""
        values = {**asdict(self.counts), "beat_at": clock.now(), **more}
        if not affected(update(Run).where(Run.id == self.run_id, Run.state == "running").values(values)):
            raise RunTaken()
