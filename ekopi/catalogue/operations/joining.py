"""Joining and splitting innovations; everything can be undone, and an old id leads to the living one for ever.

What sources said, what persons chose and what owners answered stays where it was written: only the records change
their innovation, and merging.py makes the words anew. So undoing brings both back as they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import aliased

from ekopi.catalogue.models import CoOwner, Innovation, Joining, MatchDecision, SourceRecord
from ekopi.catalogue.operations import projecting
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Refused
from ekopi.extensions import db


class NotLiving(Refused):
    code = "innovation-not-living"
    message = _l("Salah satu inovasi ini sudah digabungkan ke inovasi lain.")
    remedy = _l("Muat ulang halaman untuk melihat keadaannya sekarang.")


class NotItsRecords(Refused):
    code = "not-its-records"
    message = _l("Catatan sumber yang dipilih bukan milik inovasi ini, atau semuanya dipilih.")
    remedy = _l("Pilih sebagian catatan sumber yang hendak dipisahkan.")


class CannotUndo(Refused):
    code = "joining-cannot-be-undone"
    message = _l(
        "Penggabungan atau pemisahan ini tidak dapat dibatalkan lagi karena ada perubahan sesudahnya."
    )
    remedy = _l("Batalkan dahulu perubahan yang lebih baru, atau pisahkan catatan sumbernya.")


def join(kept: Innovation, other: Innovation, *, by_id: int) -> Joining:
    """A person makes two innovations one: `other` keeps its row and address, and leads to `kept` from now on.

    What was decided of pairs of their records before gives way. Raises NotLiving.
    """
    _claim(kept, other)
    if kept.id == other.id or kept.state != "living" or other.state != "living":
        raise NotLiving()
    pairs = _pairs(kept.id, other.id)
    done = merge(kept, other, by_id=by_id)
    decide(pairs, "joined", by_id=by_id)
    audit.record("innovation.joined", "innovation", kept.id, actor_id=by_id, other=other.id)
    projecting.project([kept.id, other.id])
    return done


def split(innovation: Innovation, record_ids: Collection[int], *, by_id: int) -> Innovation:
    """Takes source records out into an innovation of their own; matching will not bring them together again.

    Raises NotItsRecords when none or all of its records are named, NotLiving.
    """
    claim(innovation)
    if innovation.state != "living":
        raise NotLiving()
    wanted = set(record_ids)
    its = set(db.session.scalars(_ids_of(innovation.id)))
    if not wanted or not wanted < its:
        raise NotItsRecords()
    made = Innovation(title=db.session.scalars(_titles(wanted)).first(), audience=innovation.audience)
    made.owner_id = innovation.owner_id if innovation.audience == "organisation" else None
    db.session.add(made)
    db.session.flush()
    _move(wanted, made.id)
    db.session.add(
        Joining(kind="split", kept_id=innovation.id, other_id=made.id, record_ids=sorted(wanted), by_id=by_id)
    )
    decide([(a, b) for a in wanted for b in its - wanted], "apart", by_id=by_id)
    audit.record("innovation.split", "innovation", innovation.id, actor_id=by_id, other=made.id)
    projecting.project([innovation.id, made.id])
    return made


def undo(joining: Joining, *, by_id: int) -> None:
    """Brings both innovations back as they were before a join, or makes one again of what was split.

    After a join the pairs stand in the queue again, and only a person can join them now. Raises CannotUndo when
    records have moved on since, or it was undone before.
    """
    claim(joining)
    kept = db.session.get_one(Innovation, joining.kept_id)
    other = db.session.get_one(Innovation, joining.other_id)
    _claim(kept, other)
    moved = set(joining.record_ids)
    joined = joining.kind == "join"
    source, target = (kept, other) if joined else (other, kept)
    its = set(db.session.scalars(_ids_of(source.id)))
    whole = other.merged_into_id == kept.id if joined else its == moved and other.state == "living"
    if joining.undone_at or kept.state != "living" or not whole or not moved <= its:
        raise CannotUndo()
    if joined:
        other.state, other.merged_into_id = "living", None
        _give_back(kept, joining.taken)
    else:
        other.state, other.merged_into_id = "merged", kept.id
    db.session.flush()
    pairs = [] if joined else _pairs(kept.id, other.id)
    _move(moved, target.id)
    joining.undone_at, joining.undone_by_id = clock.now(), by_id
    db.session.flush()
    if joined:
        decide(_pairs(kept.id, other.id), "proposed", by_id=by_id)
    else:
        decide(pairs, "joined", by_id=by_id)
    audit.record("innovation.joining-undone", "innovation", kept.id, actor_id=by_id, other=other.id)
    projecting.project([kept.id, other.id])


def keep_apart(one: Innovation, other: Innovation, *, by_id: int) -> None:
    """Remembers that two innovations are different; they leave the queue and are never joined by rule.

    Raises NotLiving when one of them has gone into another meanwhile.
    """
    _claim(one, other)
    if one.state != "living" or other.state != "living":
        raise NotLiving()
    decide(_pairs(one.id, other.id), "apart", by_id=by_id)
    audit.record("innovation.kept-apart", "innovation", one.id, actor_id=by_id, other=other.id)


def decide(pairs: Iterable[tuple[int, int]], decision: str, *, by_id: int | None) -> None:
    """Writes one decision for pairs of record ids, whatever was thought of them before."""
    known = decisions_of({(min(pair), max(pair)) for pair in pairs})
    for (a, b), row in sorted(known.items(), key=lambda item: item[0]):
        if row is None:
            row = MatchDecision(a_id=a, b_id=b, score=0, reasons=[])
            db.session.add(row)
        row.decision, row.by_id, row.at = decision, by_id, clock.now()
    db.session.flush()


def living_id(innovation_id: int) -> int | None:
    """Where an id leads today: itself, or the living one it was merged into at last; None for an unknown id."""
    seen: set[int] = set()
    here: int | None = innovation_id
    while here is not None and here not in seen:
        seen.add(here)
        row = db.session.execute(
            select(Innovation.id, Innovation.merged_into_id).where(Innovation.id == here)
        ).first()
        if row is None:
            return None
        if row.merged_into_id is None:
            return row.id
        here = row.merged_into_id
    return None


def merge(kept: Innovation, other: Innovation, *, by_id: int | None) -> Joining:
    """The rows of a join of two claimed, living innovations; proposals between them are settled, nothing is projected."""
    moving = list(db.session.scalars(_ids_of(other.id)))
    for row in db.session.scalars(between(kept.id, other.id, MatchDecision.decision == "proposed")):
        if row.by_id is None:
            row.decision, row.at = "joined", clock.now()
    _move(moving, kept.id)
    other.state, other.merged_into_id = "merged", kept.id
    done = Joining(
        kind="join",
        kept_id=kept.id,
        other_id=other.id,
        record_ids=moving,
        by_id=by_id,
        taken=_take(kept, other),
    )
    db.session.add(done)
    db.session.flush()
    return done


def _take(kept: Innovation, other: Innovation) -> dict[str, Any]:
    """Who looks after `other` looks after `kept` too: as its owner where it has none, else beside."""
    taken: dict[str, Any] = {}
    carers = set(db.session.scalars(select(CoOwner.organisation_id).where(CoOwner.innovation_id == other.id)))
    if other.owner_id and kept.owner_id is None:
        kept.owner_id = taken["owner_id"] = other.owner_id
    elif other.owner_id:
        carers.add(other.owner_id)
    known = set(db.session.scalars(select(CoOwner.organisation_id).where(CoOwner.innovation_id == kept.id)))
    new = sorted(carers - known - {kept.owner_id})
    db.session.add_all(CoOwner(innovation_id=kept.id, organisation_id=id) for id in new)
    if new:
        taken["co_owners"] = new
    return taken


def _give_back(kept: Innovation, taken: dict[str, Any]) -> None:
    """What was handed on to somebody else since stays there."""
    if taken.get("owner_id") and kept.owner_id == taken["owner_id"] and kept.audience == "public":
        kept.owner_id = None
    db.session.execute(
        delete(CoOwner).where(
            CoOwner.innovation_id == kept.id, CoOwner.organisation_id.in_(taken.get("co_owners", []))
        )
    )


def _claim(*innovations: Innovation) -> None:
    """All of them, in the order of their ids, so that two who want the same wait for each other."""
    for innovation in sorted(innovations, key=lambda i: i.id):
        claim(innovation)


def _move(record_ids: Collection[int], to: int) -> None:
    db.session.execute(
        update(SourceRecord).where(SourceRecord.id.in_(record_ids)).values(innovation_id=to),
        execution_options={"synchronize_session": "fetch"},
    )


def _ids_of(innovation_id: int):
    return (
        select(SourceRecord.id).where(SourceRecord.innovation_id == innovation_id).order_by(SourceRecord.id)
    )


def _titles(record_ids: Collection[int]):
    return select(SourceRecord.title).where(SourceRecord.id.in_(record_ids)).order_by(SourceRecord.id)


def decisions_of(
    pairs: Collection[tuple[int, int]],
) -> dict[tuple[int, int], MatchDecision | None]:
    """What is written of these ordered pairs; None where nothing is."""
    firsts, seconds = {a for a, _b in pairs}, {b for _a, b in pairs}
    rows = db.session.scalars(
        select(MatchDecision).where(MatchDecision.a_id.in_(firsts), MatchDecision.b_id.in_(seconds))
    )
    known = {(row.a_id, row.b_id): row for row in rows}
    return {pair: known.get(pair) for pair in pairs}


def between(one_id: int, other_id: int, *only: ColumnElement[bool]) -> Select[MatchDecision]:
    """What is written of pairs of a record of the one and a record of the other."""
    a, b = aliased(SourceRecord), aliased(SourceRecord)
    both = [one_id, other_id]
    return (
        select(MatchDecision)
        .join(a, a.id == MatchDecision.a_id)
        .join(b, b.id == MatchDecision.b_id)
        .where(
            a.innovation_id.in_(both), b.innovation_id.in_(both), a.innovation_id != b.innovation_id, *only
        )
    )


def _pairs(one_id: int, other_id: int) -> list[tuple[int, int]]:
    """All ordered pairs of a record of the one and a record of the other."""
    records: dict[int, list[int]] = defaultdict(list)
    for id, holder in db.session.execute(
        select(SourceRecord.id, SourceRecord.innovation_id).where(
            SourceRecord.innovation_id.in_([one_id, other_id])
        )
    ):
        records[holder or 0].append(id)
    return [(min(a, b), max(a, b)) for a in records[one_id] for b in records[other_id]]
