"""Reads of the index: what was asked, which things match, the best of them, what may have been meant.

Both databases find the same set; one scorer ranks the best of it, so the order is nearly the same too.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    column,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
)

from ekopi.extensions import db
from ekopi.search import words
from ekopi.search.models import SEPARATOR, SearchDocument, SearchWord

BEST = 200
"""Matches that are scored."""
LOOKED_AT = 1_000
"""Matches of which the database picks the best, the newest first; of more, a page would have to wait for too long."""
LONGEST_QUESTION = 300
MOST_PARTS = 12
MOST_CORRECTED = 4
NEAR_WORDS = 20_000
_PARTS = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')
_WORD = re.compile(r"\w+")

Part = tuple[tuple[str, ...], ...]
"""Phrases of which one is enough; a phrase is one token or several that follow one another."""
Audiences = Iterable[tuple[str, int]]
"""What the asker belongs to: ("organisation", 3), ("course", 7), ("person", 1); the public is always among it."""

# FTS5's table as SQL sees it: the hidden column of its own name takes the question
fts = table("search_words", column("rowid"), column("search_words"))
_tsv: ColumnElement = literal_column("search_documents.tsv")
title_tsv: ColumnElement = literal_column("search_documents.title_tsv")


@dataclass(frozen=True)
class Query:
    """What was asked: all of `wanted`, none of `unwanted`. False when nothing is wanted; then nothing is found."""

    said: str
    wanted: tuple[Part, ...] = ()
    unwanted: tuple[Part, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted)


@dataclass(frozen=True)
class Found:
    """One thing that answers."""

    kind: str
    key: int
    title: str
    score: float


def parse(said: str | None) -> Query:
    """The one query language: words (all of them), "a phrase", -without. Anything may be typed; nothing is an error.

    What only has words without meaning ("yang") is looked for as it is: such titles exist.
    """
    said = (said or "").strip()[:LONGEST_QUESTION]
    wanted: list[Part] = []
    unwanted: list[Part] = []
    loose: list[str] = []
    for minus, phrase, minus_word, word in _PARTS.findall(re.sub("[“”„«»]", '"', said)):
        if phrase:
            tokens = tuple(token for unit in words.units(phrase)[0] for token in unit.tokens)
            if tokens:
                (unwanted if minus else wanted).append((tokens,))
        elif minus_word:
            unwanted += [_any_of(unit.tokens, unit.also) for unit in words.units(word)[0]]
        elif word:
            loose.append(word)
    units, passed = words.units(" ".join(loose))
    wanted += [part for unit in units for part in _parts(unit)]
    wanted = wanted or [((word,),) for word in passed]
    return Query(said, _first(wanted), _first(unwanted))


def _parts(unit: words.Unit) -> list[Part]:
    """What a document must have: of a name with variants each word, or else the token of all variants."""
    if unit.also is None:
        return [(unit.tokens,)]
    if len(unit.tokens) == 1:
        return [((unit.also,),)]
    return [_any_of((token,), unit.also) for token in unit.tokens]


def _any_of(tokens: tuple[str, ...], also: str | None) -> Part:
    return (tokens,) if also is None or tokens == (also,) else ((also,), tokens)


def _first(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(dict.fromkeys(parts))[:MOST_PARTS]


# --- the set --------------------------------------------------------------------------------------------------


def hits(query: Query, kind: str, audiences: Audiences = ()) -> Select:
    """SELECT of the keys of what matches and may be seen: the public's, and that of the audiences named."""
    keys = select(SearchDocument.key).where(SearchDocument.kind == kind, seen(audiences))
    if not query:
        return keys.where(false())
    if on_sqlite():  # joined, so that whoever needs only some of them need not wait for all
        # the + keeps SQLite from asking the index anew for every row of other tables, which is slow for rare words
        rowid: ColumnElement = literal_column("+search_words.rowid")
        joined = keys.join_from(SearchDocument, fts, rowid == SearchDocument.id)
        return joined.where(_asked_of_fts5(query))
    return keys.where(_tsv.op("@@")(_tsquery(query)))


