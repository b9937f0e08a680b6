"""Sources and how they were read: for the staff pages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ekopi.accounts.models import Person
from ekopi.catalogue import sources
from ekopi.catalogue.models import Run, RunItem, Source, SourceRecord
from ekopi.catalogue.sources.base import Adapter
from ekopi.core.paging import Page, page
from ekopi.extensions import db

OUTCOMES = {
    "ditolak": "refused",
    "baru": "new",
    "berubah": "changed",
    "hilang": "vanished",
    "kembali": "same",
}
"""Outcome of an item in the address -> in models.RunItem."""


@dataclass(frozen=True)
class Seen:
    """A source with its newest reading (previews aside) and how many records it has here."""

    adapter: Adapter
    source: Source | None
    last: Run | None
    records: int


def overview() -> list[Seen]:
    """Every source that can be read; three queries."""
    rows = {source.key: source for source in db.session.scalars(select(Source))}
    newest = select(func.max(Run.id)).where(~Run.preview).group_by(Run.source_id)
    last = {run.source_id: run for run in db.session.scalars(select(Run).where(Run.id.in_(newest)))}
    counts = select(SourceRecord.source_id, func.count()).group_by(SourceRecord.source_id)
    counted = {row[0]: row[1] for row in db.session.execute(counts)}
    found = []
    for key, adapter in sources.adapters().items():
        row = rows.get(key)
        found.append(
            Seen(adapter, row, last.get(row.id) if row else None, counted.get(row.id, 0) if row else 0)
        )
    return found


def source(key: str) -> Source | None:
    """The row of a source; None before it was read for the first time."""
    return db.session.scalars(select(Source).where(Source.key == key)).first()


def runs(source_id: int) -> Page:
    """All readings of a source, the newest first, as (id, run, who began it)."""
    query = (
        select(Run.id, Run, Person.name)
        .outerjoin(Person, Person.id == Run.by_id)
        .where(Run.source_id == source_id)
    )
    return page(query, [Run.id], of=lambda row: (row.id,), scalars=False, descending=True)


@dataclass(frozen=True)
class RunPage:
    run: Run
    by: str
    expected: int
    """How many items the preview of the same file met; 0 where there is none."""


def run(run_id: int) -> Run | None:
    """One reading with its source."""
    return db.session.scalars(select(Run).where(Run.id == run_id).options(joinedload(Run.source))).first()


def run_page(run_id: int) -> RunPage | None:
    """One reading, who began it, and how far it has to go; two queries."""
    row = db.session.execute(
        select(Run, Person.name)
        .outerjoin(Person, Person.id == Run.by_id)
        .where(Run.id == run_id)
        .options(joinedload(Run.source))
    ).first()
    if row is None:
        return None
    found: Run = row[0]
    looked_through = select(func.max(Run.read)).where(
        Run.upload_id == found.upload_id, Run.preview, Run.state == "done", Run.id != found.id
    )
    return RunPage(found, row[1] or "", db.session.scalar(looked_through) or 0)


def items(of: Run, outcome: str) -> Page:
    """The items of a reading with one outcome, in their order, as (item, id of the innovation of its record or None)."""
    query = (
        select(RunItem.id, RunItem, SourceRecord.innovation_id)
        .outerjoin(
            SourceRecord,
            (SourceRecord.source_id == of.source_id) & (SourceRecord.external_id == RunItem.external_id),
        )
        .where(RunItem.run_id == of.id, RunItem.outcome == outcome)
    )
    return page(query, [RunItem.id], of=lambda row: (row.id,), scalars=False)
