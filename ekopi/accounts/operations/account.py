"""What people change in their own account: name, address, password, NIP, zone and language; and its end."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import nip, passwords, queries
from ekopi.accounts.models import Person
from ekopi.accounts.operations import api_tokens, consents, letters, memberships, roles, sign_ins, tokens
from ekopi.core import audit, clock
from ekopi.core import db as database
from ekopi.core.errors import Invalid, Refused
from ekopi.core.registry import all_of
from ekopi.extensions import db
from ekopi.mail.models import Letter

LAST_LETTER = timedelta(days=2)


class EmailTaken(Refused):
    """The new address got an account of its own before it was confirmed."""

    code = "email-taken"
    message = _l("Alamat itu sekarang dipakai akun lain.")
    remedy = _l("Gunakan alamat lain, atau hubungi admin instansi Anda.")


class PasswordChanged(Refused):
    """Another browser changed the password since the old one was given in this one."""

    code = "password-changed"
    message = _l("Kata sandi akun ini baru saja diubah di tempat lain.")
    remedy = _l("Masuk lagi dengan kata sandi yang baru, atau minta tautan lewat “Lupa kata sandi?”.")


def change_name(person: Person, name: str) -> None:
    """The name on new certificates; those already given keep theirs."""
    if name != person.name:
        person.name = name
        db.session.flush()
        audit.record("account.name-changed", "person", person.id)


def change_preferences(person: Person, *, zone: str, language: str) -> None:
    """Zone of all times shown, and language of pages and letters."""
    if (zone, language) != (person.zone, person.language):
        person.zone, person.language = zone, language
        db.session.flush()
        audit.record("account.preferences-changed", "person", person.id)


def set_nip(person: Person, text: str) -> None:
    """Keeps a NIP, encrypted; an empty text removes it. Raises Invalid, also when another account has it."""
    if not text.strip():
        if person.nip_hash is not None:
            person.nip_cipher = person.nip_hash = None
            db.session.flush()
            audit.record("account.nip-removed", "person", person.id)
        return
    digits = nip.read(text)
    if nip.match(digits) == person.nip_hash:
        return
    try:
        with db.session.begin_nested():
            person.nip_cipher, person.nip_hash = nip.encrypt(digits), nip.match(digits)
    except IntegrityError as clash:
        raise Invalid(
            "nip",
            _l("NIP ini sudah tercatat di akun lain. Bila itu milik Anda, hubungi admin instansi Anda."),
        ) from clash
    audit.record("account.nip-set", "person", person.id)


def change_password(person: Person, new: str, *, proved: str, token: str | None) -> None:
    """A new password; ends all other sign-ins and open links. Raises Invalid, PasswordChanged.

    `proved` is the hash whose password the caller has proved; empty when there was none. Must come first in its
    transaction, since it hashes.
    """
    passwords.check(new, email=person.email, name=person.name, field="new")
    password_hash = passwords.make_hash(new)
    database.claim(person)
    if person.password_hash != proved:
        raise PasswordChanged()
    person.password_hash = password_hash
    db.session.flush()
    tokens.drop(person.id)
    sign_ins.end_all(person.id, but_token=token)
    audit.record("account.password-changed", "person", person.id)
    letters.password_changed(person)


def ask_for_email(person: Person, email: str) -> None:
    """Sends a link to the new address and a notice to the present one; nothing changes before the link is used.

    An address that has an account gets a letter that says so, and the person the same answer. Raises Invalid for
    the present address.
    """
    email = queries.fold_email(email)
    if email == person.email:
        raise Invalid("email", _l("Itu alamat Anda sekarang. Isi alamat yang baru."))
    if not tokens.too_many(person.id, "change_email"):
        token = tokens.make(person.id, "change_email", email=email)
        if queries.person_by_email(email) is None:
            letters.email_to_new(person, email, token)
        else:
            letters.email_to_taken(email)
        letters.email_asked(person)
    audit.record("account.email-asked", "person", person.id)


def confirm_email(token: str) -> Person:
    """Makes the address of the link the account's and ends its other links. Raises LinkSpent, EmailTaken."""
    link = tokens.use(token, "change_email")
    person = queries.person(link.person_id)
    if person is None or person.state != "active":
        raise tokens.spent("change_email")
    old = person.email
    try:
        with db.session.begin_nested():
            person.email = link.facts["email"]
    except IntegrityError as clash:
        raise EmailTaken() from clash
    tokens.drop(person.id)
    _forget_address(link)
    audit.record("account.email-changed", "person", person.id, actor_id=person.id)
    letters.email_changed(person, old)
    memberships.settle_claims(person)
    return person


