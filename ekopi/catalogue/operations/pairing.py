"""The rule at work: looks for records of one innovation, joins what is sure and asks curators about the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import aliased

from ekopi.catalogue import matching
from ekopi.catalogue.matching.candidates import parts_of
from ekopi.catalogue.models import Innovation, MatchDecision, SourceRecord
from ekopi.catalogue.operations import joining, projecting
from ekopi.core import clock
from ekopi.core.db import take_write_lock
from ekopi.extensions import db

BATCH = 200
"""Records of one step."""
MOST_PROPOSED = 5
"""Pairs that the rule lets wait for a curator of one record at the same time: the likeliest."""

_RULE_PROPOSES = (MatchDecision.decision == "proposed", MatchDecision.by_id.is_(None))

Ids = tuple[int, int]
"""Two records, the smaller id first."""


@dataclass
class Found:
    """What matching some records came to."""

    looked_at: int = 0
    joined: int = 0
    proposed: int = 0
    innovations: set[int] = field(default_factory=set)
    """Those that changed by joins and need projecting."""


def match(record_ids: Collection[int]) -> Found:
    """Looks for records that mean the same as these; joins the sure ones, proposes the doubtful ones.

    What a person decided is never taken back by the rule: where two innovations hold a pair that a person keeps
    apart, or brought back into the queue, the rule only proposes. Of one record at most MOST_PROPOSED pairs wait;
    what is less likely is asked when one of the two is matched again and there is room. Does not project.
    """
    found = Found(looked_at=len(record_ids))
    pairs = {
        (min(p.a_id, p.b_id), max(p.a_id, p.b_id)): p
        for p in sorted(matching.pairs(record_ids), key=lambda p: p.score)
    }
    _forget_proposals(record_ids, pairs.keys())
    if not pairs:
        return found
    held = _holders({id for pair in pairs for id in pair})
    innovations = {
        i.id: i for i in _claim_all({innovation for innovation in held.values() if innovation}, held)
    }
    decisions = joining.decisions_of(pairs)
    new: dict[Ids, dict[str, Any]] = {}
    doubtful: dict[Ids, float] = {}
    # joins first: what they bring together need not be asked any more
    for (a, b), pair in sorted(
        pairs.items(), key=lambda it: (it[1].decision != "joined", -it[1].score, it[0])
    ):
        row = decisions[a, b]
        if held[a] == held[b] or (row is not None and row.by_id is not None):
            continue
        kept, other = kept_first(innovations[held[a]], innovations[held[b]])
        if kept.state != "living" or other.state != "living":
            continue
        joins = pair.decision == "joined" and not _held_apart(kept.id, other.id)
        decision = "joined" if joins else "proposed"
        if row is None:
            new[a, b] = {
                "a_id": a, "b_id": b, "score": pair.score, "reasons": pair.reasons, "decision": decision
            }  # fmt: skip
        else:
            row.score, row.reasons, row.decision, row.at = pair.score, pair.reasons, decision, clock.now()
        if joins:
            joining.merge(kept, other, by_id=None)
            held = {id: kept.id if holder == other.id else holder for id, holder in held.items()}
            found.joined += 1
            found.innovations |= {kept.id, other.id}
        else:
            doubtful[a, b] = pair.score
    db.session.flush()
    for ids in _too_many(doubtful):
        new.pop(ids, None)
    found.proposed = sum(row["decision"] == "proposed" for row in new.values())
    if new:
        db.session.execute(insert(MatchDecision), list(new.values()))
    return found


def _too_many(doubtful: Mapping[Ids, float]) -> set[Ids]:
    """Pairs that do not wait for a curator, since MOST_PROPOSED likelier ones do of one of their two records.

    `doubtful` are the pairs at hand with their scores. Those that wait already go where a likelier one needs their
    place; the caller holds the innovation of one record of each, so nobody else decides on it meanwhile.
    """
    waiting: dict[Ids, tuple[float, int]] = {}
    for part in parts_of(sorted({id for pair in doubtful for id in pair})):
        rows = db.session.execute(
            select(MatchDecision.a_id, MatchDecision.b_id, MatchDecision.score, MatchDecision.id).where(
                or_(MatchDecision.a_id.in_(part), MatchDecision.b_id.in_(part)), *_RULE_PROPOSES
            )
        )
        waiting |= {(a, b): (score, id) for a, b, score, id in rows}
    scores = {pair: score for pair, (score, _id) in waiting.items()} | dict(doubtful)
    count: Counter[int] = Counter()
    gone: set[Ids] = set()
    # of two that are equally likely the one that waits stays, so that nothing changes without need
    for pair in sorted(scores, key=lambda it: (-scores[it], it not in waiting, it)):
        if max(count[pair[0]], count[pair[1]]) < MOST_PROPOSED:
            count.update(pair)
        else:
            gone.add(pair)
    for part in parts_of(sorted(waiting[pair][1] for pair in gone & waiting.keys())):
        db.session.execute(delete(MatchDecision).where(MatchDecision.id.in_(part), *_RULE_PROPOSES))
    return gone


def match_alone(after: int = 0) -> Iterator[tuple[int, Found]]:
    """Matches all records that are alone in their innovation, batch by batch; (last record id, what was found).

    After each step what it found is flushed and projected; the caller commits.
    """
    fellow = aliased(SourceRecord)
    alone = ~exists().where(fellow.innovation_id == SourceRecord.innovation_id, fellow.id != SourceRecord.id)
    while True:
        ids = db.session.scalars(
            select(SourceRecord.id)
            .where(SourceRecord.id > after, alone)
            .order_by(SourceRecord.id)
            .limit(BATCH)
        ).all()
        if not ids:
            return
        after = ids[-1]
        found = match(ids)
        projecting.project(found.innovations)
        yield after, found


def kept_first(one: Innovation, other: Innovation) -> tuple[Innovation, Innovation]:
    """Which of two is kept by the rule: the one that somebody looks after, else the older."""
    first, second = sorted((one, other), key=lambda i: (i.owner_id is None, i.id))
    return first, second


def _claim_all(ids: set[int], held: dict[int, int]) -> list[Innovation]:
    """The innovations of these records, locked; `held` says after that whose the records are."""
    locked: dict[int, Innovation] = {}
    if not take_write_lock():
        # new rows belong to this transaction alone; the others are read again once nobody else can move them
        while ids:
            rows = db.session.scalars(
                select(Innovation)
                .where(Innovation.id.in_(ids))
                .order_by(Innovation.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            locked |= {row.id: row for row in rows}
            held |= _holders(held)
            ids = {id for id in held.values() if id} - locked.keys()
        return list(locked.values())
    held |= _holders(held)
    return list(
        db.session.scalars(
            select(Innovation)
            .where(Innovation.id.in_(set(held.values())))
            .execution_options(populate_existing=True)
        )
    )


def _holders(record_ids: Collection[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(SourceRecord.id, SourceRecord.innovation_id).where(SourceRecord.id.in_(record_ids))
    )
    return {id: innovation_id for id, innovation_id in rows if innovation_id is not None}


def _forget_proposals(record_ids: Collection[int], still: Collection[tuple[int, int]]) -> None:
    """Takes the rule's own proposals of these records back that it would not make today."""
    ids = set(record_ids)
    rows = db.session.execute(
        select(MatchDecision.id, MatchDecision.a_id, MatchDecision.b_id).where(
            or_(MatchDecision.a_id.in_(ids), MatchDecision.b_id.in_(ids)), *_RULE_PROPOSES
        )
    )
    gone = [row.id for row in rows if (row.a_id, row.b_id) not in still]
    if gone:  # a curator may have decided one meanwhile
        db.session.execute(delete(MatchDecision).where(MatchDecision.id.in_(gone), *_RULE_PROPOSES))


def _held_apart(one_id: int, other_id: int) -> bool:
    """Whether a person has kept a pair of their records apart, or wants to decide it."""
    against = MatchDecision.by_id.is_not(None) & (MatchDecision.decision != "joined")
    return db.session.scalars(joining.between(one_id, other_id, against).limit(1)).first() is not None
