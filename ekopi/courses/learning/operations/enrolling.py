"""Into a course and out of it: open, by approval, by link; a seat where seats are counted."""

from __future__ import annotations

import secrets

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Invalid
from ekopi.courses.authoring.models import Course
from ekopi.courses.learning import policy, queries
from ekopi.courses.learning.errors import CompletedStays, CourseFull, DecidedAlready, NeedsInvitation
from ekopi.courses.learning.models import LEARNING, Enrolment
from ekopi.extensions import db
from ekopi.notifications.operations import tell

TRIES = 50
"""How often somebody reaches for another seat when others were quicker."""


def enrol(course: Course, person, token: str | None = None) -> Enrolment:
    """The person's enrolment: the one there is, or a new one (active, or asked where authors decide).

    Who had left goes on where they stopped. Raises CourseFull when no seat is free, NeedsInvitation without the
    token of the course's link where it asks for one.
    """
    known = queries.enrolment_of(course.id, person.id)
    if known:
        return known
    if course.enrolment == "link" and not policy.is_invitation(course, token):
        raise NeedsInvitation()
    asks = course.enrolment == "approval"
    if asks and course.seats is not None and not _free_seats(course):
        raise CourseFull()
    enrolment = _returning(course, person) or Enrolment(course_id=course.id, person_id=person.id)
    values = {
        "state": "asked" if asks else "active",
        "asked_at": clock.now(),
        "decided_at": None,
        "decided_by_id": None,
        "reason": "",
    }
    if asks:
        taken = _hold(enrolment, values)
    else:
        taken = _hold_with_seat(enrolment, course, values)
    if not taken:  # another tab of the same person was first
        return enrol(course, person, token)
    audit.record("learning.asked" if asks else "learning.enrolled", "enrolment", enrolment.id)
    db.session.flush()
    return enrolment


def decide(enrolment: Enrolment, course: Course, accept: bool, by_id: int, reason: str = "") -> Enrolment:
    """Lets somebody in or not, and tells them. A refusal needs its reason.

    Raises DecidedAlready, CourseFull, Invalid("reason").
    """
    claim(enrolment)
    if enrolment.state != "asked":
        raise DecidedAlready()
    reason = " ".join(reason.split())
    if not accept and not reason:
        raise Invalid("reason", _reason_needed())
    values = {
        "state": "active" if accept else "refused",
        "decided_at": clock.now(),
        "decided_by_id": by_id,
        "reason": reason,
    }
    if accept:
        _hold_with_seat(enrolment, course, values)
    else:
        _hold(enrolment, values)
    audit.record(
        "learning.accepted" if accept else "learning.refused", "enrolment", enrolment.id,
        actor_id=by_id, person_id=enrolment.person_id,
    )  # fmt: skip
    tell(
        enrolment.person_id,
        "enrolment-decided",
        key=f"{enrolment.id}:{values['decided_at']}",
        course=course.title,
        slug=course.slug,
        accepted=accept,
        reason=reason,
    )
    db.session.flush()
    return enrolment


def leave(enrolment: Enrolment) -> Enrolment:
    """Gives the seat back; what was done is kept for a return. Raises CompletedStays for a completed course."""
    claim(enrolment)
    if enrolment.state == "completed":
        raise CompletedStays()
    if enrolment.state in ("asked", "active"):
        enrolment.state, enrolment.seat = "left", None
        audit.record("learning.left", "enrolment", enrolment.id)
        db.session.flush()
    return enrolment


def _reason_needed():
    from flask_babel import gettext as _

    return _("Tulis alasannya, agar pemohon tahu apa yang perlu diperbaiki.")


def _returning(course: Course, person) -> Enrolment | None:
    """The enrolment somebody left; only the newest, so that a refusal in between keeps its row."""
    newest = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.course_id == course.id, Enrolment.person_id == person.id)
        .order_by(Enrolment.id.desc())
        .limit(1)
    ).first()
    return newest if newest is not None and newest.state == "left" else None


def _free_seats(course: Course) -> list[int]:
    """Numbers nobody holds. Those who came before seats were counted take up room, but no number."""
    taken = set(
        db.session.scalars(
            select(Enrolment.seat).where(
                Enrolment.course_id == course.id,
                Enrolment.seat.is_not(None),
                Enrolment.state.in_(LEARNING),
            )
        )
    )
    without = db.session.execute(
        select(func.count())
        .select_from(Enrolment)
        .where(Enrolment.course_id == course.id, Enrolment.seat.is_(None), Enrolment.state.in_(LEARNING))
    ).scalar_one()
    seats = course.seats or 0
    free = [seat for seat in range(1, seats + 1) if seat not in taken]
    return free[: max(0, seats - len(taken) - without)]


def _hold_with_seat(enrolment: Enrolment, course: Course, values: dict) -> bool:
    """Takes a free seat by its number; the unique key says who was first. Raises CourseFull when none is left."""
    if course.seats is None:
        return _hold(enrolment, {**values, "seat": None})
    for _try in range(TRIES):
        free = _free_seats(course)
        if not free:
            break
        # any of them, so that many who come at once do not all reach for the same one
        if _hold(enrolment, {**values, "seat": secrets.choice(free)}):
            return True
        if enrolment.id is None and queries.enrolment_of(course.id, enrolment.person_id):
            return False
    raise CourseFull()


def _hold(enrolment: Enrolment, values: dict) -> bool:
    """Writes the row; False when the seat or the person's place in the course was taken meanwhile."""
    before = {name: getattr(enrolment, name) for name in values}
    try:
        with db.session.begin_nested():
            for name, value in values.items():
                setattr(enrolment, name, value)
            db.session.add(enrolment)
    except IntegrityError:
        if enrolment.id is not None:
            db.session.refresh(enrolment)
        else:
            for name, value in before.items():
                setattr(enrolment, name, value)
        return False
    return True