def _forget_address(link) -> None:
    """The address stands in the account now; the used link need not keep it."""
    link.facts = {}
    db.session.flush()


def end_sign_in(person: Person, sign_in_id: int) -> bool:
    """Ends one of the person's sign-ins; False when the person has none of this number."""
    if sign_ins.end_one(person.id, sign_in_id):
        audit.record("account.sign-in-ended", "person", person.id)
        return True
    return sign_ins.over(person.id, sign_in_id)


def end_other_sign_ins(person: Person) -> int:
    """Ends all sign-ins but the one of this request. Returns how many."""
    ended = sign_ins.end_all(person.id, but_token=person.token)
    audit.record("account.sign-ins-ended", "person", person.id)
    return ended


def collect_data(person: Person) -> dict:
    """Everything the areas hold about the person, by area; noted in the trail."""
    audit.record("account.data-downloaded", "person", person.id)
    return {
        "format": "ekopi-data-1",
        "dibuat": clock.now().isoformat(),
        "bagian": {area: module.export(person.id) for area, module in all_of("privacy").items()},
    }


def disable(person: Person, by: Person | None) -> bool:
    """Nobody can sign in to the account until it is enabled. False when it is disabled or erased already.

    Raises roles.LastAdmin.
    """
    roles.refuse_last_admin(person)
    if person.state not in ("active", "pending"):
        return False
    person.state = "disabled"
    db.session.flush()
    sign_ins.end_all(person.id)
    api_tokens.end_all(person.id)
    tokens.drop(person.id)
    audit.record("account.disabled", "person", person.id, actor_id=by.id if by else None)
    return True


def enable(person: Person, by: Person | None) -> bool:
    """Undoes disable(); False when there is nothing to undo. An account never confirmed counts as confirmed then."""
    database.claim(person)
    if person.state != "disabled":
        return False
    person.state = "active"
    person.confirmed_at = person.confirmed_at or clock.now()
    db.session.flush()
    audit.record("account.enabled", "person", person.id, actor_id=by.id if by else None)
    return True


def erase(person: Person) -> None:
    """Ends the account for good: every area forgets the person but for what must stay, which loses the name.

    Raises roles.LastAdmin. Certificates stay as they were printed (their page shows the name, as the paper does).
    """
    roles.refuse_last_admin(person)
    audit.record("account.erased", "person", person.id, actor_id=person.id)
    consents.withdraw_all(person.id)
    db.session.flush()
    areas = all_of("privacy")
    for area, module in areas.items():
        if area != "accounts":
            module.erase(person.id)
    letters.erased(person)
    if "accounts" in areas:
        areas["accounts"].erase(person.id)
    db.session.flush()


def forget_last_letters() -> int:
    """Nightly: the letter that told of an erasure had two days to go out; then its address goes too."""
    told = db.session.scalars(
        select(Letter.person_id)
        .join(Person, Person.id == Letter.person_id)
        .where(
            Person.state == "erased",
            Letter.to_address != "",
            Letter.created_at < clock.now() - LAST_LETTER,
        )
        .distinct()
    ).all()
    for person_id in told:
        all_of("privacy")["mail"].erase(person_id)
    return len(told)
