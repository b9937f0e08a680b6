"""course.toml: reading its shape with line numbers, and the one canonical way to write it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from ekopi.courses.authoring.bodies import QUIZ_DEFAULTS, Body
from ekopi.courses.authoring.question_types import decimals, plain_decimal

FORMAT = 1
SIZE_LIMIT = 256 * 1024
"""Bytes of a course.toml."""
LINE_LIMIT = 8_000
"""Characters of one line; tomllib takes time in the square of a dotted key's length."""
TABLE = re.compile(r"\[(\[?)[ \t]*([A-Za-z0-9_.-]+)[ \t]*\]\]?[ \t]*(#.*)?\Z")
VALUE = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*=")
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")

Faults = list[tuple[int | None, str]]


class Lines:
    """Where each table and value of a course.toml stands, found without a parser: good enough for a message."""

    def __init__(self, text: str):
        self.known: dict[tuple, int] = {}
        counts: dict[tuple, int] = {}
        here: tuple = ()
        quotes = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if quotes:
                quotes = "" if quotes in line else quotes
                continue
            if table := TABLE.match(line.strip()):
                here = self._path(table[2], bool(table[1]), counts)
                self.known.setdefault(here, number)
            elif value := VALUE.match(line):
                self.known.setdefault((*here, value[1]), number)
            for mark in ('"""', "'''"):
                if line.count(mark) % 2:
                    quotes = mark

    @staticmethod
    def _path(dotted: str, is_array: bool, counts: dict[tuple, int]) -> tuple:
        path: tuple = ()
        parts = [part.strip() for part in dotted.split(".")]
        for index, part in enumerate(parts):
            path = (*path, part)
            if is_array and index == len(parts) - 1:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path

    def of(self, path: tuple) -> int | None:
        """The line of a value, or of the nearest table around it."""
        while path and path not in self.known:
            path = path[:-1]
        return self.known.get(path)


class Table:
    """One table of the file, taken apart name by name; what is missing, of another kind or unknown is noted."""

    def __init__(self, values: Any, path: tuple, lines: Lines, faults: Faults):
        self.path, self.lines, self.faults = path, lines, faults
        self.rest = dict(values) if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.fault((), _("Di sini harus ada tabel TOML."))

    def fault(self, more: tuple, sentence: str) -> None:
        self.faults.append((self.lines.of((*self.path, *more)), sentence))

    def _take(self, name: str, default: Any) -> Any:
        if name not in self.rest:
            if default is None:
                self.fault((), _("“%(name)s” belum diisi.", name=name))
            return None
        return self.rest.pop(name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, default)
        if value is not None and not isinstance(value, str):
            self.fault((name,), _("“%(name)s” harus berupa teks di antara tanda kutip.", name=name))
            value = None
        return (value if value is not None else default or "").replace("\r\n", "\n").strip()

    def whole(self, name: str, default: int | None = None) -> int:
        value = self._take(name, default)
        # Python counts booleans among whole numbers; the database keeps 64 bits.
        if value is not None and (type(value) is not int or abs(value) > 10**9):
            self.fault((name,), _("“%(name)s” harus berupa bilangan bulat.", name=name))
            value = None
        return value if value is not None else default or 0

    def flag(self, name: str, default: bool) -> bool:
        value = self._take(name, default)
        if value is not None and not isinstance(value, bool):
            self.fault((name,), _("“%(name)s” harus true atau false.", name=name))
            value = None
        return default if value is None else value

    def decimal(self, name: str) -> str:
        value = self._take(name, None)
        if value is None:
            return "1"
        number = plain_decimal(str(value)) if type(value) in (int, Decimal) else None
        if number is None or decimals(number) > 2:
            self.fault(
                (name,), _("“%(name)s” harus berupa angka dengan paling banyak dua desimal.", name=name)
            )
            return "1"
        return number

    def texts(self, name: str) -> list[str]:
        value = self._take(name, [])
        if value is not None and (not isinstance(value, list) or any(not isinstance(v, str) for v in value)):
            self.fault((name,), _("“%(name)s” harus berupa daftar teks.", name=name))
            value = None
        return [text.strip() for text in value or []]

    def tables(self, name: str) -> Iterator[Table]:
        value = self._take(name, [])
        if value is not None and not isinstance(value, list):
            self.fault((name,), _("“%(name)s” harus ditulis sebagai [[%(name)s]].", name=name))
            value = None
        for index, one in enumerate(value or []):
            yield Table(one, (*self.path, name, index), self.lines, self.faults)

    def table(self, name: str) -> Table | None:
        if name not in self.rest:
            return None
        return Table(self.rest.pop(name), (*self.path, name), self.lines, self.faults)

    def end(self) -> None:
        """Notes every name nobody asked for: a slip of the pen must not pass silently."""
        for name in self.rest:
            self.fault((name,), _("“%(name)s” tidak dikenal di sini.", name=str(name)[:60]))


