"""How far the person is in a course, lesson by lesson."""

from __future__ import annotations

from typing import Literal

from flask_babel import lazy_gettext as _l

from ekopi.api.declaring import NUMBER, Ask, Part, operation
from ekopi.api.shapes import Figure, Moment, Shape
from ekopi.api.v1 import blueprint
from ekopi.core.guards import found
from ekopi.courses.learning import policy, queries


class ProgressLesson(Shape):
    """A lesson. `score` is the best of a quiz in percent, `seconds` the observed time."""

    key: str
    module: str
    kind: Literal["text", "file", "quiz", "field_task"]
    title: str
    required: bool
    open: bool
    done_at: Moment | None
    score: Figure | None
    seconds: int


class Progress(Shape):
    """The way through a course; `next` is the key of the lesson to go on with."""

    EXAMPLE = {
        "enrolment_id": 12,
        "state": "active",
        "done": 1,
        "total": 24,
        "next": "akar-masalah",
        "lessons": [
            {
                "key": "gejala-atau-masalah",
                "module": "masalah",
                "kind": "text",
                "title": "Gejala atau Masalah?",
                "required": True,
                "open": True,
                "done_at": "2026-08-17T02:38:00Z",
                "score": None,
                "seconds": 410,
            }
        ],
    }
    enrolment_id: int
    state: Literal["asked", "active", "completed", "refused", "left"]
    done: int
    total: int
    next: str | None
    lessons: list[ProgressLesson]


@operation(
    blueprint,
    "GET",
    "/enrolments/<int:enrolment_id>/progress",
    of=Progress,
    scope="learning:read",
    parts={"enrolment_id": Part(NUMBER, 12)},
    summary=_l("Kemajuan Anda dalam satu kursus"),
)
def progress(ask: Ask, enrolment_id: int) -> Progress:
    row = found(queries.own_enrolment(ask.person.id, enrolment_id))
    learns = policy.may_learn(row)
    way = queries.walk(row.course_id, row)
    step = way.next_step if learns else None
    return Progress.of(
        enrolment_id=row.id,
        state=row.state,
        done=way.done_count,
        total=len(way.steps),
        next=step.key if step else None,
        lessons=[
            ProgressLesson.of(
                key=one.key,
                module=one.module_key,
                kind=one.kind,
                title=one.title,
                required=one.required,
                open=learns and way.is_open(one),
                done_at=one.done_at,
                score=one.score,
                seconds=one.seconds,
            )
            for one in way.steps
        ],
    )
