"""Courses, modules, lessons and questions: stable identities beside what is published of them.

Content lives in revisions (draft, versions). At publishing, what a page needs is written into these rows, so
that reading a course never touches the versions. `live` says whether the published outline holds the row.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.accounts.models import Organisation
from ekopi.core import clock
from ekopi.core.db import Undoable
from ekopi.extensions import Base
from ekopi.revisions.models import Item

LESSON_KINDS = ("text", "file", "quiz", "field_task")
QUESTION_TYPES = ("single", "multiple", "true_false", "short_text", "number")


class Course(Undoable, Base):
    """A course. Its item of kind "course" holds title, summary, JP, rules and the outline."""

    __tablename__ = "courses"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    demo: Mapped[bool] = mapped_column(default=False)
    link_token: Mapped[str | None] = mapped_column(unique=True)
    """Part of the address that lets people enrol when enrolment is by link."""

    live: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    outcomes: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(default="id")
    jp: Mapped[Decimal] = mapped_column(default=Decimal(0))
    minutes: Mapped[int] = mapped_column(default=0)
    lesson_count: Mapped[int] = mapped_column(default=0)
    enrolment: Mapped[str] = mapped_column(default="open")
    seats: Mapped[int | None]
    search_text: Mapped[str] = mapped_column(default="")
    """Title, summary, outcomes and lesson titles, folded by core.text.fold."""
    publication_number: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    modules: Mapped[list[Module]] = relationship(
        lazy="raise_on_sql", order_by="Module.position", viewonly=True
    )
    lessons: Mapped[list[Lesson]] = relationship(
        lazy="raise_on_sql", order_by="Lesson.position", viewonly=True
    )
    __table_args__ = (
        CheckConstraint("enrolment IN ('open', 'approval', 'link')", name="enrolment"),
        CheckConstraint("seats IS NULL OR seats > 0", name="seats"),
        CheckConstraint("jp >= 0", name="jp"),
        CheckConstraint("NOT live OR (title <> '' AND published_at IS NOT NULL)", name="live"),
        Index("ix_courses_list", "live", "published_at", "id"),
    )

    @property
    def place(self) -> str:
        """What is published together."""
        return f"course:{self.id}"


class Module(Base):
    """A part of a course. `requires` lists keys of modules to finish first."""

    __tablename__ = "modules"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    key: Mapped[str]
    live: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    requires: Mapped[list[Any]] = mapped_column(default=list)
    __table_args__ = (UniqueConstraint("course_id", "key"),)


class Lesson(Base):
    """A lesson. Its item of kind "lesson" holds the text and the settings of a quiz, file or field task."""

    __tablename__ = "lessons"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)
    """Kept also when a draft moves the lesson; changed at publishing."""
    key: Mapped[str]
    kind: Mapped[str]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), unique=True)
    live: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=0)
    required: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    """Order in the whole course."""
    html: Mapped[str] = mapped_column(default="", deferred=True)
    """Rendered and cleaned at publishing; the lesson page undefers it, lists never load it."""
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Published settings: of a quiz (pass_mark, attempts, …), a file (upload token, name, size), a task (min_words)."""
    version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    module: Mapped[Module] = relationship(lazy="raise_on_sql")
    __table_args__ = (
        UniqueConstraint("course_id", "key"),
        CheckConstraint(f"kind IN {LESSON_KINDS}", name="kind"),
        CheckConstraint("NOT live OR version_id IS NOT NULL", name="live"),
        Index("ix_lessons_outline", "course_id", "position"),
    )


class CourseFile(Base):
    """A picture or document of a course, by the name lessons use for it ("files/peta.png")."""

    __tablename__ = "course_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    name: Mapped[str]
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"))
    __table_args__ = (UniqueConstraint("course_id", "name"),)


class Question(Base):
    """A question of a course's bank; its content is an item of kind "question"."""

    __tablename__ = "questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    key: Mapped[str]
    type: Mapped[str]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), unique=True)
    source_name: Mapped[str] = mapped_column(default="")
    """The file of questions/ it belongs to."""
    position: Mapped[int] = mapped_column(default=0)
    live: Mapped[bool] = mapped_column(default=False)
    item: Mapped[Item] = relationship(lazy="raise_on_sql")
    __table_args__ = (
        UniqueConstraint("course_id", "key"),
        CheckConstraint(f"type IN {QUESTION_TYPES}", name="type"),
    )


class QuestionText(Base):
    """The rendered face of a published question version."""

    __tablename__ = "question_texts"
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    type: Mapped[str]
    points: Mapped[Decimal]
    stem_html: Mapped[str]
    explanation_html: Mapped[str] = mapped_column(default="")
    key_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What decides right and wrong for types without options: answer, tolerance, unit, accepted."""
    options: Mapped[list[QuestionOption]] = relationship(
        lazy="raise_on_sql", order_by="QuestionOption.position"
    )


class QuestionOption(Base):
    """One option of a published question version; `key` is a, b, c … in the author's order."""

    __tablename__ = "question_options"
    version_id: Mapped[int] = mapped_column(ForeignKey("question_texts.version_id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    html: Mapped[str]
    right: Mapped[bool]
    feedback_html: Mapped[str] = mapped_column(default="")
