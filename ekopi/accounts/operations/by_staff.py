"""What staff do to the accounts, memberships and organisations of others, beyond the verbs people have themselves."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import events
from ekopi.accounts.models import Membership, Organisation, Person
from ekopi.accounts.operations import account, letters, memberships, organisations, sign_ins, tokens
from ekopi.core import audit, clock
from ekopi.core import db as database
from ekopi.core.errors import Refused
from ekopi.extensions import db

UNDO = timedelta(days=database.UNDO_DAYS)


class OwnAccount(Refused):
    """Whoever disables the own account could not undo it."""

    code = "own-account"
    message = _l("Akun sendiri tidak dapat dinonaktifkan.")
    remedy = _l("Minta admin lain melakukannya.")


class StateChanged(Refused):
    """Somebody else changed the account in the meantime."""

    code = "state-changed"
    message = _l("Keadaan akun ini sudah berubah sejak Anda membukanya.")
    remedy = _l("Muat ulang halaman untuk melihat keadaannya sekarang.")


class EnoughLetters(Refused):
    """Five letters within an hour are enough."""

    code = "enough-letters"
    message = _l("Sudah lima surel konfirmasi dikirim dalam satu jam terakhir.")
    remedy = _l("Minta orangnya memeriksa folder spam, atau coba lagi satu jam lagi.")


class NotReopened(Refused):
    """The person left, or the membership ended too long ago."""

    code = "not-reopened"
    message = _l("Keanggotaan ini tidak dapat dipulihkan.")
    remedy = _l("Orangnya sendiri dapat menyatakan keanggotaan lagi dari halaman akunnya.")


class LivesAlready(Refused):
    """The person has claimed the membership anew."""

    code = "membership-lives"
    message = _l("Orang ini sudah memiliki keanggotaan lain yang berlaku di instansi ini.")


class NotRestored(Refused):
    """The organisation was deleted too long ago, or the one above it is deleted."""

    code = "not-restored"
    message = _l("Instansi ini tidak dapat dipulihkan.")
    remedy = _l("Pulihkan lebih dahulu instansi di atasnya. Setelah 30 hari, buat instansi baru.")


def record_view(person_id: int, by: Person) -> None:
    """Notes that staff opened somebody's record; shown to that person. Opening one's own is not noted."""
    if person_id != by.id:
        audit.record("person.viewed", "person", person_id, actor_id=by.id)


def confirm_all(claims: list[Membership], by: Person) -> tuple[int, int]:
    """Confirms claims; those that somebody decided on in the meantime are left as they are.

    Returns how many were confirmed and how many were decided on before.
    """
    confirmed = 0
    for membership in sorted(claims, key=lambda m: m.id):
        try:
            memberships.confirm(membership, by)
        except memberships.AlreadyDecided:
            continue
        confirmed += 1
    return confirmed, len(claims) - confirmed


def refuse(membership: Membership, reason: str, by: Person) -> None:
    """Ends a claim with a reason. Raises AlreadyDecided when it is not a claim any more."""
    memberships.end(membership, by, reason, only="claimed")


def end_membership(membership: Membership, by: Person) -> None:
    """Ends a confirmed membership. Raises AlreadyDecided when it is not confirmed (any more)."""
    memberships.end(membership, by, only="confirmed")


def reopen(membership: Membership, state: str, by: Person) -> None:
    """Undoes the end of a membership within 30 days; `state` (claimed or confirmed) is what it was before.

    Raises AlreadyDecided when it is not ended, NotReopened, LivesAlready.
    """
    database.claim(membership)
    if membership.ended_at is None:
        raise memberships.AlreadyDecided()
    left = membership.decided_by_id == membership.person_id
    if left or state not in ("claimed", "confirmed") or clock.now() - membership.ended_at > UNDO:
        raise NotReopened()
    try:
        with db.session.begin_nested():
            membership.state, membership.ended_at, membership.reason = state, None, ""
            confirmed = state == "confirmed"
            membership.decided_at = clock.now() if confirmed else None
            membership.decided_by_id = by.id if confirmed else None
    except IntegrityError as clash:
        raise LivesAlready() from clash
    audit.record("membership.reopened", "membership", membership.id, actor_id=by.id)
    if state == "confirmed":
        events.membership_decided.send(membership=membership)


def disable(person: Person, by: Person) -> None:
    """Nobody can sign in to the account until it is enabled; its sign-ins end. Raises OwnAccount, StateChanged, LastAdmin."""
    if person.id == by.id:
        raise OwnAccount()
    if not account.disable(person, by):
        raise StateChanged()


def enable(person: Person, by: Person) -> None:
    """Undoes disable(). Raises StateChanged."""
    if not account.enable(person, by):
        raise StateChanged()


def resend_confirmation(person: Person, by: Person) -> None:
    """Another letter with the link that confirms the address. Raises StateChanged, EnoughLetters."""
    database.claim(person)
    if person.state != "pending":
        raise StateChanged()
    if tokens.too_many(person.id, "confirm"):
        raise EnoughLetters()
    letters.confirmation(person)
    audit.record("account.confirmation-resent", "person", person.id, actor_id=by.id)


def end_sign_ins(person: Person, by: Person) -> int:
    """Signs the person out everywhere. Returns how many sign-ins ended."""
    own = by.token if person.id == by.id else None
    ended = sign_ins.end_all(person.id, but_token=own)
    audit.record("account.sign-ins-ended-by-staff", "person", person.id, actor_id=by.id)
    return ended


def restore_organisation(organisation: Organisation, by: Person) -> None:
    """Brings a deleted organisation back within 30 days; one that is there stays. Raises NotRestored, NameTaken."""
    database.claim(organisation)
    if organisation.deleted_at is None:
        return
    parent = db.session.get(Organisation, organisation.parent_id) if organisation.parent_id else None
    if parent is not None:
        database.claim(parent)
    if not organisation.undoable or (parent is not None and parent.deleted_at is not None):
        raise NotRestored()
    organisations.restore(organisation, by=by)
