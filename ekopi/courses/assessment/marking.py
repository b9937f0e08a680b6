"""What an answer is worth: one registry of question types, each with how it is answered and how it is marked.

An answer's value is {"options": [keys]} or {"text": "…"}. Credit is a share of the points, 0 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from ekopi.core.text import fold
from ekopi.courses.authoring.models import QuestionText
from ekopi.courses.authoring.question_types import TRUTHS, written_answer

TEXT_LIMIT = 500
"""Characters of a short answer that are kept."""

ONE, MANY, TEXT = "one", "many", "text"


class Choice(NamedTuple):
    """One thing to pick, in the author's order."""

    key: str
    html: str
    right: bool
    feedback_html: str


class Type(NamedTuple):
    """How a question is answered (ONE, MANY or TEXT) and marked."""

    answered_by: str
    mark: Callable[[QuestionText, dict], Fraction]


TYPES: dict[str, Type] = {}


def question_type(name: str, answered_by: str):
    """Registers the decorated function as the marking of a type."""

    def register(mark):
        TYPES[name] = Type(answered_by, mark)
        return mark

    return register


def credit(question: QuestionText, value: dict | None) -> Decimal:
    """The share of the points this answer earns, 0 to 1 in hundredths; no answer earns nothing."""
    return Decimal(str(round(float(exact_credit(question, value)), 2))).quantize(Decimal("0.01"))


def exact_credit(question: QuestionText, value: dict | None) -> Fraction:
    """The same without rounding, so that three thirds are one."""
    if is_empty(value):
        return Fraction(0)
    return TYPES[question.type].mark(question, value or {})


def clean(question: QuestionText, picks: list[str], text: str = "") -> dict:
    """The value to keep of what a browser sent: known options only, once each; text up to TEXT_LIMIT."""
    return kept(question.type, [choice.key for choice in choices(question)], picks, text)


def kept(type_: str, keys: Iterable[str], picks: list[str], text: str = "") -> dict:
    """The same where only the question's type and the keys of its options are at hand, in the author's order."""
    answered_by = TYPES[type_].answered_by
    if answered_by == TEXT:
        return {"text": " ".join(text.replace("\x00", "").split())[:TEXT_LIMIT]}
    known = [key for key in keys if key in picks]
    return {"options": known[:1] if answered_by == ONE else known}


def is_empty(value: dict | None) -> bool:
    """Whether nothing was answered (also after an answer was taken back)."""
    return not value or not (value.get("options") or value.get("text"))


def choices(question: QuestionText) -> list[Choice]:
    """What can be picked; a true/false question without written options offers "Benar" and "Salah"."""
    if question.options:
        return [Choice(o.key, o.html, o.right, o.feedback_html) for o in question.options]
    if question.type == "true_false":
        truth = question.key_facts.get("answer") in (True, "true")
        return [Choice(key, str(words), meant is truth, "") for key, words, meant in TRUTHS]
    return []


def right_answer(question: QuestionText) -> str:
    """The right answer of a question that is answered with text, as its author wrote it."""
    return written_answer(question.key_facts)


def read_number(text: str, unit: str = "") -> set[Decimal]:
    """What a written number may mean. A comma is decimal; "1.250" is 1250 or 1,25; empty when it is none."""
    bare = text.strip().lower()
    for ending in (unit.strip().lower(), "%"):
        if ending and bare.endswith(ending):
            bare = bare[: -len(ending)].strip()
    bare = bare.removeprefix("rp").replace(" ", "").replace("\u00a0", "").replace("−", "-").lstrip("+")
    if not re.fullmatch(r"-?[\d.,]*\d[\d.,]*", bare):
        return set()
    readings = set()
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", bare):
        readings.add(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+\.\d+", bare):
        readings.add(bare.replace(",", ""))
    if re.fullmatch(r"-?\d*[.,]?\d+", bare):
        readings.add(bare.replace(",", "."))
    try:
        return {Decimal(reading) for reading in readings}
    except InvalidOperation:
        return set()


def is_no_number(question: QuestionText, value: dict | None) -> bool:
    """Whether a number was asked for and something else was written; it is kept, but can earn nothing."""
    written = (value or {}).get("text") or ""
    unit = str(question.key_facts.get("unit") or "")
    return question.type == "number" and bool(written) and not read_number(written, unit)


@question_type("single", ONE)
@question_type("true_false", ONE)
def _one(question: QuestionText, value: dict) -> Fraction:
    right = {choice.key for choice in choices(question) if choice.right}
    picked = value.get("options") or []
    return Fraction(len(picked) == 1 and picked[0] in right)


@question_type("multiple", MANY)
def _many(question: QuestionText, value: dict) -> Fraction:
    """Right picks less wrong picks, out of all that are right; never below nothing."""
    right = {choice.key for choice in choices(question) if choice.right}
    picked = set(value.get("options") or [])
    if not right:
        return Fraction(0)
    return max(Fraction(0), Fraction(len(picked & right) - len(picked - right), len(right)))


@question_type("short_text", TEXT)
def _short_text(question: QuestionText, value: dict) -> Fraction:
    accepted = {fold(str(text)) for text in question.key_facts.get("accepted") or []}
    return Fraction(fold(value.get("text") or "") in accepted)


@question_type("number", TEXT)
def _number(question: QuestionText, value: dict) -> Fraction:
    facts = question.key_facts
    answer = Decimal(str(facts.get("answer", "nan")))
    tolerance = Decimal(str(facts.get("tolerance") or 0))
    written = read_number(value.get("text") or "", str(facts.get("unit") or ""))
    return Fraction(any(abs(number - answer) <= tolerance for number in written))
