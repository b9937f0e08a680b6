"""Named lists that areas add to: the few things that a lower room asks of higher ones.

`register("audit-verbs", "course.published", …)` in an area's `init_app`; readers call `all_of("audit-verbs")`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StaffPage:
    """One page of /kelola: shown to those who hold one of `roles`."""

    title: Any
    sentence: Any
    endpoint: str
    icon: str
    roles: tuple[str, ...] = ("admin",)
    whole: bool = False
    """Only for those who hold one of the roles for the whole of EKOPI."""

    def opens_for(self, person) -> bool:
        """Whether this person may open it."""
        if self.whole:
            return any(person.holds(kind, "platform") for kind in self.roles)
        return person.holds_any(self.roles)


@dataclass(frozen=True)
class Waiting:
    """One thing on a person's page that waits for the person."""

    title: str
    fine: str
    url: str
    chip: str = ""


LISTS = {
    "audit-verbs": "verb -> lazy sentence with %(actor)s and %(subject)s",
    "audit-subjects": "kind of subject -> function(ids) -> {id: name}",
    "privacy": "area -> its privacy module",
    "link-kinds": "kind of thing -> links.Linkable",
    "notices": "kind of notice -> function(facts) -> (sentence, address)",
    "doctor": "name -> function() yielding core.doctor.Finding",
    "staff-pages": "key -> StaffPage of /kelola",
    "waiting": "name -> function(person) -> list of Waiting",
    "course-waiting": "name -> function(course) -> Waiting for those who write this course, or None",
    "jp-totals": "name -> function(person ids, year) -> ({person id: JP}, target of the year)",
    "competence-history": "name -> function(person ids, year) -> iterator of mappings, one for each activity",
    "role-places": "kind of place above accounts -> function(text) -> id of the one it means, or None",
    "demo-accounts": "name -> function() giving (address, what it is) of accounts that everybody may try",
    "search": "kind of thing -> search.Searchable: all its documents, for a rebuild of the index",
    "nightly": "name -> function() run by the nightly job",
    "before-migrations": "name -> function() run before our migrations (tables of the job engine)",
    "reference-data": "name -> function() that loads or refreshes reference data; repeatable",
}

_kept: dict[str, dict[str, Any]] = {name: {} for name in LISTS}


def register(name: str, key: str, value: Any) -> None:
    """Adds one entry; the same key may be set again (an app is built anew in tests)."""
    _kept[name][key] = value


def all_of(name: str) -> dict[str, Any]:
    """A copy of the list, in the order it was made."""
    return dict(_kept[name])
