"""Which organisations look after an innovation: a curator sets the owner, the owner offers, the other side accepts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from ekopi.accounts.models import Organisation
from ekopi.catalogue.models import CareOffer, CoOwner, Innovation
from ekopi.catalogue.operations import caring
from ekopi.catalogue.operations.joining import NotLiving
from ekopi.catalogue.queries import caring as queries
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Invalid, Refused
from ekopi.extensions import db
from ekopi.notifications import operations as notifications


class OfferedAlready(Refused):
    code = "offered-already"
    message = _l("Instansi itu sudah ditawari dan belum menjawab.")
    remedy = _l("Tunggu jawabannya, atau tarik tawaran itu lebih dulu.")


class OfferOver(Refused):
    code = "offer-over"
    message = _l("Tawaran ini sudah dijawab, ditarik, atau tidak berlaku lagi.")
    remedy = _l("Muat ulang halaman untuk melihat siapa yang merawat inovasi ini sekarang.")


def set_owner(innovation: Innovation, to: Organisation, *, by_id: int) -> None:
    """A curator says who looks after it, without asking. Raises Invalid when it does already, NotLiving."""
    if innovation.owner_id == to.id:
        raise Invalid("organisation", _l("Instansi itu sudah merawat inovasi ini."))
    caring.hand_over(innovation, to, by_id=by_id)


def offer(innovation: Innovation, to: Organisation, kind: str, *, by_id: int) -> CareOffer:
    """The owner asks another organisation to become co-owner ("co_owner") or owner ("hand_over"); its admins are told.

    Raises NotLiving, Invalid (no owner yet, or it has that part already), OfferedAlready.
    """
    claim(innovation)
    if innovation.state != "living":
        raise NotLiving()
    if innovation.owner_id is None:
        raise Invalid("kind", _l("Inovasi ini belum ada perawatnya; kurator menetapkannya lebih dulu."))
    shared = db.session.get(CoOwner, (innovation.id, to.id)) is not None
    if innovation.owner_id == to.id or (kind == "co_owner" and shared):
        raise Invalid("organisation", _l("Instansi itu sudah merawat inovasi ini."))
    made = CareOffer(innovation_id=innovation.id, organisation_id=to.id, kind=kind, by_id=by_id)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as clash:
        raise OfferedAlready() from clash
    audit.record(
        "innovation.care-offered", "innovation", innovation.id, actor_id=by_id, organisation=to.id, kind=kind
    )
    for person in queries.admins(to):
        notifications.tell(
            person.id, "care-offered", key=f"care-offer-{made.id}", innovation=innovation.id, part=kind,
            title=innovation.title,
        )  # fmt: skip
    return made


def accept(offered: CareOffer, innovation: Innovation, to: Organisation, *, by_id: int) -> None:
    """The other side takes the part it was offered. `innovation` and `to` are those of the offer.

    Raises OfferOver, NotLiving.
    """
    claim(innovation)  # before the offer, in the order of hand_over
    _answer(offered, "accepted", by_id)
    if innovation.state != "living":
        raise NotLiving()
    if offered.kind == "hand_over":
        caring.hand_over(innovation, to, by_id=by_id)
    elif innovation.owner_id != to.id and db.session.get(CoOwner, (innovation.id, to.id)) is None:
        db.session.add(CoOwner(innovation_id=innovation.id, organisation_id=to.id))
        db.session.flush()
    _say(offered, "accepted")


def refuse(offered: CareOffer, *, by_id: int) -> None:
    """The other side does not want it. Raises OfferOver."""
    _answer(offered, "refused", by_id)
    _say(offered, "refused")


def withdraw(offered: CareOffer, *, by_id: int) -> None:
    """The owner takes the offer back. Raises OfferOver."""
    _answer(offered, "withdrawn", by_id)


def leave(innovation: Innovation, organisation_id: int, *, by_id: int) -> None:
    """A co-owner looks after the innovation no longer. Raises OfferOver when it does not anyway."""
    claim(innovation)
    row = db.session.get(CoOwner, (innovation.id, organisation_id))
    if row is None:
        raise OfferOver()
    db.session.delete(row)
    audit.record(
        "innovation.co-owner-left", "innovation", innovation.id, actor_id=by_id, organisation=organisation_id
    )
    db.session.flush()


def _answer(offered: CareOffer, state: str, by_id: int) -> None:
    claim(offered)
    if offered.state != "open":
        raise OfferOver()
    offered.state, offered.answered_at, offered.answered_by_id = state, clock.now(), by_id
    audit.record(
        f"innovation.care-{state}", "innovation", offered.innovation_id, actor_id=by_id,
        organisation=offered.organisation_id,
    )  # fmt: skip
    db.session.flush()


def _say(offered: CareOffer, state: str) -> None:
    if offered.by_id:
        innovation = db.session.get_one(Innovation, offered.innovation_id)
        notifications.tell(
            offered.by_id, "care-answered", key=f"care-offer-{offered.id}", innovation=offered.innovation_id,
            state=state, title=innovation.title,
        )  # fmt: skip
