"""Loads the shipped regions after a migration; repeatable."""

from __future__ import annotations

from ekopi.extensions import db
from ekopi.places import operations
from ekopi.places.reference import shipped_regions


def load_regions() -> None:
    """Brings the table of regions to the shipped state."""
    operations.refresh_regions(shipped_regions())
    db.session.commit()