def parse(text: str) -> tuple[str, Body, dict[str, Body], Lines, Faults]:
    """Slug, course body (without bank and files), lesson bodies by key (without text), lines, faults.

    Of shape only; rules are in `bodies`. Nothing but faults when it is no TOML.
    """
    faults: Faults = []
    lines = Lines("")
    if len(text.encode()) > SIZE_LIMIT or any(len(line) > LINE_LIMIT for line in text.split("\n")):
        limit = _("Berkas ini terlalu besar: paling besar %(size)d kB dan %(line)d karakter tiap baris.",
                  size=SIZE_LIMIT // 1024, line=LINE_LIMIT)  # fmt: skip
        return "", {}, {}, lines, [(None, limit)]
    try:
        values = tomllib.loads(text, parse_float=_decimal)
    except (ValueError, RecursionError) as error:
        found = AT_LINE.search(str(error))
        said = _("Tulisan TOML tidak dapat dibaca mulai baris ini; periksa tanda kutip, koma, dan kurung.")
        return "", {}, {}, lines, [(int(found[1]) if found else None, said)]
    lines = Lines(text)
    root = Table(values, (), lines, faults)
    if root.whole("format") != FORMAT:
        root.fault(("format",), _("“format” harus %(format)d.", format=FORMAT))
    slug = root.text("slug")
    lessons: dict[str, Body] = {}
    course: Body = {
        "title": root.text("title"),
        "summary": root.text("summary"),
        "outcomes": root.texts("outcomes"),
        "jp": root.decimal("jp"),
        "language": root.text("language", "id"),
        "enrolment": root.text("enrolment", "open"),
        "seats": root.whole("seats", 0) if "seats" in root.rest else None,
        "modules": [_module(table, lessons) for table in root.tables("modules")],
    }
    root.end()
    return slug, course, lessons, lines, faults


def _decimal(text: str) -> Decimal | str:
    # inf and nan are no figures of ours; as texts they are refused where a number is asked for.
    return text if "n" in text.lower() else Decimal(text)


def _module(table: Table, lessons: dict[str, Body]) -> Body:
    module: Body = {
        "key": table.text("key"),
        "title": table.text("title"),
        "requires": table.texts("requires"),
    }
    module["lessons"] = []
    for part in table.tables("lessons"):
        key = part.text("key")
        module["lessons"].append({"key": key, "required": part.flag("required", True)})
        lessons.setdefault(key, _lesson(part))
    table.end()
    return module


def _lesson(table: Table) -> Body:
    kind = table.text("kind")
    body: Body = {"kind": kind, "title": table.text("title"), "minutes": table.whole("minutes")}
    if kind == "quiz":
        quiz = table.table("quiz")
        if quiz is None:
            table.fault((), _("Kuis memerlukan bagian [modules.lessons.quiz]."))
        body["quiz"] = _quiz(quiz) if quiz else {**QUIZ_DEFAULTS, "questions": [], "pools": []}
    elif kind == "file":
        body["file"] = table.text("file")
    elif kind == "field_task":
        task = table.table("task")
        body["task"] = {"min_words": task.whole("min_words", 0) if task else 0}
        if task:
            task.end()
    table.end()
    return body


def _quiz(table: Table) -> Body:
    quiz: Body = {}
    for name, default in QUIZ_DEFAULTS.items():
        if name == "pools":
            quiz[name] = []
            for pool in table.tables("pools"):
                quiz[name].append({"questions": pool.texts("questions"), "count": pool.whole("count")})
                pool.end()
        elif isinstance(default, bool):
            quiz[name] = table.flag(name, default)
        elif isinstance(default, int):
            quiz[name] = table.whole(name, default)
        elif isinstance(default, list):
            quiz[name] = table.texts(name)
        else:
            quiz[name] = table.text(name, default)
    table.end()
    return quiz


# --- writing ----------------------------------------------------------------------------------------------


def write(slug: str, course: Body, lessons: dict[str, Body]) -> str:
    """course.toml of these bodies; parsing it gives the same."""
    lines = [
        f"format = {FORMAT}",
        f"slug = {_text(slug)}",
        f"title = {_text(course['title'])}",
        f"summary = {_text(course['summary'])}",
        f"language = {_text(course['language'])}",
        f"jp = {course['jp']}",
        f"outcomes = {_texts(course['outcomes'], long=True)}",
        f"enrolment = {_text(course['enrolment'])}",
    ]
    lines += [f"seats = {course['seats']}"] if course["seats"] is not None else []
    for module in course["modules"]:
        lines += ["", "[[modules]]", f"key = {_text(module['key'])}", f"title = {_text(module['title'])}"]
        lines.append(f"requires = {_texts(module['requires'])}")
        for listed in module["lessons"]:
            lines += ["", *_lesson_lines(listed, lessons[listed["key"]])]
    return "\n".join(lines) + "\n"


def _lesson_lines(listed: Body, body: Body) -> list[str]:
    lines = ["[[modules.lessons]]"]
    lines += [
        f"key = {_text(listed['key'])}",
        f"kind = {_text(body['kind'])}",
        f"title = {_text(body['title'])}",
    ]
    lines.append(f"minutes = {body['minutes']}")
    lines += [] if listed["required"] else ["required = false"]
    if body["kind"] == "file":
        lines.append(f"file = {_text(body['file'])}")
    elif body["kind"] == "field_task":
        lines += ["[modules.lessons.task]", f"min_words = {body['task']['min_words']}"]
    elif body["kind"] == "quiz":
        lines.append("[modules.lessons.quiz]")
        for name in QUIZ_DEFAULTS:
            if name != "pools":
                lines.append(f"{name} = {_value(body['quiz'][name])}")
        for pool in body["quiz"]["pools"]:
            lines.append("[[modules.lessons.quiz.pools]]")
            lines += [f"questions = {_texts(pool['questions'])}", f"count = {pool['count']}"]
    return lines


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _texts(value)
    return _text(value) if isinstance(value, str) else str(value)


def _texts(values: list[str], *, long: bool = False) -> str:
    one_line = "[" + ", ".join(_text(value) for value in values) + "]"
    if not values or (len(one_line) <= 90 and not long):
        return one_line
    return "[\n" + "".join(f"  {_text(value)},\n" for value in values) + "]"


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def _text(value: str) -> str:
    return (
        '"'
        + "".join(_ESCAPES.get(c) or (c if c.isprintable() or c == " " else _escaped(c)) for c in value)
        + '"'
    )


def _escaped(c: str) -> str:
    return f"\\u{ord(c):04X}" if ord(c) <= 0xFFFF else f"\\U{ord(c):08X}"
