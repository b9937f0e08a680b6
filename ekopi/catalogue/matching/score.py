"""How likely two records speak of one innovation, and why. No database.

The score is made of points for name, text, place, agency and year, each given with its reason; `judged` turns it into
a decision. The points and thresholds were set on the tuning half of the labelled set (labelled/README.md) and are
judged on the other half by evaluation.py.

A reason is {"code", "points", …numbers}; the codes are in REASONS, the words for a page are made elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rapidfuzz import fuzz

from ekopi.catalogue.matching import keys
from ekopi.catalogue.sources.base import listed
from ekopi.search import words

JOINED, PROPOSED = 0.90, 0.35
"""Scores from which two records are joined by the rule, or shown to a curator."""

REASONS = {
    "name": "likeness: 0 to 100, of the words of the titles",
    "acronym": "acronym, generic: many innovations bear it",
    "other-acronym": "acronyms: the two",
    "other-words": "words: stems that only one of the titles has, where both are otherwise alike",
    "other-number": "numbers: of the titles, which differ",
    "text": "likeness: 0 to 100, shared: how many telling words both texts have",
    "place": "relation: same, within (a province and a place in it), other, unknown",
    "agency": "relation: same, like, other, units (two of one kind: two health centres, two schools), unknown",
    "year": "apart: years between them, or None where one does not say",
    "same-source": "one source gave both a number of their own in the same year",
}
"""Every code of a reason, with its facts."""

ENOUGH_WORDS = 8
"""Telling words that a text must have to be compared."""
_HEAD = re.compile(r"\s*(?:[:(,“\"]|\s[-–—]\s)")
_PARTS = re.compile(r"[a-z]+|\d+")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_VERSION = re.compile(r"(?<=[a-z]{3})\d{1,2}\Z")
_HEALTH = listed("puskesmas rsud rsu rumah kesehatan posyandu")
_SCHOOLS = listed("sd sdn smp smpn sma sman smk smkn tk paud sekolah pendidikan")
_NAMED_UNITS = listed(
    "puskesmas pustu rsud sd sdn smp smpn sma sman smk smkn kelurahan kecamatan kua lapas rutan samsat polsek koramil"
)
"""Kinds of units whose name follows in titles: "… Puskesmas Mulyojati"."""
_UNITS = _NAMED_UNITS | listed(
    "posyandu rsu rs klinik tk paud mts ma slb desa nagari gampong kampung bapas polres kodim bpp pasar terminal pelabuhan balai"
)
"""Kinds of units of which a place has many."""
_CENTRAL = (
    "kementerian", "lembaga", "kepolisian", "kejaksaan", "mahkamah", "komisi", "pt ", "perum ", "bank ", "arsip nasional", "perpustakaan nasional",
    "badan nasional", "badan pusat", "badan pengawas", "badan pertanahan", "badan informasi", "badan riset inovasi nasional", "@",
)  # fmt: skip
"""How keys of agencies begin of which there is one in the country; "@": the government of a place, by its name."""
_ROMAN = listed("ii iii iv vi vii viii ix")


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of a record: its columns by keys.of, with `words` as a set."""

    title: str
    title_key: str
    acronym: str = ""
    region_code: str = ""
    agency_key: str = ""
    year: int | None = None
    words: frozenset[str] = frozenset()
    source: Any = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """The score, 0 to 1, its reasons, and what the rule makes of it: joined, proposed or apart."""

    score: float
    reasons: list[dict[str, Any]]
    decision: str


def side(facts: Mapping[str, Any], source: Any = None) -> Side:
    """The side of a record with these facts (catalogue/fields.py)."""
    made = keys.of(facts)
    words = frozenset(made.pop("words").split())
    return Side(title=str(facts.get("title") or ""), words=words, source=source, **made)


