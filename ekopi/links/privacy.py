"""Who drew an edge is an author's trace, kept as an id."""

from __future__ import annotations

COLUMNS = {"links.by_id": "keep: an id without a name after erasure"}


def export(person_id: int) -> dict:
    return {}


def erase(person_id: int) -> None:
    """Nothing: the id leads to a pseudonym."""
