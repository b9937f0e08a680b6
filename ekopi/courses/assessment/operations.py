"""Verbs of quizzes: start, save an answer, check a question, submit.

Whoever calls holds the enrolment (core.db.claim) where acts of one learner must not overlap; the unique keys of
attempts and answers decide even without it.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from ekopi.core import clock, once
from ekopi.core.db import claim
from ekopi.core.errors import Stale
from ekopi.courses.assessment import marking, queries
from ekopi.courses.assessment.errors import (
    AnswerLocked,
    AttemptClosed,
    NoAttemptsLeft,
    NotAnswered,
    QuizNotReady,
    TimeOver,
)
from ekopi.courses.assessment.models import Answer, Attempt, Slot
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.authoring.models import Lesson
from ekopi.extensions import db

RULES = {
    "pass_mark": 70,
    "attempts": 0,
    "time_limit": 0,
    "shuffle": False,
    "show_during": "nothing",
    "show_after": "marks",
    "show_later": "answers",
}
"""What an attempt remembers of its quiz's settings, with the values of a quiz that leaves one out."""
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def rules_of(lesson: Lesson) -> dict:
    """The published rules of a quiz: percent, number of tries (0 for no limit), minutes (0 for none), what is shown."""
    return {name: lesson.settings.get(name, usual) for name, usual in RULES.items()}


def start(enrolment_id: int, lesson: Lesson, tries: list[Attempt] | None = None) -> Attempt:
    """The open try, or a new one with the questions that are published now.

    `tries` are all there are, where they were read already. Which questions a pool gives and the order of everything come from the attempt's seed. Raises NoAttemptsLeft
    when all are used up, QuizNotReady when a picked question is not published.
    """
    if tries is None:
        tries = queries.attempts_of(enrolment_id, lesson.id)
    going_on = next((one for one in tries if one.state == "open"), None)
    if going_on:
        return going_on
    rules = rules_of(lesson)
    used = max((one.number for one in tries), default=0)
    if rules["attempts"] and used >= rules["attempts"]:
        return _begun_meanwhile(enrolment_id, lesson)
    seed = secrets.randbits(31)
    made = Attempt(
        enrolment_id=enrolment_id,
        lesson_id=lesson.id,
        number=used + 1,
        quiz_version_id=lesson.version_id,
        rules=rules,
        seed=seed,
        started_at=clock.now(),
    )
    if rules["time_limit"]:
        made.due_at = made.started_at + timedelta(minutes=rules["time_limit"])
    made.slots = [
        Slot(number=number, version_id=version_id, order=order)
        for number, (version_id, order) in enumerate(_draw(lesson, rules, seed), start=1)
    ]
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        return _begun_meanwhile(enrolment_id, lesson)
    return made


def _begun_meanwhile(enrolment_id: int, lesson: Lesson) -> Attempt:
    """The try that another tab began between two of our reads. Raises NoAttemptsLeft when there is none."""
    first = queries.open_attempt(enrolment_id, lesson.id)
    if first is None:
        raise NoAttemptsLeft()
    return first


def _draw(lesson: Lesson, rules: dict, seed: int) -> list[tuple[int, list[str]]]:
    """Versions and order of options, decided by the seed alone."""
    dice = random.Random(seed)  # noqa: S311 (a draw that can be repeated, not a secret)
    fixed = list(lesson.settings.get("questions") or [])
    pools = lesson.settings.get("pools") or []
    wanted = fixed + [key for pool in pools for key in pool["questions"]]
    published = authoring.published_versions(lesson.course_id, wanted)
    keys = list(fixed)
    for pool in pools:
        ready = [key for key in pool["questions"] if key in published and key not in keys]
        keys += dice.sample(ready, min(pool["count"], len(ready)))
    keys = [key for key in dict.fromkeys(keys) if key in published]
    if not keys:
        raise QuizNotReady()
    if rules["shuffle"]:
        dice.shuffle(keys)
    questions = authoring.quiz_questions(published[key] for key in keys)
    drawn = []
    for key in keys:
        question = questions[published[key]]
        order = [choice.key for choice in marking.choices(question)]
        if rules["shuffle"] and question.type != "true_false":
            dice.shuffle(order)
        drawn.append((question.version_id, order))
    return drawn


