"""XLSX: the workbook is checked as an archive, then its first table is read through, row by row.

Read with expat instead of a library: those hold a whole sheet in memory, and size it by the farthest cell, so
that two cells in opposite corners ask for hundreds of gigabytes. Entities and document types are refused.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from ekopi.catalogue.sources.base import FileRefused
from ekopi.catalogue.sources.reading import limits
from ekopi.catalogue.sources.reading.cells import Dates, date_styles, shown
from ekopi.catalogue.sources.reading.rows import records
from ekopi.core.archives import ArchiveRefused, Limits, check_zip

_CHUNK = 64 * 1024
_BOMBS = {"count", "total", "file-size", "ratio", "overlap", "lying-size", "memory", "slow"}
_NOT_OURS = {"not-zip", "missing"}
_COLUMN = re.compile(r"([A-Z]{1,3})\d*\Z")


def read_sheet(
    path: Path, headers: frozenset[str], about: dict[str, Any]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Records of the first visible sheet that has the known headers. Raises FileRefused."""
    _check(path)
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryFile() as file:
            book = _Book(archive, file)
            refused: FileRefused | None = None
            for name, part in book.sheets:
                found = records(book.rows(part), headers)
                try:
                    first = next(found)
                except StopIteration:
                    continue
                except FileRefused as error:
                    if error.code not in ("headers", "empty"):
                        raise
                    refused = refused if refused and refused.code == "headers" else error
                    continue
                about["sheet"] = name
                yield first
                yield from found
                return
            if refused and refused.code == "headers":
                raise refused
            raise FileRefused("xlsx-sheets", sheets=[name for name, _ in book.sheets][:8])
    except expat.ExpatError as error:
        raise FileRefused("xlsx", reason="xml") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, RuntimeError) as error:
        raise FileRefused("xlsx", reason="broken") from error


def _check(path: Path) -> None:
    most = Limits(
        entries=limits.PARTS, total_bytes=limits.UNPACKED, file_bytes=limits.UNPACKED, ratio=limits.RATIO,
        depth=12, name_bytes=250, seconds=10, refuse_nested=False,
    )  # fmt: skip
    try:
        names = check_zip(path, limits=most)
    except ArchiveRefused as refused:
        if refused.reason in _BOMBS:
            raise FileRefused("xlsx-bomb", reason=refused.reason) from refused
        raise FileRefused("xlsx", reason=refused.reason) from refused
    if "xl/workbook.xml" not in names and not any(name.endswith("workbook.xml") for name in names):
        raise FileRefused("kind", found="zip")


class _Strings:
    """The workbook's shared texts, kept in a file: they may be as large as the workbook."""

    def __init__(self, file: IO[bytes]):
        self.file, self.descriptor = file, file.fileno()
        self.ends = array("Q", [0])

    def add(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self.file.write(data)
        self.ends.append(self.ends[-1] + len(data))

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self.ends) - 1:
            return ""
        start = self.ends[number]
        return os.pread(self.descriptor, self.ends[number + 1] - start, start).decode()


