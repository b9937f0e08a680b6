"""Replication of an innovation by an organisation: interest, agreement, approval, implementation, or given up.

The four steps are those of LAN (domain brief); each has its day and a note, none can be left out. What the origin
is after a later join is told by merged_into_id; the row stays with the innovation it was made with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ekopi.accounts.models import Organisation
from ekopi.catalogue.models import CoOwner, Innovation, Replication, ReplicationStep
from ekopi.catalogue.models.replications import STEPS
from ekopi.catalogue.operations import joining, projecting
from ekopi.catalogue.operations.contacts import refuse_contacts
from ekopi.catalogue.queries import caring
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Invalid, Refused
from ekopi.extensions import db
from ekopi.notifications import operations as notifications

RECORD = re.compile(r"(?:^|/katalog/)(\d{1,9})(?:$|[-?#/])")
"""A number alone, or the address of an innovation's page."""
OUTCOME = ("measure", "unit", "before", "after", "measured_on", "note")


class AlreadyReplicating(Refused):
    code = "already-replicating"
    message = _l("Instansi ini sudah mencatat replikasi inovasi yang sama.")
    remedy = _l("Buka replikasi itu dan lanjutkan langkahnya.")


class CannotReplicate(Refused):
    code = "cannot-replicate"
    message = _l(
        "Inovasi ini tidak dapat direplikasi: catatannya sudah digabungkan, ditarik, atau milik instansi ini sendiri."
    )
    remedy = _l("Pilih inovasi lain, atau buka catatan yang masih berlaku.")


class NotItsTurn(Refused):
    code = "replication-step"
    message = _l("Langkah ini bukan kelanjutan dari keadaan replikasi sekarang.")
    remedy = _l("Muat ulang halaman, lalu lanjutkan dari langkah yang terakhir.")


