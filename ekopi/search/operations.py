"""Verbs of the index: put and drop in the transaction of the thing, rebuild from what the areas say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete

from ekopi.core import clock
from ekopi.core.db import upsert
from ekopi.core.registry import all_of
from ekopi.extensions import db
from ekopi.search import words
from ekopi.search.models import SearchDocument, SearchWord

BATCH = 1_000
COLUMNS = ("title", "title_words", "words", "audience", "audience_id", "weight", "put_at")


@dataclass(frozen=True)
class Document:
    """A thing to be found. `texts` are plain; audience and audience_id as in SearchDocument."""

    key: int
    title: str
    texts: tuple[str, ...] = ()
    audience: str = "public"
    audience_id: int = 0
    weight: float = 1.0


class Searchable(Protocol):
    """What an area registers under "search" for each kind: all its documents, for a rebuild."""

    def documents(self) -> Iterator[Document]: ...


def put(kind: str, document: Document) -> None:
    """Keeps a thing as it is now, in the caller's transaction."""
    put_all(kind, [document])


def put_all(kind: str, documents: Iterable[Document]) -> int:
    """Keeps many things at once; how many they were. Later ones of the same key win."""
    rows = {document.key: _row(kind, document) for document in documents}
    if not rows:
        return 0
    upsert(SearchDocument, list(rows.values()), key=("kind", "key"), update=COLUMNS)
    vocabulary = {word for row in rows.values() for word in words.pieces(row["title"]) if len(word) >= 4}
    upsert(SearchWord, [{"word": word, "kind": kind} for word in vocabulary], key=("word", "kind"))
    return len(rows)


def drop(kind: str, key: int) -> None:
    """Takes a thing out of the index; nothing happens when it is not there."""
    db.session.execute(delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.key == key))


def rebuild(*, said: Callable[[str, int], None] = lambda kind, done: None) -> dict[str, int]:
    """Writes the index anew from what the areas say; {kind: documents}. Commits in batches: an edge of its own.

    What is no longer there is dropped at the end, so searching goes on meanwhile.
    """
    counts: dict[str, int] = {}
    for kind, area in all_of("search").items():
        began, done = clock.now(), 0
        batch: list[Document] = []
        for document in area.documents():
            batch.append(document)
            if len(batch) == BATCH:
                done += put_all(kind, batch)
                db.session.commit()
                batch = []
                said(kind, done)
        done += put_all(kind, batch)
        db.session.execute(
            delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.put_at < began)
        )
        db.session.commit()
        counts[kind] = done
    return counts


def _row(kind: str, document: Document) -> dict:
    return {
        "kind": kind,
        "key": document.key,
        "title": document.title[:500],
        "title_words": " ".join(words.tokens(document.title)),
        "words": " ".join(words.tokens("\n".join(document.texts))),
        "audience": document.audience,
        "audience_id": document.audience_id,
        "weight": document.weight,
        "put_at": clock.now(),
    }
