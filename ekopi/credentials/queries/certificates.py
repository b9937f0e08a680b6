"""Reads of certificates; each loads what its page touches."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ekopi.accounts.models import Person
from ekopi.core.paging import Page, page
from ekopi.credentials.models import Certificate
from ekopi.credentials.numbers import parse
from ekopi.extensions import db

NEWEST = [Certificate.issued_at, Certificate.id]
"""What lists of certificates are ordered by."""


def by_number(number: str) -> Certificate | None:
    """The certificate with its holder and the one that replaced it."""
    return db.session.scalars(_whole().where(Certificate.number == number)).first()


def of_holder(person_id: int, number: str) -> Certificate | None:
    """The same, only when it is this person's."""
    mine = _whole().where(Certificate.number == number, Certificate.person_id == person_id)
    return db.session.scalars(mine).first()


def of_source(source_kind: str, source_id: int) -> list[Certificate]:
    """All certificates of one achievement, newest first; at most one of them is valid."""
    return list(
        db.session.scalars(
            select(Certificate)
            .where(Certificate.source_kind == source_kind, Certificate.source_id == source_id)
            .order_by(Certificate.id.desc())
        )
    )


def history(certificate: Certificate) -> list[Certificate]:
    """All papers for the same achievement, newest first, with who ended them."""
    return list(
        db.session.scalars(
            select(Certificate)
            .where(
                Certificate.source_kind == certificate.source_kind,
                Certificate.source_id == certificate.source_id,
            )
            .options(joinedload(Certificate.replaced_by))
            .order_by(Certificate.id.desc())
        )
    )


def certificates_of(person_id: int) -> Page:
    """A page of a person's certificates, the last issued first; replaced ones are left out."""
    return page(
        select(Certificate).where(Certificate.person_id == person_id, Certificate.state != "replaced"),
        NEWEST,
        of=_place,
        descending=True,
    )


def found_by_staff(text: str) -> Page:
    """A page of all certificates, the last issued first.

    `text` is a number, or a part of a number or of the holder's name as it is today, as it was typed.
    """
    query = select(Certificate)
    if number := parse(text):
        query = query.where(Certificate.number == number)
    elif words := text.split():
        holders = select(Person.id).where(Person.name.icontains(" ".join(words), autoescape=True))
        of_number = Certificate.number.contains("".join(words).upper(), autoescape=True)
        query = query.where(or_(of_number, Certificate.person_id.in_(holders)))
    return page(query, NEWEST, of=_place, descending=True)


def certificate_names(ids: list[str]) -> dict[str, str]:
    """Numbers of certificates, for the sentences of the audit trail."""
    rows = select(Certificate.id, Certificate.number).where(Certificate.id.in_([int(i) for i in ids]))
    return {str(row.id): row.number for row in db.session.execute(rows)}


def _place(row: Certificate) -> tuple:
    return row.issued_at, row.id


def _whole() -> Select:
    """Queries of their own and no joins: the row is locked later, and an outer join cannot be locked."""
    return select(Certificate).options(
        selectinload(Certificate.person), selectinload(Certificate.replaced_by)
    )
