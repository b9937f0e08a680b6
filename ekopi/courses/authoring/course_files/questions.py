"""Questions as readable text: parsing with line numbers, and the one canonical way to write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from ekopi.courses.authoring.question_types import TYPES, QuestionType, plain_decimal

Body = dict[str, Any]
QUESTIONS_LIMIT = 1_000
"""Questions of one file; also of a whole course (bodies.QUESTIONS_LIMIT)."""
# Matched against lines without blanks at their ends: looking for those here would cost the square of their number.
HEADING = re.compile(r"##[ \t]+(\S.*)\Z")
HEADER = re.compile(r"([a-z_]+)[ \t]*:[ \t]*(.*)\Z")
OPTION = re.compile(r"- \[([ xX])\](?:[ \t]+(.*))?\Z")
ACCEPTED = re.compile(r"- =[ \t]*(.*)\Z")
FEEDBACK = re.compile(r"[ \t]{1,4}>[ \t]?(.*)\Z")
QUOTE = re.compile(r">[ ]?(.*)\Z")
FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})(.*)\Z")
DEFAULTS = {"answer": "", "tolerance": "0", "unit": ""}


@dataclass
class Parsed:
    """One question of a text: its key, the line its heading stands in, its body, what could not be read."""

    key: str
    line: int
    body: Body
    faults: list[tuple[int, str]] = field(default_factory=list)
    places: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    """Lines of the parts of the body, as far as they are written."""

    def line_of(self, path: tuple[str | int, ...]) -> int:
        """The line to mend for a fault at this place of the body; for what is not written the nearest one."""
        near = (path, path[:1], ("type",)) if path[:1] == ("answer",) else (path, path[:1])
        return next((self.places[place] for place in near if place in self.places), self.line)


def parse(text: str) -> tuple[list[Parsed], list[tuple[int, str]]]:
    """The questions of a text, and what stands outside of any; faults are (line, sentence).

    A question with faults has a body all the same, with defaults where something could not be read.
    """
    questions: list[Parsed] = []
    outside: list[tuple[int, str]] = []
    lines = text.split("\n")
    starts, open_fence = _headings(lines)
    if len(starts) > QUESTIONS_LIMIT:
        sentence = _("Terlalu banyak soal: paling banyak %(limit)d.", limit=QUESTIONS_LIMIT)
        return [], [(starts[QUESTIONS_LIMIT] + 1, sentence)]
    first = starts[0] if starts else len(lines)
    for number, line in enumerate(lines[:first], start=1):
        if line.strip():
            outside.append((number, _("Tiap soal diawali baris “## kunci-soal”.")))
            break
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        questions.append(_question(lines, start, end))
    if open_fence is not None and questions:
        questions[-1].faults.append((open_fence + 1, _("Blok kode yang dibuka di sini tidak ditutup.")))
    return questions, outside


def parse_one(text: str) -> Parsed:
    """The single question of an editor's text; a second one or text outside is a fault of it."""
    questions, outside = parse(text)
    if not questions:
        return Parsed("", 1, empty("single"), outside or [(1, _("Tiap soal diawali baris “## kunci-soal”."))])
    one = questions[0]
    one.faults = outside + one.faults
    if len(questions) > 1:
        one.faults.append((questions[1].line, _("Tulis hanya satu soal di sini.")))
    return one


def empty(kind: str) -> Body:
    """A body of this type with nothing in it."""
    return _shaped(kind, TYPES[kind], {})


def _headings(lines: list[str]) -> tuple[list[int], int | None]:
    """Indexes of the `## key` lines, and where a code block opens that never closes."""
    starts, fence, opened = [], "", None
    for index, line in enumerate(lines):
        if mark := FENCE.match(line):
            if not fence:
                fence, opened = mark[1], index
            elif mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not mark[2].strip():
                fence, opened = "", None
        elif not fence and HEADING.match(_bare(line)):
            starts.append(index)
    return starts, opened


def _question(lines: list[str], start: int, end: int) -> Parsed:
    key = lines[start].removeprefix("##").strip()
    parsed = Parsed(key, start + 1, {})
    headers, at = _headers(lines, start + 1, end, parsed.faults)
    parsed.places = {(header,): number for header, (number, _value) in headers.items()}
    line, name = headers.get("type", (start + 1, ""))
    if name not in TYPES:
        sentence = _("Tulis jenis soal di bawah kuncinya: “type: …” dengan salah satu dari %(types)s.", types=", ".join(TYPES))  # fmt: skip
        parsed.faults.append((line, sentence))
        name = "single"
    kind = TYPES[name]
    facts = _read_headers(headers, name, kind, parsed.faults)
    body_lines = [(index + 1, lines[index]) for index in range(at, end)]
    facts.update(_read_rest(body_lines, kind, parsed))
    parsed.body = _shaped(name, kind, facts)
    return parsed


