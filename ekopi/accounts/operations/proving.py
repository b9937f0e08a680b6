"""Proving who one is by a password; guessing is slowed down, known and unknown addresses alike.

The password is checked before anything is written, so no write transaction waits for argon2.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from ekopi.accounts import passwords, queries
from ekopi.accounts.models import Person, SignIn, SignInFailure
from ekopi.accounts.operations import letters, tokens
from ekopi.core import audit, clock, web
from ekopi.core import db as database
from ekopi.core.errors import Invalid
from ekopi.extensions import db

MOST_FAILURES = 5
WINDOW = timedelta(minutes=15)
"""Failures count this long, and this long an address is slowed down after the last one that counted."""
FRESH = timedelta(minutes=15)
"""How long a given password opens sensitive acts."""


class NotProved(Invalid):
    """The address and the password do not belong together; the same words for known and unknown addresses."""

    code = "not-proved"
    message = _l("Surel atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.")


class WrongPassword(Invalid):
    """Somebody who is signed in gave a wrong password."""

    code = "wrong-password"
    message = _l("Kata sandi tidak cocok. Periksa huruf besar dan kecilnya, lalu coba lagi.")


class SlowedDown(Invalid):
    """Too many wrong passwords for this address; even the right one is not looked at until later."""

    code = "slowed-down"
    status = 429
    message = _l(
        "Terlalu banyak kata sandi yang salah. Coba lagi pukul %(clock)s, atau buat kata sandi baru."
    )


class NotConfirmed(Invalid):
    """The password is right, but the address was never confirmed. A new letter is on its way."""

    code = "not-confirmed"
    message = _l("Alamat surel Anda belum dikonfirmasi. Kami kirim lagi tautannya; buka surel Anda.")


class Disabled(Invalid):
    """The password is right, but the account was disabled by an admin."""

    code = "disabled"
    message = _l("Akun ini dinonaktifkan. Hubungi admin instansi Anda.")


def prove(email: str, password: str) -> Person:
    """The active person of this address and password, with roles.

    Raises NotProved, SlowedDown, NotConfirmed or Disabled; callers commit in every case, since failures are
    counted and letters written. Takes the same time whether or not there is such an account. The person stays
    claimed until then: a password that is changed meanwhile ends the sign-in that begins with this one.
    """
    email = queries.fold_email(email)
    person = queries.person_by_email(email)
    kept = person.password_hash if person else ""
    right = passwords.fits(password, kept)
    renewed = passwords.make_hash(password) if right and passwords.outdated(kept) else ""
    until = slowed_until(email)
    if until is not None:
        raise SlowedDown(clock=web.say_clock(until))
    if not right or person is None or _changed_since(person, kept) or person.state == "erased":
        _count(email, person)
        raise NotProved()
    forgive(email)
    if renewed:  # the costs of hashing were raised since
        person.password_hash = renewed
        db.session.flush()
    if person.state == "pending":
        letters.confirmation(person, goal=tokens.goal_of(person.id))
        raise NotConfirmed()
    if person.state == "disabled":
        raise Disabled()
    return person


def prove_again(person: Person, sign_in: SignIn, password: str, *, field: str = "password") -> None:
    """Somebody who is signed in gives the password again; opens sensitive acts for FRESH.

    Raises WrongPassword or SlowedDown; callers commit in every case.
    """
    right = passwords.fits(password, person.password_hash)
    until = slowed_until(person.email)
    if until is not None:
        raise SlowedDown(field, clock=web.say_clock(until))
    if not right:
        _count(person.email, person)
        raise WrongPassword(field)
    forgive(person.email)
    sign_in.proved_at = clock.now()
    db.session.flush()


def _changed_since(person: Person, kept: str) -> bool:
    """Claims the person; whether the password is not any more the one of the hash that was looked at."""
    database.claim(person)
    return person.password_hash != kept


def is_fresh(sign_in: SignIn) -> bool:
    """Whether the password was given in this sign-in within FRESH."""
    return clock.now() - sign_in.proved_at < FRESH


def slowed_until(email: str) -> datetime | None:
    """When the address may be tried again, or None when it may be tried now."""
    latest = db.session.scalars(
        select(SignInFailure.at)
        .where(SignInFailure.address_hash == address_hash(email), SignInFailure.at > clock.now() - WINDOW)
        .order_by(SignInFailure.at.desc(), SignInFailure.id.desc())
        .limit(MOST_FAILURES)
    ).all()
    return latest[0] + WINDOW if len(latest) == MOST_FAILURES else None


def forgive(email: str) -> None:
    """Forgets the failures of an address: its owner was here."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.address_hash == address_hash(email)))


def address_hash(email: str) -> str:
    """What is kept of an address that was tried: keyed, so that the table tells nobody which ones."""
    key = current_app.extensions["settings"].secret_key.encode()
    return hmac.new(b"sign-in:" + key, queries.fold_email(email).encode(), hashlib.sha256).hexdigest()


def _count(email: str, person: Person | None) -> None:
    db.session.add(SignInFailure(address_hash=address_hash(email)))
    db.session.flush()
    until = slowed_until(email)
    if until is None or person is None or person.state != "active":
        return
    audit.record("account.slowed-down", "person", person.id, actor_id=person.id)
    letters.guesses(person, until)
