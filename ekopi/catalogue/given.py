"""An innovation as it is given on to other systems: public words only, with where they come from.

Read by queries/giving.py, put into the shapes of others by giving/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Origin:
    """One source's record of the innovation."""

    key: str
    """The source: a key of catalogue/sources."""
    name: str
    external_id: str
    licence: str = ""


@dataclass(frozen=True)
class Given:
    """What others may read of one innovation; `facts` are the values shown, by the names of fields.py."""

    id: int
    title: str
    slug: str
    agency: str
    year: int | None
    changed_at: datetime
    region_code: str = ""
    region: str = ""
    """Name of the regency or city; empty for a province and where no region is known."""
    province: str = ""
    sustainability: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    origins: tuple[Origin, ...] = ()
    agency_number: int | None = None
    """KemenPANRB's number of the agency, where a source told it."""

    @property
    def path(self) -> str:
        """Where its page is, below the base address."""
        return f"/katalog/{self.id}-{self.slug}" if self.slug else f"/katalog/{self.id}"


@dataclass(frozen=True)
class Change:
    """One step of a harvest: an innovation that is there, or one that is given no longer."""

    id: int
    changed_at: datetime
    gone: bool
    given: Given | None
    """Empty for what is gone, and where only the heads were asked for."""
    region_code: str = ""
    sources: tuple[str, ...] = ()
    """Keys of the sources it belongs, or belonged, to."""