def save_answer(
    attempt: Attempt, slot: int, sequence: int | None, value: dict, base: int | None = None, page: str = ""
) -> Answer:
    """Appends an answer and gives back the one that counts in the slot.

    A sequence that is not higher than the newest one kept adds nothing: that save arrived before, or a newer one
    overtook it. None means the next one, for forms that are sent as a whole. `base` is the sequence of the answer
    their page knew of (0 for none). Where a newer one was kept meanwhile, what the page left as it was changes
    nothing, and another answer raises Stale. `page` tells one page from another: what the very same page saved is
    no newer answer, also when it could not hear that it was saved. Raises AttemptClosed, AnswerLocked, and TimeOver
    later than 30 s after the end.
    """
    _take(attempt)
    place, newest = _place(attempt, slot)
    if place.locked_at is not None:
        raise AnswerLocked()
    # the same words with a higher sequence are kept too: a save that was under way longer must not overtake them
    if newest is not None and (
        sequence <= newest.sequence if sequence is not None else newest.value == value
    ):
        return newest
    if newest is not None and base is not None and not _knows(newest, base, page):
        if newest.value == value or _same(value, queries.answer_at(attempt.id, slot, base)):
            return newest
        raise Stale(mine=value, theirs=newest.value)
    number = sequence if sequence is not None else (newest.sequence if newest else 0) + 1
    made = Answer(attempt_id=attempt.id, slot=slot, sequence=number, value=value, at=clock.now())
    if newest is None and sequence is None and marking.is_empty(value):
        made.sequence = 0  # nothing was answered, nothing is kept
    elif not _appended(made):
        return queries.answer(attempt.id, slot) or made
    elif sequence is not None and page:
        once.keep(_page_token(made, page), str(number))
    return made


def _knows(newest: Answer, base: int, page: str) -> bool:
    """Whether a page was given this answer, or saved it itself, perhaps without hearing so."""
    return newest.sequence <= base or once.led_to(_page_token(newest, page)) == str(newest.sequence)


def _page_token(answer: Answer, page: str) -> str:
    """Under which it is kept what a page saved last in a slot; empty for a page that does not say which it is."""
    where = f"answer {answer.attempt_id} {answer.slot} {page}"
    return hashlib.sha256(where.encode()).hexdigest() if page else ""


def _same(value: dict, shown: Answer | None) -> bool:
    """Whether the page sends back what it was given; no answer and an empty one are the same."""
    known = shown.value if shown else {}
    return value == known or (marking.is_empty(value) and marking.is_empty(known))


def _appended(answer: Answer) -> bool:
    """Writes the answer; False when its place in the sequence was taken meanwhile."""
    into = INSERTS[db.session.connection().dialect.name]
    insert = into(Answer.__table__).on_conflict_do_nothing()  # type: ignore[arg-type,attr-defined]
    names = ("attempt_id", "slot", "sequence", "value", "at")
    written = insert.values({name: getattr(answer, name) for name in names}).returning(Answer.sequence)
    # a row that comes back, not a count: on PostgreSQL inserts are not counted
    return db.session.execute(written).first() is not None


def check_slot(attempt: Attempt, slot: int) -> Slot:
    """Marks one question during the attempt and locks its answer, where the quiz shows answers at once.

    Raises NotAnswered when there is nothing to check, AttemptClosed, TimeOver.
    """
    _take(attempt)
    place, given = _place(attempt, slot)
    if attempt.rules["show_during"] != "answers":
        raise AttemptClosed()
    if place.locked_at is not None:
        return place
    if given is None or marking.is_empty(given.value):
        raise NotAnswered()
    question = authoring.quiz_questions([place.version_id])[place.version_id]
    place.credit = marking.credit(question, given.value)
    place.locked_at = clock.now()
    db.session.flush()
    return place


def submit(attempt: Attempt) -> Attempt:
    """Marks what is saved and closes the attempt, once; a closed one is given back as it is."""
    close(attempt)
    return attempt


def close(attempt: Attempt) -> bool:
    """Marks what is saved and closes the attempt; False when it was closed before, then nothing changes.

    The score is the share of all points in percent, rounded half up to hundredths; it passes at or above the
    pass mark the attempt began under.
    """
    claim(attempt)
    if attempt.state != "open":
        return False
    now = clock.now()
    slots = db.session.scalars(select(Slot).where(Slot.attempt_id == attempt.id)).all()
    questions = authoring.quiz_questions({slot.version_id for slot in slots})
    given = queries.answers(attempt.id)
    earned = possible = Fraction(0)
    for slot in slots:
        question = questions[slot.version_id]
        value = given[slot.number].value if slot.number in given else None
        points = Fraction(question.points)
        slot.credit = marking.credit(question, value)
        earned += points * marking.exact_credit(question, value)
        possible += points
    share = earned / possible * 100 if possible else Fraction(0)
    attempt.score = (Decimal(share.numerator) / Decimal(share.denominator)).quantize(
        Decimal("0.01"), rounding=ROUND_HALF_UP
    )
    attempt.passed = attempt.score >= Decimal(str(attempt.rules["pass_mark"]))
    attempt.state = "overdue" if queries.is_over(attempt, now) else "submitted"
    attempt.closed_at = now
    db.session.flush()
    return True


def _take(attempt: Attempt) -> None:
    """Holds the attempt while an answer is taken, so that it cannot be closed in between."""
    claim(attempt)
    if attempt.state != "open":
        raise AttemptClosed()
    if queries.is_over(attempt, clock.now()):
        raise TimeOver()


def _place(attempt: Attempt, number: int) -> tuple[Slot, Answer | None]:
    """The slot and the answer that counts in it, read anew."""
    found = queries.place(attempt.id, number)
    if found is None:
        raise AttemptClosed()
    return found
