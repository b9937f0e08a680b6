"""People made by commands and admins, who need no confirmation letter."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import passwords, queries
from ekopi.accounts.models import Person
from ekopi.core import audit, clock
from ekopi.core.errors import Invalid
from ekopi.extensions import db


def create(
    *, email: str, name: str, password: str = "", language: str = "id", by: Person | None = None
) -> Person:
    """An active account; without a password its owner comes in by an admin link or "Lupa kata sandi?".

    Raises Invalid when the address has an account, or the password may not be one. Must come first in its
    transaction when a password is given, since it hashes.
    """
    email = queries.fold_email(email)
    password_hash = ""
    if password:
        passwords.check(password, email=email, name=name)
        password_hash = passwords.make_hash(password)
    person = Person(
        email=email, name=name, password_hash=password_hash, language=language, state="active",
        confirmed_at=clock.now(),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError as clash:
        raise Invalid("email", _l("Alamat surel ini sudah memiliki akun.")) from clash
    audit.record("account.created", "person", person.id, actor_id=by.id if by else None)
    return person
