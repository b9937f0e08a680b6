"""Cells of files for spreadsheets: shown as they are, and never run as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"
"""At the beginning of a CSV file: spreadsheets read it as UTF-8 then."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Spreadsheets run a cell that begins so (full-width forms too)."""


def as_text(cell: object) -> str:
    """The cell so that a spreadsheet shows it and never runs it."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULAS) else text


def csv_line(cells: Iterable[object]) -> str:
    """One line of a CSV file (RFC 4180), every cell safe."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([as_text(cell) for cell in cells])
    return buffer.getvalue()
