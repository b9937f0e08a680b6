"""JSON: records are taken out of their list one at a time, so that a file of any size costs one record of memory.

Python's own decoder reads each record; only the list around it is walked here.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ekopi.catalogue.sources.base import Broken, FileRefused
from ekopi.catalogue.sources.reading import limits
from ekopi.catalogue.sources.reading.encodings import Encoding
from ekopi.catalogue.sources.reading.rows import folded, stored

LISTS = frozenset({"data", "items", "item", "rows", "records", "results", "result", "list", "inovasi", "inolands", "innovations", "daftar", "content", "hits", "response", "payload"})  # fmt: skip
"""Members that hold the records, whatever stands before them; a list of objects under another name does so too
when the object around it does not look like a record itself."""
TITLES = frozenset({"judul", "judul_inovasi", "nama_inovasi", "title", "nama", "ide"})
_CHUNK = 256 * 1024
_SPACE = re.compile(r"[ \t\n\r\ufeff\x00]*")


def read_objects(
    path: Path, encoding: Encoding, about: dict[str, Any]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Records of a JSON file with their place, from 1; Broken for an element that is no object. Raises FileRefused."""
    with encoding.open(path) as file:
        walk = _Walk(file, about)
        yield from walk.file_of_values()
        if walk.row == 0 and not walk.saw_list:
            raise FileRefused("json-records")


