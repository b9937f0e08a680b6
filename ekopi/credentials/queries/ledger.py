"""Reads of the ledger of learning hours (JP)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from ekopi.core import clock
from ekopi.credentials.errors import NoEdition
from ekopi.credentials.models import Certificate, JpAccount, JpEdition, JpEntry
from ekopi.extensions import db


@dataclass(frozen=True)
class YearAccount:
    """A person's JP in one year against the year's target. Target 0: no edition tells one."""

    year: int
    balance: Decimal
    target: Decimal
    edition: JpEdition | None

    @property
    def missing(self) -> Decimal:
        """JP still to reach; never below 0."""
        return max(self.target - self.balance, Decimal(0))

    @property
    def part(self) -> int:
        """Percent of the target, 0 to 100."""
        return min(100, int(self.balance * 100 / self.target)) if self.target else 0


@dataclass(frozen=True)
class Line:
    """One entry as the account shows it. `of` is the entry it takes back, `undone_by` the one that takes it back."""

    entry: JpEntry
    title: str
    number: str | None
    """Of the valid certificate for the same achievement."""
    undone: bool


@dataclass(frozen=True)
class Difference:
    """An account whose balance is not the sum of its entries."""

    person_id: int
    year: int
    balance: Decimal
    total: Decimal


def edition_for(day: date) -> JpEdition:
    """The rules in force on a day. Raises NoEdition when none are."""
    found = _edition_of(day)
    if found is None:
        raise NoEdition(day=day.isoformat())
    return found


def year(person_id: int, year: int) -> YearAccount:
    """The account of a year, also of one without entries; one query. The year's last day tells its edition."""
    own = and_(JpAccount.person_id == person_id, JpAccount.year == year)
    target = select(JpEdition, JpAccount.balance).outerjoin(JpAccount, own)
    row = db.session.execute(_in_force(target, date(year, 12, 31))).first()
    if row is None:
        return YearAccount(year, balance(person_id, year), Decimal(0), None)
    return YearAccount(year, row.balance or Decimal(0), row.JpEdition.target, row.JpEdition)


def balance(person_id: int, year: int) -> Decimal:
    """JP of a person in a year; 0 without an account."""
    own = select(JpAccount.balance).where(JpAccount.person_id == person_id, JpAccount.year == year)
    return db.session.scalar(own) or Decimal(0)


def totals(person_ids: list[int], year: int) -> dict[int, Decimal]:
    """JP of each of these people in a year, 0 for those without an account; one query."""
    rows = select(JpAccount.person_id, JpAccount.balance).where(
        JpAccount.year == year, JpAccount.person_id.in_(person_ids)
    )
    return {**dict.fromkeys(person_ids, Decimal(0)), **dict(db.session.execute(rows).all())}


def years(person_id: int, zone: str | None) -> list[int]:
    """Years with an account, and the current one in the person's zone; newest first."""
    known = db.session.scalars(select(JpAccount.year).where(JpAccount.person_id == person_id))
    return sorted({*known, clock.today(zone).year}, reverse=True)


def entries(person_id: int, year: int) -> list[Line]:
    """All entries of an account, newest first; one query."""
    taken_back = aliased(JpEntry)
    rows = db.session.execute(
        select(JpEntry, Certificate.number, Certificate.facts, taken_back.id)
        .outerjoin(
            Certificate,
            and_(
                Certificate.source_kind == JpEntry.source_kind,
                Certificate.source_id == JpEntry.source_id,
                Certificate.person_id == JpEntry.person_id,
                Certificate.state == "valid",
            ),
        )
        .outerjoin(taken_back, taken_back.reversal_of_id == JpEntry.id)
        .where(JpEntry.person_id == person_id, JpEntry.year == year)
        .order_by(JpEntry.id.desc())
    ).all()
    titles = {
        entry.id: entry.evidence.get("course") or (facts or {}).get("course") or ""
        for entry, _number, facts, _undone in rows
    }
    return [
        Line(entry, titles[entry.id] or titles.get(entry.reversal_of_id, ""), number, undone is not None)
        for entry, number, _facts, undone in rows
    ]


def entry_of(person_id: int, source_kind: str, source_id: int) -> JpEntry | None:
    """The entry of an achievement, if it was credited."""
    return db.session.scalars(
        select(JpEntry).where(
            JpEntry.person_id == person_id,
            JpEntry.source_kind == source_kind,
            JpEntry.source_id == source_id,
        )
    ).first()


def credited_on(person_id: int, day: date) -> Decimal:
    """JP credited for a day and not taken back."""
    taken_back = aliased(JpEntry)
    total = select(func.sum(JpEntry.jp)).where(
        JpEntry.person_id == person_id,
        JpEntry.day == day,
        JpEntry.jp > 0,
        ~select(taken_back.id).where(taken_back.reversal_of_id == JpEntry.id).exists(),
    )
    return db.session.scalar(total) or Decimal(0)


def unbalanced() -> list[Difference]:
    """The proof: every account whose balance differs from the sum of its entries; none when all is well."""
    summed = (
        select(JpEntry.person_id, JpEntry.year, func.sum(JpEntry.jp).label("total"))
        .group_by(JpEntry.person_id, JpEntry.year)
        .subquery()
    )
    total = func.coalesce(summed.c.total, 0, type_=JpAccount.balance.type)
    rows = db.session.execute(
        select(JpAccount.person_id, JpAccount.year, JpAccount.balance, total.label("total"))
        .outerjoin(summed, and_(summed.c.person_id == JpAccount.person_id, summed.c.year == JpAccount.year))
        .where(JpAccount.balance != total)
        .order_by(JpAccount.person_id, JpAccount.year)
    )
    return [Difference(*row) for row in rows]


def entry_names(ids: list[str]) -> dict[str, str]:
    """Names of entries, for the sentences of the audit trail."""
    rows = db.session.execute(select(JpEntry.id, JpEntry.year).where(JpEntry.id.in_([int(i) for i in ids])))
    return {str(row.id): _("JP %(year)s nomor %(number)s", year=row.year, number=row.id) for row in rows}


def _edition_of(day: date) -> JpEdition | None:
    return db.session.scalars(_in_force(select(JpEdition), day)).first()


def _in_force(query, day: date):
    return (
        query.where(JpEdition.valid_from <= day, (JpEdition.valid_to.is_(None)) | (JpEdition.valid_to >= day))
        .order_by(JpEdition.valid_from.desc())
        .limit(1)
    )
