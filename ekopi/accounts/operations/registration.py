"""Registering and confirming the address; forgotten passwords. The same answer whether or not an account exists."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import notices, passwords, queries
from ekopi.accounts.models import AccountToken, Consent, Membership, Organisation, Person, SignIn
from ekopi.accounts.operations import letters, memberships, proving, sign_ins, tokens
from ekopi.core import audit, clock, web
from ekopi.core import db as database
from ekopi.core.errors import Invalid, Refused
from ekopi.extensions import db

UNCONFIRMED = timedelta(days=30)
"""How long a registration waits for its confirmation before its rows are removed."""


class NoticeChanged(Refused):
    """The form was opened before the privacy notice changed."""

    code = "notice-changed"
    message = _l("Pemberitahuan privasi sudah diperbarui sejak Anda membuka formulir ini.")
    remedy = _l("Baca versi yang baru, lalu daftar lagi.")


def register(
    *,
    email: str,
    name: str,
    password: str,
    organisation_id: int | None,
    position: str = "",
    notice_version: str,
    language: str = "id",
    goal: str = "",
) -> Person | None:
    """A new account that waits for the confirmation of its address, or a letter to the owner of a known one.

    Returns the new or renewed pending person, None when the address has an account already; callers show the
    same page for both. An address that was registered before and never confirmed keeps no password, neither the
    first nor this one: which of them the mailbox's owner typed is not known, so the owner sets one after
    confirming. `goal` is a path on our own host to go to after the confirmation. Raises Invalid for a password
    that may not be one, NoticeChanged, organisations.OrganisationGone.
    """
    email = queries.fold_email(email)
    if notice_version != notices.PRIVACY_VERSION:
        raise NoticeChanged()
    passwords.check(password, email=email, name=name)
    organisation = queries.organisation(organisation_id) if organisation_id else None
    password_hash = passwords.make_hash(password)
    person, renewed = _begin(email, name, password_hash, language)
    if person is None:
        return None
    _start_over(person, name, "" if renewed else password_hash, language)
    if organisation is not None:
        person.zone = organisation.region.zone if organisation.region else person.zone
        memberships.claim(person, organisation, position)
    db.session.add(Consent(person_id=person.id, notice=notices.PRIVACY, version=notice_version))
    audit.record("account.registered", "person", person.id, actor_id=person.id)
    db.session.flush()
    letters.confirmation(person, goal=goal)
    return person


def _begin(email: str, name: str, password_hash: str, language: str) -> tuple[Person | None, bool]:
    """A new pending person or the known pending one, and whether it was known; None (its owner gets a letter) else."""
    person = queries.person_by_email(email)
    if person is None:
        try:
            with db.session.begin_nested():
                person = Person(
                    email=email, name=name, password_hash=password_hash, language=language, state="pending"
                )
                db.session.add(person)
            return person, False
        except IntegrityError:  # another registration of this address was first
            person = queries.person_by_email(email)
    if person is None:
        raise Refused()
    database.claim(person)
    if person.state == "pending":
        return person, True
    letters.known_address(person)
    return None, True


def _start_over(person: Person, name: str, password_hash: str, language: str) -> None:
    """Nothing of an earlier, unconfirmed try is left over; the days until it is removed begin anew."""
    person.name, person.password_hash, person.language = name, password_hash, language
    person.created_at = clock.now()
    db.session.execute(delete(Membership).where(Membership.person_id == person.id))
    db.session.execute(delete(Consent).where(Consent.person_id == person.id))
    db.session.flush()


def confirm(token: str) -> tuple[Person, str]:
    """Confirms the address of a link. Returns the now active person and the goal kept with the registration.

    Raises tokens.LinkSpent.
    """
    link = tokens.use(token, "confirm")
    person = queries.person(link.person_id)
    if person is None or person.state != "pending":
        raise tokens.LinkSpent()
    activate(person)
    return person, web.own_address(link.facts.get("goal")) or ""


def why_spent(token: str) -> str:
    """Why a link that confirmed an address does not any more: "confirmed", "newer" (another letter came), "expired".

    Raises tokens.LinkSpent for a link nobody knows, and for an account that cannot be entered.
    """
    link = tokens.ended(token, "confirm")
    person = queries.person(link.person_id)
    if person is None or person.state not in ("pending", "active"):
        raise tokens.LinkSpent()
    if person.state == "active":
        return "confirmed"
    return "newer" if tokens.has_open(person.id, "confirm") else "expired"


def confirm_again(token: str) -> None:
    """Another letter to the address that an old link was sent to; whoever has the link reads that mailbox.

    Keeps the goal of the registration. Raises tokens.LinkSpent when there is nothing to confirm any more.
    """
    link = tokens.ended(token, "confirm")
    person = queries.person(link.person_id)
    if person is None:
        raise tokens.LinkSpent()
    database.claim(person)
    if person.state != "pending":
        raise tokens.LinkSpent()
    audit.record("account.confirmation-asked", "person", person.id)
    letters.confirmation(person, goal=link.facts.get("goal", ""))


def activate(person: Person) -> None:
    """The address is proved: the account is active, claims are settled by the mail's domain."""
    person.state, person.confirmed_at = "active", clock.now()
    db.session.flush()
    audit.record("account.confirmed", "person", person.id, actor_id=person.id)
    memberships.settle_claims(person)


