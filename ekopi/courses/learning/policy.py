"""Who may learn what; no HTTP, no writing."""

from __future__ import annotations

import hmac

from ekopi.accounts import policy as accounts
from ekopi.core import text
from ekopi.courses.assessment.models import Attempt
from ekopi.courses.assessment.operations import rules_of
from ekopi.courses.authoring import policy as authoring
from ekopi.courses.authoring.models import Course, Lesson
from ekopi.courses.learning.models import HOLDING, LEARNING, Enrolment, FieldTask


def may_learn(enrolment: Enrolment | None) -> bool:
    """Open lessons belong to those who are in the course or completed it."""
    return enrolment is not None and enrolment.state in LEARNING


def holds(enrolment: Enrolment | None) -> bool:
    """Asks to be let in, learns, or completed the course; who left or was refused holds nothing."""
    return enrolment is not None and enrolment.state in HOLDING


def may_know(person, course: Course, enrolment: Enrolment | None) -> bool:
    """Whether a published course is there for this person or visitor, or is as unknown as one that does not exist.

    `enrolment` is the person's newest one in it.
    """
    return authoring.may_know(person, course, holds(enrolment))


def may_decide(person, course: Course) -> bool:
    """Requests to join are decided by those who write the course."""
    return person.is_authenticated and accounts.may_author(person, course.organisation_id, course.id)


def is_invitation(course: Course, token: str | None) -> bool:
    """Whether the token is the one of the course's link; only where enrolment is by link."""
    return bool(
        course.enrolment == "link"
        and course.link_token
        and token
        and hmac.compare_digest(course.link_token.encode(), token.encode())
    )


def may_try(attempts: list[Attempt], lesson: Lesson) -> bool:
    """Whether a new try at the quiz may begin: one is left, and its answers were not shown after passing."""
    rules = rules_of(lesson)
    if rules["attempts"] and len(attempts) >= rules["attempts"]:
        return False
    return not any(one.passed and one.rules["show_later"] == "answers" for one in attempts)


def words_missing(task: FieldTask, lesson: Lesson) -> int:
    """How many words a langkah nyata still lacks before it can be sent; 0 when it is long enough."""
    least = max(1, int(lesson.settings.get("min_words") or 0))
    return max(0, least - text.words(task.text))
