"""The columns by which records are compared: `of` makes them from the facts of a record."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ekopi.catalogue.sources import agencies
from ekopi.catalogue.sources.cleaning.titles import names_apart
from ekopi.core import text
from ekopi.search import words

TOLD = ("summary", "goal", "problem", "how", "novelty", "benefit", "impact", "replication_keys", "resources")
"""The texts that say what it is about, in the order in which they are read."""
MOST_WORDS = 80
MOST_TITLE_WORDS = 24
READ = 3_000
"""Characters of a record's texts that are read."""
BETWEEN = " | "
"""Between the agencies of one record in `agency_key`: the unit, then the agency above it."""
GOVERNMENT = "@"
"""Begins an `agency_key` that names only the government of a place whose region is not known."""
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_KINDS = r"(?:pemerintah\s+)?(?:kabupaten administrasi|kota administrasi|kabupaten|kab\.?|kota|provinsi|prov\.?|pemkab|pemkot|pemprov)"


@cache
def table() -> dict[str, frozenset[str]]:
    """The lists of words.toml as sets, words as stems."""
    read = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    found = {name: frozenset(map(words.stem, listed.split())) for name, listed in read.items()}
    return found | {"acronyms": frozenset(read["acronyms"].split())}


def of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns title_key, acronym, region_code, agency_key, year and words of a record with these facts.

    What the facts do not say is "" (year: None). Never raises on facts made by an adapter.
    """
    title = str(facts.get("title") or "")
    return {
        "title_key": title_key(title, places_of(facts)),
        "acronym": acronym(title, str(facts.get("acronym") or "")),
        "region_code": str(facts.get("region_code") or ""),
        "agency_key": agency_key(facts),
        "year": facts.get("year"),
        "words": " ".join(telling(facts)),
    }


def title_key(title: str, places: Iterable[str] = ()) -> str:
    """Stems of the title in order, without its acronym, its place and what stands for every innovation.

    Of a title that has nothing else ("Program Inovasi Daerah") all is kept.
    """
    long = names_apart(title)[1] or title
    for place in places:
        shorter = _without(long, place)
        if len(shorter.split()) >= 2:
            long = shorter
    kept = [s for s in stems(long) if s not in table()["generic"]]
    return " ".join((kept or stems(long) or stems(title))[:MOST_TITLE_WORDS])


def acronym(title: str, said: str = "") -> str:
    """The acronym in small letters and digits without anything between them: "SI CANTIK" is "sicantik"; or ""."""
    return squeezed(said or names_apart(title)[0])


def squeezed(name: str) -> str:
    """Small letters and digits only."""
    return _NOT_LETTERS.sub("", words.fold(name))


@lru_cache(maxsize=50_000)
def agency_key_of(name: str) -> str:
    """agencies.key, or "" for the government of a place as a whole, which says no more than the place."""
    agency, place = agencies.apart(name)
    return "" if place and agency.startswith(("Pemerintah", "Pemda")) else agencies.key(name)


def agency_key(facts: Mapping[str, Any]) -> str:
    """Who does it: the unit and the agency above it, where they are named, with BETWEEN between them."""
    names = [str(facts[field]) for field in ("unit", "agency") if facts.get(field)]
    found = list(dict.fromkeys(key for name in names if (key := agency_key_of(name))))
    if not found and names and not facts.get("region_code"):
        found = [GOVERNMENT + agencies.key(names[-1])]
    return BETWEEN.join(found)


def places_of(facts: Mapping[str, Any]) -> list[str]:
    """Names of the record's own place without their kind: "Kota Metro, Lampung" gives "Metro"."""
    said = [str(facts.get("region_said") or "").split(",")[0]]
    said += [agencies.apart(str(facts[field]))[1] for field in ("agency", "unit") if facts.get(field)]
    bare = [re.sub(rf"^{_KINDS}\s+", "", name.strip(), flags=re.I) for name in said]
    return list(dict.fromkeys(name for name in bare if len(name) > 2))


def telling(facts: Mapping[str, Any]) -> list[str]:
    """At most MOST_WORDS stems of the texts that tell something, in the order of their first appearance."""
    left = READ
    found: dict[str, None] = {}
    common = table()["common"]
    for field in TOLD:
        if left <= 0 or len(found) >= MOST_WORDS:
            break
        said = text.plain(facts[field])[:left] if facts.get(field) else ""
        left -= len(said)
        for stem in stems(said):
            if stem not in common and len(stem) > 1:
                found.setdefault(stem, None)
    return list(found)[:MOST_WORDS]


def stems(said: str) -> list[str]:
    """Stems in order without stop words, as the index keeps them."""
    return words.kept(said)[0]


def _without(title: str, place: str) -> str:
    """The title without "Kota Metro", "di Metro", or "Metro" at its end; elsewhere a bare name stays."""
    name = re.escape(place).replace(r"\ ", r"\s+")
    pattern = rf"[\s,(–-]*\b(?:di\s+)?(?:{_KINDS}\s+{name}|(?<=di\s){name}|{name}(?=\W*\Z))\b\)?"
    return " ".join(re.sub(pattern, " ", title, flags=re.I).split())
