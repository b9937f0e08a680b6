"""The registry of question types: which facts each has, how it is written as text, which rules it keeps.

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

Body = dict[str, Any]
DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?\Z")
OPTION_KEYS = "abcdefghij"
ACCEPTED_LIMIT = 50
ANSWER_LIMIT = 200


@dataclass(frozen=True)
class QuestionType:
    """One type. `headers` are the lines it knows beside type and points, `mark` what its list is made of."""

    key: str
    name: object
    headers: tuple[str, ...]
    mark: str
    """ "[ ]" for options, "=" for accepted answers, "" for types without a list."""
    faults: Callable[[Body], Iterator[str]]

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


def faults(body: Body) -> Iterator[str]:
    """What is wrong with a question, in sentences."""
    kind = TYPES.get(body["type"])
    if kind is None:
        yield _("Jenis soal harus salah satu dari: %(types)s.", types=", ".join(TYPES))
        return
    if not Decimal("0") < Decimal(body["points"]) <= 100:
        yield _("Poin harus lebih dari 0 dan paling banyak 100.")
    elif decimals(body["points"]) > 2:
        yield _("Poin paling banyak memakai dua angka desimal.")
    if not body["stem"].strip():
        yield _("Tulis pertanyaannya.")
    if len(body["stem"]) > TEXT_LIMIT or len(body["explanation"]) > TEXT_LIMIT:
        yield _("Teksnya terlalu panjang: paling banyak %(limit)d karakter.", limit=TEXT_LIMIT)
    yield from kind.faults(body)


def _options(body: Body) -> Iterator[str]:
    options = body["options"]
    if not 2 <= len(options) <= len(OPTION_KEYS):
        yield _("Soal ini memerlukan 2 sampai %(limit)d pilihan.", limit=len(OPTION_KEYS))
    seen = set()
    for option in options:
        if not option["text"]:
            yield _("Ada pilihan yang kosong.")
        elif option["text"] in seen:
            yield _("Pilihan “%(text)s” ada dua kali.", text=option["text"][:60])
        seen.add(option["text"])
        if max(len(option["text"]), len(option["feedback"])) > INLINE_LIMIT:
            yield _("Pilihan dan tanggapannya paling panjang %(limit)d karakter.", limit=INLINE_LIMIT)


def _single(body: Body) -> Iterator[str]:
    yield from _options(body)
    right = sum(option["right"] for option in body["options"])
    if right != 1:
        yield _("Tandai tepat satu pilihan yang benar dengan [x]; sekarang ada %(count)d.", count=right)


def _multiple(body: Body) -> Iterator[str]:
    yield from _options(body)
    if not any(option["right"] for option in body["options"]):
        yield _("Tandai paling sedikit satu pilihan yang benar dengan [x].")


def _true_false(body: Body) -> Iterator[str]:
    if not isinstance(body["answer"], bool):
        yield _("Tulis “answer: true” atau “answer: false”.")


def _short_text(body: Body) -> Iterator[str]:
    if not 1 <= len(body["accepted"]) <= ACCEPTED_LIMIT:
        yield _(
            "Tulis 1 sampai %(limit)d jawaban yang diterima, tiap jawaban diawali “- =”.",
            limit=ACCEPTED_LIMIT,
        )
    for answer in body["accepted"]:
        if not fold(answer) or len(answer) > ANSWER_LIMIT:
            yield _("Tiap jawaban yang diterima berisi 1 sampai %(limit)d karakter.", limit=ANSWER_LIMIT)


def _number(body: Body) -> Iterator[str]:
    if not body["answer"]:
        yield _("Tulis jawabannya sebagai angka dengan titik desimal, misalnya “answer: 12.5”.")
    if Decimal(body["tolerance"]) < 0:
        yield _("Toleransi tidak boleh kurang dari 0.")
    if len(body["unit"]) > 30:
        yield _("Satuan paling panjang 30 karakter.")


TYPES = {
    kind.key: kind
    for kind in (
        QuestionType("single", _l("Pilihan Tunggal"), (), "[ ]", _single),
        QuestionType("multiple", _l("Pilihan Ganda Kompleks"), (), "[ ]", _multiple),
        QuestionType("true_false", _l("Benar atau Salah"), ("answer",), "", _true_false),
        QuestionType("short_text", _l("Isian Singkat"), (), "=", _short_text),
        QuestionType("number", _l("Angka"), ("answer", "tolerance", "unit"), "", _number),
    )
}