class _Book:
    """What is needed of a workbook before its rows: sheets in order, shared texts, which styles are dates."""

    def __init__(self, archive: zipfile.ZipFile, file: IO[bytes]):
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}
        self.root = self._root()
        self.dates_1904 = False
        self.sheets = self._sheets()
        self.dates: Dates = date_styles(self._parse, self._part("styles.xml"))
        self.strings = _Strings(file)
        self._read_strings()
        file.flush()

    def rows(self, part: str) -> Iterator[tuple[int, list[Any]]]:
        """Rows of cells with their numbers; empty ones are left out as the file leaves them out."""
        sheet = _Sheet(self)
        for _ in self._fed(part, sheet.start, sheet.end, sheet.text):
            yield from sheet.taken()

    def _root(self) -> str:
        for name in self.names:
            if name.endswith("workbook.xml"):
                return name.removesuffix("workbook.xml")
        raise KeyError("workbook.xml")

    def _part(self, name: str) -> str | None:
        return self.names.get(self.root + name)

    def _sheets(self) -> list[tuple[str, str]]:
        listed: list[tuple[str, str]] = []

        def book(tag: str, attributes: dict[str, str]) -> None:
            if tag == "sheet" and attributes.get("state", "visible") == "visible":
                listed.append((attributes.get("name", "")[:60], attributes.get("id", "")))
            elif tag == "workbookPr":
                self.dates_1904 = attributes.get("date1904", "0") in ("1", "true")

        targets: dict[str, str] = {}

        def relation(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        self._parse(self.names[self.root + "workbook.xml"], book)
        self._parse(self._part("_rels/workbook.xml.rels"), relation)
        found = []
        for name, relation_id in listed[:100]:
            target = targets.get(relation_id, "").lower()
            part = self.names.get(target.lstrip("/")) or self.names.get(self.root + target.removeprefix("./"))
            if part:
                found.append((name, part))
        return found

    def _read_strings(self) -> None:
        part = self._part("sharedstrings.xml")
        if part is None:
            return
        pieces: list[str] = []
        state: dict[str, Any] = {"inside": False, "reading": "", "size": 0}

        def start(tag: str, _: dict[str, str]) -> None:
            if tag == "si":
                pieces.clear()
                state["size"] = 0
            elif tag == "rPh":  # how a word is read aloud; not part of the text
                state["reading"] = tag
            elif tag == "t":
                state["inside"] = not state["reading"]

        def end(tag: str) -> None:
            if tag == "t":
                state["inside"] = False
            elif tag == "rPh":
                state["reading"] = ""
            elif tag == "si":
                self.strings.add("".join(pieces))

        def text(data: str) -> None:
            if state["inside"] and state["size"] <= limits.CELL:
                state["size"] += len(data)
                pieces.append(data)

        for _ in self._fed(part, start, end, text):
            pass

    def _parse(self, part: str | None, start: Callable[[str, dict[str, str]], None]) -> None:
        if part is not None:
            for _ in self._fed(part, start, None, None):
                pass

    def _fed(self, part: str, start: Any, end: Any, text: Any) -> Iterator[None]:
        """Feeds a part to expat, piece by piece; tags and attributes come without their namespace."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype
        local: dict[str, str] = {}

        def bare(name: str) -> str:
            return (
                local.setdefault(name, name.rpartition(":")[2])
                if len(local) < 10_000
                else name.rpartition(":")[2]
            )

        parser.StartElementHandler = lambda name, attributes: start(
            bare(name), {bare(key): value for key, value in attributes.items()} if attributes else attributes
        )
        if end:
            parser.EndElementHandler = lambda name: end(bare(name))
            parser.CharacterDataHandler = text
        with self.archive.open(part) as source:
            while piece := source.read(_CHUNK):
                parser.Parse(piece, False)
                yield
        parser.Parse(b"", True)
        yield


def _no_doctype(*_: Any) -> None:
    raise FileRefused("xlsx", reason="xml")


class _Sheet:
    """Takes the cells of a sheet as expat tells them."""

    def __init__(self, book: _Book):
        self.book = book
        self.ready: list[tuple[int, list[Any]]] = []
        self.row, self.cells = 0, []  # type: ignore[var-annotated]
        self.column, self.kind, self.style = -1, "", 0
        self.pieces: list[str] = []
        self.size, self.inside, self.reading = 0, False, False
        self.columns: dict[str, int] = {}

    def taken(self) -> list[tuple[int, list[Any]]]:
        ready, self.ready = self.ready, []
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self.column = self._column(attributes.get("r", ""))
            self.kind = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self.style = int(style) if style.isascii() and style.isdigit() and len(style) < 7 else 0
            self.pieces, self.size = [], 0
        elif tag in ("v", "t"):
            self.inside = not self.reading
        elif tag == "rPh":
            self.reading = True
        elif tag == "row":
            number = attributes.get("r", "")
            self.row = (
                int(number) if number.isascii() and number.isdigit() and len(number) < 8 else self.row + 1
            )
            self.cells, self.column = [], -1

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.inside = False
        elif tag == "c":
            if self.pieces:
                self._put("".join(self.pieces))
        elif tag == "rPh":
            self.reading = False
        elif tag == "row" and self.cells:
            self.ready.append((self.row, self.cells))

    def text(self, data: str) -> None:
        if self.inside and self.size <= limits.CELL:
            self.size += len(data)
            self.pieces.append(data)

    def _put(self, text: str) -> None:
        value = shown(text, self.kind, self.style, self.book.strings, self.book.dates, self.book.dates_1904)
        if value in ("", None):
            return
        if self.column >= limits.COLUMNS:
            raise FileRefused("columns", limit=limits.COLUMNS)
        while len(self.cells) < self.column:
            self.cells.append("")
        self.cells.append(value)

    def _column(self, place: str) -> int:
        """The column of "AB12", from 0; the next one where the cell does not tell. Never backwards."""
        letters = place.rstrip("0123456789")
        number = self.columns.get(letters)
        if number is None:
            if not _COLUMN.match(letters):
                return max(self.column + 1, len(self.cells))
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            number -= 1
            self.columns[letters] = number
        return max(number, len(self.cells))
