"""CSV: the delimiter is found, lines and cells are bounded before they are taken apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ekopi.catalogue.sources.base import FileRefused
from ekopi.catalogue.sources.reading import limits
from ekopi.catalogue.sources.reading.encodings import Encoding
from ekopi.catalogue.sources.reading.rows import Widths, folded, records

DELIMITERS = ",;\t|"
END = "\ue000end\ue000"
FAR_TOO_MANY = 20 * limits.COLUMNS
_SAMPLE = 256 * 1024
# csv's own limit (128 KiB) is below what sources write into one cell. It is one number for the whole process and
# bounds nothing but memory; rows with a cell beyond limits.CELL are refused one by one.
csv.field_size_limit(limits.LINE)


def read_table(
    path: Path, encoding: Encoding, headers: frozenset[str], about: dict[str, Any]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Records of a CSV file with the line on which each begins. Raises FileRefused."""
    with encoding.open(path) as file:
        sample = file.read(_SAMPLE)
        skipped = 0
        delimiter = _announced(sample)
        if delimiter:
            skipped = 1
        else:
            delimiter = _delimiter(sample, headers)
        about["delimiter"] = delimiter
        widths = Widths()
        begins, lines = 0, _from_start(file, delimiter, skipped)
        try:
            for row, cells in _cells(lines, delimiter):
                begins = row
                widths.count(cells)
        except FileRefused:
            pass  # met again below, after the rows before it
        else:
            widths.unended = 0 if lines.last.endswith(("\n", "\r")) else begins
        yield from records(_cells(_from_start(file, delimiter, skipped), delimiter), headers, widths)


def _from_start(file: io.TextIOBase, delimiter: str, skipped: int) -> _Lines:
    file.seek(0)
    lines = _Lines(file, delimiter)
    for _ in range(skipped):
        next(lines)
    return lines


class _Lines:
    """Lines of a text file, each with its end; one that is endless or has far too many columns is refused.

    After the last comes END, in a row of its own if all quotation marks are closed.
    """

    def __init__(self, file: io.TextIOBase, delimiter: str):
        self.file, self.delimiter = file, delimiter
        self.number = 0
        self.quoted = False
        self.size = 0
        """Characters since the row began; whoever takes rows sets it back."""
        self.ended = False
        self.last = ""
        """The end of what was given last."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.ended:
            raise StopIteration
        line = self.file.readline(limits.LINE + 1)
        if not line:
            self.ended = True
            return END
        self._count(line)
        self.last = line[-1:]
        self.number += 1
        self.size += len(line)
        if len(line) > limits.LINE or self.size > 2 * limits.LINE:
            raise FileRefused("line", row=self.number, limit=limits.LINE // limits.MIB)
        return line

    def _count(self, line: str) -> None:
        """Before csv makes a list of them: millions of columns are refused here, a few too many in their row."""
        if line.count(self.delimiter) > FAR_TOO_MANY:
            # every second part between quotation marks is inside of a cell
            parts = line.split('"')[1 if self.quoted else 0 :: 2]
            if sum(part.count(self.delimiter) for part in parts) > FAR_TOO_MANY:
                raise FileRefused("columns", limit=limits.COLUMNS)
        if line.count('"') % 2:
            self.quoted = not self.quoted


def _cells(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        begins, lines.size = lines.number + 1, 0
        try:
            cells = next(reader)
        except csv.Error as error:
            raise FileRefused("quotes", row=begins) from error  # nothing else makes a cell that long
        if cells == [END]:
            return
        if cells and cells[-1].endswith(END):
            raise FileRefused("quotes", row=begins)
        yield begins, cells


def _announced(sample: str) -> str:
    """Excel's own first line, "sep=;"."""
    first = sample.lstrip("\ufeff")[:8].lower()
    return first[4] if first.startswith("sep=") and first[4:5] in DELIMITERS and first[5:6] in "\r\n" else ""


def _delimiter(sample: str, headers: frozenset[str]) -> str:
    """The one that gives most known headers, then the most rows of one width."""
    best, best_score = ",", (-1, -1.0, -1)
    for delimiter in DELIMITERS:
        rows = _first_rows(sample, delimiter)
        if not rows:
            continue
        known = max(len(headers.intersection(folded(cell) for cell in cells)) for cells in rows)
        widths = [len(cells) for cells in rows if len(cells) > 1]
        usual = max(widths, key=widths.count, default=0)
        score = (known, widths.count(usual) / len(rows) if usual else 0.0, usual)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _first_rows(sample: str, delimiter: str) -> list[list[str]]:
    if sample[:4096].count(delimiter) > 4 * limits.COLUMNS:
        return [[""] * (limits.COLUMNS + 1)]
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(cells):
                rows.append(cells[: limits.COLUMNS + 1])
            if len(rows) == limits.HEADER_WITHIN:
                break
    except csv.Error:
        return rows
    return rows