def _headers(lines, at: int, end: int, faults) -> tuple[dict[str, tuple[int, str]], int]:
    headers: dict[str, tuple[int, str]] = {}
    while at < end and lines[at].strip():
        found = HEADER.match(_bare(lines[at]))
        if not found:
            faults.append((at + 1, _("Kosongkan satu baris di antara keterangan soal dan pertanyaannya.")))
            break
        if found[1] in headers:
            faults.append((at + 1, _("“%(name)s” tertulis dua kali.", name=found[1])))
        headers[found[1]] = (at + 1, found[2])
        at += 1
    return headers, at


def _read_headers(headers, name: str, kind: QuestionType, faults) -> Body:
    facts: Body = {"points": "1"}
    for header, (line, value) in headers.items():
        if header == "type":
            continue
        if header not in ("points", *kind.headers):
            sentence = _("“%(name)s” tidak dikenal untuk soal jenis %(type)s.", name=header, type=name)
            faults.append((line, sentence))
        elif header == "unit":
            facts[header] = value
        elif header == "answer" and name == "true_false":
            if value.lower() in ("true", "false"):
                facts[header] = value.lower() == "true"
            else:
                faults.append((line, _("Tulis “answer: true” atau “answer: false”.")))
                facts[header] = False
        elif (number := plain_decimal(value)) is None:
            sentence = _("“%(value)s” bukan angka; pakai titik desimal dan tanpa pemisah ribuan, misalnya 1250.5.", value=value[:40])  # fmt: skip
            faults.append((line, sentence))
            facts[header] = "1"
        else:
            facts[header] = number
    return facts


def _read_rest(rows: list[tuple[int, str]], kind: QuestionType, parsed: Parsed) -> Body:
    stem_end = len(rows)
    if kind.mark:
        mark = OPTION if kind.mark == "[ ]" else ACCEPTED
        in_code = _in_code([line for _n, line in rows])
        stem_end = next(
            (i for i, (_n, line) in enumerate(rows) if not in_code[i] and mark.match(_bare(line))), stem_end
        )
        _place_list(rows, stem_end, mark, "options" if kind.mark == "[ ]" else "accepted", parsed)
    stem, rest = rows[:stem_end], rows[stem_end:]
    written = next((number for number, line in stem if line.strip()), parsed.line + 1)
    parsed.places["stem",] = written
    facts: Body = {}
    if kind.mark == "[ ]":
        facts["options"], rest = _read_options(rest, parsed.faults)
    elif kind.mark == "=":
        facts["accepted"], rest = _read_accepted(rest)
    if kind.mark and rows[stem_end:]:
        explanation = _read_explanation(rest, parsed.faults)
    else:
        stem, explanation = _cut_explanation(stem)
    facts["stem"] = _joined(line for _n, line in stem)
    facts["explanation"] = explanation
    return facts


def _place_list(rows, start: int, mark, name: str, parsed: Parsed) -> None:
    """The lines of a list's entries; of a list that is not there, the last line that is written."""
    found = [number for number, line in rows[start:] if mark.match(_bare(line))]
    written = [number for number, line in rows if line.strip()]
    parsed.places[name,] = found[0] if found else (written[-1] if written else parsed.line + 1)
    for index, number in enumerate(found):
        parsed.places[name, index] = number


def _bare(line: str) -> str:
    """A line without the blanks at its end."""
    return line.rstrip(" \t")


def _in_code(lines: list[str]) -> list[bool]:
    """Which lines belong to a fenced block, its fences included."""
    inside, fence = [], ""
    for line in lines:
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
            inside.append(True)
        elif mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not mark[2].strip():
            fence = ""
            inside.append(True)
        else:
            inside.append(bool(fence))
    return inside


