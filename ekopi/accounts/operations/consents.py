"""The ledger of consents: rows are added, and marked when withdrawn; nothing else ever changes."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import notices, queries
from ekopi.accounts.models import Consent, Person
from ekopi.core import audit, clock
from ekopi.extensions import db


def accept(person: Person, version: str) -> None:
    """The person accepts a version of the privacy notice; accepting it twice is once."""
    if queries.consents_to(person.id, notices.PRIVACY, version):
        return
    try:
        with db.session.begin_nested():
            db.session.add(Consent(person_id=person.id, notice=notices.PRIVACY, version=version))
    except IntegrityError:  # another tab was first
        return
    audit.record("consent.given", "person", person.id, version=version)
    db.session.flush()


def withdraw_all(person_id: int) -> None:
    """Marks all consents of a person as withdrawn now."""
    db.session.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
