"""Reference lists with their edition: schemes of LAN, of Kemendagri (IGA), of KemenPANRB (KIPP, JIPPNas), SDGs.

They stand beside each other; none is translated into another. Read from classifications.toml, which tells each
list's source. A text is found by its code or label or by another spelling of it, case and punctuation folded.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ekopi.core.text import fold

TABLE = Path(__file__).with_name("classifications.toml")
_LEAD = re.compile(r"\d{1,2}\s*[.):-]\s*(?=\D)|(?:sdgs?|tpb|tujuan|goal|urusan|inovasi)\s+(?=\S)", re.I)
_LEADS = re.compile(r"\b(?:sdgs?|tpb|tujuan|goals?|dan|nomor|no)(?=\W|\d|\Z)", re.I)
_NUMBER = re.compile(r"(?:(?:sdgs?|tpb|tujuan|goal)[\s-]*)?0*(\d{1,2})(?:\s*[.):-]\s*\D+)?\Z", re.I)
_SPLIT = re.compile(r"[;|\n•]+")


@dataclass(frozen=True)
class Term:
    """One entry of a list; `group` is the code of its group where the list has groups."""

    code: str
    label: str
    group: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classification:
    """A list of one edition. `groups` maps codes of groups to their words."""

    scheme: str
    edition: str
    label: str
    source: str
    terms: dict[str, Term]
    groups: dict[str, str]
    _folded: dict[str, str] = field(repr=False, compare=False)
    _longest: tuple[str, ...] = field(repr=False, compare=False)

    def name(self, code: str) -> str:
        """The words of a code; the code itself where this edition does not have it."""
        term = self.terms.get(code)
        return term.label if term else code

    def find(self, said: object) -> str | None:
        """The code that a source's words mean, or None. "10. Pertahanan" in IGA's lists is Pertanahan."""
        text = " ".join(str(said).split())
        if text in self.terms:
            return text
        for attempt in (text, _LEAD.sub("", text, count=1)):
            code = self._folded.get(fold(attempt))
            if code:
                return code
        number = _NUMBER.match(text)
        return number[1] if number and number[1] in self.terms else None

    def find_all(self, said: object) -> tuple[list[str], list[str]]:
        """Codes of a list in one text, in its order, and the parts that mean none.

        Parts stand apart by ";", "|" or lines; commas only where the parts between them are entries (names of
        affairs hold commas themselves), and so do "&" and "dan".
        """
        codes: list[str] = []
        unknown: list[str] = []
        for part in _parts(said):
            found = self.find(part)
            several = [found] if found else self._inside(part)
            codes.extend(code for code in several if code not in codes)
            if not several:
                unknown.append(part)
        return codes, unknown

    def _inside(self, part: str) -> list[str]:
        rest, met = f" {fold(part)} ", []
        for name in self._longest:
            at = rest.find(f" {name} ")
            if at >= 0:
                met.append((at, self._folded[name]))
                rest = rest.replace(f" {name} ", " " + "\u0000" * len(name) + " ")
        if not met:
            if re.search(r"[^\W\d_]", _LEADS.sub("", part)):
                return []
            numbers = [str(int(n)) for n in re.findall(r"\d{1,2}", part)]
            return list(dict.fromkeys(n for n in numbers if n in self.terms))
        left = re.sub(r"\b(dan|serta|inovasi|urusan|sdgs?|tpb)\b|[\u0000\d\s]", "", rest)
        return list(dict.fromkeys(code for _, code in sorted(met))) if len(left) <= 2 else []


def _parts(said: object) -> list[str]:
    listed = said if isinstance(said, (list, tuple)) else _SPLIT.split(str(said))
    texts = (" ".join(str(part).split()).strip(" ,") for part in listed if part is not None)
    return [text for text in texts if text]


@cache
def classifications() -> dict[tuple[str, str], Classification]:
    """All lists by (scheme, edition)."""
    read: dict[tuple[str, str], Classification] = {}
    for entry in tomllib.loads(TABLE.read_text(encoding="utf-8"))["lists"]:
        made = _made(entry)
        read[made.scheme, made.edition] = made
    return read


@cache
def classification(scheme: str, edition: str = "") -> Classification:
    """One list; without an edition the newest. Raises KeyError for what we do not have."""
    if edition:
        return classifications()[scheme, edition]
    return classifications()[scheme, max(e for s, e in classifications() if s == scheme)]


def _made(entry: dict) -> Classification:
    terms, folded = {}, {}
    for row in entry["terms"]:
        term = Term(row["code"], row["label"], row.get("group", ""), tuple(row.get("also", ())))
        terms[term.code] = term
        for spelling in (term.label, *term.also):
            folded[fold(spelling)] = term.code
    longest = tuple(sorted((name for name in folded if len(name) > 2), key=len, reverse=True))
    return Classification(
        entry["scheme"], entry["edition"], entry["label"], entry["source"], terms,
        entry.get("groups", {}), folded, longest,
    )  # fmt: skip