def _read_options(rows, faults) -> tuple[list[Body], list[tuple[int, str]]]:
    options: list[Body] = []
    ahead = 0
    for index, (number, line) in enumerate(rows):
        if index < ahead:  # empty lines that were looked over already
            continue
        bare = _bare(line)
        if found := OPTION.match(bare):
            options.append({"text": found[2] or "", "right": found[1] != " ", "feedback": ""})
        elif not line.strip():
            ahead = next((i for i in range(index + 1, len(rows)) if rows[i][1].strip()), len(rows))
            if ahead == len(rows) or not OPTION.match(_bare(rows[ahead][1])):
                return options, rows[index + 1 :]
        elif found := FEEDBACK.match(bare):
            options[-1]["feedback"] = _appended(options[-1]["feedback"], found[1])
        elif line[0] in " \t" and not options[-1]["feedback"]:
            options[-1]["text"] = _appended(options[-1]["text"], line.strip())
        elif line.startswith(">"):
            return options, rows[index:]
        else:
            faults.append((number, _("Baris ini bukan pilihan (“- [ ] …”), tanggapan (“  > …”), atau penjelasan (“> …”).")))  # fmt: skip
    return options, []


def _read_accepted(rows) -> tuple[list[str], list[tuple[int, str]]]:
    accepted: list[str] = []
    for index, (_number, line) in enumerate(rows):
        if found := ACCEPTED.match(_bare(line)):
            accepted.append(found[1])
        elif line.strip():
            return accepted, rows[index:]
    return accepted, []


def _read_explanation(rows, faults) -> str:
    kept: list[str] = []
    for number, line in rows:
        if found := QUOTE.match(line):
            kept.append(found[1])
        elif not line.strip():
            kept.append("")
        else:
            faults.append(
                (number, _("Sesudah jawaban hanya boleh ada penjelasan, tiap barisnya diawali “> ”."))
            )
    return _joined(kept)


def _cut_explanation(rows):
    """The last block of `>` lines is the explanation; one in the middle, or that says nothing, belongs to the question."""
    end = len(rows)
    while end and not rows[end - 1][1].strip():
        end -= 1
    in_code = _in_code([line for _n, line in rows])
    start = end
    while start and rows[start - 1][1].startswith(">") and not in_code[start - 1]:
        start -= 1
    explanation = _joined(QUOTE.match(line)[1] for _n, line in rows[start:end])
    return (rows[:start], explanation) if explanation else (rows, "")


def _joined(lines: Iterable[str]) -> str:
    """Text without blank lines at its ends and blanks at the ends of its lines; "two  " stays a line break."""
    kept = [line.rstrip() + "  " if line.endswith("  ") and line.strip() else line.rstrip() for line in lines]
    return "\n".join(kept).strip("\n").rstrip()


def _appended(text: str, more: str) -> str:
    return f"{text} {more}".strip()


def _shaped(name: str, kind: QuestionType, facts: Body) -> Body:
    body: Body = {
        "type": name,
        "points": facts.get("points", "1"),
        "stem": facts.get("stem", ""),
        "explanation": facts.get("explanation", ""),
    }
    for header in kind.headers:
        body[header] = facts.get(header, DEFAULTS[header] if name == "number" else None)
    if kind.mark == "[ ]":
        body["options"] = facts.get("options", [])
    elif kind.mark == "=":
        body["accepted"] = facts.get("accepted", [])
    return body


def write(key: str, body: Body) -> str:
    """The question as text; parsing it gives the same body."""
    kind = TYPES[body["type"]]
    lines = [f"## {key}", f"type: {body['type']}", f"points: {body['points']}"]
    for header in kind.headers:
        value = body[header]
        if isinstance(value, bool):
            lines.append(f"{header}: {'true' if value else 'false'}")
        elif value and not (header == "tolerance" and value == "0"):
            lines.append(f"{header}: {value}")
    lines.append("")
    lines += [body["stem"], ""] if body["stem"] else []
    if kind.mark == "[ ]":
        for option in body["options"]:
            lines.append(f"- [{'x' if option['right'] else ' '}] {option['text']}".rstrip())
            lines += [f"  > {option['feedback']}"] if option["feedback"] else []
        lines.append("")
    elif kind.mark == "=":
        lines += [f"- = {answer}" for answer in body["accepted"]] + [""]
    if body["explanation"]:
        lines += [f"> {line}" if line else ">" for line in body["explanation"].split("\n")] + [""]
    return "\n".join(lines).rstrip("\n") + "\n"


def write_file(questions: Iterable[tuple[str, Body]]) -> str:
    """A file of questions, an empty line between two."""
    return "\n".join(write(key, body) for key, body in questions)
