"""Published courses and what they hold."""

from __future__ import annotations

from typing import Any, Literal

from flask_babel import lazy_gettext as _l

from ekopi.api.answering import listed
from ekopi.api.declaring import Ask, Part, operation
from ekopi.api.shapes import Figure, Moment, Named, PageQuery, Shape, Words
from ekopi.api.v1 import blueprint
from ekopi.core import paging
from ekopi.core.guards import found
from ekopi.core.web import absolute
from ekopi.courses.authoring import models
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.learning import policy, queries

SLUG = Part({"type": "string", "minLength": 1, "maxLength": 100}, "laboratorium-inovasi")
BRIEF: dict[str, Any] = {
    "slug": "laboratorium-inovasi",
    "title": "Laboratorium Inovasi",
    "summary": "Dari masalah sampai purwarupa yang diuji bersama warga.",
    "language": "id",
    "jp": 12.0,
    "minutes": 540,
    "lessons": 24,
    "enrolment": "open",
    "seats": None,
    "organisation": {"id": 7, "name": "Dinas Kesehatan"},
    "published_at": "2026-08-17T02:30:00Z",
    "url": "https://ekopi.contoh.go.id/kursus/laboratorium-inovasi",
}


class CourseBrief(Shape):
    """A course as lists show it. `jp` are learning hours, `minutes` the estimated time, `lessons` their number."""

    EXAMPLE = BRIEF
    slug: str
    title: str
    summary: str
    language: str
    jp: Figure
    minutes: int
    lessons: int
    enrolment: Literal["open", "approval", "link"]
    seats: int | None
    organisation: Named | None
    published_at: Moment
    url: str


class CourseLesson(Shape):
    key: str
    kind: Literal["text", "file", "quiz", "field_task"]
    title: str
    minutes: int
    required: bool


class CourseModule(Shape):
    """A part of a course; `requires` are keys of modules to finish first."""

    key: str
    title: str
    requires: list[str]
    lessons: list[CourseLesson]


class Course(CourseBrief):
    """A course with its outcomes and outline."""

    EXAMPLE = {
        **BRIEF,
        "edition": 3,
        "outcomes": ["merumuskan masalah publik bersama warga"],
        "modules": [
            {
                "key": "masalah",
                "title": "Masalah",
                "requires": [],
                "lessons": [
                    {
                        "key": "gejala-atau-masalah",
                        "kind": "text",
                        "title": "Gejala atau Masalah?",
                        "minutes": 8,
                        "required": True,
                    }
                ],
            }
        ],
    }
    edition: int
    outcomes: list[str]
    modules: list[CourseModule]


class CoursesQuery(PageQuery):
    q: Words | None = None


def _facts(course: models.Course) -> dict:
    held = course.organisation
    return {
        "slug": course.slug,
        "title": course.title,
        "summary": course.summary,
        "language": course.language,
        "jp": course.jp,
        "minutes": course.minutes,
        "lessons": course.lesson_count,
        "enrolment": course.enrolment,
        "seats": course.seats,
        "organisation": Named(id=held.id, name=held.name) if held else None,
        "published_at": course.published_at,
        "url": absolute(f"/kursus/{course.slug}"),
    }


def brief(course: models.Course) -> CourseBrief:
    return CourseBrief.of(**_facts(course))


@operation(
    blueprint,
    "GET",
    "/courses",
    of=CourseBrief,
    many=True,
    public=True,
    query=CoursesQuery,
    summary=_l("Kursus yang terbit, yang terbaru lebih dahulu"),
)
def courses(ask: Ask) -> paging.Page:
    page = paging.page(
        authoring.live_courses(ask.query.q or ""),
        [models.Course.published_at, models.Course.id],
        of=lambda course: (course.published_at, course.id),
        descending=True,
    )
    return listed(page, brief)


@operation(
    blueprint,
    "GET",
    "/courses/<slug>",
    of=Course,
    public=True,
    scope="learning:read",
    parts={"slug": SLUG},
    summary=_l("Satu kursus dengan isinya"),
    more=_l("Kursus berdasarkan undangan hanya terlihat oleh peserta dan penulisnya."),
)
def course(ask: Ask, slug: str) -> Course:
    page = found(queries.course_page(slug, ask.person.id))
    found(page if policy.may_know(ask.person, page.course, page.enrolment) else None)
    parts = queries.walk(page.course.id, None).parts
    return Course.of(
        **_facts(page.course),
        edition=page.course.publication_number,
        outcomes=page.course.outcomes,
        modules=[
            CourseModule.of(
                key=part.key,
                title=part.title,
                requires=list(part.requires),
                lessons=[
                    CourseLesson.of(
                        key=step.key,
                        kind=step.kind,
                        title=step.title,
                        minutes=step.minutes,
                        required=step.required,
                    )
                    for step in part.steps
                ],
            )
            for part in parts
        ],
    )
