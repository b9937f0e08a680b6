"""Taking a quiz: assessment keeps and marks the answers; here they become progress."""

from __future__ import annotations

from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.courses.assessment import operations as assessment
from ekopi.courses.assessment import queries as attempts
from ekopi.courses.assessment.errors import NoAttemptsLeft
from ekopi.courses.assessment.models import Answer, Attempt, Slot
from ekopi.courses.authoring.models import Course, Lesson
from ekopi.courses.learning import policy, queries
from ekopi.courses.learning.errors import ModuleClosed
from ekopi.courses.learning.models import Enrolment
from ekopi.courses.learning.operations import acts, progress
from ekopi.courses.learning.operations.progress import Did
from ekopi.extensions import db


def start_quiz(course: Course, enrolment: Enrolment, lesson: Lesson) -> Attempt:
    """The open try at the quiz, or a new one. A try whose time is over is closed first.

    Raises NoAttemptsLeft, QuizNotReady, ModuleClosed, NotEnrolled.
    """
    seconds = acts.begin(enrolment)
    way = queries.walk(course.id, enrolment)
    step = way.step(lesson.id)
    if step is None or not way.is_open(step):
        raise ModuleClosed()
    enrolment.place_id = lesson.id
    acts.end(enrolment, Did(lesson.id, seconds))
    tries = attempts.attempts_of(enrolment.id, lesson.id)
    going_on = next((one for one in tries if one.state == "open"), None)
    if going_on is not None and attempts.is_over(going_on, clock.now()):
        _close(course, enrolment, lesson, going_on)
        going_on = None
    if going_on is not None:
        return going_on
    if not policy.may_try(tries, lesson):
        raise NoAttemptsLeft()
    attempt = assessment.start(enrolment.id, lesson, tries)
    audit.record(
        "learning.attempt-started", "lesson", lesson.id, actor_id=enrolment.person_id, number=attempt.number
    )
    db.session.flush()
    return attempt


def save_answer(
    enrolment: Enrolment,
    attempt: Attempt,
    slot: int,
    sequence: int | None,
    value: dict,
    base: int | None = None,
    page: str = "",
) -> Answer:
    """Keeps an answer; see assessment.operations.save_answer for sequences, the base, the page and refusals."""
    seconds = acts.begin(enrolment)
    kept = assessment.save_answer(attempt, slot, sequence, value, base, page)
    acts.end(enrolment, Did(attempt.lesson_id, seconds))
    return kept


def check_answer(enrolment: Enrolment, attempt: Attempt, slot: int) -> Slot:
    """Shows right and wrong of one question at once, where the quiz does so; its answer is locked from then on."""
    seconds = acts.begin(enrolment)
    checked = assessment.check_slot(attempt, slot)
    acts.end(enrolment, Did(attempt.lesson_id, seconds))
    return checked


def submit_quiz(course: Course, enrolment: Enrolment, lesson: Lesson, attempt: Attempt) -> Attempt:
    """Closes and marks a try, once. The best score counts; passing does the lesson and may complete the course."""
    seconds = acts.begin(enrolment)
    enrolment.last_act_at = clock.now()
    return _close(course, enrolment, lesson, attempt, seconds)


def close_overdue(attempt_id: int) -> Attempt:
    """Closes a try whose time is over, by the schedule; no act of the learner, so no time is added."""
    attempt = db.session.get_one(Attempt, attempt_id)
    enrolment = db.session.get_one(Enrolment, attempt.enrolment_id)
    lesson = db.session.get_one(Lesson, attempt.lesson_id)
    claim(enrolment)
    return _close(db.session.get_one(Course, enrolment.course_id), enrolment, lesson, attempt)


def _close(
    course: Course, enrolment: Enrolment, lesson: Lesson, attempt: Attempt, seconds: int = 0
) -> Attempt:
    number = attempt.number
    closed_now = assessment.close(attempt)
    passed = bool(attempt.passed)
    progress.keep(
        enrolment,
        Did(
            lesson.id,
            seconds,
            clock.now() if passed else None,
            lesson.version_id if passed else None,
            attempt.score,
        ),
    )
    if closed_now:
        audit.record(
            "learning.attempt-closed", "lesson", lesson.id,
            actor_id=enrolment.person_id, number=number, state=attempt.state,
        )  # fmt: skip
    acts.see_to_completion(course, enrolment)
    return attempt
