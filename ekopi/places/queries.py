"""Reads of regions."""

from __future__ import annotations

from ekopi.extensions import db
from ekopi.places.models import Region


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
