"""Reads of attempts; each loads all that its page touches."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import selectinload

from ekopi.courses.assessment.models import Answer, Attempt, Slot
from ekopi.extensions import db

GRACE = timedelta(seconds=30)
"""How long after its end an attempt still takes answers that were on their way."""


def attempts_of(enrolment_id: int, lesson_id: int) -> list[Attempt]:
    """All tries of one learner at one quiz, the first one first; without their slots."""
    return list(
        db.session.scalars(
            select(Attempt)
            .where(Attempt.enrolment_id == enrolment_id, Attempt.lesson_id == lesson_id)
            .order_by(Attempt.number)
        )
    )


def attempt(enrolment_id: int, lesson_id: int, number: int) -> Attempt | None:
    """One try with its slots; None when this enrolment has no such try."""
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.lesson_id == lesson_id, Attempt.number == number)
        .options(selectinload(Attempt.slots))
    ).first()


def open_attempt(enrolment_id: int, lesson_id: int) -> Attempt | None:
    """The try that is not closed yet; there is never more than one."""
    return db.session.scalars(
        select(Attempt).where(
            Attempt.enrolment_id == enrolment_id, Attempt.lesson_id == lesson_id, Attempt.state == "open"
        )
    ).first()


def overdue(now: datetime, limit: int = 200) -> list[Attempt]:
    """Open tries whose time and grace have passed, the oldest first."""
    return list(
        db.session.scalars(
            select(Attempt)
            .where(Attempt.state == "open", Attempt.due_at < now - GRACE)
            .order_by(Attempt.due_at)
            .limit(limit)
        )
    )


def answers(attempt_id: int) -> dict[int, Answer]:
    """The answer that counts in each slot: the one with the highest sequence."""
    newest = (
        select(Answer.slot, func.max(Answer.sequence).label("sequence"))
        .where(Answer.attempt_id == attempt_id)
        .group_by(Answer.slot)
        .subquery()
    )
    rows = db.session.scalars(
        select(Answer)
        .join(newest, (newest.c.slot == Answer.slot) & (newest.c.sequence == Answer.sequence))
        .where(Answer.attempt_id == attempt_id)
    )
    return {row.slot: row for row in rows}


NEWEST = (
    select(Answer)
    .where(Answer.attempt_id == bindparam("attempt_id"), Answer.slot == bindparam("slot"))
    .order_by(Answer.sequence.desc())
    .limit(1)
)
"""Put together once, as every statement that each question of each learner asks."""


def answer(attempt_id: int, slot: int) -> Answer | None:
    """The answer that counts in one slot."""
    return db.session.scalars(NEWEST, {"attempt_id": attempt_id, "slot": slot}).first()


def answer_at(attempt_id: int, slot: int, sequence: int) -> Answer | None:
    """One of the answers that a slot was given, by its sequence."""
    return db.session.get(Answer, (attempt_id, slot, sequence))


PLACE = (
    select(Slot, Answer)
    .outerjoin(Answer, and_(Answer.attempt_id == Slot.attempt_id, Answer.slot == Slot.number))
    .where(Slot.attempt_id == bindparam("attempt_id"), Slot.number == bindparam("number"))
    .order_by(Answer.sequence.desc())
    .limit(1)
    .execution_options(populate_existing=True)
)


def place(attempt_id: int, number: int) -> tuple[Slot, Answer | None] | None:
    """A slot, read anew, with the answer that counts in it; None when the attempt has no such slot."""
    row = db.session.execute(PLACE, {"attempt_id": attempt_id, "number": number}).first()
    return (row[0], row[1]) if row else None


def is_over(attempt: Attempt, now: datetime) -> bool:
    """Whether an attempt takes no more answers because of its time (the grace included)."""
    return attempt.due_at is not None and now > attempt.due_at + GRACE


def attempt_count(enrolment_id: int) -> int:
    """How many tries at quizzes an enrolment holds."""
    mine = select(func.count()).select_from(Attempt).where(Attempt.enrolment_id == enrolment_id)
    return db.session.execute(mine).scalar_one()


def answered_by_person(enrolment_ids: list[int]) -> list[tuple[Attempt, list[Answer]]]:
    """Every try of these enrolments with all its answers, for a person's own copy of the data."""
    tries = db.session.scalars(
        select(Attempt).where(Attempt.enrolment_id.in_(enrolment_ids)).order_by(Attempt.id)
    ).all()
    given: dict[int, list[Answer]] = {row.id: [] for row in tries}
    for row in db.session.scalars(
        select(Answer)
        .where(Answer.attempt_id.in_(list(given)))
        .order_by(Answer.attempt_id, Answer.slot, Answer.sequence)
    ):
        given[row.attempt_id].append(row)
    return [(row, given[row.id]) for row in tries]
