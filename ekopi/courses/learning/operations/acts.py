"""Acts of a learner: opening, finishing a lesson, and what follows from the last one."""

from __future__ import annotations

from sqlalchemy import func, select

from ekopi.accounts import queries as accounts
from ekopi.accounts.models import Person
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.courses.assessment import queries as assessment
from ekopi.courses.authoring.models import Course, Lesson
from ekopi.courses.learning import policy, queries
from ekopi.courses.learning.errors import ModuleClosed, NotEnrolled
from ekopi.courses.learning.models import Enrolment, LessonProgress
from ekopi.courses.learning.operations import progress
from ekopi.courses.learning.operations.progress import Did
from ekopi.courses.learning.walk import Walk
from ekopi.credentials.figures import figure
from ekopi.credentials.operations import certificates, ledger
from ekopi.extensions import db

LONGEST_GAP = 600
"""Seconds: of a longer pause between two acts only so much counts as learning."""
ISSUER = "Lembaga Administrasi Negara"
SOURCE = "enrolment"
"""Source kind of certificates and JP that come from a completed course."""


def open_lesson(enrolment: Enrolment, lesson_id: int) -> None:
    """Notes that the lesson was opened and keeps it as the place to go on, on any device."""
    claim(enrolment)
    _require_learning(enrolment)
    enrolment.place_id = lesson_id
    if enrolment.last_act_at is None:
        enrolment.last_act_at = clock.now()
    progress.keep(enrolment, Did(lesson_id))


def finish_lesson(course: Course, enrolment: Enrolment, lesson: Lesson) -> int | None:
    """Goes on from a lesson: marks it done where reading is its rule, keeps the next one as the place.

    Quizzes and field tasks are done by their own acts; here one only passes them. Returns the id of the next lesson,
    None after the last one. Raises ModuleClosed where prerequisites are missing, NotEnrolled.
    """
    seconds = begin(enrolment)
    way = queries.walk(course.id, enrolment)
    step = way.step(lesson.id)
    if step is None or not way.is_open(step):
        raise ModuleClosed()
    now = clock.now()
    is_done = lesson.kind in ("text", "file")
    if is_done:
        step.done_at = step.done_at or now
    did = [Did(lesson.id, seconds, now if is_done else None, lesson.version_id if is_done else None)]
    onward = way.after(step)
    if onward is not None:
        enrolment.place_id = onward.lesson_id
        if way.is_open(onward):
            did.append(Did(onward.lesson_id))
    end(enrolment, *did)
    see_to_completion(course, enrolment, way)
    return onward.lesson_id if onward else None


def begin(enrolment: Enrolment) -> int:
    """Claims the enrolment for an act; the seconds since its last one, which belong to the lesson of this act.

    Counts at most LONGEST_GAP of them. Raises NotEnrolled when the learner has left meanwhile.
    """
    claim(enrolment)
    _require_learning(enrolment)
    if enrolment.last_act_at is None:
        return 0
    gap = int((clock.now() - enrolment.last_act_at).total_seconds())
    return min(max(0, gap), LONGEST_GAP)


def end(enrolment: Enrolment, *did: Did) -> None:
    """Writes what an act did: the time of the act, and the progress in its lessons, in two statements."""
    enrolment.last_act_at = clock.now()
    progress.keep(enrolment, *did)


def see_to_completion(course: Course, enrolment: Enrolment, way: Walk | None = None) -> bool:
    """Completes the enrolment when all that is required is done: certificate, JP, notice and letter at once.

    The enrolment must be claimed; a completed one stays as it is. Returns whether it was completed by this call.
    """
    if enrolment.state != "active":
        return False
    way = way or queries.walk(course.id, enrolment)
    if not way.finished:
        return False
    enrolment.state = "completed"
    enrolment.completed_at = clock.now()
    enrolment.completed_publication = course.publication_number
    db.session.flush()
    _reward(course, enrolment, way)
    audit.record(
        "learning.completed",
        "enrolment",
        enrolment.id,
        actor_id=enrolment.person_id,
        publication=course.publication_number,
    )
    return True


def _reward(course: Course, enrolment: Enrolment, way: Walk) -> None:
    """Certificate (which tells its holder and writes the letter) and JP in full, with their evidence."""
    person = db.session.get_one(Person, enrolment.person_id)
    certificates.issue(person, SOURCE, enrolment.id, _facts(course, enrolment, person, way))
    began = clock.local(enrolment.asked_at, person.zone).date().isoformat()
    ledger.credit(
        person, SOURCE, enrolment.id, course.jp, {**_evidence(course, enrolment), "started_on": began}
    )


def _facts(course: Course, enrolment: Enrolment, person: Person, way: Walk) -> dict:
    organisation = accounts.home_organisation(person.id)
    score, pass_mark = final_score(way)
    return {
        "name": person.name,
        "organisation": accounts.organisation_in_full(organisation) if organisation else "",
        "course": course.title,
        "course_slug": course.slug,
        "edition": course.publication_number,
        "jp": figure(course.jp),
        "score": score,
        "pass_mark": pass_mark,
        "completed_on": clock.local(enrolment.completed_at or clock.now(), person.zone).date().isoformat(),
        "issuer": ISSUER,
        "demo": bool(course.demo or person.demo),
    }


def final_score(way: Walk) -> tuple[str | None, int | None]:
    """The score and pass mark a certificate names: of the last quiz that completion needs; (None, None) without one.

    The last quiz is the final examination where a course has one; a mean over quizzes with different pass marks
    would stand beside none of them.
    """
    quizzes = [step for step in way.needed if step.kind == "quiz"]
    last = quizzes[-1] if quizzes else None
    return (figure(last.score), last.pass_mark) if last and last.score is not None else (None, None)


def _evidence(course: Course, enrolment: Enrolment) -> dict:
    seconds = db.session.execute(
        select(func.coalesce(func.sum(LessonProgress.seconds), 0)).where(
            LessonProgress.enrolment_id == enrolment.id
        )
    ).scalar_one()
    return {
        "course": course.title,
        "course_slug": course.slug,
        "minutes": int(seconds) // 60,
        "attempts": assessment.attempt_count(enrolment.id),
        "publication": course.publication_number,
    }


def _require_learning(enrolment: Enrolment) -> None:
    if not policy.may_learn(enrolment):
        raise NotEnrolled()
