"""A record being translated: takes what a source wrote, field by field, and keeps what it means and what was odd.

Columns are found by folded names ("Judul Inovasi" = judul_inovasi), nested ones by a path ("wilayah.kabkot").
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from ekopi.catalogue.classifications import classification
from ekopi.catalogue.fields import FIELDS, TEXT_LIMIT
from ekopi.catalogue.sources import agencies
from ekopi.catalogue.sources.base import Broken, Picture, Refusal, Regions, Translated
from ekopi.catalogue.sources.cleaning import (
    date_of,
    html_of,
    line_of,
    masked,
    masked_whole,
    number_of,
    title_of,
    truth_of,
    url_of,
    whole_of,
    year_of,
)  # fmt: skip
from ekopi.catalogue.sources.cleaning.titles import names_apart
from ekopi.catalogue.sources.cleaning.values import is_nothing
from ekopi.catalogue.sources.reading.rows import folded
from ekopi.core.text import fold

NOTES = {
    "caps-title": "a title in capitals was made readable",
    "cut-title": "a title was longer than a title may be",
    "cut-text": "the source itself cut a text at 65,535 bytes",
    "long-text": "a text was longer than we keep",
    "tangled": "a text's HTML was too tangled; its words were kept",
    "picture": "pictures were taken out of a text",
    "picture-dropped": "a picture in a text was broken, elsewhere, too large or one too many",
    "contact-masked": "contact data were masked",
    "bps-code": "the code was BPS's, which means another region for Kemendagri",
    "old-code": "the region's code has been followed by another",
    "region-from-agency": "the region was taken from the agency's name",
    "region-unknown": "a region is named that we could not tell",
    "coordinates-swapped": "latitude and longitude stood in each other's place",
    "coordinates-outside": "the coordinates lie outside of Indonesia",
    "idea": "an idea of a workshop; nothing says that it was carried out",
    "made-id": "the source gives no number; one was made of place, agency and title",
}
"""Codes of quirks; besides them "unread-<field>" (written, but not readable) and "unknown-<field>" (no such term)."""

_MISSING = (None, "")


class Draft:
    """One record on its way. Raises Refusal from the start for a row that reading found Broken."""

    def __init__(self, raw: dict[str, Any], regions: Regions):
        if isinstance(raw, Broken):
            raise Refusal("", raw.code, **raw.facts)
        self.raw, self.regions = raw, regions
        self.said = fields_of(raw)
        self.facts: dict[str, Any] = {}
        self.pictures: dict[str, Picture] = {}
        self.notes: list[str] = []

    def get(self, *names: str) -> Any:
        """The first of these columns that says something; None when none does."""
        for name in names:
            value: Any = self.said
            for part in name.split("."):
                if isinstance(value, dict):
                    value = value.get(part) if value is self.said else fields_of(value).get(part)
                else:
                    value = None
            if isinstance(value, str):
                value = value.strip()
            if value not in _MISSING and value != [] and value != {}:
                return value
        return None

    def title(self, *names: str) -> None:
        """The title and, where it holds one, the acronym. Raises Refusal without."""
        value = self.get(*names)
        if value is None or isinstance(value, (dict, list)):
            raise Refusal("title", "missing")
        title, notes = title_of(value)
        if not any(c.isalpha() for c in title):
            raise Refusal("title", "no-letters")
        self._put("title", title)
        acronym = names_apart(title)[0]
        if acronym:
            self._put("acronym", acronym[:100])
        self.notes.extend(notes)

    def html(self, field: str, *names: str) -> None:
        """A text; when several columns speak, the first."""
        value = self.get(*names)
        if value is None or (is_nothing(value)):
            return
        cleaned = html_of("\n".join(map(str, value)) if isinstance(value, list) else value)
        self.notes.extend(cleaned.notes)
        if cleaned.html:
            self._put(field, cleaned.html)
            self.pictures.update(cleaned.pictures)

    def line(self, field: str, *names: str) -> None:
        """One line of plain text."""
        value = self.get(*names)
        if isinstance(value, dict):
            value = fields_of(value).get("nama") or fields_of(value).get("name")
        if value is None or is_nothing(value):
            return
        text = line_of("; ".join(map(str, value)) if isinstance(value, list) else value, TEXT_LIMIT).strip(
            " ;,"
        )
        if any(c.isalnum() for c in text):
            self._put(field, text)

    def agency(self, field: str, *names: str) -> str:
        """An agency, its name in full; gives back the place it names."""
        value = self.get(*names)
        if isinstance(value, dict):
            value = fields_of(value).get("nama") or fields_of(value).get("name")
        if value is None or isinstance(value, list) or is_nothing(value):
            return ""
        value = str(value)[:1_000]
        whole, (name, place) = agencies.written(value), agencies.apart(value)
        # The agency keeps its place (there are 500 Dinas Kesehatan); a unit leaves out the place of its agency.
        if field == "unit" and place and fold(place) in fold(self.facts.get("agency", "")):
            whole = name
        if whole:
            self._put(field, whole)
        return place

    def year(self, *names: str) -> None:
        """The first of these that holds a year."""
        for name in names:
            found = year_of(self.get(name))
            if found:
                self.facts["year"] = found
                return
        self._unread("year", *names)

    def date(self, field: str, *names: str) -> None:
        """A day; what names only a month or year is none."""
        found = date_of(self.get(*names))
        if found:
            self.facts[field] = found
        elif year_of(self.get(*names)) is None:
            self._unread(field, *names)

    def number(self, field: str, *names: str, least: float, most: float) -> None:
        found = number_of(self.get(*names), least=least, most=most)
        if found is None:
            self._unread(field, *names)
        else:
            self.facts[field] = found

    def whole(self, field: str, *names: str) -> None:
        found = whole_of(self.get(*names))
        if found is None:
            self._unread(field, *names)
        else:
            self.facts[field] = found

    def truth(self, field: str, *names: str) -> None:
        found = truth_of(self.get(*names))
        if found is None:
            self._unread(field, *names)
        else:
            self.facts[field] = found

    def url(self, field: str, *names: str) -> None:
        """The first of these that holds an address; words such as "Ada" say nothing."""
        for name in names:
            found = url_of(self.get(name))
            if found:
                self._put(field, found)
                return

    def terms(self, field: str, *names: str) -> None:
        """Codes of the field's classification in its newest edition; words it does not have are noted."""
        value = self.get(*names)
        if isinstance(value, dict):
            inner = fields_of(value)
            value = inner.get("nama") or inner.get("name") or inner.get("id")
        elif isinstance(value, list):
            value = [part.get("nama") or part.get("id") if isinstance(part, dict) else part for part in value]
        if value is None or is_nothing(value):
            return
        scheme = FIELDS[field].scheme
        said = value if isinstance(value, str) and len(value) < 200 else None
        codes, unknown = _codes(scheme, said) if said else classification(scheme).find_all(value)
        if codes:
            self.facts[field] = list(codes)
        if unknown:
            self.notes.append(f"unknown-{field}")

    def sustainability(self, state: tuple[str, ...], reason: tuple[str, ...], day: tuple[str, ...]) -> None:
        """Whether it goes on, why not, and when that was said."""
        value = self.get(*state)
        if value is None or is_nothing(value):
            return
        found = classification("sustainability").find(value)
        if not found:
            self.notes.append("unknown-sustainability")
            return
        self.facts["sustainability"] = found
        self.line("sustainability_reason", *reason)
        self.date("sustainability_on", *day)

    def region(
        self,
        *,
        code: Any = None,
        name: Any = None,
        province: Any = None,
        places: tuple[str, ...] = (),
        bps: bool = False,
    ) -> None:
        """The region in force: of code and name, else of the places that agencies named."""
        digits, said, within = (_words(value) for value in (code, name, province))
        found = (
            self.regions.match(code=digits, name=said, province=within, bps=bps)
            if digits or said or within
            else None
        )
        if found:
            plain = found.replace(".", "")
            if said and digits.isdigit() and digits != plain and len(digits) == len(plain):
                self.notes.append("bps-code")
            elif "." in digits and digits != found:
                self.notes.append("old-code")
        shown = ", ".join(part for part in (said, within) if part) or digits
        for place in () if found and len(found) > 2 else places:
            other = self.regions.match(name=place, province=within)
            # a province that is named may be narrowed by its own regency only
            if other and (not found or other.startswith(found)) and other != found:
                found = other
                self.notes.append("region-from-agency")
                shown = shown or place
                break
        if found:
            self.facts["region_code"] = found
        elif shown:
            self.notes.append("region-unknown")
        if shown:
            self._put("region_said", line_of(shown, TEXT_LIMIT))

    def coordinates(self, latitude: tuple[str, ...], longitude: tuple[str, ...]) -> None:
        """Degrees within Indonesia (11° S to 7° N, 94° to 142° E); a pair that is swapped is turned round."""
        first = number_of(self.get(*latitude), least=-180, most=180)
        second = number_of(self.get(*longitude), least=-180, most=180)
        if first is None or second is None or (first == 0 and second == 0):
            return
        if _inside(second, first):
            first, second = second, first
            self.notes.append("coordinates-swapped")
        if not _inside(first, second):
            self.notes.append("coordinates-outside")
            return
        self.facts["latitude"], self.facts["longitude"] = first, second

    def done(self, external_id: str) -> Translated:
        """The record; its payload is the raw item, contact data masked."""
        payload = masked_whole(self.raw)
        if payload != self.raw:
            self.notes.append("contact-masked")
        return Translated(external_id, self.facts, payload, self.pictures, tuple(dict.fromkeys(self.notes)))

    def _put(self, field: str, text: str) -> None:
        self.facts[field] = masked(text)

    def _unread(self, field: str, *names: str) -> None:
        value = self.get(*names)
        if value is not None and not is_nothing(value):
            self.notes.append(f"unread-{field}")


@lru_cache(maxsize=10_000)
def _codes(scheme: str, said: str) -> tuple[list[str], list[str]]:
    return classification(scheme).find_all(said)


def fields_of(raw: dict[str, Any]) -> dict[str, Any]:
    """The values by folded names; of two that fold alike the first that says something."""
    said: dict[str, Any] = {}
    for name, value in raw.items():
        key = folded(name)
        if said.get(key) in _MISSING:
            said[key] = value
    return said


def external_id_of(prefix: str, value: Any) -> str:
    """A source's own number as text, at most 120 characters; "" when it has none."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    text = " ".join(str(value).split())
    if not text or text in ("-", "0"):
        return ""
    return f"{prefix}{text}" if len(text) <= 120 else f"{prefix}{_digest(text)}"


def made_id(*parts: Any) -> str:
    """An id that stays the same while place, agency and title do."""
    return "~" + _digest("|".join(fold(str(part or "")) for part in parts))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def _words(value: Any) -> str:
    if value is None or isinstance(value, (dict, list, bool)) or is_nothing(value):
        return ""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return line_of(value, 200)


def _inside(latitude: float, longitude: float) -> bool:
    return -11.5 <= latitude <= 7 and 94 <= longitude <= 142