def likeness(a: Side, b: Side) -> Likeness:
    """Compares two records; the same whichever comes first."""
    name = _name(a, b)
    text = _text(a, b)
    place = place_of(a.region_code, b.region_code)
    agency = agency_of(a.agency_key, b.agency_key)
    apart = abs(a.year - b.year) if a.year and b.year else None
    same_source = a.source is not None and a.source == b.source and apart == 0
    reasons = [*name.reasons]
    if text is not None:
        reasons.append({"code": "text", "points": _text_points(text), "likeness": _percent(text), "shared": len(a.words & b.words)})  # fmt: skip
    reasons.append({"code": "place", "points": _PLACE[place], "relation": place})
    reasons.append({"code": "agency", "points": _AGENCY[agency], "relation": agency})
    reasons.append({"code": "year", "points": _year_points(apart), "apart": apart})
    if same_source:
        reasons.append({"code": "same-source", "points": -1.0})
    for reason in reasons:
        reason["points"] = round(reason["points"], 2)
    score = round(1 / (1 + math.exp(-(_BASE + sum(r["points"] for r in reasons)))), 4)
    here = place == "same" or _one_central(a, b)
    sure = here and not same_source and _sure(name, text, agency, apart)
    return Likeness(score, reasons, judged(score, sure))


def judged(score: float, sure: bool) -> str:
    """joined (only when `sure`), proposed, or apart."""
    if score >= JOINED and sure:
        return "joined"
    return "proposed" if score >= PROPOSED else "apart"


# points; the sum goes through the logistic function
_BASE = -7.0
_NAME_POINTS = 9.0
_PLACE = {"same": 2.0, "within": 0.5, "unknown": -0.5, "other": -10.0}
_AGENCY = {"same": 1.5, "like": 0.7, "unknown": 0.0, "other": -1.2, "units": -2.5}


def _year_points(apart: int | None) -> float:
    if apart is None:
        return 0.0
    return 0.5 if apart <= 2 else 0.0 if apart <= 5 else -0.8 if apart <= 10 else -1.6


def _text_points(text: float) -> float:
    """From -2 for nothing in common, by 0 at one word of eight, to 5 at half of all."""
    return max(-2.0, min(5.0, (text - 0.12) * (16 if text < 0.12 else 13)))


def _one_central(a: Side, b: Side) -> bool:
    """Whether both are of one agency or company that there is only once, and name no place."""
    if a.region_code or b.region_code:
        return False
    shared = set(a.agency_key.split(keys.BETWEEN)) & set(b.agency_key.split(keys.BETWEEN))
    return any(key.startswith(_CENTRAL) for key in shared)


def _sure(name: _Name, text: float | None, agency: str, apart: int | None) -> bool:
    """Whether the rule may join two records of one place by itself; a high score alone is not enough.

    A generic acronym never does it alone; nor is it done where titles, numbers or agencies contradict each other,
    years lie far apart or texts have next to nothing in common.
    """
    told = 0.0 if text is None else text
    if (apart is not None and apart > 6) or name.numbers_differ or (text is not None and text < 0.06):
        return False
    # texts of one agency are alike whatever they tell: they never outweigh titles that say two things
    if name.swapped or name.contradicts or agency == "units" or (agency == "other" and told < 0.3):
        return False
    if name.bare and (apart is None or apart <= 3):
        return True
    if name.partly and told < (0.12 if name.acronym else 0.3):
        return text is None and name.long_acronym and name.words >= 0.6
    if name.words < 0.5:
        return name.acronym and told >= 0.15
    # nothing but the title: it must be one that is not given twice
    enough = 1.5 if agency in ("same", "like") else 2.5
    return told >= 0.12 or name.acronym or name.weight >= enough


@dataclass(frozen=True, slots=True)
class _Name:
    reasons: list[dict[str, Any]]
    words: float
    """Likeness of the words of the titles, 0 to 1."""
    acronym: bool
    """Both bear one acronym or short name that is not generic."""
    contradicts: bool
    """Each has a word, or an acronym, that the other lacks."""
    numbers_differ: bool
    swapped: bool
    """All words are the same but one: "Klinik Rapor Tanah" and "Klinik Rapor Air"; or they name two units."""
    long_acronym: bool
    """Their common short name has seven letters or more."""
    bare: bool
    """One title is nothing but a long short name that begins the other."""
    partly: bool
    """One title says more than the other."""
    weight: float
    """How much the shorter title says; score._weight."""


