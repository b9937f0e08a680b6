"""What waits for those who write courses: people who ask to be let in."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ekopi.accounts.models import Membership, Organisation
from ekopi.accounts.queries import LABEL
from ekopi.core.registry import Waiting
from ekopi.courses.authoring.models import Course
from ekopi.courses.learning import policy, queries
from ekopi.courses.learning.models import Enrolment
from ekopi.extensions import db

DECIDERS = ("author", "admin")


def requests(person) -> list[Waiting]:
    """Courses of this person with requests to join. Asks the database nothing for those who write no course."""
    if not person.holds_any(DECIDERS):
        return []
    return [
        _requests(course, number)
        for course, number in queries.courses_with_applicants()
        if policy.may_decide(person, course)
    ]


def requests_to(course: Course) -> Waiting | None:
    """Requests to join this course; nothing where nobody asks."""
    if course.enrolment != "approval" or not course.live:
        return None
    query = select(func.count()).where(Enrolment.course_id == course.id, Enrolment.state == "asked")
    number = db.session.scalar(query)
    return _requests(course, number) if number else None


def _requests(course: Course, number: int) -> Waiting:
    return Waiting(
        title=_("Permintaan bergabung di %(course)s", course=course.title),
        url=url_for("learning.applicants", slug=course.slug),
        fine=_("Pemohon menunggu keputusan Anda."),
        chip=ngettext("%(num)s permintaan", "%(num)s permintaan", number),
    )


def organisations_of(person_ids: list[int]) -> dict[int, list[tuple[str, bool]]]:
    """Where people belong by person: names with the one above, and whether it was confirmed. One query."""
    parent = aliased(Organisation)
    rows = db.session.execute(
        select(Membership.person_id, Organisation.name, parent.name, Membership.state)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(parent, parent.id == Organisation.parent_id)
        .where(
            Membership.person_id.in_(person_ids),
            Membership.ended_at.is_(None),
            Organisation.deleted_at.is_(None),
        )
        .order_by(Membership.state.desc(), Membership.id)
    )
    found: dict[int, list[tuple[str, bool]]] = {}
    for person_id, name, above, state in rows:
        full = f"{name}{LABEL}{above}" if above else name
        found.setdefault(person_id, []).append((full, state == "confirmed"))
    return found
