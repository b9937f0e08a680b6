"""Reads what other systems hold and says it in our words. One module per system; none knows a database."""

from __future__ import annotations

from functools import cache

from ekopi.catalogue.sources.base import Adapter
from ekopi.catalogue.sources.iga import Iga
from ekopi.catalogue.sources.inoland import Inoland
from ekopi.catalogue.sources.jippnas import Jippnas
from ekopi.catalogue.sources.sinovik import Sinovik
from ekopi.catalogue.sources.tuxedovation import Tuxedovation


@cache
def adapters() -> dict[str, Adapter]:
    """Every adapter by its key."""
    made: list[Adapter] = [Sinovik(), Jippnas(), Iga(), Tuxedovation(), Inoland()]
    return {adapter.key: adapter for adapter in made}
