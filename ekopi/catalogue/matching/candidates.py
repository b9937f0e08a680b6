"""Which records are worth comparing: those that share something rare. Never all with all.

Each record leaves a few keys in `match_keys`: hashes of words, text, short names and unit with its place, and of title,
short names and neighbouring words for records that name no place. It asks for keys that others may have left: one with a
place never asks for another place, since two places are never one. A key that more than TOO_MANY records have left
says nothing and is passed over, so the cost of a record does not grow with the catalogue.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    column,
    delete,
    func,
    literal,
    literal_column,
    select,
)

from ekopi.catalogue.matching import keys, score
from ekopi.catalogue.models import MatchKey, SourceRecord
from ekopi.core.db import upsert
from ekopi.extensions import db

TOO_MANY = 120
"""Records that may have left a key that is used."""
MOST = 30
"""Candidates of one record, those that share most."""
LEAST = 2
"""Sum of the weights of shared keys from which a record is a candidate."""
AT_ONCE = 500
"""Records that are asked for by one statement."""
_WORDS, _NEIGHBOURS, _TELLING = 6, 5, 5


def left_by(record: SourceRecord | Any) -> set[int]:
    """The keys that a record leaves; of one that has the columns of keys.of."""
    return {_hash((_kind(record), *parts)) for parts in _anywhere(record)} | {_hash(p) for p in _here(record)}


def asked_by(record: SourceRecord | Any) -> dict[int, int]:
    """The keys that a record asks for, with their weights: its own, and those of records without a place."""
    kinds = ("wide",) if _kind(record) == "placed" else ("placed", "wide")
    found = {_hash((kind, *parts)): weight for kind in kinds for parts, weight in _anywhere(record).items()}
    return found | {_hash(parts): weight for parts, weight in _here(record).items()}


def _kind(record: Any) -> str:
    """placed (in a regency or city), or wide (a province, or nowhere)."""
    return "placed" if "." in record.region_code else "wide"


def _anywhere(record: Any) -> dict[tuple[str, ...], int]:
    """What may be shared by records wherever they are: title, short names, neighbouring words."""
    stems, light = record.title_key.split(), keys.table()["light"]
    found: dict[tuple[str, ...], int] = {("title", *stems): 4} if stems else {}
    found |= {("short", short): 2 for short in score.short_names(record)}
    for pair in list(pairwise(dict.fromkeys(stems)))[:_NEIGHBOURS]:
        found["neighbours", *sorted(pair)] = 1 if light.issuperset(pair) else 2
    return found


def _here(record: Any) -> dict[tuple[str, ...], int]:
    """What may be shared by records of one place, or of one agency where they name no place."""
    light = keys.table()["light"]
    agencies = record.agency_key.split(keys.BETWEEN) if record.agency_key else []
    stems = sorted(dict.fromkeys(record.title_key.split()), key=light.__contains__)[:_WORDS]
    telling = sorted(record.words.split(), key=lambda stem: (-len(stem), stem))[:_TELLING]
    found: dict[tuple[str, ...], int] = {}
    for within in [record.region_code] if record.region_code else agencies:
        found |= {("word", within, stem): 1 if stem in light else 2 for stem in stems}
        found |= {("text", within, stem): 1 for stem in telling}
        found |= {("short", within, short): 3 for short in score.short_names(record)}
        if record.acronym:
            found["word", within, record.acronym] = 2  # "Sistem EDAT" beside "… (EDAT)"
    if record.region_code:
        found |= {("agency", record.region_code, agency): 1 for agency in agencies}
    return found


def leave(records: Collection[Any]) -> None:
    """Writes the keys of records that are new or have changed; flushes nothing else.

    The records need an id and the columns of keys.of.
    """
    wanted = {record.id: left_by(record) for record in records}
    have: dict[int, set[int]] = defaultdict(set)
    for part in parts_of(wanted):
        for key, id in db.session.execute(
            select(MatchKey.key, MatchKey.record_id).where(MatchKey.record_id.in_(part))
        ):
            have[id].add(key)
    stale = [id for id, left in have.items() if left - wanted[id]]
    for part in parts_of(stale):
        db.session.execute(delete(MatchKey).where(MatchKey.record_id.in_(part)))
    rows = [
        {"key": key, "record_id": id}
        for id, left in wanted.items()
        for key in (left if id in stale else left - have[id])
    ]
    rows.sort(key=lambda row: (row["key"], row["record_id"]))
    for batch in parts_of(rows, 5_000):
        upsert(MatchKey, batch, key=("key", "record_id"))


def of(records: Collection[Any]) -> dict[int, list[int]]:
    """For each of these records the ids of at most MOST candidates, those that share most first.

    They need an id and the columns of keys.of. One statement for each AT_ONCE of them.
    """
    found: dict[int, list[int]] = {}
    for part in parts_of(records):
        askers: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for record in part:
            for key, weight in asked_by(record).items():
                askers[key].append((record.id, weight))
        shared: dict[int, Counter[int]] = defaultdict(Counter)
        for key, other_id in db.session.execute(_leavers(sorted(askers))) if askers else ():
            for own_id, weight in askers[key]:
                if own_id != other_id:
                    shared[own_id][other_id] += weight
        for own_id, weights in shared.items():
            likely = sorted((-weight, id) for id, weight in weights.items() if weight >= LEAST)
            if likely:
                found[own_id] = [id for _weight, id in likely[:MOST]]
    return found


def parts_of(things: Collection[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """The things in lists of at most `size`."""
    listed = list(things)
    for at in range(0, len(listed), size):
        yield listed[at : at + size]


def _leavers(wanted: list[int]) -> Select:
    """(key, record id) of the wanted keys that not too many records have left. The keys are one parameter."""
    if db.session.connection().dialect.name == "sqlite":
        asked = func.json_each(json.dumps(wanted)).table_valued(column("value", BigInteger), name="asked")
        key = asked.c.value
    else:
        asked = func.unnest(literal(wanted, ARRAY(BigInteger))).table_valued("asked", name="asked")
        key = asked.c.asked
    few: Select = select(literal_column("1")).where(MatchKey.key == key).limit(TOO_MANY + 1)
    count = select(func.count()).select_from(few.correlate(asked).subquery()).scalar_subquery()
    used = select(key.label("key")).where(count <= TOO_MANY).cte("used").prefix_with("MATERIALIZED")
    return select(MatchKey.key, MatchKey.record_id).join(used, used.c.key == MatchKey.key)


def _hash(parts: tuple[str, ...]) -> int:
    """64 bits with a sign, as databases keep them; two keys that share one by chance only cost a comparison."""
    said = "\x1f".join(parts).encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big", signed=True)