def _name(a: Side, b: Side) -> _Name:
    first, second = a.title_key.split(), b.title_key.split()
    shared, only_a, only_b = _matched(first, second)
    whole, least = _weight(first) + _weight(second), min(_weight(first), _weight(second))
    dice = 2 * shared / whole if whole else 0.0
    within = shared / least if least else 0.0
    # a title that says all of a shorter one, and more: "Distribusi Guru Proporsional" in a longer one
    words = max(dice, 0.9 * within if least >= 2 and within > 0.8 else 0.0)
    if sorted(a.title_key.replace(" ", "")) == sorted(b.title_key.replace(" ", "")):
        words, only_a, only_b = 1.0, [], []  # a space or two letters have slipped
    numbers = _numbers(a.title), _numbers(b.title)
    numbers_differ = numbers[0] != numbers[1]
    named = _units_in(a.title), _units_in(b.title)
    units_differ = any(named[1].get(kind, name) != name for kind, name in named[0].items())
    common = _common(a, b)
    acronym = any(not generic(short) for short in common)
    both_differ = bool(a.acronym and b.acronym and not common and words < 1)
    others = bool(only_a and only_b and words >= 0.4 and _weight(only_a) >= 0.5 and _weight(only_b) >= 0.5)
    swapped = (len(only_a) == len(only_b) == 1 and dice >= 0.5) or units_differ
    telling = [short for short in common if len(short) >= 7 and not generic(short)]
    both_bear = short_names(a) & short_names(b)
    bare = any(
        short in both_bear and short in (keys.squeezed(a.title), keys.squeezed(b.title)) for short in telling
    )
    value = words
    if acronym:
        value = max(value, (0.85 if bare else 0.72) + (0.15 if bare else 0.28) * words)
    elif common:
        value = max(value, 0.35 + 0.65 * words)
    reasons: list[dict[str, Any]] = [
        {"code": "name", "points": _NAME_POINTS * words, "likeness": _percent(words)}
    ]
    if value > words:
        reasons.append({"code": "acronym", "points": _NAME_POINTS * (value - words), "acronym": max(common), "generic": not acronym})  # fmt: skip
    if both_differ:
        reasons.append({"code": "other-acronym", "points": -1.5, "acronyms": sorted((a.acronym, b.acronym))})
    if swapped or (others and not acronym):
        reasons.append({"code": "other-words", "points": -1.0, "words": sorted({*only_a, *only_b})[:6]})
    if numbers_differ:
        reasons.append(
            {"code": "other-number", "points": -1.0, "numbers": [" ".join(sorted(n)) for n in numbers]}
        )
    return _Name(
        reasons=reasons, words=words, acronym=acronym, contradicts=both_differ or (others and not acronym),
        numbers_differ=numbers_differ, swapped=swapped, long_acronym=bool(telling), bare=bare, partly=dice < 0.8, weight=least,
    )  # fmt: skip


def _text(a: Side, b: Side) -> float | None:
    """How many telling words two texts share, 0 to 1; None where one says too little."""
    least = min(len(a.words), len(b.words))
    if least < ENOUGH_WORDS:
        return None
    return len(a.words & b.words) / math.sqrt(len(a.words) * len(b.words))


def place_of(one: str, other: str) -> str:
    """same, within (a province and a place in it), other, or unknown; of Kemendagri codes in force."""
    if not one or not other:
        return "unknown"
    if one == other:
        return "same"
    return "within" if one.startswith(f"{other}.") or other.startswith(f"{one}.") else "other"


@lru_cache(maxsize=50_000)
def agency_of(one: str, other: str) -> str:
    """same, like, other, units or unknown; of agency keys. A health centre is like the health agency, a school like its."""
    if not one or not other:
        return "unknown"
    firsts, seconds = one.split(keys.BETWEEN), other.split(keys.BETWEEN)
    if (firsts[0][0] == keys.GOVERNMENT) != (seconds[0][0] == keys.GOVERNMENT):
        return "unknown"
    if _two_units(firsts[0], seconds[0]):
        return "units"  # whatever agency is above them
    if set(firsts) & set(seconds):
        return "same"
    best = "other"
    for first in firsts:
        for second in seconds:
            words, others = set(first.split()), set(second.split())
            if _two_units(first, second):
                best = "units" if best == "other" else best
                continue
            if fuzz.token_sort_ratio(first, second) >= 90:
                return "same"
            shared = len(words & others) / min(len(words), len(others))
            same_kind = len(words & others) / max(len(words), len(others))
            if (shared == 1 and min(len(words), len(others)) > 1) or same_kind >= 0.6:
                best = "like"
            for kind, head in ((_HEALTH, "kesehatan"), (_SCHOOLS, "pendidikan")):
                # the agency above and one of its units; two units are two
                if words & kind and others & kind and (head in words) != (head in others):
                    best = "like"
    return best


