"""Enrolments and the learner's walk through a course."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.accounts.models import Person
from ekopi.core import clock
from ekopi.core.db import partial
from ekopi.courses.authoring.models import Course
from ekopi.extensions import Base

HOLDING = ("asked", "active", "completed")
"""States of which a person has at most one in a course."""
LEARNING = ("active", "completed")
"""States that open the lessons and take a seat."""


class Enrolment(Base):
    """A person in a course. A seat is a number; two cannot hold the same one."""

    __tablename__ = "enrolments"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[str]
    seat: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(default="")
    completed_at: Mapped[datetime | None]
    completed_publication: Mapped[int | None]
    """Number of the course's publication at completion; later ones change nothing."""
    place_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id"))
    """The lesson to resume at, on any device."""
    last_act_at: Mapped[datetime | None]
    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'active', 'completed', 'refused', 'left')", name="state"),
        CheckConstraint("(state = 'completed') = (completed_at IS NOT NULL)", name="completed"),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="reason"),
        Index(
            "uq_enrolments_active",
            "course_id",
            "person_id",
            unique=True,
            **partial("state IN ('asked', 'active', 'completed')"),
        ),  # fmt: skip
        Index(
            "uq_enrolments_seat",
            "course_id",
            "seat",
            unique=True,
            **partial("seat IS NOT NULL AND state IN ('active', 'completed')"),
        ),  # fmt: skip
        Index("ix_enrolments_person", "person_id", "last_act_at"),
        Index("ix_enrolments_course", "course_id", "state"),
    )


class LessonProgress(Base):
    """What a learner did in a lesson. Done stays done, whatever is published later."""

    __tablename__ = "lesson_progress"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    done_at: Mapped[datetime | None]
    seconds: Mapped[int] = mapped_column(default=0)
    """Observed time: gaps between two acts of the enrolment, each counted up to 10 minutes."""
    score: Mapped[Decimal | None]
    """Best score of a quiz in percent."""
    version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    """The version that was done."""


class FieldTask(Base):
    """A learner's own piece (langkah nyata): private to the writer, later carried into an idea."""

    __tablename__ = "field_tasks"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    text: Mapped[str] = mapped_column(default="")
    edition: Mapped[int] = mapped_column(default=1)
    """Counts savings; a save that names an older one is stale."""
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    page: Mapped[str] = mapped_column(default="")
    """The open page that saved last (a random word); its own newer text is never stale."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Of that page's savings; a lower one was overtaken on its way."""
    sent_at: Mapped[datetime | None]
