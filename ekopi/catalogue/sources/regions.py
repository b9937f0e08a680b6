"""Finds the region that a source means, by code and name together.

The same digits mean different regions for Kemendagri and for BPS (7409 is Konawe Utara for the first, Buton Utara
for the second; bps.csv lists the 181 codes that differ), so a name goes before a code, and digits alone count only
where both agree. Dotted codes are Kemendagri's. What ended leads to what followed it.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

ALIKE = 88
"""Of 100: how alike a misspelt name must be, when its code or province says the same."""
ALIKE_ALONE = 92
"""When nothing else speaks for it."""

_KINDS = {
    "kabupaten": "regency", "kab": "regency", "pemkab": "regency", "kabupaten administrasi": "regency", "kota": "city",
    "pemkot": "city", "kotamadya": "city", "kodya": "city", "kotif": "city", "kota administrasi": "city",
    "provinsi": "province", "propinsi": "province", "prov": "province", "prop": "province", "pemprov": "province",
}  # fmt: skip
_KIND = re.compile(
    r"(?:(?:pemerintah|pemda|pemerintahan)\b\.?\s*(?:daerah\b\s*(?!istimewa|khusus))?)?"
    r"(?:(kabupaten administrasi|kota administrasi|kabupaten|kab|pemkab|kotamadya|kodya|kota|pemkot|provinsi|propinsi|prov|prop|pemprov)\b\.?\s*)?",
    re.I,
)
_HEADS = re.compile(r"^(?:bupati|wali\s?kota|gubernur|sekda|sekretariat daerah)\b\s*", re.I)
_OTHER = re.compile(r"[^a-z]+")


@dataclass(frozen=True)
class _Region:
    code: str
    kind: str
    bare: str
    parent: str
    successor: str


class RegionIndex:
    """Built once from rows of (code, name, kind, parent_code, successor_code); kinds are province, regency, city."""

    def __init__(self, rows: Iterable[Any]):
        self._by_code: dict[str, _Region] = {}
        self._by_name: dict[str, list[_Region]] = {}
        for row in rows:
            region = _region(row)
            self._by_code[region.code] = region
            self._by_name.setdefault(region.bare, []).append(region)
        self._by_digits = {code.replace(".", ""): code for code in self._by_code}
        self._known: dict[tuple[str, str, str, bool], str | None] = {}

    def match(self, *, code: str = "", name: str = "", province: str = "", bps: bool = False) -> str | None:
        """The code in force of the one region meant, else None.

        `name` may hold the kind and the province ("Kab. Bogor, Jawa Barat"); a kabupaten and a kota of one name
        are told apart by that word or by the code. Only with `bps` are digits alone read as BPS's. Without a name
        and a code the province itself is meant.
        """
        key = (str(code).strip(), name.strip(), province.strip(), bps)
        if key not in self._known:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[key] = self._match(*key)
        return self._known[key]

    def name_of(self, said: str) -> tuple[str, str]:
        """(kind, folded bare name) of a name as a source writes it; kind "" where no word tells it."""
        return _apart(said)

    def _match(self, code: str, name: str, province: str, bps: bool) -> str | None:
        name, _, tail = name.partition(",")
        province = province or tail.strip()
        kind, bare = _apart(name)
        within = self._province(province)
        meant = self._of_code(code, bps)
        if not bare:
            if code:
                return self._living(meant[0]) if len(meant) == 1 else None
            return within
        found = self._named(kind, bare, within)
        if len(found) > 1:
            found = {c for c in found if any(self._living(m) == c for m in meant)} or found
        if len(found) == 1:
            return found.pop()
        if found:
            return None
        return self._alike(kind, bare, within, meant)

    def _of_code(self, code: str, bps: bool) -> list[str]:
        """What a code can mean, in our codes."""
        if not code:
            return []
        if "." in code:
            return [code] if code in self._by_code else []
        if not (code.isascii() and code.isdigit()):
            return []
        ours, theirs = self._by_digits.get(code), _bps().get(code)
        if theirs and theirs in self._by_code:
            return [theirs] if bps or not ours else [ours, theirs]
        return [ours] if ours else []

    def _province(self, said: str) -> str | None:
        if not said:
            return None
        if said in self._by_code and self._by_code[said].kind == "province":
            return said
        bare = _apart(said)[1]
        for region in self._by_name.get(_names("provinces").get(bare, bare), ()):
            if region.kind == "province":
                return region.code
        return None

    def _named(self, kind: str, bare: str, within: str | None) -> set[str]:
        regions = list(self._by_name.get(bare, ()))
        regions += [
            r for r in self._by_name.get(_names("provinces").get(bare, ""), ()) if r.kind == "province"
        ]
        other = _names("regencies").get(bare, "")
        if other and not regions:
            regions += self._by_name.get(other, ())
        if kind:
            regions = [region for region in regions if region.kind == kind]
        codes = {living for region in regions if (living := self._living(region.code))}
        if within and len(codes) > 1:
            inside = {code for code in codes if code == within or self._by_code[code].parent == within}
            # the old province of a region that was moved to a new one still speaks for it
            inside |= {self._living(r.code) or "" for r in regions if r.parent == within}
            codes = inside or codes
        elif within and codes:
            code = next(iter(codes))
            if self._by_code[code].kind != "province" and not self._speaks_for(within, regions):
                return set()  # the only one of that name lies elsewhere: one of the two is wrong
        return codes

    def _speaks_for(self, province: str, regions: list[_Region]) -> bool:
        parents = {region.parent for region in regions}
        parents |= {self._by_code[code].parent for r in regions if (code := self._living(r.code))}
        # before 2022 all of Papua lay in two provinces, before 2012 Kalimantan Utara in Kalimantan Timur
        return (
            province in parents
            or (province[0] == "9" and any(p[:1] == "9" for p in parents))
            or (province == "64" and "65" in parents)
        )

    def _alike(self, kind: str, bare: str, within: str | None, meant: list[str]) -> str | None:
        for code in meant:
            region = self._by_code[code]
            if (not kind or region.kind == kind) and fuzz.ratio(region.bare, bare) >= ALIKE:
                return self._living(code)
        needed = ALIKE if within else ALIKE_ALONE
        close: dict[str, float] = {}
        for region in self._by_code.values():
            if (kind and region.kind != kind) or (
                within and region.parent != within and region.code != within
            ):
                continue
            if abs(len(region.bare) - len(bare)) > 3 or len(bare) < 5:
                continue
            score = fuzz.ratio(region.bare, bare)
            living = self._living(region.code)
            if score >= needed and living:
                close[living] = max(score, close.get(living, 0))
        return next(iter(close)) if len(close) == 1 else None

    def _living(self, code: str) -> str | None:
        seen: set[str] = set()
        while code in self._by_code and self._by_code[code].successor and code not in seen:
            seen.add(code)
            code = self._by_code[code].successor
        return code if code in self._by_code else None


def _region(row: Any) -> _Region:
    if isinstance(row, Mapping):
        code, name, kind = row["code"], row["name"], row["kind"]
        parent, successor = row.get("parent_code"), row.get("successor_code")
    elif isinstance(row, tuple):
        code, name, kind, parent, successor = row[:5]
    else:
        code, name, kind, parent, successor = (
            row.code,
            row.name,
            row.kind,
            row.parent_code,
            row.successor_code,
        )
    bare = _OTHER.sub("", name.lower()) if kind == "province" else _apart(name)[1]
    return _Region(code, kind, bare, parent or "", successor or "")


def _apart(said: str) -> tuple[str, str]:
    """ "Pemerintah Kab. Tojo Una-Una" is ("regency", "tojounauna")."""
    text = " ".join(said.replace("_", " ").split()).strip(" .:;-–—")
    text = _HEADS.sub("", text)
    match = _KIND.match(text)
    kind = ""
    if match and match.end():
        kind = _KINDS.get(" ".join((match[1] or "").lower().split()), "")
        text = text[match.end() :]
        if kind == "province" or not kind:
            second = _KIND.match(text)
            if not kind and second and second[1]:
                kind, text = _KINDS[second[1].lower()], text[second.end() :]
    return kind, _OTHER.sub("", text.lower())


@cache
def _bps() -> dict[str, str]:
    """BPS's codes that mean another region than the same digits of Kemendagri: to Kemendagri's."""
    with open(Path(__file__).with_name("bps.csv"), encoding="utf-8", newline="") as file:
        return {row["bps"]: row["code"] for row in csv.DictReader(file)}


def bps_code(code: str) -> int | None:
    """BPS's number of one of our regions; None where BPS gives those digits to another region."""
    digits = code.replace(".", "")
    theirs = _to_bps().get(code)
    if theirs is None and digits in _bps():
        return None
    return int(theirs or digits) if (theirs or digits).isdigit() else None


@cache
def _to_bps() -> dict[str, str]:
    return {code: bps for bps, code in _bps().items()}


@cache
def _names(kind: str) -> dict[str, str]:
    """Other names, folded: to the folded bare name in force."""
    return tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))[kind]
