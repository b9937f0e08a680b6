"""Verbs of the index: put and drop in the transaction of the thing, rebuild from what the areas say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

from sqlalchemy import delete, func, select, text

from ekopi.core.db import take_write_lock, upsert
from ekopi.core.registry import all_of
from ekopi.extensions import db
from ekopi.search import words
from ekopi.search.models import SEPARATOR, SearchDocument, SearchWord

BATCH = 200
"""Things of one step of a rebuild: others who put wait that long (about a second)."""
COLUMNS = ("audience", "audience_id", "weight", "title", "title_words", "words")
LONGEST_TITLE = 500
LOCK = 3_303
"""Class of our advisory locks on PostgreSQL."""
SHORTEST_WORD = 4


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
    """What an area registers under "search" for each kind, so that the index can be written anew and checked."""

    def keys(self, after: int, limit: int) -> list[int]:
        """Ids of the next things behind `after`, ascending, whether they belong into the index or not."""

    def documents(self, keys: Collection[int]) -> Iterable[Document]:
        """Those of these things that belong into the index, exactly as the area itself puts them."""


def put(kind: str, document: Document) -> None:
    """Keeps a thing as it is now, in the caller's transaction."""
    put_all(kind, [document])


def put_all(kind: str, documents: Iterable[Document]) -> int:
    """Keeps many things at once; how many they were. Later ones of the same key win."""
    rows = {document.key: row_of(kind, document) for document in documents}
    if rows:
        _hold(kind)
        upsert(SearchDocument, list(rows.values()), key=("kind", "key"), update=COLUMNS)
    return len(rows)


def drop(kind: str, key: int) -> None:
    """Takes a thing out of the index; nothing happens when it is not there."""
    _hold(kind)
    db.session.execute(delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.key == key))


def rebuild(kind: str) -> Iterator[int]:
    """Writes one kind anew from what its area says; after each step, how many things were looked at until then.

    Whoever runs it commits after each step: until then nobody else can put or drop things of the kind, so that
    what was read is still true when it is written. Searching goes on meanwhile.
    """
    area: Searchable = all_of("search")[kind]
    after = done = 0
    while True:
        _hold(kind, alone=True)
        keys = area.keys(after, BATCH)
        kept = list(area.documents(keys)) if keys else []
        put_all(kind, kept)
        gone = delete(SearchDocument).where(
            SearchDocument.kind == kind,
            SearchDocument.key > after,
            SearchDocument.key.not_in([document.key for document in kept]),
        )
        db.session.execute(gone.where(SearchDocument.key <= keys[-1]) if keys else gone)
        done += len(keys)
        yield done
        if not keys:
            return
        after = keys[-1]


def forget_unknown() -> None:
    """Drops what is of a kind that no area registers any more."""
    for model in (SearchDocument, SearchWord):
        db.session.execute(delete(model).where(model.kind.not_in(list(all_of("search")))))


def learn(kind: str) -> int:
    """Counts the words of public titles anew, for "maksud Anda"; how many they are. Every night and by `ekopi index`.

    Not at each put: two who add the same new word would wait for each other.
    """
    titles = db.session.scalars(
        select(SearchDocument.title)
        .where(SearchDocument.kind == kind, SearchDocument.audience == "public")
        .execution_options(yield_per=5_000)
    )
    stop = words.lexicon().stop
    uses = Counter(
        piece.word
        for title in titles
        for piece in words.pieces(title)
        if SHORTEST_WORD <= len(piece.word) <= words.LONGEST_TOKEN
        and piece.word.isalpha()
        and piece.word not in stop
    )
    db.session.execute(delete(SearchWord).where(SearchWord.kind == kind))
    rows = [{"kind": kind, "word": word, "uses": count} for word, count in uses.items()]
    upsert(SearchWord, rows, key=("kind", "word"), update=("uses",))
    return len(uses)


def row_of(kind: str, document: Document) -> dict:
    """The columns of a thing, without the id."""
    title = _storable(document.title)[:LONGEST_TITLE]
    return {
        "kind": kind,
        "key": document.key,
        "audience": document.audience,
        "audience_id": document.audience_id,
        "weight": float(document.weight),
        "title": title,
        "title_words": _in_order(*words.kept(title, every=True)),
        "words": _in_order(*words.kept("\n".join(document.texts))),
    }


def _in_order(stream: list[str], more: list[str]) -> str:
    return " ".join([*stream, SEPARATOR, *more])


def _storable(title: str) -> str:
    """Without NUL and halves of characters, which PostgreSQL refuses."""
    return title.replace("\0", " ").encode("utf-8", "ignore").decode()


def _hold(kind: str, *, alone: bool = False) -> None:
    """Until the transaction ends: many may put things of a kind at once, but nobody while it is rebuilt.

    SQLite lets only one write at a time anyway; there a rebuild takes the lock before it reads.
    """
    if not alone and db.session.connection().dialect.name == "sqlite":
        return
    if take_write_lock():
        return
    number = crc32(kind.encode()) - 2**31
    if alone:
        db.session.execute(text("SET LOCAL lock_timeout = 0"))
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK, number)))
    else:
        db.session.execute(select(func.pg_advisory_xact_lock_shared(LOCK, number)))
