"""The own enrolments, and enrolling: the same verb as the button on the page of a course."""

from __future__ import annotations

from typing import Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from ekopi.api.answering import listed
from ekopi.api.declaring import NUMBER, Ask, Made, Part, operation
from ekopi.api.shapes import Moment, Shape, Slug
from ekopi.api.v1 import blueprint
from ekopi.core import paging
from ekopi.core.guards import found
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.learning import models, operations, policy, queries

PARTS = {"enrolment_id": Part(NUMBER, 12)}


class CourseTitle(Shape):
    slug: str
    title: str


class Enrolment(Shape):
    """The person in a course. `reason` says why a request was refused."""

    EXAMPLE = {
        "id": 12,
        "course": {"slug": "laboratorium-inovasi", "title": "Laboratorium Inovasi"},
        "state": "active",
        "asked_at": "2026-08-17T02:30:00Z",
        "decided_at": None,
        "completed_at": None,
        "last_act_at": "2026-08-18T07:05:00Z",
        "reason": "",
    }
    id: int
    course: CourseTitle
    state: Literal["asked", "active", "completed", "refused", "left"]
    asked_at: Moment
    decided_at: Moment | None
    completed_at: Moment | None
    last_act_at: Moment | None
    reason: str


class NewEnrolment(Shape):
    """Which course. `invitation` is the last part of the address of an invitation, where the course asks for one."""

    EXAMPLE = {"course": "laboratorium-inovasi"}
    course: Slug
    invitation: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$")


def shape(row: models.Enrolment, course=None) -> Enrolment:
    course = course or row.course
    return Enrolment.of(
        id=row.id,
        course=CourseTitle(slug=course.slug, title=course.title),
        state=row.state,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        completed_at=row.completed_at,
        last_act_at=row.last_act_at,
        reason=row.reason,
    )


@operation(
    blueprint,
    "GET",
    "/enrolments",
    of=Enrolment,
    many=True,
    scope="learning:read",
    summary=_l("Kursus yang Anda ikuti, yang terakhir didaftar lebih dahulu"),
)
def enrolments(ask: Ask) -> paging.Page:
    page = paging.page(
        queries.enrolments_of(ask.person.id), [models.Enrolment.id], of=lambda row: (row.id,), descending=True
    )
    return listed(page, shape)


@operation(
    blueprint,
    "GET",
    "/enrolments/<int:enrolment_id>",
    of=Enrolment,
    scope="learning:read",
    parts=PARTS,
    summary=_l("Satu kursus yang Anda ikuti"),
)
def enrolment(ask: Ask, enrolment_id: int) -> Enrolment:
    return shape(found(queries.own_enrolment(ask.person.id, enrolment_id)))


@operation(
    blueprint,
    "POST",
    "/enrolments",
    of=Enrolment,
    body=NewEnrolment,
    scope="learning:write",
    refusals=(404, 409),
    summary=_l("Mendaftar ke kursus"),
    more=_l("Yang sudah terdaftar dijawab 200 dengan pendaftaran yang ada."),
)
def enrol(ask: Ask) -> Made:
    course = found(authoring.course(ask.body.course))
    known = queries.enrolment_of(course.id, ask.person.id)
    invited = policy.is_invitation(course, ask.body.invitation)
    found(course if invited or policy.may_know(ask.person, course, known) else None)
    row = operations.enrol(course, ask.person, ask.body.invitation)
    return Made(shape(row, course), f"/enrolments/{row.id}", new=known is None)
