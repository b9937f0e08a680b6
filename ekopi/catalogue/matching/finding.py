"""Pairs of records that are one innovation, or may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ekopi.catalogue.matching import candidates, score
from ekopi.catalogue.models import SourceRecord
from ekopi.extensions import db

_COLUMNS = (
    SourceRecord.id, SourceRecord.source_id, SourceRecord.title, SourceRecord.title_key, SourceRecord.acronym,
    SourceRecord.region_code, SourceRecord.agency_key, SourceRecord.year, SourceRecord.words, SourceRecord.synthetic,
)  # fmt: skip
MOST_LOADED = 5_000
"""Records that are loaded by one statement."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records (a_id < b_id), how likely they are one (0 to 1), why (score.REASONS), and what the rule says."""

    a_id: int
    b_id: int
    score: float
    reasons: list[dict[str, Any]]
    decision: str
    """joined or proposed."""


def pairs(record_ids: Collection[int]) -> Iterator[Pair]:
    """What these records, which must have been flushed, may be one with: each pair once, likeliest first.

    Leaves the keys of the records anew on its way (match_keys), so that later ones find them. Synthetic records are
    compared with their kind only. At most four statements for each candidates.AT_ONCE records, whatever the
    catalogue holds.
    """
    for part in candidates.parts_of(sorted(set(record_ids))):
        yield from _of(part)


def _of(ids: list[int]) -> Iterator[Pair]:
    rows = {row.id: row for row in db.session.execute(select(*_COLUMNS).where(SourceRecord.id.in_(ids)))}
    candidates.leave(list(rows.values()))
    found = candidates.of(list(rows.values()))
    missing = sorted({other for others in found.values() for other in others} - rows.keys())
    for part in candidates.parts_of(missing, MOST_LOADED):
        rows |= {
            row.id: row for row in db.session.execute(select(*_COLUMNS).where(SourceRecord.id.in_(part)))
        }
    sides = {id: _side(row) for id, row in rows.items()}
    likely: dict[tuple[int, int], score.Likeness] = {}
    for own, others in found.items():
        for other in others:
            pair = (min(own, other), max(own, other))
            if pair in likely or rows[own].synthetic != rows[other].synthetic:
                continue
            if score.place_of(rows[own].region_code, rows[other].region_code) == "other":
                continue  # two places are never one, whatever else they share
            likely[pair] = score.likeness(sides[pair[0]], sides[pair[1]])
    kept = [(pair, found) for pair, found in likely.items() if found.decision != "apart"]
    for (a, b), found_likely in sorted(kept, key=lambda item: (-item[1].score, item[0])):
        yield Pair(a, b, found_likely.score, found_likely.reasons, found_likely.decision)


def _side(row: Any) -> score.Side:
    return score.Side(
        title=row.title, title_key=row.title_key, acronym=row.acronym, region_code=row.region_code,
        agency_key=row.agency_key, year=row.year, words=frozenset(row.words.split()), source=row.source_id,
    )  # fmt: skip
