"""The ledger: exactly once, two decimals, the person's zone, reversal, limits, the proof."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from ekopi.core.errors import Invalid
from ekopi.core.models import AuditEntry
from ekopi.credentials import queries, tasks
from ekopi.credentials.errors import NoEdition, TakenBackAlready
from ekopi.credentials.models import JpAccount, JpEdition, JpEntry
from ekopi.credentials.operations import ledger
from tests.accounts import make as accounts
from tests.credentials import make

JULY = datetime(2026, 7, 2, 3, 0, tzinfo=UTC)


def limit_the_day(jp):
    edition = queries.edition_for(date(2026, 7, 2))
    edition.day_limit = Decimal(jp) if jp else None


def test_the_shipped_edition(db):
    edition = queries.edition_for(date(2026, 7, 2))
    assert (edition.edition, edition.target, edition.minutes_per_jp) == ("2026", Decimal(20), 45)
    assert edition.day_limit is None
    assert edition.verified is False
    assert queries.edition_for(date(2031, 1, 1)) is edition
    with pytest.raises(NoEdition):
        queries.edition_for(date(2025, 12, 31))


def test_loading_editions_again_changes_nothing_and_takes_over_what_changed(db):
    db.session.execute(update(JpEdition).values(target=Decimal(24), day_limit=Decimal(8)))
    db.session.expire_all()
    tasks.load_editions()
    tasks.load_editions()
    edition = db.session.scalars(select(JpEdition)).one()
    assert (edition.target, edition.day_limit) == (Decimal(20), None)


def test_the_newest_edition_in_force_counts(db):
    db.session.add(
        JpEdition(edition="2027", valid_from=date(2027, 1, 1), target=Decimal(24), minutes_per_jp=45)
    )
    db.session.flush()
    assert queries.edition_for(date(2026, 12, 31)).edition == "2026"
    assert queries.edition_for(date(2027, 1, 1)).edition == "2027"
    person = accounts.person()
    assert queries.year(person.id, 2026).target == 20
    assert queries.year(person.id, 2027).target == 24


def test_a_credit_is_an_entry_and_a_balance(db):
    person = accounts.person()
    entry = make.credit(person, "12.5", at=JULY)
    assert (entry.jp, entry.year, entry.day, entry.edition) == (
        Decimal("12.50"),
        2026,
        date(2026, 7, 2),
        "2026",
    )
    assert ledger.balance(person.id, 2026) == Decimal("12.50")
    make.credit(person, "0.25", at=JULY)
    assert ledger.balance(person.id, 2026) == Decimal("12.75")
    assert ledger.balance(person.id, 2025) == 0


def test_a_second_credit_of_the_same_achievement_is_the_first(db):
    person = accounts.person()
    first = make.credit(person, "4", source_id=7, at=JULY)
    assert make.credit(person, "9", source_id=7, at=JULY) is first
    assert ledger.balance(person.id, 2026) == 4
    other = accounts.person()
    assert make.credit(other, "4", source_id=7, at=JULY).id != first.id


def test_two_decimals_are_kept_exactly(db):
    person = accounts.person()
    for _ in range(30):
        make.credit(person, "0.10", at=JULY)
    assert ledger.balance(person.id, 2026) == Decimal("3.00")
    assert make.credit(person, "1.005", at=JULY).jp == Decimal("1.01")


def test_nothing_is_credited_for_nothing(db):
    person = accounts.person()
    assert make.credit(person, "0", at=JULY) is None
    assert make.credit(person, "0.004", at=JULY) is None
    with pytest.raises(ValueError, match="below zero"):
        make.credit(person, "-1", at=JULY)
    assert ledger.balance(person.id, 2026) == 0


def test_year_and_day_are_those_of_the_persons_zone(db):
    eve = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # 23.30 WIB, and 01.30 WIT of the new year
    west = make.credit(accounts.person(zone="Asia/Jakarta"), at=eve)
    east = make.credit(accounts.person(zone="Asia/Jayapura"), at=eve)
    assert (west.year, west.day) == (2026, date(2026, 12, 31))
    assert (east.year, east.day) == (2027, date(2027, 1, 1))


def test_no_credit_without_rules(db):
    with pytest.raises(NoEdition):
        make.credit(at=datetime(2025, 6, 1, tzinfo=UTC))


def test_the_limit_of_a_day_is_applied_and_said(db):
    limit_the_day("8")
    person = accounts.person()
    assert "day_limit" not in make.credit(person, "6", at=JULY).evidence
    second = make.credit(person, "5", at=JULY, course="Kursus Kedua")
    assert second.jp == 2
    assert second.evidence == {"course": "Kursus Kedua", "declared": "5.00", "day_limit": "8.00"}
    assert make.credit(person, "1", at=JULY) is None
    assert ledger.balance(person.id, 2026) == 8
    assert make.credit(person, "5", at=JULY.replace(day=3)).jp == 5
    assert make.credit(accounts.person(), "5", at=JULY).jp == 5


def test_what_was_taken_back_frees_the_day(db):
    limit_the_day("8")
    person = accounts.person()
    ledger.reverse(make.credit(person, "8", at=JULY), make.REASON, None)
    assert make.credit(person, "5", at=JULY).jp == 5


def test_a_reversal_is_an_entry_of_its_own(db):
    person, admin = accounts.person(), make.admin()
    credited = make.credit(person, "4", at=JULY)
    make.credit(person, "2", at=JULY)
    taken = ledger.reverse(credited, make.REASON, admin.id)
    assert (taken.jp, taken.reversal_of_id, taken.year) == (Decimal(-4), credited.id, 2026)
    assert taken.evidence == {"reason": make.REASON, "by": admin.id}
    assert ledger.balance(person.id, 2026) == 2
    assert queries.unbalanced() == []
    assert db.session.scalar(select(AuditEntry.actor_id).where(AuditEntry.verb == "jp.reversed")) == admin.id


def test_nothing_is_taken_back_twice_or_without_a_reason(db):
    credited = make.credit(at=JULY)
    with pytest.raises(Invalid) as refusal:
        ledger.reverse(credited, "  salah   .", None)
    assert refusal.value.field == "reason"
    taken = ledger.reverse(credited, make.REASON, None)
    for entry in (credited, taken):
        with pytest.raises(TakenBackAlready):
            ledger.reverse(entry, make.REASON, None)
    assert ledger.balance(credited.person_id, 2026) == 0
    assert (
        make.credit(db.session.get(accounts.Person, credited.person_id), source_id=credited.source_id)
        is credited
    )


def test_totals_and_years(db):
    one, two = accounts.person(), accounts.person()
    make.credit(one, "4", at=JULY)
    make.credit(one, "3.5", at=JULY)
    assert queries.totals([one.id, two.id], 2026) == {one.id: Decimal("7.50"), two.id: Decimal(0)}
    assert queries.totals([], 2026) == {}
    account = queries.year(one.id, 2026)
    assert (account.balance, account.missing, account.part) == (Decimal("7.50"), Decimal("12.50"), 37)
    make.credit(one, "40", at=JULY)
    assert (queries.year(one.id, 2026).missing, queries.year(one.id, 2026).part) == (0, 100)
    make.credit(one, "1", at=datetime(2028, 1, 5, tzinfo=UTC))
    assert queries.years(one.id, one.zone)[0] == 2028
    empty = queries.year(two.id, 2019)
    assert (empty.balance, empty.target, empty.part, empty.edition) == (0, 0, 0, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE jp_entries SET jp = 400 WHERE id = :id",
        "UPDATE jp_entries SET evidence = '{}' WHERE id = :id",
        "DELETE FROM jp_entries WHERE id = :id",
    ],
)
def test_entries_are_never_changed_or_deleted(db, change):
    entry = make.credit(at=JULY)
    with pytest.raises(DatabaseError, match="never changed|changed"), db.session.begin_nested():
        db.session.execute(text(change), {"id": entry.id})
    assert db.session.scalar(select(func.count()).select_from(JpEntry).where(JpEntry.id == entry.id)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"jp": Decimal(0)},
        {"jp": Decimal(-4)},
        {"source_id": 7},
        {"reversal_of_id": 1_000_000, "jp": Decimal(-4)},
        {"edition": "1999"},
        {"year": 2031},
    ],
)
def test_the_database_refuses_entries_that_cannot_be(db, wrong):
    person = accounts.person()
    make.credit(person, source_id=7, at=JULY)
    right = {
        "person_id": person.id, "year": 2026, "source_kind": "enrolment", "source_id": 8, "jp": Decimal(4),
        "edition": "2026", "evidence": {}, "day": date(2026, 7, 2),
    }  # fmt: skip
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(JpEntry(**{**right, **wrong}))
    with db.session.begin_nested():
        db.session.add(JpEntry(**right))


def test_a_balance_never_falls_below_zero(db):
    person = accounts.person()
    make.credit(person, at=JULY)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(JpAccount).values(balance=Decimal(-1)))


def test_the_nightly_proof_finds_a_balance_that_is_not_its_sum(db):
    one, two = accounts.person(), accounts.person()
    make.credit(one, "4", at=JULY)
    make.credit(two, "4.25", at=JULY)
    tasks.prove_ledger()
    assert [f.level for f in tasks.ledger_findings()] == ["baik"]
    db.session.execute(update(JpAccount).where(JpAccount.person_id == two.id).values(balance=Decimal("9.25")))
    db.session.add(JpAccount(person_id=one.id, year=2025, balance=Decimal(3)))
    db.session.flush()
    found = {(f.person_id, f.year): (f.balance, f.total) for f in queries.unbalanced()}
    assert found == {
        (two.id, 2026): (Decimal("9.25"), Decimal("4.25")),
        (one.id, 2025): (Decimal(3), Decimal(0)),
    }
    tasks.prove_ledger()
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "jp.unbalanced")).all()
    assert {(int(r.subject_id), r.facts["year"], r.facts["total"]) for r in rows} == {
        (two.id, 2026, "4.25"),
        (one.id, 2025, "0.00"),
    }
    (finding,) = tasks.ledger_findings()
    assert (finding.level, finding.name) == ("gagal", "ledger")
    assert finding.remedy


def test_the_doctor_notices_a_missing_edition(db):
    db.session.execute(update(JpEdition).values(valid_to=date(2026, 1, 31)))
    assert [f.level for f in tasks.ledger_findings()] == ["baik", "gagal"]
