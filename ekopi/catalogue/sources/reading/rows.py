"""Rows of cells become records: the row of names is found, cells get their names, texts lose what cannot be stored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from ekopi.catalogue.sources.base import Broken, FileRefused
from ekopi.catalogue.sources.reading import limits

# NUL and the other controls but tab and line ends; halves of surrogate pairs; marks that turn the reading direction
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u0084\u0086-\u009f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_NOT_NAME = re.compile(r"[\W_]+")


def folded(name: object) -> str:
    """A column's name as names are compared: "Judul Inovasi" = "judul_inovasi" = "JUDUL-INOVASI"."""
    return _folded(str(name)[:500])


@lru_cache(maxsize=2_000)
def _folded(name: str) -> str:
    return _NOT_NAME.sub("_", name.strip()).strip("_").lower()


def stored(text: str) -> str:
    """The text without characters that no database keeps or that deceive the eye."""
    return _UNSTORABLE.sub("", text) if _UNSTORABLE.search(text) else text


class Widths:
    """How many cells the rows of a table have: tells rows that were cut off from those of a sparing writer.

    Some writers leave out the empty cells at the end of a row. Their rows are short here and there, and none ends in
    an empty cell; where all others are full, or filled up with empty cells, a short row has lost something.
    """

    def __init__(self) -> None:
        self._rows = Counter[int]()
        self._filled_up = 0
        self.unended = 0
        """Where the last row begins when no line end follows it; else 0."""

    def count(self, cells: list[Any]) -> None:
        if any(cell not in ("", None) for cell in cells):
            self._rows[len(cells)] += 1
            if cells[-1] in ("", None):
                self._filled_up = max(self._filled_up, len(cells))

    def lost(self, row: int, columns: int) -> bool:
        """Whether a row with fewer cells than there are columns has lost some."""
        full = sum(number for width, number in self._rows.items() if width >= columns) - 1  # the names
        short = sum(self._rows.values()) - full - 1
        if full < 1:
            return False
        return row == self.unended or self._filled_up >= columns or short == 1 or short * SPARING < full


SPARING = 20
"""Of a sparing writer more than one row of so many is short."""


def records(
    rows: Iterable[tuple[int, list[Any]]], headers: frozenset[str], widths: Widths | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Records of rows of cells; the row of names is the one among the first with most known `headers`.

    Without known headers it is the first row with two words. With `widths`, a row that has lost cells is Broken.
    Raises FileRefused when there are no names.
    """
    source = iter(rows)
    first: list[tuple[int, list[Any]]] = []
    for row, cells in source:
        if any(cell not in ("", None) for cell in cells):
            first.append((row, cells))
        if len(first) == limits.HEADER_WITHIN:
            break
    if not first:
        raise FileRefused("empty")
    at = _header_among([cells for _, cells in first], headers)
    names = _names(first[at][1])
    for row, cells in first[at + 1 :]:
        yield row, _whole(row, cells, names, widths)
    for row, cells in source:
        if any(cell not in ("", None) for cell in cells):
            yield row, _whole(row, cells, names, widths)


def _header_among(rows: list[list[Any]], headers: frozenset[str]) -> int:
    if not headers:
        for at, cells in enumerate(rows):
            if sum(isinstance(cell, str) and not cell[:1].isdigit() for cell in cells if cell) > 1:
                return at
    else:
        known = [len(headers.intersection(folded(cell) for cell in cells if cell)) for cells in rows]
        at = known.index(max(known))
        if known[at] > 1 or (known[at] == 1 and sum(bool(cell) for cell in rows[at]) == 1):
            return at
    found = [stored(str(cell))[:40] for cell in rows[0] if cell][:8]
    raise FileRefused("headers", found=found, wanted=sorted(headers)[:8])


def _names(cells: list[Any]) -> list[str]:
    while cells and cells[-1] in ("", None):
        cells = cells[:-1]
    if len(cells) > limits.COLUMNS:
        raise FileRefused("columns", limit=limits.COLUMNS)
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(stored(str(cell)).split())[:100] if cell not in ("", None) else f"kolom {number}"
        while name in names:
            name += f" ({number})"
        names.append(name)
    return names


def _whole(row: int, cells: list[Any], names: list[str], widths: Widths | None) -> dict[str, Any]:
    if widths is not None and len(cells) < len(names) and widths.lost(row, len(names)):
        return Broken("short", cells=len(cells), columns=len(names))
    return _record(cells, names)


def _record(cells: list[Any], names: list[str]) -> dict[str, Any]:
    if len(cells) > len(names):
        if any(cell not in ("", None) and str(cell).strip() for cell in cells[len(names) :]):
            return Broken("surplus", cells=len(cells), columns=len(names))
        cells = cells[: len(names)]
    record: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if isinstance(cell, str):
            if len(cell) > limits.CELL:
                return Broken("too-long", column=name, limit=limits.CELL // limits.MIB)
            cell = stored(cell)
        record[name] = cell
    return record
