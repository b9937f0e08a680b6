"""Reads of the index: what was asked, which things match, the best of them, what may have been meant.

Both databases find the same set; one scorer ranks the best of it, so the order is nearly the same too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, column, func, literal_column, or_, select, table, text

from ekopi.extensions import db
from ekopi.search import words
from ekopi.search.models import SearchDocument, SearchWord

BEST = 200
LOOKED_AT = 2_000
"""Matches that PostgreSQL ranks to find the best of; more would cost a page too much."""
MOST_WORDS = 12
_PARTS = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')
_fts = table("search_words", column("rowid"), column("rank"))


@dataclass(frozen=True)
class Query:
    """What was asked: every one of `wanted` (a phrase has several tokens), none of `unwanted`."""

    said: str
    wanted: tuple[tuple[str, ...], ...]
    unwanted: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted)

    @property
    def tokens(self) -> list[str]:
        return [token for part in self.wanted for token in part]


def parse(said: str | None) -> Query:
    """The one query language: words (all of them), "a phrase", -without. Anything may be typed; nothing is an error."""
    said = (said or "").strip()[:300]
    wanted: list[tuple[str, ...]] = []
    unwanted: list[tuple[str, ...]] = []
    loose: list[str] = []
    for match in _PARTS.finditer(said):
        minus, phrase, minus_word, word = match.groups()
        if phrase is not None:
            tokens = tuple(t for t in (words.stem(w) for w in _meaning(phrase)))
            if tokens:
                (unwanted if minus else wanted).append(tokens)
        elif minus_word and len(word) > 1:
            unwanted += [(token,) for token in words.asked(word)]
        else:
            loose.append(word)
    wanted += [(token,) for token in words.asked(" ".join(loose))]
    return Query(said, tuple(wanted[:MOST_WORDS]), tuple(unwanted[:MOST_WORDS]))


def _meaning(phrase: str) -> list[str]:
    return [word for word in words.pieces(phrase) if word not in words._known()["stop"]]


def hits(query: Query, kind: str, audiences: Iterable[tuple[str, int]] = ()) -> Select:
    """SELECT of the keys of what matches and may be seen: the public's, and that of the audiences named."""
    return select(SearchDocument.key).where(SearchDocument.kind == kind, _seen(audiences), _matches(query))


def _seen(audiences: Iterable[tuple[str, int]]) -> ColumnElement[bool]:
    return or_(
        SearchDocument.audience == "public",
        *(
            and_(SearchDocument.audience == audience, SearchDocument.audience_id == id)
            for audience, id in audiences
        ),
    )


def _sqlite() -> bool:
    return db.session.connection().dialect.name == "sqlite"


def _matches(query: Query) -> ColumnElement[bool]:
    if _sqlite():
        found = select(_fts.c.rowid).where(text("search_words MATCH :asked").bindparams(asked=_fts5(query)))
        return SearchDocument.id.in_(found)
    return literal_column("search_documents.tsv").op("@@")(func.to_tsquery("simple", _tsquery(query)))


def _fts5(query: Query) -> str:
    wanted = " AND ".join(f'"{" ".join(part)}"' for part in query.wanted)
    if not query.unwanted:
        return wanted
    return f"({wanted})" + "".join(f' NOT "{" ".join(part)}"' for part in query.unwanted)


def _tsquery(query: Query, weight: str = "") -> str:
    def said(part: tuple[str, ...]) -> str:
        return "(" + " <-> ".join(f"{token}{weight}" for token in part) + ")"

    return " & ".join([*map(said, query.wanted), *(f"!{said(part)}" for part in query.unwanted)])


def best(
    query: Query,
    kind: str,
    audiences: Iterable[tuple[str, int]] = (),
    *,
    limit: int = BEST,
    within: Select | None = None,
) -> list[tuple[int, float]]:
    """(key, score) of the best matches, best first; `within` is a SELECT of keys that narrows them."""
    statement = select(
        SearchDocument.key, SearchDocument.title, SearchDocument.title_words, SearchDocument.words,
        SearchDocument.weight,
    ).where(SearchDocument.kind == kind, _seen(audiences))  # fmt: skip
    if within is not None:
        statement = statement.where(SearchDocument.key.in_(within))
    if _sqlite():
        statement = (
            statement.join(_fts, _fts.c.rowid == SearchDocument.id)
            .where(text("search_words MATCH :asked").bindparams(asked=_fts5(query)))
            .order_by(text("bm25(search_words, 6.0, 1.0)"))
            .limit(limit)
        )
    else:
        asked = func.to_tsquery("simple", _tsquery(query))
        tsv: ColumnElement = literal_column("search_documents.tsv")
        some = (
            statement.add_columns(tsv.label("tsv"))
            .where(tsv.op("@@")(asked))
            .limit(LOOKED_AT)
            .subquery("some")
        )
        statement = (
            select(*[some.c[name] for name in ("key", "title", "title_words", "words", "weight")])
            .order_by(func.ts_rank(some.c.tsv, asked).desc(), some.c.key)
            .limit(limit)
        )
    scored = [(row.key, score(query, row)) for row in db.session.execute(statement)]
    return sorted(scored, key=lambda one: (-one[1], one[0]))


def score(query: Query, row) -> float:
    """How well a document answers: words in the title weigh most, then whole phrases, then how often they stand."""
    title, body = row.title_words.split(), row.words.split()
    total = 0.0
    for token in query.tokens:
        total += 4.0 if token in title else 0.0
        total += math.log1p(body.count(token)) / (1 + len(body) / 400)
    asked = " ".join(query.tokens)
    if asked and asked == row.title_words:
        total += 8.0
    elif len(query.tokens) > 1:
        total += 3.0 if f" {asked} " in f" {row.title_words} " else 0.0
        total += 1.5 if f" {asked} " in f" {row.words} " else 0.0
    total -= 0.02 * len(title)
    return total * row.weight


def meant(query: Query, kind: str) -> str | None:
    """The same words with those that nothing bears replaced by near ones ("maksud Anda …"); None without any."""
    from rapidfuzz import fuzz, process

    said = words.pieces(query.said)
    known = set(
        db.session.scalars(select(SearchWord.word).where(SearchWord.kind == kind, SearchWord.word.in_(said)))
    )
    changed: dict[str, str] = {}
    for word in said:
        if word in known or len(word) < 4 or word in words._known()["stop"]:
            continue
        near = db.session.scalars(
            select(SearchWord.word)
            .where(
                SearchWord.kind == kind,
                SearchWord.word.between(word[0], word[0] + "z"),
                func.length(SearchWord.word).between(len(word) - 2, len(word) + 2),
            )
            .limit(20_000)
        ).all()
        found = process.extractOne(word, near, scorer=fuzz.ratio, score_cutoff=75)
        if found:
            changed[word] = found[0]
    if not changed:
        return None
    return " ".join(changed.get(word, word) for word in said)
