"""Who looks after an innovation, and what they answer when they are asked whether it still runs."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select, update

from ekopi.accounts.models import Organisation
from ekopi.catalogue.models import CareOffer, CoOwner, Innovation, InnovationTerm, RunningAnswer
from ekopi.catalogue.operations import projecting
from ekopi.catalogue.operations.contacts import refuse_contacts
from ekopi.catalogue.operations.joining import NotLiving
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Invalid
from ekopi.extensions import db

BATCH = 200


def hand_over(innovation: Innovation, to: Organisation, *, by_id: int | None) -> None:
    """Makes an organisation the one that looks after an innovation; offers of the former owner end. Raises NotLiving."""
    claim(innovation)
    if innovation.state != "living":
        raise NotLiving()
    innovation.owner_id, innovation.asked_on = to.id, None
    db.session.execute(
        delete(CoOwner).where(CoOwner.innovation_id == innovation.id, CoOwner.organisation_id == to.id)
    )
    db.session.execute(
        update(CareOffer)
        .where(CareOffer.innovation_id == innovation.id, CareOffer.state == "open")
        .values(state="withdrawn", answered_at=clock.now(), answered_by_id=by_id)
    )
    audit.record("innovation.handed-over", "innovation", innovation.id, actor_id=by_id, organisation=to.id)
    db.session.flush()
    projecting.project([innovation.id])


def answer(
    innovation: Innovation, said: str, *, reason: str = "", lessons: str = "", by_id: int | None
) -> RunningAnswer:
    """Writes that it goes on ("continuing"), grows ("growing") or has stopped ("stopped", with a reason).

    The next question comes a year later; none when it has stopped. Raises Invalid, ContactNamed, NotLiving.
    """
    claim(innovation)
    if innovation.state != "living":
        raise NotLiving()
    if said == "stopped" and not reason.strip():
        raise Invalid(
            "reason", _l("Tuliskan mengapa inovasi ini berhenti, agar orang lain dapat belajar darinya.")
        )
    refuse_contacts({"reason": reason, "lessons": lessons})
    made = RunningAnswer(
        innovation_id=innovation.id, answer=said, reason=reason.strip(), lessons=lessons.strip(), by_id=by_id
    )
    db.session.add(made)
    audit.record("innovation.answered", "innovation", innovation.id, actor_id=by_id, answer=said)
    db.session.flush()
    projecting.project([innovation.id])
    return made


def overdue() -> Iterator[int]:
    """Marks what nobody has answered for in time, so that lists say so and it sinks; how many, step by step.

    The caller commits after each step.
    """
    marked = exists().where(
        InnovationTerm.innovation_id == Innovation.id,
        InnovationTerm.scheme == "sustainability",
        InnovationTerm.code == "overdue",
    )
    due = (
        select(Innovation.id)
        .where(Innovation.state == "living", Innovation.review_due < clock.today(), ~marked)
        .order_by(Innovation.id)
        .limit(BATCH)
    )
    while ids := list(db.session.scalars(due)):
        projecting.project(ids, changed=False)
        yield len(ids)
