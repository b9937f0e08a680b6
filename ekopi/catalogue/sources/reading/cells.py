"""What a cell of a workbook shows: numbers are dates only by their style."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Protocol

_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]|_.|\*.', re.I)
_DATE_LETTERS = re.compile(r"[ymdhs]", re.I)

Dates = frozenset[int]
"""Numbers of the cell styles that show a date."""


class Texts(Protocol):
    """The shared texts of a workbook by number."""

    def __getitem__(self, number: int) -> str: ...


def date_styles(parse: Callable[[str | None, Callable], None], part: str | None) -> Dates:
    """Which styles of styles.xml show dates."""
    custom: set[int] = set()
    formats: list[int] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            code = _QUOTED.sub("", attributes.get("formatCode", ""))
            if _DATE_LETTERS.search(code) and "0.0" not in code and code.lower() != "general":
                custom.add(_int(attributes.get("numFmtId", "")))
        elif tag == "cellXfs":
            inside[0] = True
        elif tag in ("cellStyles", "dxfs"):
            inside[0] = False
        elif tag == "xf" and inside[0] and len(formats) < 100_000:
            formats.append(_int(attributes.get("numFmtId", "")))

    parse(part, start)
    return frozenset(
        number for number, kind in enumerate(formats) if kind in _BUILT_IN_DATES or kind in custom
    )


def shown(text: str, kind: str, style: int, strings: Texts, dates: Dates, dates_1904: bool) -> Any:
    """The value of a cell: a text, a number, a truth, or a date as ISO text; "" for an error."""
    if kind == "s":
        return strings[_int(text)]
    if kind in ("str", "inlineStr"):
        return text
    if kind == "b":
        return text == "1"
    if kind == "e":
        return ""
    if kind == "d":
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return ""
    if style in dates:
        return _date(number, dates_1904)
    if number == int(number) and abs(number) < 1e15:
        return int(number)
    # longer than a number is exact: an NIP or NIK that Excel rounded; as it stands in the file
    return number if abs(number) < 1e15 else text


def _date(number: float, dates_1904: bool) -> Any:
    """ISO text of a day counted from 1900 (or 1904); the number where it is no day."""
    if not 1 <= number < 2_958_466:
        return number
    day = int(number)
    base = date(1904, 1, 1) if dates_1904 else date(1899, 12, 30 if day >= 60 else 31)
    seconds = round((number - day) * 86_400)
    text = (base + timedelta(days=day)).isoformat()
    if not 0 < seconds < 86_400:
        return text
    return f"{text} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
