"""Reads of regions."""

from __future__ import annotations

from sqlalchemy import Select, or_, select

from ekopi.core import clock
from ekopi.extensions import db
from ekopi.places.models import Region


def in_force(kind: str | None = None, parent_code: str | None = None) -> Select[Region]:
    """A query of today's regions, of a kind and below a province where they are named; not yet ordered."""
    query = select(Region).where(or_(Region.valid_to.is_(None), Region.valid_to >= clock.today()))
    if kind:
        query = query.where(Region.kind == kind)
    if parent_code:
        query = query.where(Region.parent_code == parent_code)
    return query


def region(code: str) -> Region | None:
    """The region of this code, also one that ended."""
    return db.session.get(Region, code)


def living(code: str) -> Region | None:
    """The region in force that this code means today: follows successors. None for an unknown code.

    A region that ended without a known successor is given back itself.
    """
    found, seen = region(code), set()
    while found and found.successor_code and found.code not in seen:
        seen.add(found.code)
        found = region(found.successor_code)
    return found
