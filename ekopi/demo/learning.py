"""Months of learning: who enrolled, how far they came, what they answered and wrote; the end goes through the verbs.

Progress, attempts and answers are added in bulk, for a thousand attempts one by one would take minutes; scores
are what marking says of the answers. Completion (certificate, JP, notice, letter) is done by the product itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import insert, select

from ekopi.core.models import AuditEntry
from ekopi.courses.assessment import marking
from ekopi.courses.assessment.models import Answer, Attempt, Slot
from ekopi.courses.assessment.operations import rules_of
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.authoring.models import Course, Lesson, QuestionText
from ekopi.courses.learning.models import Enrolment, FieldTask, LessonProgress
from ekopi.courses.learning.operations import see_to_completion
from ekopi.demo import texts
from ekopi.demo.moments import at, at_work
from ekopi.demo.people import Learner
from ekopi.extensions import db

LONGEST_GAP = 600
"""Seconds that one pause between two acts counts at most; as in courses.learning."""
MOST_TRIES = 4


@dataclass
class Plan:
    """A published course as the demo walks through it."""

    course: Course
    lessons: list[Lesson]
    questions: dict[str, QuestionText]

    @classmethod
    def of(cls, course: Course) -> Plan:
        lessons = list(
            db.session.scalars(
                select(Lesson).where(Lesson.course_id == course.id, Lesson.live).order_by(Lesson.position)
            )
        )
        keys = {key for lesson in lessons if lesson.kind == "quiz" for key in _keys(lesson)}
        versions = authoring.published_versions(course.id, keys)
        known = authoring.quiz_questions(versions.values())
        return cls(course, lessons, {key: known[version] for key, version in versions.items()})

    def until(self, key: str) -> int:
        """How many lessons come before this one."""
        return next(number for number, lesson in enumerate(self.lessons) if lesson.key == key)


@dataclass
class Way:
    """One learner in one course: the rows of the enrolment, and what hangs on it."""

    plan: Plan
    learner: Learner
    enrolment: dict
    progress: list[dict] = field(default_factory=list)
    tasks: list[dict] = field(default_factory=list)
    attempts: list[tuple[dict, list[dict], list[dict]]] = field(default_factory=list)
    finished_at: datetime | None = None


def walk(
    plan: Plan, learner: Learner, start: datetime, now: datetime, reach: int, dice: random.Random
) -> Way:
    """How this learner went through the course: `reach` lessons, fewer where time or tries ran out."""
    start = max(at_work(start, learner.person.zone, dice), learner.came_at + timedelta(minutes=20))
    moment = start = min(start, now - timedelta(hours=1))
    enrolment = {
        "course_id": plan.course.id,
        "person_id": learner.person.id,
        "state": "active",
        "asked_at": start,
    }
    way = Way(plan, learner, enrolment)
    place = plan.lessons[0]
    in_session = 0
    for number, lesson in enumerate(plan.lessons):
        if in_session <= 0:
            in_session = dice.randint(2, 5)
            if number:
                moment = _next_day(moment, learner, dice)
        in_session -= 1
        place = lesson
        if number >= reach or moment > now - timedelta(hours=2):
            break
        moment, done = _act(way, lesson, moment, dice)
        enrolment["last_act_at"] = moment
        if not done:
            break
        moment += timedelta(seconds=dice.randint(20, 150))
    else:
        way.finished_at = moment
    enrolment["place_id"] = place.id
    return way


def _act(way: Way, lesson: Lesson, moment: datetime, dice: random.Random) -> tuple[datetime, bool]:
    """One lesson; returns when it ended and whether it is done."""
    minutes = max(2.0, lesson.minutes * dice.uniform(0.45, 1.15))
    row: dict[str, Any] = {"enrolment_id": None, "lesson_id": lesson.id, "opened_at": moment, "done_at": None, "score": None,
           "version_id": None, "seconds": 0}  # fmt: skip
    way.progress.append(row)
    if lesson.kind == "quiz":
        moment, row["score"], done = _tries(way, lesson, moment, row, dice)
    elif lesson.kind == "field_task":
        moment, done = _write(way, lesson, moment, minutes, row, dice)
    else:
        moment += timedelta(minutes=minutes)
        row["seconds"], done = min(LONGEST_GAP, int(minutes * 60)), True
    if done:
        row["done_at"], row["version_id"] = moment, lesson.version_id
    return moment, done


def _write(way: Way, lesson: Lesson, moment, minutes, row, dice) -> tuple[datetime, bool]:
    text = texts.write(lesson.key, way.learner.work, dice)
    done = dice.random() > 0.05 or way.learner.person.email.startswith(("peserta@", "inovator@"))
    if not done:
        text = text[: text.index(". ") + 1]
    moment += timedelta(minutes=minutes)
    row["seconds"] = int(minutes * 60 * 0.8)
    way.tasks.append({
        "enrolment_id": None, "lesson_id": lesson.id, "text": text, "edition": dice.randint(3, 14),
        "saved_at": moment, "sent_at": moment if done else None,
    })  # fmt: skip
    return moment, done


def _tries(way: Way, lesson: Lesson, moment, row, dice) -> tuple[datetime, Decimal | None, bool]:
    """Tries until one passes or none is left. Returns when it ended, the best score, and whether it passed."""
    rules = rules_of(lesson)
    best = None
    for number in range(1, (rules["attempts"] or MOST_TRIES) + 1):
        attempt, slots, answers = _try(way, lesson, rules, number, moment, dice)
        way.attempts.append((attempt, slots, answers))
        row["seconds"] += int((attempt["closed_at"] - attempt["started_at"]).total_seconds())
        moment = attempt["closed_at"]
        best = attempt["score"] if best is None else max(best, attempt["score"])
        if attempt["passed"]:
            return moment, best, True
        moment += timedelta(minutes=dice.randint(4, 90))
    return moment, best, False


def _try(
    way: Way, lesson: Lesson, rules: dict, number: int, moment, dice
) -> tuple[dict, list[dict], list[dict]]:
    knows = min(0.98, way.learner.skill + 0.09 * (number - 1))
    slots, answers = [], []
    earned = possible = Fraction(0)
    started = moment
    for place, question in enumerate(_drawn(way.plan, lesson, rules, dice), start=1):
        value, order = _answered(question, rules, knows, dice)
        share = marking.exact_credit(question, value)
        earned += share * Fraction(question.points)
        possible += Fraction(question.points)
        moment += timedelta(seconds=dice.randint(25, 110))
        slots.append({"number": place, "version_id": question.version_id, "order": order,
                      "credit": marking.credit(question, value),
                      "locked_at": moment if rules["show_during"] == "answers" else None})  # fmt: skip
        answers.append({"slot": place, "sequence": 1, "value": value, "at": moment})
    share = earned / possible * 100
    score = (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    attempt = {
        "enrolment_id": None, "lesson_id": lesson.id, "number": number, "quiz_version_id": lesson.version_id,
        "rules": rules, "seed": dice.getrandbits(31), "started_at": started,
        "due_at": started + timedelta(minutes=rules["time_limit"]) if rules["time_limit"] else None,
        "state": "submitted", "closed_at": moment + timedelta(seconds=dice.randint(5, 40)), "score": score,
        "passed": score >= rules["pass_mark"],
    }  # fmt: skip
    if attempt["due_at"] and attempt["closed_at"] > attempt["due_at"]:
        attempt["closed_at"] = attempt["due_at"] - timedelta(seconds=5)
        for slot, answer in zip(slots, answers, strict=True):
            answer["at"] = min(answer["at"], attempt["closed_at"])
            slot["locked_at"] = slot["locked_at"] and answer["at"]
    return attempt, slots, answers


def _keys(lesson: Lesson) -> list[str]:
    pools = lesson.settings.get("pools") or []
    return [*(lesson.settings.get("questions") or []), *(key for pool in pools for key in pool["questions"])]


def _drawn(plan: Plan, lesson: Lesson, rules: dict, dice: random.Random) -> list[QuestionText]:
    keys = list(lesson.settings.get("questions") or [])
    for pool in lesson.settings.get("pools") or []:
        keys += dice.sample([key for key in pool["questions"] if key not in keys], pool["count"])
    if rules["shuffle"]:
        dice.shuffle(keys)
    return [plan.questions[key] for key in keys]


def _answered(
    question: QuestionText, rules: dict, knows: float, dice: random.Random
) -> tuple[dict, list[str]]:
    """An answer, right with the chance `knows`, and the order in which the options stood."""
    choices = marking.choices(question)
    right = dice.random() < knows
    if not choices:
        return {
            "text": marking.right_answer(question) if right else dice.choice(("kurang tahu", "12", "5"))
        }, []
    order = [choice.key for choice in choices]
    if rules["shuffle"] and question.type != "true_false":
        dice.shuffle(order)
    good = [choice.key for choice in choices if choice.right]
    bad = [choice.key for choice in choices if not choice.right]
    if right or not bad:
        picked = good
    elif question.type == "multiple":
        picked = sorted({*good[:-1], dice.choice(bad)})
    else:
        picked = [dice.choice(bad)]
    return {"options": picked}, order


def _next_day(moment: datetime, learner: Learner, dice: random.Random) -> datetime:
    """The next time this person sits down to learn: some days later, at an hour of the own zone, not on a Sunday."""
    later = moment + timedelta(days=dice.choice((1, 1, 2, 3, 4, 6, 9)))
    return max(at_work(later, learner.person.zone, dice), moment + timedelta(hours=4))


def keep(ways: list[Way]) -> None:
    """Adds all rows of these walks, then completes those who finished, each at its moment and in that order."""
    ids = db.session.scalars(
        insert(Enrolment).returning(Enrolment.id, sort_by_parameter_order=True),
        [way.enrolment for way in ways],
    ).all()
    attempts: list[tuple[dict, list[dict], list[dict]]] = []
    for way, key in zip(ways, ids, strict=True):
        for row in (*way.progress, *way.tasks, *(attempt for attempt, _s, _a in way.attempts)):
            row["enrolment_id"] = key
        attempts += way.attempts
    attempts.sort(key=lambda one: one[0]["started_at"])
    numbers = db.session.scalars(
        insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True),
        [attempt for attempt, _s, _a in attempts],
    ).all()
    for (_attempt, slots, answers), number in zip(attempts, numbers, strict=True):
        for row in (*slots, *answers):
            row["attempt_id"] = number
    db.session.execute(insert(LessonProgress), [row for way in ways for row in way.progress])
    db.session.execute(insert(FieldTask), [row for way in ways for row in way.tasks])
    db.session.execute(insert(Slot), [row for _a, slots, _n in attempts for row in slots])
    db.session.execute(insert(Answer), [row for _a, _s, answers in attempts for row in answers])
    _happen(ways, ids)


def _happen(ways: list[Way], ids) -> None:
    """Enrolling (a line of the trail) and completing, in the order of time."""
    happened = []
    for way, key in zip(ways, ids, strict=True):
        happened.append((way.enrolment["asked_at"], key, way, False))
        if way.finished_at:
            happened.append((way.finished_at, key, way, True))
    for moment, key, way, finished in sorted(happened, key=lambda one: (one[0], one[1])):
        if not finished:
            db.session.add(AuditEntry(
                at=moment, actor_id=way.learner.person.id, verb="learning.enrolled", subject_kind="enrolment",
                subject_id=str(key),
            ))  # fmt: skip
            continue
        enrolment = db.session.get_one(Enrolment, key)
        with at(moment):
            see_to_completion(way.plan.course, enrolment)
            db.session.flush()
