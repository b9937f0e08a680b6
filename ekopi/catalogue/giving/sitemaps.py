"""Sitemaps (sitemaps.org): an index of blocks, each of at most 50,000 addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ekopi.catalogue.giving.markup import DECLARATION, around, element, moment

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
OPENING, CLOSING = f'{DECLARATION}<urlset xmlns="{NAMESPACE}">', "</urlset>"


def index(parts: Iterable[tuple[str, datetime | None]]) -> str:
    """The index: (address of a sitemap, its newest change)."""
    inside = (around("sitemap", _entry(address, at)) for address, at in parts)
    return DECLARATION + around("sitemapindex", inside, {"xmlns": NAMESPACE})


def entries(pages: Iterable[tuple[str, datetime | None]]) -> str:
    """Entries of one sitemap, to stand between OPENING and CLOSING."""
    return "".join(around("url", _entry(address, at)) for address, at in pages)


def _entry(address: str, at: datetime | None) -> Iterator[str]:
    yield element("loc", address)
    if at is not None:
        yield element("lastmod", moment(at))
