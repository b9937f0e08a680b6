"""What a learner may see of an attempt. Templates get sheets, never questions: what may not be shown is not in them.

Levels, each holding the one before: nothing · score (percent, passed or not) · marks (right or wrong per question,
feedback of what was chosen) · answers (right answers, all feedback, explanations).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from markupsafe import Markup

from ekopi.core.text import excerpt, trusted
from ekopi.courses.assessment import marking, queries
from ekopi.courses.assessment.models import Answer, Attempt, Slot
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.authoring.models import QuestionText

LEVELS = ("nothing", "score", "marks", "answers")
SHORT_STEM = 160
"""Characters of a one-paragraph stem that may stand as the page's heading."""


@dataclass
class Pick:
    """One option as it may be shown; verdict is "" where right and wrong are not shown."""

    key: str
    html: Markup
    chosen: bool
    verdict: str = ""
    feedback: Markup = Markup()


@dataclass
class Sheet:
    """One question of an attempt as its learner may see it now."""

    number: int
    answered_by: str
    stem: Markup
    heading: Markup
    """The stem without its paragraph where it is short enough for a heading, else empty."""
    short: str
    """The beginning of the stem in plain words, for a list."""
    unit: str
    answered: bool
    text: str
    saved_at: datetime | None
    sequence: int
    locked: bool
    no_number: bool = False
    """A number is asked for, and what was written is none."""
    picks: list[Pick] = field(default_factory=list)
    verdict: str = ""
    """"right", "part", "wrong", or "" where it is not shown."""
    right_text: str = ""
    explanation: Markup = Markup()


def may_show(level: str, wanted: str) -> bool:
    """Whether what needs `wanted` may be shown at `level`."""
    return LEVELS.index(level) >= LEVELS.index(wanted)


def level_after(attempt: Attempt, attempts: Iterable[Attempt], allowed: int) -> str:
    """What a closed attempt may show: less while another try could profit from it.

    `attempts` are all tries at the quiz, `allowed` how many there may be now (0 without limit).
    """
    if attempt.state == "open":
        return "nothing"
    tries = list(attempts)
    settled = any(one.passed for one in tries) or (
        allowed and len(tries) >= allowed and all(one.state != "open" for one in tries)
    )
    return attempt.rules["show_later"] if settled else attempt.rules["show_after"]


def sheets(attempt: Attempt, level: str) -> list[Sheet]:
    """The questions of an attempt (loaded with its slots); three queries.

    A question that was checked during the attempt is shown with its answer whatever the level.
    """
    questions = authoring.quiz_questions({slot.version_id for slot in attempt.slots})
    given = queries.answers(attempt.id)
    return [sheet(slot, questions[slot.version_id], given.get(slot.number), level) for slot in attempt.slots]


def sheet(slot: Slot, question: QuestionText, given: Answer | None, level: str) -> Sheet:
    """One question, loaded with its options, as `sheets` shows it."""
    value = given.value if given else {}
    if slot.locked_at is not None and slot.credit is not None:
        level = "answers"
    made = Sheet(
        number=slot.number,
        answered_by=marking.TYPES[question.type].answered_by,
        stem=trusted(question.stem_html),
        heading=_heading(question.stem_html),
        short=excerpt(question.stem_html, 90),
        unit=str(question.key_facts.get("unit") or ""),
        answered=not marking.is_empty(value),
        text=value.get("text") or "",
        saved_at=given.at if given else None,
        sequence=given.sequence if given else 0,
        locked=slot.locked_at is not None,
        no_number=marking.is_no_number(question, value),
    )
    chosen = set(value.get("options") or [])
    choices = {choice.key: choice for choice in marking.choices(question)}
    order = [key for key in slot.order if key in choices] or list(choices)
    made.picks = [_pick(choices[key], key in chosen, level) for key in order]
    if may_show(level, "marks") and slot.credit is not None:
        made.verdict = _verdict(slot.credit)
    if may_show(level, "answers"):
        made.explanation = trusted(question.explanation_html)
        if made.answered_by == marking.TEXT:
            made.right_text = marking.right_answer(question)
    return made


@dataclass
class Both:
    """An answer that was not kept and the newer one that counts."""

    mine: Sheet
    kept: Sheet


def both(slot: Slot, question: QuestionText, given: Answer, mine: dict) -> Both:
    """The question as it would be shown with each of two answers; of right and wrong nothing is said."""
    unsaved = Answer(
        attempt_id=given.attempt_id, slot=given.slot, sequence=given.sequence, value=mine, at=given.at
    )
    return Both(*(sheet(slot, question, answer, "nothing") for answer in (unsaved, given)))


def _pick(choice: marking.Choice, chosen: bool, level: str) -> Pick:
    pick = Pick(choice.key, trusted(choice.html), chosen)
    if may_show(level, "answers") or (may_show(level, "marks") and chosen):
        pick.feedback = trusted(choice.feedback_html)
        if choice.right or chosen:
            pick.verdict = "right" if choice.right else "wrong"
    return pick


def _verdict(credit: Decimal) -> str:
    if credit >= 1:
        return "right"
    return "part" if credit > 0 else "wrong"


def _heading(stem_html: str) -> Markup:
    """A heading may hold no paragraph, list or table, only words with their emphasis."""
    whole = re.fullmatch(r"\s*<p>(.*)</p>\s*", stem_html, re.S)
    if not whole or re.search(r"<(p|ul|ol|table|pre|img|h[1-6]|div|blockquote|a)\b", whole[1]):
        return Markup()
    plain = re.sub(r"<[^>]+>", "", whole[1])
    return trusted(whole[1]) if len(plain) <= SHORT_STEM else Markup()