def interest(
    origin: Innovation,
    adopter: Organisation,
    *,
    need: str,
    on: date,
    by_id: int | None,
    note: str = "",
    facilitator: Organisation | None = None,
    adaptation: str = "",
    zone: str | None = None,
) -> Replication:
    """An organisation wants what the origin has. Raises CannotReplicate, AlreadyReplicating, Invalid.

    No day is later than today in `zone`, that of the person who writes it; WIB where none is given.
    """
    if origin.state != "living" or origin.owner_id == adopter.id:
        raise CannotReplicate()
    _check_day(on, zone)
    if not need.strip():
        raise Invalid("need", _l("Tuliskan kebutuhan yang hendak dijawab dengan inovasi ini."))
    if facilitator is not None and facilitator.id == adopter.id:
        raise Invalid("facilitator", _l("Fasilitator harus instansi lain daripada penerimanya."))
    made = Replication(
        origin_id=origin.id, adopter_id=adopter.id, facilitator_id=facilitator.id if facilitator else None,
        need=need.strip(), adaptation=adaptation.strip(), by_id=by_id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as clash:
        raise AlreadyReplicating() from clash
    _step(made, "interest", on, note, by_id)
    audit.record("replication.asked", "innovation", origin.id, actor_id=by_id, replication=made.id)
    return made


def announce(
    replication: Replication, carers: Sequence[Organisation], state: str, *, by_id: int | None
) -> None:
    """A notice to everybody concerned but the one who did it: `state` is the step reached, or "ended".

    `carers` look after the origin, the owner first. Needs origin, adopter and facilitator loaded.
    """
    people = {replication.by_id} if replication.by_id else set()
    for organisation in (replication.adopter, replication.facilitator, *carers[:1]):
        if organisation is not None:
            people |= {person.id for person in caring.admins(organisation)}
    key = f"replication-{replication.id}-{state}"
    for person_id in sorted(people - {by_id}):
        notifications.tell(
            person_id, "replication-moved", key=key, replication=replication.id, state=state,
            title=replication.origin.title,
        )  # fmt: skip


def agree(
    replication: Replication,
    *,
    on: date,
    by_id: int | None,
    note: str = "",
    upload_id: int | None = None,
    zone: str | None = None,
) -> None:
    """Origin and adopter agree. Raises NotItsTurn, Invalid."""
    _advance(replication, "agreement", on, by_id, note, upload_id, zone)


def approve(
    replication: Replication,
    *,
    on: date,
    by_id: int | None,
    note: str = "",
    upload_id: int | None = None,
    zone: str | None = None,
) -> None:
    """The adopter's head approves. Raises NotItsTurn, Invalid."""
    _advance(replication, "approval", on, by_id, note, upload_id, zone)


def implement(
    replication: Replication,
    *,
    on: date,
    by_id: int | None,
    note: str = "",
    upload_id: int | None = None,
    result: Innovation | None = None,
    zone: str | None = None,
) -> None:
    """It runs at the adopter; counts for the origin. `result` is the adopter's own record. Raises NotItsTurn, Invalid."""
    if result is not None and result.id == replication.origin_id:
        raise Invalid("result", _l("Hasil replikasi harus catatan lain daripada asalnya."))
    _advance(replication, "implementation", on, by_id, note, upload_id, zone)
    replication.result_id = result.id if result else replication.result_id
    db.session.flush()
    _count(replication)


def own_record(said: str, adopter: Organisation) -> Innovation | None:
    """The adopter's own innovation that an address or a number means; None for nothing. Raises Invalid."""
    if not said.strip():
        return None
    number = RECORD.search(said.strip())
    found = db.session.get(Innovation, int(number[1])) if number else None
    if found is not None and found.state == "merged":
        found = db.session.get(Innovation, joining.living_id(found.id))
    if found is None or found.state != "living":
        raise Invalid("result", _l("Catatan itu tidak ada. Salin alamatnya dari halaman inovasi itu."))
    shared = db.session.get(CoOwner, (found.id, adopter.id)) is not None
    if found.owner_id != adopter.id and not shared:
        raise Invalid("result", _l("Catatan itu tidak dirawat instansi penerima. Tetapkan dulu perawatnya."))
    return found


def adapt(replication: Replication, adaptation: str, *, by_id: int | None) -> None:
    """What the adopter changes of the original, and why; at any time until it is given up. Raises NotItsTurn."""
    claim(replication)
    if replication.ended_at:
        raise NotItsTurn()
    replication.adaptation = adaptation.strip()
    audit.record(
        "replication.went-on", "innovation", replication.origin_id, actor_id=by_id, replication=replication.id
    )
    db.session.flush()


def tell_outcome(replication: Replication, outcome: Mapping[str, Any], *, by_id: int | None) -> None:
    """What it brought, by the origin's own indicator: OUTCOME. Raises NotItsTurn before it runs, Invalid, ContactNamed."""
    claim(replication)
    if replication.state != "implementation":
        raise NotItsTurn()
    if not str(outcome.get("measure") or "").strip():
        raise Invalid("measure", _l("Tuliskan indikator yang diukur."))
    refuse_contacts({name: said for name in OUTCOME if isinstance(said := outcome.get(name), str)})
    replication.outcome = {name: outcome[name] for name in OUTCOME if outcome.get(name) not in (None, "")}
    audit.record(
        "replication.went-on", "innovation", replication.origin_id, actor_id=by_id, replication=replication.id
    )
    db.session.flush()


def give_up(replication: Replication, *, reason: str, by_id: int | None) -> None:
    """Ends it before it runs, with the reason; the adopter may begin anew. Raises NotItsTurn, Invalid."""
    claim(replication)
    if replication.ended_at or replication.state == "implementation":
        raise NotItsTurn()
    if not reason.strip():
        raise Invalid("reason", _l("Tuliskan mengapa replikasi ini dihentikan."))
    replication.ended_at, replication.end_reason = clock.now(), reason.strip()
    audit.record(
        "replication.given-up",
        "innovation",
        replication.origin_id,
        actor_id=by_id,
        replication=replication.id,
    )
    db.session.flush()


def _advance(
    replication: Replication,
    state: str,
    on: date,
    by_id: int | None,
    note: str,
    upload_id: int | None,
    zone: str | None,
) -> None:
    claim(replication)
    if replication.ended_at or STEPS.index(replication.state) + 1 != STEPS.index(state):
        raise NotItsTurn()
    before = db.session.scalar(
        select(ReplicationStep.on).where(
            ReplicationStep.replication_id == replication.id, ReplicationStep.state == replication.state
        )
    )
    _check_day(on, zone)
    if before and on < before:
        raise Invalid("on", _l("Tanggal langkah ini tidak boleh mendahului langkah sebelumnya."))
    replication.state = state
    _step(replication, state, on, note, by_id, upload_id)
    audit.record(
        "replication.went-on", "innovation", replication.origin_id, actor_id=by_id, replication=replication.id
    )


def _check_day(on: date, zone: str | None) -> None:
    if on > clock.today(zone):
        raise Invalid("on", _l("Tanggal tidak boleh di masa depan."))


def _step(
    replication: Replication, state: str, on: date, note: str, by_id: int | None, upload_id: int | None = None
) -> None:
    db.session.add(
        ReplicationStep(
            replication_id=replication.id,
            state=state,
            on=on,
            note=note.strip(),
            by_id=by_id,
            upload_id=upload_id,
        )
    )
    db.session.flush()


def _count(replication: Replication) -> None:
    ids = {
        joining.living_id(replication.origin_id),
        replication.result_id and joining.living_id(replication.result_id),
    }
    projecting.project({id for id in ids if id})
