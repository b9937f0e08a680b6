"""Joining and splitting innovations; everything can be undone, and an old id leads to the living one for ever."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from ekopi.catalogue import matching
from ekopi.catalogue.models import Innovation, Joining, MatchDecision, SourceRecord
from ekopi.catalogue.operations import projecting
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Refused
from ekopi.extensions import db


class NotLiving(Refused):
    code = "innovation-not-living"
    message = _l("Salah satu inovasi ini sudah digabungkan ke inovasi lain.")
    remedy = _l("Muat ulang halaman untuk melihat keadaannya sekarang.")


class KeptApart(Refused):
    code = "innovations-kept-apart"
    message = _l("Kedua inovasi ini pernah ditetapkan sebagai inovasi yang berbeda.")
    remedy = _l("Batalkan dahulu keputusan “Berbeda” di antrean kurator, lalu gabungkan.")


class NotItsRecords(Refused):
    code = "not-its-records"
    message = _l("Catatan sumber yang dipilih bukan milik inovasi ini, atau semuanya dipilih.")
    remedy = _l("Pilih sebagian catatan sumber yang hendak dipisahkan.")


class CannotUndo(Refused):
    code = "joining-cannot-be-undone"
    message = _l("Penggabungan ini tidak dapat dibatalkan lagi karena ada perubahan sesudahnya.")
    remedy = _l("Batalkan dahulu perubahan yang lebih baru, atau pisahkan catatan sumbernya.")


@dataclass
class Found:
    """What matching some records came to."""

    joined: int = 0
    proposed: int = 0
    innovations: set[int] = field(default_factory=set)
    """Those that changed by joins and need projecting."""


def join(kept: Innovation, other: Innovation, *, by_id: int | None) -> Joining:
    """Makes two innovations one: `other` keeps its row and address, and leads to `kept` from now on.

    Does not project; see `join_and_show`. Raises NotLiving, KeptApart.
    """
    claim(kept)
    claim(other)
    if kept.id == other.id or "living" != kept.state or "living" != other.state:
        raise NotLiving()
    records = db.session.scalars(
        select(SourceRecord).where(SourceRecord.innovation_id.in_([kept.id, other.id]))
    ).all()
    moving = [r for r in records if r.innovation_id == other.id]
    staying = [r for r in records if r.innovation_id == kept.id]
    if by_id is None and _apart(moving, staying):
        raise KeptApart()
    for record in moving:
        record.innovation_id = kept.id
    other.state, other.merged_into_id = "merged", kept.id
    other.updated_at = kept.updated_at = clock.now()
    done = Joining(
        kind="join", kept_id=kept.id, other_id=other.id, record_ids=[r.id for r in moving], by_id=by_id
    )
    db.session.add(done)
    db.session.flush()
    audit.record("innovation.joined", "innovation", kept.id, actor_id=by_id, other=other.id)
    return done


def join_and_show(kept: Innovation, other: Innovation, *, by_id: int | None) -> Joining:
    """`join`, with lists and index brought up to date, and the pairs between them decided."""
    pairs = _pairs(kept.id, other.id)
    done = join(kept, other, by_id=by_id)
    decide(pairs, "joined", by_id=by_id)
    projecting.project([kept.id, other.id])
    return done


def split(innovation: Innovation, record_ids: Collection[int], *, by_id: int | None) -> Innovation:
    """Takes source records out into an innovation of their own; matching will not bring them together again.

    Raises NotItsRecords when none or all of its records are named, NotLiving.
    """
    claim(innovation)
    if innovation.state != "living":
        raise NotLiving()
    records = db.session.scalars(
        select(SourceRecord).where(SourceRecord.innovation_id == innovation.id)
    ).all()
    leaving = [r for r in records if r.id in set(record_ids)]
    staying = [r for r in records if r.id not in set(record_ids)]
    if not leaving or not staying or len(leaving) != len(set(record_ids)):
        raise NotItsRecords()
    made = Innovation(title=leaving[0].title)
    db.session.add(made)
    db.session.flush()
    for record in leaving:
        record.innovation_id = made.id
    innovation.updated_at = clock.now()
    db.session.add(
        Joining(
            kind="split", kept_id=innovation.id, other_id=made.id, record_ids=[r.id for r in leaving],
            by_id=by_id,
        )
    )  # fmt: skip
    decide([(a.id, b.id) for a in leaving for b in staying], "apart", by_id=by_id)
    db.session.flush()
    audit.record("innovation.split", "innovation", innovation.id, actor_id=by_id, other=made.id)
    projecting.project([innovation.id, made.id])
    return made


def undo(joining: Joining, *, by_id: int | None) -> None:
    """Brings both innovations back exactly as they were; the same pair is proposed to the curators again.

    Raises CannotUndo when records have moved on since, or it was undone before.
    """
    claim(joining)
    kept = db.session.get_one(Innovation, joining.kept_id)
    other = db.session.get_one(Innovation, joining.other_id)
    claim(kept)
    claim(other)
    holder = kept if joining.kind == "join" else other
    records = db.session.scalars(
        select(SourceRecord).where(SourceRecord.id.in_(joining.record_ids))
    ).all()
    if joining.undone_at or kept.state != "living" or any(r.innovation_id != holder.id for r in records):
        raise CannotUndo()
    if joining.kind == "join":
        if other.merged_into_id != kept.id:
            raise CannotUndo()
        other.state, other.merged_into_id = "living", None
        target, decision = other, "proposed"
    else:
        if other.state != "living" or _others_in(other.id, joining.record_ids):
            raise CannotUndo()
        other.state, other.merged_into_id = "merged", kept.id
        target, decision = kept, "joined"
    pairs = _pairs(kept.id, other.id) if joining.kind == "split" else []
    for record in records:
        record.innovation_id = target.id
    joining.undone_at, joining.undone_by_id = clock.now(), by_id
    kept.updated_at = other.updated_at = clock.now()
    db.session.flush()
    decide(pairs or _pairs(kept.id, other.id), decision, by_id=by_id)
    audit.record("innovation.joining-undone", "innovation", kept.id, actor_id=by_id, other=other.id)
    projecting.project([kept.id, other.id])


def keep_apart(kept: Innovation, other: Innovation, *, by_id: int) -> None:
    """Remembers that two innovations are different; they leave the queue and are never joined by rule."""
    decide(_pairs(kept.id, other.id), "apart", by_id=by_id)
    audit.record("innovation.kept-apart", "innovation", kept.id, actor_id=by_id, other=other.id)


def decide(pairs: Iterable[tuple[int, int]], decision: str, *, by_id: int | None) -> None:
    """Writes one decision for pairs of record ids, whatever was thought of them before."""
    wanted = {(min(pair), max(pair)) for pair in pairs}
    if not wanted:
        return
    firsts = {a for a, _b in wanted}
    known = {
        (row.a_id, row.b_id): row
        for row in db.session.scalars(select(MatchDecision).where(MatchDecision.a_id.in_(firsts)))
    }
    for a, b in sorted(wanted):
        row = known.get((a, b))
        if row is None:
            row = MatchDecision(a_id=a, b_id=b, score=0, reasons=[])
            db.session.add(row)
        row.decision, row.by_id, row.at = decision, by_id, clock.now()
    db.session.flush()


def match(record_ids: Collection[int]) -> Found:
    """Looks for records that mean the same as these; joins the sure ones, proposes the doubtful ones.

    A decision of a curator is never taken back by the rule. Does not project.
    """
    found = Found()
    for pair in matching.pairs(record_ids):
        a, b = sorted((pair.a_id, pair.b_id))
        known = db.session.scalar(
            select(MatchDecision).where(MatchDecision.a_id == a, MatchDecision.b_id == b)
        )
        if known is not None and (known.by_id is not None or known.decision == "joined"):
            continue
        first = db.session.get_one(SourceRecord, a)
        second = db.session.get_one(SourceRecord, b)
        if first.innovation_id == second.innovation_id:
            continue
        decision = pair.decision
        if decision == "joined":
            kept, other = sorted((first.innovation_id or 0, second.innovation_id or 0))
            try:
                join(
                    db.session.get_one(Innovation, kept), db.session.get_one(Innovation, other), by_id=None
                )
                found.joined += 1
                found.innovations |= {kept, other}
            except KeptApart:
                decision = "apart"
        row = known or MatchDecision(a_id=a, b_id=b, score=0, decision=decision)
        row.score, row.reasons, row.decision, row.at = pair.score, pair.reasons, decision, clock.now()
        if known is None:
            db.session.add(row)
            found.proposed += decision == "proposed"
        db.session.flush()
    return found


def _apart(moving: Iterable[SourceRecord], staying: Iterable[SourceRecord]) -> bool:
    pairs = {(min(a.id, b.id), max(a.id, b.id)) for a in moving for b in staying}
    firsts = {a for a, _b in pairs}
    rows = db.session.execute(
        select(MatchDecision.a_id, MatchDecision.b_id).where(
            MatchDecision.a_id.in_(firsts), MatchDecision.decision == "apart", MatchDecision.by_id.is_not(None)
        )
    )
    return any((a, b) in pairs for a, b in rows)


def _pairs(one_id: int, other_id: int) -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(SourceRecord.id, SourceRecord.innovation_id).where(
            or_(SourceRecord.innovation_id == one_id, SourceRecord.innovation_id == other_id)
        )
    ).all()
    ones = [id for id, holder in rows if holder == one_id]
    others = [id for id, holder in rows if holder == other_id]
    return [(a, b) for a in ones for b in others]


def _others_in(innovation_id: int, record_ids: Collection[int]) -> bool:
    return bool(
        db.session.scalar(
            select(SourceRecord.id).where(
                SourceRecord.innovation_id == innovation_id, SourceRecord.id.not_in(record_ids)
            )
        )
    )
