"""The registry of question types: which facts each has, how it is written as text, which rules it keeps,
what an author begins with.

Marking an answer is for assessment, which has the twin of this registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ekopi.core.text import INLINE_LIMIT, TEXT_LIMIT, fold
from ekopi.core.web import say_decimal

Body = dict[str, Any]
Path = tuple[str | int, ...]
"""Where in a body: ("points",), or ("options", 2) for the third option."""
Faults = Iterator[tuple[Path, str]]
DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?\Z")
OPTION_KEYS = "abcdefghij"
ACCEPTED_LIMIT = 50
ANSWER_LIMIT = 200
TRUTHS = (("a", _l("Benar"), True), ("b", _l("Salah"), False))
"""What a true/false question offers: key, words, the answer it stands for."""


@dataclass(frozen=True)
class QuestionType:
    """One type. `headers` are the lines it knows beside type and points, `mark` what its list is made of."""

    key: str
    name: object
    headers: tuple[str, ...]
    mark: str
    """ "[ ]" for options, "=" for accepted answers, "" for types without a list."""
    faults: Callable[[Body], Faults]
    example: Callable[[], Body]
    """The facts of a question to write over; with `started` it keeps every rule."""

    @property
    def facts(self) -> tuple[str, ...]:
        """Names in the body that decide right and wrong for types without options."""
        return (*self.headers, "accepted") if self.mark == "=" else self.headers


def decimals(text: str) -> int:
    """How many digits a plain decimal has after its point."""
    return len(text.partition(".")[2])


def plain_decimal(text: str) -> str | None:
    """The shortest writing of a decimal ("12.50" is "12.5"); None when it is none."""
    if not DECIMAL.match(text):
        return None
    shortest = format(Decimal(text).normalize(), "f")
    return "0" if shortest == "-0" else shortest


def started(kind: str) -> Body:
    """A body of this type to write over, in the reader's language; it keeps every rule."""
    return {
        "type": kind,
        "points": "1",
        "stem": _("Tulis pertanyaannya di sini."),
        "explanation": _("Penjelasan yang tampil bersama jawaban."),
        **TYPES[kind].example(),
    }


def written_answer(body: Body) -> str:
    """The right answer of a question that is answered by typing, as its author wrote it; "" when it has none."""
    if "accepted" in body:
        return str(body["accepted"][0]) if body["accepted"] else ""
    return f"{say_decimal(body.get('answer', ''))} {body.get('unit') or ''}".strip()


def faults(body: Body) -> Faults:
    """What is wrong with a question: where in its body, and a sentence that says what to write."""
    kind = TYPES.get(body["type"])
    if kind is None:
        yield ("type",), _("Jenis soal harus salah satu dari: %(types)s.", types=", ".join(TYPES))
        return
    if not Decimal("0") < Decimal(body["points"]) <= 100:
        yield ("points",), _("Poin harus lebih dari 0 dan paling banyak 100.")
    elif decimals(body["points"]) > 2:
        yield ("points",), _("Poin paling banyak memakai dua angka desimal.")
    if not body["stem"].strip():
        yield ("stem",), _("Tulis pertanyaannya.")
    for name in ("stem", "explanation"):
        if len(body[name]) > TEXT_LIMIT:
            yield (name,), _("Teksnya terlalu panjang: paling banyak %(limit)d karakter.", limit=TEXT_LIMIT)
    yield from kind.faults(body)


def _options(body: Body) -> Faults:
    options = body["options"]
    if not 2 <= len(options) <= len(OPTION_KEYS):
        sentence = _(
            "Soal ini memerlukan 2 sampai %(limit)d pilihan, tiap pilihan diawali “- [ ]”.",
            limit=len(OPTION_KEYS),
        )
        yield ("options",), sentence
    seen = set()
    for number, option in enumerate(options):
        path = ("options", number)
        if not option["text"]:
            yield path, _("Pilihan ini kosong; tulis jawabannya sesudah “- [ ]”.")
        elif option["text"] in seen:
            yield path, _("Pilihan “%(text)s” ada dua kali.", text=option["text"][:60])
        seen.add(option["text"])
        if max(len(option["text"]), len(option["feedback"])) > INLINE_LIMIT:
            yield path, _("Pilihan dan tanggapannya paling panjang %(limit)d karakter.", limit=INLINE_LIMIT)


