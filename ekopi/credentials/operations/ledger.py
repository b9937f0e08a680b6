"""The ledger of learning hours: crediting once, taking back, the nightly proof.

The row of (person, year) is written first, so that two credits of one person wait for each other, then the
entry is added. Unique keys make a second credit of the same achievement impossible on both databases.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from ekopi.accounts.models import Person
from ekopi.core import audit, clock
from ekopi.credentials import queries
from ekopi.credentials.errors import TakenBackAlready
from ekopi.credentials.models import JpAccount, JpEdition, JpEntry
from ekopi.credentials.operations.reasons import checked_reason
from ekopi.credentials.queries import balance, edition_for
from ekopi.credentials.queries.ledger import Difference, credited_on
from ekopi.extensions import db

__all__ = ["balance", "credit", "edition_for", "prove", "refresh_editions", "reverse"]

CENT = Decimal("0.01")
REVERSAL = "reversal"


def credit(
    person: Person, source_kind: str, source_id: int, jp, evidence: dict, at: datetime | None = None
) -> JpEntry | None:
    """Credits JP for an achievement, exactly once: the entry there is when it was credited before.

    `jp` is rounded to two decimals. `at` (default now) decides day and year, in the person's zone. `evidence`
    holds no personal data; the account shows these keys where they are given: course (title), course_slug,
    minutes (observed), attempts, publication (number). When the edition limits the JP of a day, what is over
    the limit is not credited, and the evidence says so (declared, day_limit).

    Returns None when nothing is to be credited: 0 JP, or a day whose limit is used up.
    Raises NoEdition when no rules are in force on that day.
    """
    known = queries.entry_of(person.id, source_kind, source_id)
    if known is not None:
        return known
    at = at or clock.now()
    day = clock.local(at, person.zone).date()
    edition = edition_for(day)
    declared = Decimal(jp).quantize(CENT, ROUND_HALF_UP)
    if declared < 0:
        raise ValueError("credited JP are never below zero")
    if not declared:
        return None
    try:
        with db.session.begin_nested():
            _add_to_balance(person.id, day.year, Decimal(0) if edition.day_limit else declared)
            credited = declared
            if edition.day_limit:
                credited, evidence = _within_the_day(person.id, day, declared, edition.day_limit, evidence)
                if not credited:
                    return None
                _add_to_balance(person.id, day.year, credited)
            entry = JpEntry(
                person_id=person.id, year=day.year, source_kind=source_kind, source_id=source_id,
                jp=credited, edition=edition.edition, evidence=evidence, at=at, day=day,
            )  # fmt: skip
            db.session.add(entry)
    except IntegrityError:
        known = queries.entry_of(person.id, source_kind, source_id)
        if known is None:
            raise
        return known
    return entry


def reverse(entry: JpEntry, reason: str, by_id: int | None) -> JpEntry:
    """Takes a credit back through an entry of its own, in the account of the same year.

    Raises Invalid for a reason that says nothing, TakenBackAlready when that was done before.
    """
    reason = checked_reason(reason)
    if entry.reversal_of_id is not None:
        raise TakenBackAlready()
    now = clock.now()
    zone = db.session.get_one(Person, entry.person_id).zone
    try:
        with db.session.begin_nested():
            _add_to_balance(entry.person_id, entry.year, -entry.jp)
            made = JpEntry(
                person_id=entry.person_id, year=entry.year, source_kind=REVERSAL, source_id=entry.id,
                jp=-entry.jp, edition=entry.edition, evidence={"reason": reason, "by": by_id}, at=now,
                day=clock.local(now, zone).date(), reversal_of_id=entry.id,
            )  # fmt: skip
            db.session.add(made)
    except IntegrityError as clash:
        raise TakenBackAlready() from clash
    audit.record("jp.reversed", "jp_entry", entry.id, actor_id=by_id, person_id=entry.person_id)
    return made


def prove() -> list[Difference]:
    """Compares every balance with the sum of its entries; each difference goes to the audit trail."""
    differences = queries.unbalanced()
    for found in differences:
        audit.record(
            "jp.unbalanced", "person", found.person_id,
            year=found.year, balance=str(found.balance), total=str(found.total),
        )  # fmt: skip
    db.session.flush()
    return differences


def refresh_editions(editions: list[dict]) -> None:
    """Adds editions and takes over what changed in known ones; removes none, entries name them."""
    for values in editions:
        db.session.merge(JpEdition(**{"valid_to": None, "day_limit": None, **values}))
    db.session.flush()


def _within_the_day(
    person_id: int, day: date, declared: Decimal, limit: Decimal, evidence: dict
) -> tuple[Decimal, dict]:
    """What the day still takes. The account is locked by now, so nobody else credits the same day."""
    left = max(limit - credited_on(person_id, day), Decimal(0))
    if declared <= left:
        return declared, evidence
    return left, {**evidence, "declared": str(declared), "day_limit": str(limit)}


def _add_to_balance(person_id: int, year: int, jp: Decimal) -> None:
    """Makes the account where there is none; locks its row until the transaction ends."""
    if jp < 0:  # an upsert would try the negative balance as a new row first, and the check refuses that
        db.session.execute(
            update(JpAccount)
            .where(JpAccount.person_id == person_id, JpAccount.year == year)
            .values(balance=JpAccount.balance + jp)
            .execution_options(synchronize_session=False)
        )
        return
    dialect = sqlite if db.session.connection().dialect.name == "sqlite" else postgresql
    upsert = dialect.insert(JpAccount).values(person_id=person_id, year=year, balance=jp)
    db.session.execute(
        upsert.on_conflict_do_update(
            index_elements=["person_id", "year"],
            set_={"balance": JpAccount.balance + upsert.excluded.balance},
        )
    )
