"""What a curator answers to a proposed pair: one innovation, or two; and the question put again.

The innovations are locked before anything is decided, in the order in which the rule locks them too. Of two curators
who answer at the same moment the second is told that the pair is decided.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ekopi.catalogue.models import Innovation, Joining, MatchDecision, SourceRecord
from ekopi.catalogue.operations import joining
from ekopi.catalogue.operations.pairing import kept_first
from ekopi.core import audit
from ekopi.core.db import claim
from ekopi.core.errors import Refused
from ekopi.extensions import db


class AlreadyDecided(Refused):
    code = "pair-decided"
    message = _l(
        "Pasangan ini sudah diputuskan lebih dahulu, oleh kurator lain atau karena catatannya berubah."
    )
    remedy = _l("Lihat keputusannya di daftar penggabungan, atau lanjutkan dengan pasangan berikutnya.")
    way = ("/kelola/antrean", _l("Ke Antrean Pasangan"))


class CannotAskAgain(Refused):
    code = "pair-not-apart"
    message = _l("Jawaban ini tidak dapat diurungkan lagi karena ada keputusan sesudahnya.")
    remedy = _l("Buka pasangannya untuk melihat keadaannya sekarang.")
    way = ("/kelola/antrean", _l("Ke Antrean Pasangan"))


def same(pair: MatchDecision, *, by_id: int) -> Joining:
    """Both records speak of one innovation: theirs become one. Raises AlreadyDecided."""
    kept, other = kept_first(*_claimed(pair, "proposed", AlreadyDecided))
    return joining.join(kept, other, by_id=by_id)


def different(pair: MatchDecision, *, by_id: int) -> None:
    """They speak of two, and are never joined by the rule. Raises AlreadyDecided."""
    one, other = _claimed(pair, "proposed", AlreadyDecided)
    joining.keep_apart(one, other, by_id=by_id)


def ask_again(pair: MatchDecision, *, by_id: int) -> None:
    """Puts a pair that was told apart back into the queue; only a person can join it now. Raises CannotAskAgain."""
    one, other = _claimed(pair, "apart", CannotAskAgain)
    joining.decide([(pair.a_id, pair.b_id)], "proposed", by_id=by_id)
    audit.record("innovation.asked-again", "innovation", one.id, actor_id=by_id, other=other.id)


def _claimed(pair: MatchDecision, decision: str, refused: type[Refused]) -> tuple[Innovation, Innovation]:
    """The two living innovations of the records, locked; refuses when the pair is not in this state any more."""
    held = _holders(pair)
    if len(set(held.values())) != 2:
        raise refused()
    innovations = {id: claim(db.session.get_one(Innovation, id)) for id in sorted(held.values())}
    db.session.refresh(pair)
    living = all(innovation.state == "living" for innovation in innovations.values())
    if pair.decision != decision or _holders(pair) != held or not living:
        raise refused()
    return innovations[held[pair.a_id]], innovations[held[pair.b_id]]


def _holders(pair: MatchDecision) -> dict[int, int]:
    rows = db.session.execute(
        select(SourceRecord.id, SourceRecord.innovation_id).where(SourceRecord.id.in_([pair.a_id, pair.b_id]))
    )
    return {id: innovation_id for id, innovation_id in rows if innovation_id is not None}
