"""Numbers, years, dates, truths and addresses as people write them. Each gives None for what it cannot read."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from ekopi.core import clock

FIRST_YEAR = 1945
_NOTHING = {
    "",
    "-",
    "–",
    "—",
    "--",
    "0",
    "null",
    "none",
    "nan",
    "n/a",
    "na",
    "tidak ada",
    "belum ada",
    "#n/a",
    "nihil",
    "kosong",
}
_MONTHS = {
    "jan": 1, "januari": 1, "january": 1, "feb": 2, "peb": 2, "februari": 2, "pebruari": 2, "february": 2, "mar": 3,
    "mrt": 3, "maret": 3, "march": 3, "apr": 4, "april": 4, "mei": 5, "may": 5, "jun": 6, "juni": 6, "june": 6,
    "jul": 7, "juli": 7, "july": 7, "agu": 8, "ags": 8, "agt": 8, "agus": 8, "agust": 8, "agustus": 8, "aug": 8, "august": 8,
    "sep": 9, "sept": 9, "september": 9, "okt": 10, "oct": 10, "oktober": 10, "october": 10, "nov": 11,
    "nop": 11, "november": 11, "nopember": 11, "des": 12, "dec": 12, "desember": 12, "december": 12,
}  # fmt: skip
_NUMBER = re.compile(r"[-+−]?\d[\d.,\s]*")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?\Z")
_THOUSANDS_EN = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4}|\d{2})(?!\d)")
_WORDS = re.compile(r"(?<!\d)(\d{1,2})[\s.-]*([A-Za-z]{3,9})[\s.,-]*(\d{4})(?!\d)")
_WORDS_EN = re.compile(r"\b([A-Za-z]{3,9})\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})\Z")
_YES = {"ya", "y", "yes", "true", "1", "ada", "benar", "digital", "iya"}
_NO = {
    "tidak",
    "t",
    "no",
    "n",
    "false",
    "0",
    "bukan",
    "nondigital",
    "non digital",
    "non-digital",
    "tidak ada",
}


def is_nothing(value: Any) -> bool:
    """Whether a cell says nothing: empty, a dash, "n/a", 0."""
    return value is None or (not isinstance(value, (list, dict)) and str(value).strip().lower() in _NOTHING)


def number_of(value: Any, *, most: float = math.inf, least: float = -math.inf) -> float | None:
    """90 of 90, "90", "90%", "90,5", "1.234,5" (Indonesian) or "1,234.5"; "" is None, and so is what is beyond.

    "63.125" is read with a decimal point where the thousands would be more than `most`.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _within(float(value), least, most)
    match = _NUMBER.search(str(value or ""))
    if match is None:
        return None
    text = match[0].replace("−", "-").replace(" ", "").replace("\u00a0", "").rstrip(".,")
    for attempt in _readings(text):
        found = _within(attempt, least, most)
        if found is not None:
            return found
    return None


def _readings(text: str) -> list[float]:
    tries = []
    if _THOUSANDS.match(text):
        tries.append(text.replace(".", "").replace(",", "."))
    if _THOUSANDS_EN.match(text):
        if text.count(",") == 1 and "." not in text:  # "7,257" is a decimal comma here
            tries.append(text.replace(",", "."))
        tries.append(text.replace(",", ""))
    tries.append(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    read = []
    for attempt in tries:
        try:
            read.append(float(attempt))
        except ValueError:
            continue
    return read


def _within(number: float, least: float, most: float) -> float | None:
    return number if math.isfinite(number) and least <= number <= most else None


def whole_of(value: Any, *, most: int = 1_000_000_000) -> int | None:
    """A count of 0 or more; "12 instansi" is 12, "1,5" is none."""
    number = number_of(value, least=0, most=most)
    return int(number) if number is not None and number == int(number) else None


def year_of(value: Any) -> int | None:
    """The first year in a text ("Tahun 2012/2013", "2012-05-01"), from FIRST_YEAR to next year."""
    last = clock.today().year + 1
    if isinstance(value, float) and value == int(value):
        value = int(value)
    for match in _YEAR.finditer(str(value if value is not None else "")):
        if FIRST_YEAR <= int(match[1]) <= last:
            return int(match[1])
    compact = _COMPACT.match(str(value).strip())
    return int(compact[1]) if compact and FIRST_YEAR <= int(compact[1]) <= last else None


def date_of(value: Any) -> str | None:
    """ "YYYY-MM-DD" of "1 Mei 2012", "01/05/2012" (day first), "2012-05-01T…", "20120501"; None without a day."""
    text = str(value if value is not None else "").strip()
    if not text or len(text) > 200:
        return None
    if match := _ISO.search(text):
        return _day(match[1], match[2], match[3]) or _day(match[1], match[3], match[2])
    if match := _WORDS.search(text):
        return _day(match[3], _MONTHS.get(match[2].lower(), 0), match[1])
    if match := _WORDS_EN.search(text):
        return _day(match[3], _MONTHS.get(match[1].lower(), 0), match[2])
    if match := _DAY_FIRST.search(text):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        return _day(year, match[2], match[1]) or _day(year, match[1], match[2])
    if match := _COMPACT.match(text):
        return _day(match[1], match[2], match[3])
    return None


def _day(year: Any, month: Any, day: Any) -> str | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if FIRST_YEAR <= found.year <= clock.today().year + 10 else None


def truth_of(value: Any) -> bool | None:
    """Yes or no, digital or not."""
    if isinstance(value, bool):
        return value
    said = " ".join(str(value if value is not None else "").lower().replace("_", " ").split())
    return True if said in _YES else False if said in _NO else None


def url_of(value: Any) -> str | None:
    """The first http or https address in a text; "www.…" gets its https. At most 2,000 characters."""
    text = str(value or "").strip()
    match = re.search(r"https?://[^\s<>\"'`{}|\\^]+", text, re.I) or re.match(
        r"(?:www\.|youtu\.be/|m\.youtube\.com/)[^\s<>\"'`{}|\\^]+", text, re.I
    )
    if match is None:
        return None
    found = match[0].rstrip(".,;)")
    if not found.lower().startswith("http"):
        found = f"https://{found}"
    try:
        parts = urlsplit(found)
        host = parts.hostname or ""
    except ValueError:
        return None
    fits = len(found) <= 2_000 and "." in host and not parts.username and not parts.password
    return found if fits else None
