"""Innovations: the joined records, where each of their words comes from, and who decided what is one."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.accounts.models import Organisation
from ekopi.core import clock
from ekopi.core.db import partial
from ekopi.extensions import Base
from ekopi.places.models import Region

if TYPE_CHECKING:
    from ekopi.catalogue.models.sources import SourceRecord

SUSTAINABILITY = ("continuing", "growing", "stopped")
AUDIENCES = ("public", "organisation")
DECISIONS = ("joined", "proposed", "apart")
OFFERS = ("co_owner", "hand_over")
OFFER_STATES = ("open", "accepted", "refused", "withdrawn")


class Innovation(Base):
    """One innovation. Its columns repeat what merging.py makes of its records, for lists and sorting.

    An innovation that was merged keeps its row, its choices and its address: it leads to the living one.
    """

    __tablename__ = "innovations"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="living")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("innovations.id"), index=True)
    audience: Mapped[str] = mapped_column(default="public")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[str] = mapped_column(default="")
    slug: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str] = mapped_column(default="")
    agency: Mapped[str] = mapped_column(default="")
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    year: Mapped[int | None]
    sustainability: Mapped[str] = mapped_column(default="")
    sustainability_on: Mapped[date | None]
    review_due: Mapped[date | None] = mapped_column(index=True)
    asked_on: Mapped[date | None]
    """When its owner was last asked by letter whether it still runs; empty after a change of owner."""
    fresh: Mapped[int] = mapped_column(default=1)
    """0 once nobody has said in time whether it still runs, else 1: what is overdue stands last in lists."""
    quality: Mapped[int] = mapped_column(default=0)
    """0 to 100; computed at save by catalogue/quality.py."""
    replications: Mapped[int] = mapped_column(default=0)
    """Replications that reached implementation; kept with the steps."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    synthetic: Mapped[bool] = mapped_column(default=False)
    region: Mapped[Region | None] = relationship(lazy="raise_on_sql")
    owner: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    records: Mapped[list[SourceRecord]] = relationship(lazy="raise_on_sql", back_populates="innovation")
    choices: Mapped[list[FieldChoice]] = relationship(lazy="raise_on_sql", back_populates="innovation")
    __table_args__ = (
        CheckConstraint("state IN ('living', 'merged', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("merged_into_id <> id", name="not_itself"),
        CheckConstraint(f"audience IN {AUDIENCES}", name="audience"),
        CheckConstraint("audience = 'public' OR owner_id IS NOT NULL", name="owner"),
        CheckConstraint(f"sustainability IN {('', *SUSTAINABILITY)}", name="sustainability"),
        Index("ix_innovations_year", "state", text("coalesce(year, 0)"), "id"),
        Index("ix_innovations_updated", "state", "updated_at", "id"),
        Index("ix_innovations_fresh", "state", "fresh", "updated_at", "id"),
        Index("ix_innovations_replications", "state", "replications", "id"),
        Index("ix_innovations_title", "state", "title", "id"),
        # all that the map counts by, so that it reads the index alone
        Index(
            "ix_innovations_places",
            "state",
            "region_code",
            "audience",
            "synthetic",
            "sustainability",
            "owner_id",
        ),
    )


class FieldChoice(Base):
    """What a person decided of one field: a value of their own, or the record whose word is shown.

    Without a row the rule decides (catalogue/merging.py), so a source's later word comes through by itself.
    """

    __tablename__ = "field_choices"
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any] | None]
    """{"is": value as in catalogue/fields.py}; with "markdown" beside it where a person wrote a text."""
    record_id: Mapped[int | None] = mapped_column(ForeignKey("source_records.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    innovation: Mapped[Innovation] = relationship(lazy="raise_on_sql", back_populates="choices")
    __table_args__ = (CheckConstraint("(record_id IS NULL) <> (value IS NULL)", name="one_origin"),)


class FieldChange(Base):
    """A person set, changed or emptied a field. What sources said before is in SourceRecordVersion."""

    __tablename__ = "field_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"))
    field: Mapped[str]
    old: Mapped[dict[str, Any] | None]
    """What was shown before, as {"is": value}; empty where nothing was."""
    new: Mapped[dict[str, Any] | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (Index("ix_field_changes_innovation", "innovation_id", "id"),)


class InnovationTerm(Base):
    """One way an innovation is classified: what facets count. Schemes: catalogue/facets.py."""

    __tablename__ = "innovation_terms"
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (Index("ix_innovation_terms_code", "scheme", "code", "innovation_id"),)


class MatchDecision(Base):
    """What is thought of a pair of source records: joined, proposed to a curator, or apart for good."""

    __tablename__ = "match_decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    a_id: Mapped[int] = mapped_column(ForeignKey("source_records.id"))
    b_id: Mapped[int] = mapped_column(ForeignKey("source_records.id"), index=True)
    score: Mapped[float]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    decision: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    """Empty: by the rule."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("a_id", "b_id", name="uq_match_decisions_pair"),
        CheckConstraint("a_id < b_id", name="ordered"),
        CheckConstraint(f"decision IN {DECISIONS}", name="decision"),
        Index("ix_match_decisions_queue", "decision", "score", "id"),
    )


class Joining(Base):
    """Two innovations were made one, or one was split: what moved, so that it can be undone exactly."""

    __tablename__ = "joinings"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    kept_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"), index=True)
    record_ids: Mapped[list[Any]]
    """The source records that moved: into `kept` by a join, out of it by a split."""
    taken: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What a join gave to `kept` beside records, and its undoing takes back: "owner_id", "co_owners" (ids)."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    __table_args__ = (
        CheckConstraint("kind IN ('join', 'split')", name="kind"),
        CheckConstraint("kept_id <> other_id", name="two"),
    )


class CoOwner(Base):
    """An organisation that looks after an innovation beside its owner."""

    __tablename__ = "innovation_co_owners"
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class CareOffer(Base):
    """An owner asks another organisation to look after an innovation beside it, or in its place."""

    __tablename__ = "care_offers"
    id: Mapped[int] = mapped_column(primary_key=True)
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    innovation: Mapped[Innovation] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    __table_args__ = (
        CheckConstraint(f"kind IN {OFFERS}", name="kind"),
        CheckConstraint(f"state IN {OFFER_STATES}", name="state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        Index(
            "uq_care_offers_open",
            "innovation_id",
            "organisation_id",
            unique=True,
            **partial("state = 'open'"),
        ),
    )


class RunningAnswer(Base):
    """An answer to "masih berjalan?": what the owner said, when, and why it stopped where it did."""

    __tablename__ = "running_answers"
    id: Mapped[int] = mapped_column(primary_key=True)
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"), index=True)
    answer: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    lessons: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    """Empty: by the link in a letter to the owner's admins."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        CheckConstraint(f"answer IN {SUSTAINABILITY}", name="answer"),
        CheckConstraint("answer <> 'stopped' OR reason <> ''", name="reason"),
    )