def seen(audiences: Audiences) -> ColumnElement[bool]:
    """Condition: what the public may see, and what these audiences may."""
    ids: dict[str, set[int]] = defaultdict(set)
    for audience, id in audiences:
        ids[audience].add(id)
    return or_(
        SearchDocument.audience == "public",
        *(
            and_(SearchDocument.audience == audience, SearchDocument.audience_id.in_(sorted(some)))
            for audience, some in sorted(ids.items())
        ),
    )


def on_sqlite() -> bool:
    return db.session.connection().dialect.name == "sqlite"


def _asked_of_fts5(query: Query, *, in_title: bool = False) -> ColumnElement[bool]:
    """`search_words MATCH …`; every token is quoted, so that none is an operator."""

    def either(part: Part) -> str:
        return "(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in part) + ")"

    wanted = " AND ".join(map(either, query.wanted))
    if in_title:
        wanted = f"{{title_words}} : ({wanted})"
    unwanted = "".join(f" NOT {either(part)}" for part in query.unwanted)
    return fts.c.search_words.op("MATCH")(f"({wanted}){unwanted}")


def _tsquery(query: Query) -> ColumnElement:
    return func.to_tsquery("simple", " & ".join([*map(_said, query.wanted), *_unwanted(query)]))


def _said(part: Part) -> str:
    return "(" + " | ".join("(" + " <-> ".join(phrase) + ")" for phrase in part) + ")"


def _unwanted(query: Query) -> list[str]:
    return [f"!{_said(part)}" for part in query.unwanted]


# --- the best of it -------------------------------------------------------------------------------------------


def best(
    query: Query, kind: str, audiences: Audiences = (), *, within: Select | None = None, limit: int = BEST
) -> list[tuple[int, float]]:
    """(key, score) of the best matches of a kind, best first; `within` is a SELECT of keys that narrows them."""
    return [(one.key, one.score) for one in find(query, audiences, (kind,), within=within, limit=limit)]


def find(
    query: Query,
    audiences: Audiences = (),
    kinds: Collection[str] | None = None,
    *,
    within: Select | None = None,
    limit: int = BEST,
) -> list[Found]:
    """The best matches of some kinds (None: of all), best first, at most `limit` of them.

    Those that have all words in the title come first; only when these are fewer than `limit` are others looked
    at. Two statements at most.
    """
    if not query:
        return []
    narrowed = [seen(list(audiences))]
    if kinds is not None:
        narrowed.append(SearchDocument.kind.in_(list(kinds)))
    if within is not None:
        # asked of each match in turn: an IN would be gathered whole first
        id = within.selected_columns[0]
        narrowed.append(exists(within.where(id == SearchDocument.key).correlate(SearchDocument)))
    rows = {row.id: row for row in db.session.execute(_ranked(query, narrowed, limit, in_title=True))}
    if len(rows) < limit:
        rest = _ranked(query, narrowed, limit, in_title=False)
        rows |= {row.id: row for row in db.session.execute(rest)}
    found = [Found(row.kind, row.key, row.title, score(query, row)) for row in rows.values()]
    return sorted(found, key=lambda one: (-one.score, one.kind, one.key))[:limit]


def _ranked(query: Query, narrowed: list[ColumnElement[bool]], limit: int, *, in_title: bool) -> Select:
    """SELECT of what the database takes for the best `limit` of the newest LOOKED_AT matches, in no order."""
    if on_sqlite():
        some = (
            select(fts.c.rowid.label("id"), literal_column("bm25(search_words, 6.0, 1.0)").label("rank"))
            .join_from(fts, SearchDocument, SearchDocument.id == fts.c.rowid)
            .where(_asked_of_fts5(query, in_title=in_title), *narrowed)
            .order_by(fts.c.rowid.desc())
            .limit(LOOKED_AT)
            .subquery()
        )
    else:
        asked = _tsquery(query)
        matches: list[ColumnElement[bool]] = [_tsv.op("@@")(asked)]
        if in_title:
            wanted = func.to_tsquery("simple", " & ".join(map(_said, query.wanted)))
            # with nothing unwanted the title's own index says it all
            matches = [title_tsv.op("@@")(wanted), *(matches if query.unwanted else [])]
        newest = (
            select(SearchDocument.id, _tsv.label("tsv"))
            .where(*matches, *narrowed)
            .order_by(SearchDocument.id.desc())
            .limit(LOOKED_AT)
            .subquery()
        )
        some = select(newest.c.id, (-func.ts_rank(newest.c.tsv, asked)).label("rank")).subquery()
    # the long columns are read of the picked ones only
    picked = select(some.c.id).order_by(some.c.rank, some.c.id.desc()).limit(limit)
    return select(
        SearchDocument.id, SearchDocument.kind, SearchDocument.key, SearchDocument.weight,
        SearchDocument.title, SearchDocument.title_words, SearchDocument.words,
    ).where(SearchDocument.id.in_(picked))  # fmt: skip


