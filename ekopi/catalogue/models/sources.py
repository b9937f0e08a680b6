"""Sources, the runs that read them, and what they said: kept whole, never lost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.core import clock
from ekopi.core.db import partial
from ekopi.core.models import Upload
from ekopi.extensions import Base

if TYPE_CHECKING:
    from ekopi.catalogue.models.innovations import Innovation

OUTCOMES = ("new", "changed", "same", "refused", "vanished")


class Source(Base):
    """A system that innovations are read from. `key` names its adapter in catalogue/sources."""

    __tablename__ = "catalogue_sources"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    owner: Mapped[str]
    licence: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    """Where records are pulled from; empty: files only."""
    schedule: Mapped[str] = mapped_column(default="")
    etag: Mapped[str] = mapped_column(default="")
    pulled_at: Mapped[datetime | None]
    """Start of the last pull that ended well; asked for as `updated_since`."""
    __table_args__ = (CheckConstraint("schedule IN ('', 'daily', 'weekly')", name="schedule"),)


class Run(Base):
    """One reading of a source: from a file or by a pull, for real or as a preview."""

    __tablename__ = "catalogue_runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("catalogue_sources.id"), index=True)
    state: Mapped[str] = mapped_column(default="running")
    preview: Mapped[bool] = mapped_column(default=False)
    whole: Mapped[bool] = mapped_column(default=False)
    """The run holds everything the source has: what it does not hold has vanished there."""
    origin: Mapped[str] = mapped_column(default="")
    """Name of the file, or the address."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    read: Mapped[int] = mapped_column(default=0)
    """Items looked at so far."""
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    vanished: Mapped[int] = mapped_column(default=0)
    joined: Mapped[int] = mapped_column(default=0)
    proposed: Mapped[int] = mapped_column(default=0)
    """Pairs for a curator."""
    fault: Mapped[str] = mapped_column(default="")
    """Why it failed, as a code of catalogue.refusals."""
    fault_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    holder: Mapped[str] = mapped_column(default="")
    """The process that reads (operations/holding.py); empty until one has taken it up."""
    beat_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When it last wrote; long ago means that its process is gone."""
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    """The file that it reads, as long as it may still be read; operations/filing.py lets go of it."""
    source: Mapped[Source] = relationship(lazy="raise_on_sql")
    upload: Mapped[Upload | None] = relationship(lazy="raise_on_sql")
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
        CheckConstraint("(state = 'running') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'failed') = (fault <> '')", name="fault"),
        Index(
            "uq_catalogue_runs_active",
            "source_id",
            unique=True,
            **partial("state = 'running' AND NOT preview"),
        ),
    )


class RunItem(Base):
    """One item of a run that is not simply as before: new, changed, refused with its reason, or vanished.

    "same" stands only for one that had vanished and is there again.
    """

    __tablename__ = "catalogue_run_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("catalogue_runs.id"))
    row: Mapped[int] = mapped_column(default=0)
    """Line or place in the file, from 1; 0 where there is none."""
    external_id: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str]
    field: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        CheckConstraint("(outcome = 'refused') = (reason <> '')", name="reason"),
        Index("ix_catalogue_run_items_outcome", "run_id", "outcome", "id"),
    )


class SourceRecord(Base):
    """What one source says of one innovation today, as it said it (`payload`) and translated (`facts`).

    The columns below `title` repeat facts that matching compares.
    """

    __tablename__ = "source_records"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("catalogue_sources.id"))
    external_id: Mapped[str]
    innovation_id: Mapped[int | None] = mapped_column(ForeignKey("innovations.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("catalogue_runs.id"))
    title: Mapped[str]
    title_key: Mapped[str]
    """Stems of the title in order, without what stands for every innovation."""
    acronym: Mapped[str] = mapped_column(default="")
    region_code: Mapped[str] = mapped_column(default="")
    agency_key: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
    """Stems of what its texts tell; for matching."""
    payload: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    notes: Mapped[list[Any]] = mapped_column(default=list)
    """Codes of the quirks met in translating."""
    hash: Mapped[str]
    """SHA-256 of payload: a record whose hash is the same has not changed."""
    facts_hash: Mapped[str]
    """SHA-256 of what translating gave: other facts from the same payload mean that we have learnt to read better."""
    first_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    vanished_at: Mapped[datetime | None]
    synthetic: Mapped[bool] = mapped_column(default=False)
    """Made up for measurements; never shown to the public."""
    source: Mapped[Source] = relationship(lazy="raise_on_sql")
    innovation: Mapped[Innovation | None] = relationship(lazy="raise_on_sql", back_populates="records")
    __table_args__ = (
        UniqueConstraint("source_id", "external_id", name="uq_source_records_external"),
        Index("ix_source_records_seen", "source_id", "seen_at"),
        Index("ix_source_records_vanished", "innovation_id", **partial("vanished_at IS NOT NULL")),
    )


class MatchKey(Base):
    """Something by which records that may be one are found: catalogue/matching/candidates.py writes and asks them."""

    __tablename__ = "match_keys"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """64 bits of a hash of kind and words."""
    record_id: Mapped[int] = mapped_column(ForeignKey("source_records.id"), primary_key=True, index=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


class SourceRecordVersion(Base):
    """What a source said before it said something else; rows are never changed."""

    __tablename__ = "source_record_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("source_records.id"))
    number: Mapped[int]
    run_id: Mapped[int] = mapped_column(ForeignKey("catalogue_runs.id"))
    payload: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    hash: Mapped[str]
    at: Mapped[datetime]
    """When the source was seen to say it for the first time."""
    __table_args__ = (UniqueConstraint("record_id", "number", name="uq_source_record_versions_number"),)


class CataloguePicture(Base):
    """A picture that stood inside of a source's text; `sha256` is of the bytes as the source gave them."""

    __tablename__ = "catalogue_pictures"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), unique=True)
    upload: Mapped[Upload] = relationship(lazy="raise_on_sql")
