"""Builders of the tests of search: a corpus of real shape, things of a kind that lives only in a test."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ekopi.core import text
from ekopi.search import operations
from ekopi.search.operations import Document
from tests.catalogue.sources.make import imported

DEMO = Path(__file__).parents[2] / "ekopi" / "demo" / "innovations"
FILES = {
    "sinovik": "sinovik.csv",
    "jippnas": "jippnas.json",
    "iga": "iga.csv",
    "tuxedovation": "tuxedovation.json",
    "inoland": "inoland.json",
}
KIND = "test-thing"


@cache
def corpus() -> tuple[Document, ...]:
    """The demo's records of all five sources, each as a document."""
    found: list[Document] = []
    for key, name in FILES.items():
        for record in imported(key, DEMO / name)[0]:
            facts = {k: text.plain(v) for k, v in record.facts.items() if isinstance(v, str)}
            title = facts.pop("title")
            found.append(Document(len(found) + 1, title, tuple(facts.values())))
    return tuple(found)


def put(title, *texts, key=1, kind=KIND, **more) -> None:
    operations.put(kind, Document(key, title, tuple(texts), **more))


class Things:
    """An area of things in memory: {key: Document, or None for what is not to be found}."""

    def __init__(self, kept: dict[int, Document | None]):
        self.kept = kept

    def keys(self, after, limit):
        return sorted(key for key in self.kept if key > after)[:limit]

    def documents(self, keys):
        return [self.kept[key] for key in keys if self.kept[key] is not None]
