"""The catalogue as a list: what was asked, which innovations answer, in which order, how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.orm import joinedload

from ekopi.catalogue import policy, words
from ekopi.catalogue.models import Innovation, InnovationTerm
from ekopi.core import paging
from ekopi.extensions import db
from ekopi.search import queries as search

KIND = "innovation"
COUNTED = 5_000
"""Results are counted up to here; beyond it the page says "more than"."""
LONGEST_TEXT = 200
MOST_CODES = 20
LONGEST_CODE = 40
SORTS = ("cocok", "terbaru", "tahun", "ditiru", "judul")
"""Best match (needs words), newest change (what is overdue for review after all others), year, most replicated, title."""
# written as in the index of the table, so that it serves
_KEYS: dict[str, tuple[list[Any], bool]] = {
    "terbaru": ([Innovation.fresh, Innovation.updated_at, Innovation.id], True),
    "tahun": ([func.coalesce(Innovation.year, literal_column("0")), Innovation.id], True),
    "ditiru": ([Innovation.replications, Innovation.id], True),
    "judul": ([Innovation.title, Innovation.id], False),
}


@dataclass(frozen=True)
class Asked:
    """What the address says: words, chosen codes by scheme, order."""

    text: str = ""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "terbaru"
    query: search.Query = field(default_factory=lambda: search.Query(""))

    def without(self, scheme: str) -> Asked:
        """The same question without one facet's choice; without a province its regencies go too."""
        gone = {scheme, "region"} if scheme == "province" else {scheme}
        return replace(self, chosen={s: codes for s, codes in self.chosen.items() if s not in gone})

    def arguments(self, *, less: tuple[str, str] | None = None) -> dict[str, Any]:
        """The arguments of the address, without one code (scheme, code) where it is named."""
        said: dict[str, Any] = {"q": self.text} if self.text else {}
        for scheme, codes in self.chosen.items():
            kept = [code for code in codes if (scheme, code) != less]
            if kept:
                said[words.PARAMETERS[scheme]] = kept
        if self.sort != default_sort(self.query):
            said["urut"] = self.sort
        return said


def default_sort(query: search.Query) -> str:
    return "cocok" if query else "terbaru"


def asked(arguments) -> Asked:
    """Reads an address (a MultiDict). Anything may stand in it; what means nothing is passed over."""
    text = " ".join(arguments.get("q", "").split())[:LONGEST_TEXT]
    query = search.parse(text)
    chosen = {}
    for scheme, name in words.PARAMETERS.items():
        codes = dict.fromkeys(code for code in arguments.getlist(name) if 0 < len(code) <= LONGEST_CODE)
        if codes:
            chosen[scheme] = tuple(codes)[:MOST_CODES]
    sort = arguments.get("urut", "")
    if sort not in SORTS or (sort == "cocok" and not query):
        sort = default_sort(query)
    return Asked(text, chosen, sort, query)


def audiences(person) -> list[tuple[str, int]]:
    """Whose things this person may find in the index beside the public's; one query for who is signed in."""
    if not person.is_authenticated:
        return []
    if policy.may_curate(person):
        own = select(Innovation.owner_id).where(Innovation.audience == "organisation").distinct()
    else:
        own = policy.own_organisations(person)
    return [("organisation", id) for id in db.session.scalars(own) if id]


def narrowed(question: Asked, person, seen: Iterable[tuple[str, int]], *, words_too: bool = True) -> Select:
    """SELECT of the ids of all innovations that answer."""
    return _answering(select(Innovation.id), question, person, seen if words_too else None)


def _answering(query: Select, question: Asked, person, seen: Iterable[tuple[str, int]] | None) -> Select:
    """The SELECT of innovations narrowed to those that answer; by the words only where `seen` is given.

    Words are joined and not gathered, so that counting up to a limit stops there.
    """
    query = query.where(policy.visible_to(person))
    for scheme, codes in question.chosen.items():
        bearing = select(InnovationTerm.innovation_id).where(
            InnovationTerm.scheme == scheme, InnovationTerm.code.in_(codes)
        )
        query = query.where(Innovation.id.in_(bearing))
    if question.query and seen is not None:
        found = search.hits(question.query, KIND, seen).subquery("found")
        query = query.join(found, found.c.key == Innovation.id)
    return query


def total(ids: Select) -> int:
    """How many there are, at most COUNTED + 1."""
    return db.session.scalar(select(func.count()).select_from(ids.limit(COUNTED + 1).subquery())) or 0


def page(question: Asked, person, seen: list[tuple[str, int]]) -> paging.Page:
    """One page of innovations with their regions; its place is in the address."""
    if question.sort == "cocok":
        return _best(question, person, seen)
    keys, descending = _KEYS[question.sort]
    rows = _answering(select(Innovation), question, person, seen).options(joinedload(Innovation.region))
    return paging.page(rows, keys, of=_OF[question.sort], descending=descending)


def _best(question: Asked, person, seen) -> paging.Page:
    """The best matches in the order of their score; search.BEST of them at most."""
    within = narrowed(question, person, seen, words_too=False)
    ranked = search.best(question.query, KIND, seen, within=within)
    found = paging.listed(ranked, of=lambda one: (-round(one[1], 6), one[0]))
    rows = db.session.scalars(
        select(Innovation)
        .where(Innovation.id.in_([key for key, _score in found.items]))
        .options(joinedload(Innovation.region))
    )
    known = {row.id: row for row in rows}
    found.items = [known[key] for key, _score in found.items if key in known]
    return found


_OF = {
    "terbaru": lambda row: (row.fresh, row.updated_at, row.id),
    "tahun": lambda row: (row.year or 0, row.id),
    "ditiru": lambda row: (row.replications, row.id),
    "judul": lambda row: (row.title, row.id),
}