def forget_password(email: str) -> None:
    """A letter with a link for a new password; to an unknown address a letter that says there is no account."""
    person = queries.person_by_email(email)
    if person is None or person.state == "erased":
        letters.no_account(queries.fold_email(email))
    elif person.state == "disabled":
        letters.known_address(person)
    else:
        audit.record("account.reset-asked", "person", person.id)
        letters.reset(person)


def reset_password(token: str, password: str) -> Person:
    """Sets a new password through a link, ends all sign-ins and all other links; an unconfirmed address is proved.

    Raises tokens.LinkSpent, and Invalid for a password that may not be one (the link then stays open).
    """
    link = tokens.find(token, "reset")
    person = queries.person(link.person_id)
    if person is None or person.state not in ("pending", "active"):
        raise tokens.LinkSpent()
    passwords.check(password, email=person.email, name=person.name)
    password_hash = passwords.make_hash(password)
    tokens.use(token, "reset")
    person.password_hash = password_hash
    db.session.flush()
    tokens.drop(person.id)
    sign_ins.end_all(person.id)
    proving.forgive(person.email)
    audit.record("account.password-reset", "person", person.id, actor_id=person.id)
    if person.state == "pending":
        activate(person)
    else:
        letters.password_changed(person)
    return person


def remove_unconfirmed() -> int:
    """Removes registrations that nobody confirmed within UNCONFIRMED. Returns how many."""
    limit, removed = clock.now() - UNCONFIRMED, 0
    old = select(Person).where(Person.state == "pending", Person.created_at < limit).order_by(Person.id)
    for person in db.session.scalars(old).all():
        database.claim(person)
        if person.state != "pending" or person.created_at >= limit:
            continue  # confirmed, or registered again, since the list was read
        for table in (Membership, Consent, AccountToken, SignIn):
            db.session.execute(delete(table).where(table.person_id == person.id))
        db.session.delete(person)
        db.session.flush()
        removed += 1
    return removed


def resolve_organisation(text: str, *, field: str = "organisation") -> Organisation | None:
    """The organisation that a typed text means; None for an empty text. Raises Invalid naming near ones."""
    if not text.strip():
        return None
    found = queries.organisations_called(text)
    labels = [label for _id, label in found]
    wanted = " ".join(text.split()).lower()
    exact = [key for key, label in found if label.lower() == wanted]
    if len(exact) == 1:
        return queries.organisation(exact[0])
    if len(found) == 1 and labels[0].split(queries.LABEL)[0].lower() == wanted:
        return queries.organisation(found[0][0])
    if found:
        raise Invalid(
            field, _l("Pilih instansi dari daftar. Yang mirip: %(names)s."), names="; ".join(labels)
        )
    raise Invalid(
        field, _l("Instansi itu belum ada di daftar. Pilih dari daftar, atau kosongkan dan lengkapi nanti.")
    )
