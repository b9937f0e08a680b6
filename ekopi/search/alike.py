"""Things whose titles share words with a title: what may be like it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from ekopi.extensions import db
from ekopi.search.models import SEPARATOR, SearchDocument
from ekopi.search.queries import LOOKED_AT, Audiences, fts, on_sqlite, seen, title_tsv

MOST_TOKENS = 8


def sharing(
    tokens: Collection[str], kind: str, audiences: Audiences = (), *, limit: int = 100
) -> list[tuple[int, list[str]]]:
    """(key, tokens of the title) of things that have at least one of these tokens (words.stem) in the title.

    Those that the database takes for the best of the newest LOOKED_AT; no more than MOST_TOKENS tokens are asked for.
    """
    asked = [token for token in dict.fromkeys(tokens) if token.isalnum() and token.isascii()][:MOST_TOKENS]
    if not asked:
        return []
    columns = select(SearchDocument.key, SearchDocument.title_words)
    narrowed = (SearchDocument.kind == kind, seen(audiences))
    if on_sqlite():
        wanted = "{title_words} : (" + " OR ".join(f'"{token}"' for token in asked) + ")"
        some = (
            select(fts.c.rowid.label("id"), func.bm25(fts.c.search_words, 1.0, 0.0).label("rank"))
            .join_from(fts, SearchDocument, SearchDocument.id == fts.c.rowid)
            .where(fts.c.search_words.op("MATCH")(wanted), *narrowed)
            .order_by(fts.c.rowid.desc())
            .limit(LOOKED_AT)
            .subquery()
        )
    else:
        wanted_any = func.to_tsquery("simple", " | ".join(asked))
        some = (
            select(SearchDocument.id, (-func.ts_rank(title_tsv, wanted_any)).label("rank"))
            .where(title_tsv.op("@@")(wanted_any), *narrowed)
            .order_by(SearchDocument.id.desc())
            .limit(LOOKED_AT)
            .subquery()
        )
    query = (
        columns.join(some, some.c.id == SearchDocument.id)
        .order_by(some.c.rank, some.c.id.desc())
        .limit(limit)
    )
    return [(key, title.partition(SEPARATOR)[0].split()) for key, title in db.session.execute(query)]
