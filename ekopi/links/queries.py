"""Reads of links: what a thing came from, and what came of it, as far as the reader may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import or_, select

from ekopi.core.registry import all_of
from ekopi.extensions import db
from ekopi.links.models import Link


@dataclass(frozen=True)
class Linkable:
    """How a kind of thing is shown at the end of an edge; registered under "link-kinds" by its area.

    `show(ids, person)` gives {id: (title, address)} of those the person may see, with one query.
    """

    show: Callable[[list[int], object], dict[int, tuple[str, str]]]


@dataclass(frozen=True)
class Edge:
    """One visible edge as seen from a thing."""

    kind: str
    title: str
    address: str
    note: str


def trail(kind: str, id: int, person) -> tuple[list[Edge], list[Edge]]:
    """(what it came from, what came of it), oldest first; one query for the edges and one per kind of thing."""
    edges = db.session.scalars(
        select(Link)
        .where(
            or_(
                (Link.from_kind == kind) & (Link.from_id == id),
                (Link.to_kind == kind) & (Link.to_id == id),
            )
        )
        .order_by(Link.id)
    ).all()
    ends: dict[str, set[int]] = {}
    for edge in edges:
        for end_kind, end_id in ((edge.from_kind, edge.from_id), (edge.to_kind, edge.to_id)):
            if (end_kind, end_id) != (kind, id):
                ends.setdefault(end_kind, set()).add(end_id)
    kinds = all_of("link-kinds")
    shown = {k: kinds[k].show(sorted(ids), person) for k, ids in ends.items() if k in kinds}
    came_from: list[Edge] = []
    came_of: list[Edge] = []
    for edge in edges:
        outward = (edge.from_kind, edge.from_id) == (kind, id)
        end_kind, end_id = (edge.to_kind, edge.to_id) if outward else (edge.from_kind, edge.from_id)
        if seen := shown.get(end_kind, {}).get(end_id):
            (came_of if outward else came_from).append(Edge(edge.kind, seen[0], seen[1], edge.note))
    return came_from, came_of
