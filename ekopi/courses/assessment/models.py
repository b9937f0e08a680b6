"""Attempts at quizzes, and their answers: pinned to versions, appended, judged by the server's clock alone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.core import clock
from ekopi.core.db import partial
from ekopi.extensions import Base


class Attempt(Base):
    """One try at a quiz. `quiz_version_id` and the slots pin what the person is judged by."""

    __tablename__ = "attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), index=True)
    number: Mapped[int]
    quiz_version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    rules: Mapped[dict[str, Any]]
    """The quiz settings it started under: pass_mark, attempts, time_limit, shuffle, show_during, show_after, show_later."""
    seed: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="open")
    closed_at: Mapped[datetime | None]
    score: Mapped[Decimal | None]
    """Percent."""
    passed: Mapped[bool | None]
    slots: Mapped[list[Slot]] = relationship(
        lazy="raise_on_sql", order_by="Slot.number", back_populates="attempt"
    )
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id", "number"),
        Index("uq_attempts_open", "enrolment_id", "lesson_id", unique=True, **partial("state = 'open'")),
        Index("ix_attempts_due", "due_at", **partial("state = 'open'")),
        CheckConstraint("state IN ('open', 'submitted', 'overdue')", name="state"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(state = 'open') = (score IS NULL)", name="score"),
        CheckConstraint("number > 0", name="number"),
    )


class Slot(Base):
    """One place of an attempt: which question version stands there, in which order its options."""

    __tablename__ = "attempt_slots"
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_texts.version_id"))
    order: Mapped[list[Any]] = mapped_column(default=list)
    """Keys of the options as shown."""
    locked_at: Mapped[datetime | None]
    """When the answer was checked during the attempt; no answer is taken afterwards."""
    credit: Mapped[Decimal | None]
    """Share of the points earned, 0 to 1; set when judged."""
    attempt: Mapped[Attempt] = relationship(lazy="raise_on_sql", back_populates="slots")
    # 100: SQLite keeps decimals as whole hundredths
    __table_args__ = (CheckConstraint("credit IS NULL OR (credit >= 0 AND credit <= 100)", name="credit"),)


class Answer(Base):
    """What was answered in a slot; appended on every change, the highest sequence counts."""

    __tablename__ = "answers"
    attempt_id: Mapped[int] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    """{"options": [keys]} or {"text": "…"}."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        # the slot, not only the attempt: an answer cannot stand where no question stands
        ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["attempt_slots.attempt_id", "attempt_slots.number"],
            name="fk_answers_slot",
        ),
    )