def score(query: Query, row) -> float:
    """How well a document answers; greater than 0.

    A part in the title weighs most, then how often it stands in the text; all parts in a row weigh more, a
    title that is nothing else most of all; a short title more than a long one.
    """
    title = f" {row.title_words.partition(SEPARATOR)[0]}"
    whole_title, text = f" {row.title_words} ", f" {row.words} "
    length = 1 + text.count(" ") / 400
    total = 0.0
    for part in query.wanted:
        total += 4.0 * any(f" {' '.join(phrase)} " in whole_title for phrase in part)
        often = sum(text.count(f" {' '.join(phrase)} ") for phrase in part)
        total += math.log1p(often) / length
    in_a_row = " ".join(" ".join(part[-1]) for part in query.wanted)
    if title.strip() == in_a_row:
        total += 8.0
    elif len(query.wanted) > 1:
        total += 3.0 * (f" {in_a_row} " in title) + 1.5 * (f" {in_a_row} " in text)
    return round((0.1 + total) / (1 + title.count(" ") / 50) * row.weight, 6)


# --- what may have been meant ---------------------------------------------------------------------------------


def meant(query: Query, kind: str, audiences: Audiences = ()) -> str | None:
    """The question with words that nothing bears replaced by near ones ("maksud Anda …"), if that finds something.

    Only words of titles that everybody may see are proposed. Three statements at most.
    """
    audiences = list(audiences)
    doubtful = [word for word in dict.fromkeys(_written(query.said)) if _may_be_wrong(word)][:MOST_CORRECTED]
    if not doubtful:
        return None
    borne = db.session.execute(select(*(_some(parse(word), kind, audiences) for word in doubtful))).one()
    wrong = [word for word, is_borne in zip(doubtful, borne, strict=True) if not is_borne]
    better = _nearest(wrong, kind) if wrong else {}
    if not better:
        return None
    corrected = _WORD.sub(lambda word: better.get(words.fold(word[0]), word[0]), query.said)
    again = parse(corrected)
    return corrected if db.session.scalar(select(_some(again, kind, audiences))) else None


def _written(said: str) -> list[str]:
    return [words.fold(word) for word in _WORD.findall(said)]


def _may_be_wrong(word: str) -> bool:
    known = words.lexicon()
    return len(word) >= 4 and word.isascii() and word.isalpha() and word not in known.stop


def _some(query: Query, kind: str, audiences: Audiences) -> ColumnElement:
    """Whether anything matches; false or 0 when nothing does."""
    matching = hits(query, kind, audiences).correlate(None)
    if on_sqlite():
        return exists(matching)
    # to find one match only, PostgreSQL would rather read the whole table than ask its index
    newest = matching.order_by(SearchDocument.id.desc()).limit(LOOKED_AT).subquery()
    return select(func.count()).select_from(newest).scalar_subquery()


def _nearest(wrong: list[str], kind: str) -> dict[str, str]:
    """For each word the nearest that titles bear; among equally near ones that with most uses."""
    from rapidfuzz.distance import OSA

    near = db.session.execute(
        select(SearchWord.word, SearchWord.uses)
        .where(
            SearchWord.kind == kind,
            or_(*(SearchWord.word.startswith(initial) for initial in sorted({word[0] for word in wrong}))),
            func.length(SearchWord.word).between(min(map(len, wrong)) - 2, max(map(len, wrong)) + 2),
        )
        .order_by(SearchWord.uses.desc(), SearchWord.word)
        .limit(NEAR_WORDS)
    ).all()
    found: dict[str, str] = {}
    for word in wrong:
        most = 1 if len(word) < 6 else 2
        apart = [
            (distance, -uses, candidate)
            for candidate, uses in near
            if candidate != word and (distance := OSA.distance(word, candidate, score_cutoff=most)) <= most
        ]
        if apart:
            found[word] = min(apart)[2]
    return found
