"""What learners may read: published courses only, from columns written at publishing; versions are not touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from ekopi.core import text as texts
from ekopi.core.models import Upload
from ekopi.courses.authoring.models import Course, CourseFile, Lesson, Module, Question, QuestionText
from ekopi.extensions import db
from ekopi.revisions.models import Item


class OutlineRow(NamedTuple):
    """One live lesson of a published outline, with what its module asks for."""

    lesson_id: int
    key: str
    kind: str
    title: str
    minutes: int
    required: bool
    position: int
    module_key: str
    module_title: str
    module_requires: list[str]


def course(slug: str) -> Course | None:
    """The published course of that slug with its organisation; None for drafts and deleted ones. Two queries.

    The organisation is not joined: PostgreSQL cannot lock (core.db.claim) a row that an outer join brought.
    """
    return db.session.scalars(
        select(Course)
        .where(Course.slug == slug, Course.live, Course.deleted_at.is_(None))
        .options(selectinload(Course.organisation))
    ).first()


def live_courses(text: str = "") -> Select[Course]:
    """A query of the courses that everybody may find and that hold every word of `text`, with their organisation.

    Those for invited people only are in no list (policy.may_know). Not yet ordered: lists order it by
    (published_at, id), which has an index, or hand it to core.paging.page.
    """
    query = (
        select(Course)
        .where(Course.live, Course.deleted_at.is_(None), Course.enrolment != "link")
        .options(joinedload(Course.organisation))
    )
    for word in texts.fold(text).split()[:8]:
        query = query.where(Course.search_text.contains(word, autoescape=True))
    return query


def outline(course_id: int) -> list[OutlineRow]:
    """The live lessons in the order of the course. One query, whatever their number."""
    rows = db.session.execute(
        select(
            Lesson.id,
            Lesson.key,
            Lesson.kind,
            Lesson.title,
            Lesson.minutes,
            Lesson.required,
            Lesson.position,
            Module.key,
            Module.title,
            Module.requires,
        )
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.course_id == course_id, Lesson.live)
        .order_by(Lesson.position)
    )
    return [OutlineRow(*row) for row in rows]


def lesson_page(course: Course, lesson_id: int) -> Lesson | None:
    """A live lesson of this course with its HTML; None for drafts and lessons of other courses. One query."""
    return db.session.scalars(
        select(Lesson)
        .where(Lesson.id == lesson_id, Lesson.course_id == course.id, Lesson.live)
        .options(undefer(Lesson.html))
    ).first()


def course_file(course: Course, name: str) -> Upload | None:
    """The published file a course calls "files/<name>"."""
    return db.session.scalars(
        select(Upload)
        .join(CourseFile, CourseFile.upload_id == Upload.id)
        .where(CourseFile.course_id == course.id, CourseFile.name == f"files/{name}")
    ).first()


def published_versions(course_id: int, keys: Iterable[str]) -> dict[str, int]:
    """The published version of each live question among `keys`, for drawing an attempt."""
    rows = db.session.execute(
        select(Question.key, Item.published_id)
        .join(Item, Item.id == Question.item_id)
        .where(
            Question.course_id == course_id,
            Question.key.in_(list(keys)),
            Question.live,
            Item.published_id.is_not(None),
        )
    )
    return {row.key: row.published_id for row in rows}


def quiz_questions(version_ids: Iterable[int]) -> dict[int, QuestionText]:
    """The rendered questions of these versions with their options, also of versions published no longer."""
    rows = db.session.scalars(
        select(QuestionText)
        .where(QuestionText.version_id.in_(list(version_ids)))
        .options(selectinload(QuestionText.options))
    )
    return {row.version_id: row for row in rows}


def titles_of(course_ids: list[str]) -> dict[str, str]:
    """Course titles by id as text, drafts by their slug; for sentences of the trail."""
    rows = db.session.execute(
        select(Course.id, Course.title, Course.slug).where(Course.id.in_([int(i) for i in course_ids]))
    )
    return {str(id): title or slug for id, title, slug in rows}


def newest_courses(count: int) -> list[Course]:
    """The courses published last, with their organisation; those for invited people only are left out."""
    return list(
        db.session.scalars(live_courses().order_by(Course.published_at.desc(), Course.id.desc()).limit(count))
    )
