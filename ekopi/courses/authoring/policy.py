"""Who writes courses: authors at the platform, at the course's organisation or above it, at the course; admins."""

from __future__ import annotations

from ekopi.accounts import policy as accounts
from ekopi.accounts.models import Person
from ekopi.courses.authoring.models import Course


def may_edit_all(person: Person) -> bool:
    """Writes every course."""
    return accounts.may_author(person)


def may_edit(person: Person, course: Course) -> bool:
    """Edits, previews, publishes and reverts this course."""
    return accounts.may_author(person, course.organisation_id, course.id)


def may_create(person: Person, organisation_id: int | None) -> bool:
    """Starts a course of this organisation, or one of none (the platform's)."""
    return accounts.may_author(person, organisation_id)


def may_know(person, course: Course, enrolled: bool) -> bool:
    """Whether the page and the files of a published course are there for this person or visitor.

    A course by link is known to its learners (`enrolled`) and authors only; others come by the invitation, which
    is a page of its own. For everybody else it does not exist (404).
    """
    return course.enrolment != "link" or enrolled or may_edit(person, course)