def _single(body: Body) -> Faults:
    yield from _options(body)
    right = sum(option["right"] for option in body["options"])
    if right != 1:
        sentence = _("Tandai tepat satu pilihan yang benar dengan [x]; sekarang ada %(count)d.", count=right)
        yield ("options",), sentence


def _multiple(body: Body) -> Faults:
    yield from _options(body)
    if not any(option["right"] for option in body["options"]):
        yield ("options",), _("Tandai paling sedikit satu pilihan yang benar dengan [x].")


def _true_false(body: Body) -> Faults:
    if not isinstance(body["answer"], bool):
        yield ("answer",), _("Tulis “answer: true” atau “answer: false”.")


def _short_text(body: Body) -> Faults:
    if not 1 <= len(body["accepted"]) <= ACCEPTED_LIMIT:
        sentence = _(
            "Tulis 1 sampai %(limit)d jawaban yang diterima, tiap jawaban diawali “- =”.",
            limit=ACCEPTED_LIMIT,
        )
        yield ("accepted",), sentence
    for number, answer in enumerate(body["accepted"]):
        if not fold(answer) or len(answer) > ANSWER_LIMIT:
            sentence = _("Tiap jawaban yang diterima berisi 1 sampai %(limit)d karakter.", limit=ANSWER_LIMIT)
            yield ("accepted", number), sentence


def _number(body: Body) -> Faults:
    if not body["answer"]:
        sentence = _("Tulis jawabannya sebagai angka dengan titik desimal, misalnya “answer: 12.5”.")
        yield ("answer",), sentence
    if Decimal(body["tolerance"]) < 0:
        yield ("tolerance",), _("Toleransi tidak boleh kurang dari 0.")
    if len(body["unit"]) > 30:
        yield ("unit",), _("Satuan paling panjang 30 karakter.")


def _single_example() -> Body:
    wrong = _example_option(_("Pilihan yang keliru"), False)
    return {"options": [wrong, _example_option(_("Pilihan yang benar"), True)]}


def _multiple_example() -> Body:
    words = {
        _("Pilihan yang benar"): True,
        _("Pilihan lain yang benar"): True,
        _("Pilihan yang keliru"): False,
    }
    return {"options": [_example_option(text, right) for text, right in words.items()]}


def _example_option(text: str, right: bool) -> Body:
    return {
        "text": text,
        "right": right,
        "feedback": _("Mengapa benar.") if right else _("Mengapa keliru."),
    }


def _true_false_example() -> Body:
    return {"stem": _("Tulis pernyataannya di sini."), "answer": True}


def _short_text_example() -> Body:
    return {"accepted": [_("jawaban yang diterima"), _("ejaan lain yang diterima")]}


def _number_example() -> Body:
    return {"answer": "12.5", "tolerance": "0.5", "unit": "JP"}


TYPES = {
    kind.key: kind
    for kind in (
        QuestionType("single", _l("Pilihan Tunggal"), (), "[ ]", _single, _single_example),
        QuestionType("multiple", _l("Pilihan Ganda Kompleks"), (), "[ ]", _multiple, _multiple_example),
        QuestionType("true_false", _l("Benar atau Salah"), ("answer",), "", _true_false, _true_false_example),
        QuestionType("short_text", _l("Isian Singkat"), (), "=", _short_text, _short_text_example),
        QuestionType("number", _l("Angka"), ("answer", "tolerance", "unit"), "", _number, _number_example),
    )
}