class _Walk:
    """One pass over the text; `buffer` holds what is being looked at."""

    def __init__(self, file: io.TextIOBase, about: dict[str, Any]):
        self.file, self.about = file, about
        self.buffer, self.at, self.done, self.over = "", 0, False, 0
        self.row, self.saw_list = 0, False
        # not strict: raw tabs and line ends inside of texts are met in hand-made dumps
        self.decoder = json.JSONDecoder(
            strict=False, parse_float=_finite, parse_int=_whole, parse_constant=lambda _: None
        )

    def file_of_values(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """One value, or one per line."""
        while self.peek():
            if self.peek() == "[":
                yield from self.list_of_records()
            elif self.peek() == "{":
                yield from self.object_around(1)
            else:
                raise self.broken()

    def object_around(self, depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """An object that holds the list of records; or, holding none, is a record itself."""
        self.take("{")
        own: dict[str, Any] = {}
        found, size = False, 0
        while self.peek() != "}":
            name = self.value()
            if not isinstance(name, str):
                raise self.broken()
            self.take(":")
            key = folded(name)
            if (
                self.peek() == "["
                and (key in LISTS or not TITLES.intersection(map(folded, own)))
                and self.holds_objects(key)
            ):
                found = True
                yield from self.list_of_records()
            elif (
                self.peek() == "{"
                and key in LISTS
                and depth < 3
                and not TITLES.intersection(map(folded, own))
            ):
                found = True
                yield from self.object_around(depth + 1)
            else:
                begins = self.over + self.at
                own[name] = self.value()
                size += self.over + self.at - begins + len(name)
                if size > limits.ITEM or len(own) > 100 * limits.COLUMNS:
                    raise FileRefused("json-item", row=self.row, limit=limits.ITEM // limits.MIB)
            if self.peek() != "}":
                self.take(",")
        self.take("}")
        if found:
            self._tell(own)
            return
        said = {folded(key): value for key, value in own.items()}
        if said.get("success") is False or said.get("status") in ("error", "fail", "failed"):
            told = str(said.get("message") or said.get("error") or "")
            raise FileRefused("json-refused", said=told[:200])
        if own and said.keys() <= {"success", "status", "message", "data", "total", "count", "code"}:
            self._tell(own)
            self.saw_list = "data" in said  # {"success": true, "data": null}
            return
        self.row += 1
        yield self.row, self.record(own)

    def _tell(self, own: dict[str, Any]) -> None:
        """Keeps what stands beside the list: totals, pages, the address of the next one."""
        for key, value in own.items():
            if isinstance(value, str):
                self.about[key[:100]] = stored(value[:1000])
            elif not isinstance(value, (dict, list)):
                self.about[key[:100]] = value

    def holds_objects(self, key: str) -> bool:
        """Whether the list that begins here is one of records: objects in it, or nothing under a fitting name."""
        first = self.after_bracket()
        return first == "{" or (key in LISTS and first in ("]", "["))

    def list_of_records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        self.take("[")
        self.saw_list = True
        while self.peek() != "]":
            self.row += 1
            yield self.row, self.record(self.value())
            if self.peek() != "]":
                self.take(",")
        self.take("]")

    def record(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            return Broken("not-a-record")
        if len(value) > limits.COLUMNS:
            return Broken("columns", limit=limits.COLUMNS)
        try:
            return self.clean(value)
        except _Unfit as unfit:
            return Broken(unfit.code, **unfit.facts)

    def clean(self, value: Any, depth: int = 1, name: str = "") -> Any:
        """The value with texts that can be stored; raises _Unfit when it is too deep or a text too long."""
        if isinstance(value, str):
            if len(value) > limits.TEXT:
                raise _Unfit("too-long", column=name, limit=limits.TEXT // limits.MIB)
            return stored(value)
        if not isinstance(value, (dict, list)):
            return value
        if depth > limits.DEPTH:
            raise _Unfit("depth", limit=limits.DEPTH)
        if isinstance(value, list):
            return [self.clean(part, depth + 1, name) for part in value]
        return {
            stored(key): stored(part) if isinstance(part, str) and len(part) < limits.TEXT
            else part if part is None or isinstance(part, (int, float)) else self.clean(part, depth + 1, key)
            for key, part in value.items()
        }  # fmt: skip

    def value(self) -> Any:
        """The JSON value that begins here."""
        self.peek()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                # An error at the end of what was read so far only says that there is more.
                near = error.pos >= len(self.buffer) - 16 or error.msg.startswith("Unterminated")
                if self.done or not near:
                    raise self.broken(error.pos) from error
            except RecursionError as error:
                raise FileRefused("json-depth", row=self.row, limit=limits.DEPTH) from error
            except ValueError as error:  # a number of thousands of digits
                raise self.broken() from error
            else:
                # "12" may go on as "123"
                if end < len(self.buffer) or self.done or isinstance(value, (dict, list, str)):
                    self.at = end
                    return value
            if len(self.buffer) - self.at > limits.ITEM:
                raise FileRefused("json-item", row=self.row, limit=limits.ITEM // limits.MIB)
            self.more()

    def more(self) -> None:
        """Reads on: twice as much each time, so that a large record is tried a few times only."""
        kept = len(self.buffer) - self.at
        got = self.file.read(max(_CHUNK, kept))
        self.over += self.at
        self.buffer, self.at = self.buffer[self.at :] + got, 0
        self.done = not got

    def peek(self) -> str:
        """The next character that is not space; "" at the end of the file."""
        while True:
            match = _SPACE.match(self.buffer, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if self.done:
                return ""
            self.more()

    def after_bracket(self) -> str:
        while True:
            match = _SPACE.match(self.buffer, self.at + 1)
            at = match.end() if match else self.at + 1
            if at < len(self.buffer):
                return self.buffer[at]
            if self.done or len(self.buffer) - self.at > limits.ITEM:
                return ""
            self.more()

    def take(self, mark: str) -> None:
        if self.peek() != mark:
            raise self.broken()
        self.at += 1

    def broken(self, at: int | None = None) -> FileRefused:
        return FileRefused("json", row=self.row, at=self.over + (self.at if at is None else at) + 1)


class _Unfit(Exception):
    def __init__(self, code: str, **facts: Any):
        super().__init__(code)
        self.code, self.facts = code, facts


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _whole(digits: str) -> int | str:
    """Numbers as long as an NIP or NIK are names, not quantities."""
    return int(digits) if len(digits) < 16 else digits[:400]
