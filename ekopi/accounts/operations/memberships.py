"""Memberships: claimed by the person, confirmed by the mail's domain or an agency admin, ended; never deleted."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import events, queries
from ekopi.accounts.models import Membership, Organisation, Person
from ekopi.accounts.operations import organisations
from ekopi.core import audit, clock
from ekopi.core import db as database
from ekopi.core.errors import Refused
from ekopi.extensions import db


class MemberAlready(Refused):
    """There is a living membership of this person in this organisation."""

    code = "member-already"
    message = _l("Anda sudah tercatat di instansi ini.")
    remedy = _l("Lihat keadaannya di daftar keanggotaan Anda.")


class AlreadyDecided(Refused):
    """Somebody confirmed or ended the membership in the meantime."""

    code = "already-decided"
    message = _l("Keanggotaan ini sudah diputuskan sebelumnya.")
    remedy = _l("Muat ulang halaman untuk melihat keadaannya sekarang.")


def claim(person: Person, organisation: Organisation, position: str = "") -> Membership:
    """The person says to belong to the organisation: confirmed at once when the mail's domain is listed there.

    Otherwise it waits for an agency admin, who is told once the person's address is confirmed. Raises MemberAlready,
    organisations.OrganisationGone.
    """
    organisations.claim_living(organisation)
    membership = Membership(person_id=person.id, organisation_id=organisation.id, position=position)
    try:
        with db.session.begin_nested():
            db.session.add(membership)
    except IntegrityError as clash:
        raise MemberAlready() from clash
    audit.record(
        "membership.claimed", "membership", membership.id, actor_id=person.id, organisation=organisation.id
    )
    if person.state == "active":
        _settle(person, membership, organisation)
    return membership


def settle_claims(person: Person) -> None:
    """Once an address is proved (confirmed or changed): its domain confirms claims, the others are announced."""
    for membership in queries.memberships_of(person.id, ended=False):
        if database.claim(membership).state == "claimed":
            _settle(person, membership, membership.organisation)


def _settle(person: Person, membership: Membership, organisation: Organisation) -> None:
    if proved_by_domain(person.email, organisation):
        _decide(membership, "confirmed")
        audit.record("membership.proved", "membership", membership.id, actor_id=person.id)
        db.session.flush()
        return
    events.membership_claimed.send(
        membership=membership, administrators=queries.administrators_of(organisation)
    )


def proved_by_domain(email: str, organisation: Organisation) -> bool:
    """Whether the domain of the (proved) address is listed for the organisation or one above it."""
    domain = email.rpartition("@")[2].lower()
    return any(domain in (o.mail_domains or ()) for o in queries.organisations_above(organisation))


def confirm(membership: Membership, by: Person) -> None:
    """An admin confirms a claim. Raises AlreadyDecided when it is not a claim any more."""
    database.claim(membership)
    if membership.state != "claimed":
        raise AlreadyDecided()
    _decide(membership, "confirmed", by)
    audit.record("membership.confirmed", "membership", membership.id, actor_id=by.id)
    db.session.flush()
    events.membership_decided.send(membership=membership)


def end(membership: Membership, by: Person, reason: str = "", *, only: str = "") -> None:
    """Ends a membership: the person leaves, or an admin refuses a claim or ends it.

    `only` is the state it must be in (claimed or confirmed), where not any will do. Raises AlreadyDecided.
    """
    database.claim(membership)
    if membership.state == "ended" or (only and membership.state != only):
        raise AlreadyDecided()
    membership.ended_at = clock.now()
    membership.reason = reason
    _decide(membership, "ended", by)
    audit.record("membership.ended", "membership", membership.id, actor_id=by.id)
    db.session.flush()
    if by.id != membership.person_id:
        events.membership_decided.send(membership=membership)


def _decide(membership: Membership, state: str, by: Person | None = None) -> None:
    membership.state = state
    membership.decided_at = clock.now()
    membership.decided_by_id = by.id if by else None