def _two_units(one: str, other: str) -> bool:
    """Whether two names are of two units of one kind: "puskesmas mulyojati" and "puskesmas yosomulyo"."""
    words, others = one.split(), other.split()
    return (
        words != others
        and words[0] == others[0]
        and words[0] in _UNITS
        and len(words) > 1
        and len(others) > 1
    )


@lru_cache(maxsize=100_000)
def _units_in(title: str) -> dict[str, str]:
    """Units that a title names, the name by the kind: {"puskesmas": "mulyojati"}."""
    said = [piece.word for piece in words.pieces(title)]
    return {kind: name for kind, name in pairwise(said) if kind in _NAMED_UNITS}


@lru_cache(maxsize=100_000)
def _heads(title: str) -> frozenset[str]:
    """The short name with which a title begins, squeezed: "Perahu Bidan: Layanan …" gives "perahubidan"."""
    head = _HEAD.split(title, maxsplit=1)[0]
    if head == title or not 1 <= len(head.split()) <= 4:
        head = title if len(title.split()) <= 3 else ""
    if all(stem in keys.table()["light"] for stem in keys.stems(head)):
        return frozenset()
    squeezed = _VERSION.sub("", keys.squeezed(head))
    return frozenset((squeezed,)) if len(squeezed) >= 4 else frozenset()


def _common(a: Side, b: Side) -> set[str]:
    """Short names that both bear; a longer one may also stand at the beginning of the other title."""
    firsts, seconds = short_names(a), short_names(b)
    found = set(firsts & seconds)
    for names, other in ((firsts, b), (seconds, a)):
        begins = keys.squeezed(other.title)
        found |= {name for name in names if len(name) >= 8 and begins.startswith(name)}
    for one, other in ((a, b), (b, a)):
        if len(one.acronym) >= 4 and one.acronym in _runs(other.title):
            found.add(one.acronym)
    return found


@lru_cache(maxsize=100_000)
def _runs(title: str) -> frozenset[str]:
    """Every one, two or three neighbouring words of a title, squeezed."""
    said = [keys.squeezed(word) for word in title.split()]
    return frozenset("".join(said[at : at + length]) for at in range(len(said)) for length in (1, 2, 3))


def short_names(one: Side | Any) -> frozenset[str]:
    """The acronym and the short name at the beginning of the title, squeezed."""
    found = _heads(one.title)
    return found | {_VERSION.sub("", one.acronym)} if one.acronym else found


def generic(short: str) -> bool:
    """Whether so many innovations bear this short name that it says little."""
    return len(short) <= 3 or short in keys.table()["acronyms"]


@lru_cache(maxsize=100_000)
def _numbers(title: str) -> frozenset[str]:
    """Numbers that tell versions and units apart; years are none."""
    parts = _PARTS.findall(words.fold(title))
    found = {part.lstrip("0") for part in parts if part.isdigit() or part in _ROMAN}
    return frozenset(number for number in found if number and not _YEAR.match(number))


def _weight(stems: Collection[str]) -> float:
    light = keys.table()["light"]
    return sum(0.5 if stem in light or len(stem) < 3 else 1.0 for stem in stems)


def _matched(first: list[str], second: list[str]) -> tuple[float, list[str], list[str]]:
    """Weight of what both have, and what only one has; near spellings of longer words count as nine tenths."""
    one, two = list(dict.fromkeys(first)), list(dict.fromkeys(second))
    both = [stem for stem in one if stem in two]
    only_a = [stem for stem in one if stem not in both]
    only_b = [stem for stem in two if stem not in both]
    weight = _weight(both)
    for stem in list(only_a):
        near = next((o for o in only_b if len(stem) > 4 and len(o) > 4 and fuzz.ratio(stem, o) >= 80), None)
        if near:
            only_a.remove(stem)
            only_b.remove(near)
            weight += 0.9 * min(_weight((stem,)), _weight((near,)))
    return weight, only_a, only_b


def _percent(value: float) -> int:
    return round(100 * value)
