"""Certificates: issued once, revoked with a reason, reissued with their history."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ekopi.core import audit
from ekopi.core.errors import Invalid
from ekopi.core.models import AuditEntry
from ekopi.credentials import numbers, privacy, queries
from ekopi.credentials.errors import NotValidAnyMore, WasRevoked
from ekopi.credentials.models import Certificate
from ekopi.credentials.operations import certificates, ledger
from ekopi.mail.models import Letter
from ekopi.notifications.models import InboxItem
from ekopi.notifications.queries import told
from tests.accounts import make as accounts
from tests.credentials import make


def letters_to(db, person):
    return db.session.scalars(select(Letter).where(Letter.person_id == person.id).order_by(Letter.id)).all()


def notices_to(db, person):
    return db.session.scalars(
        select(InboxItem).where(InboxItem.person_id == person.id).order_by(InboxItem.id)
    ).all()


def test_issuing_freezes_facts_and_tells_the_holder(db):
    person = accounts.person()
    facts = make.facts()
    made = certificates.issue(person, "enrolment", 1, facts)
    facts["name"] = "Orang Lain"
    db.session.refresh(made)
    assert made.facts == make.facts()
    assert (made.state, made.person_id) == ("valid", person.id)
    assert numbers.parse(made.number) == made.number
    (letter,) = letters_to(db, person)
    assert made.number in letter.text
    assert f"http://127.0.0.1:8000/sertifikat/{made.number}" in letter.text
    assert "Menyusun Rencana Aksi" in letter.subject
    (notice,) = notices_to(db, person)
    assert told(notice).address == f"/sertifikat/{made.number}"
    assert "Menyusun Rencana Aksi" in told(notice).sentence


def test_issuing_again_is_the_same_certificate(db):
    person = accounts.person()
    first = make.certificate(person, source_id=1)
    assert make.certificate(person, source_id=1, name="Nama Lain") is first
    assert len(letters_to(db, person)) == len(notices_to(db, person)) == 1
    assert make.certificate(person, source_id=2).number != first.number


def test_facts_must_be_complete(db):
    facts = make.facts()
    del facts["issuer"]
    with pytest.raises(ValueError, match="issuer"):
        certificates.issue(accounts.person(), "enrolment", 1, facts)
    with pytest.raises(ValueError, match="nip"):
        certificates.issue(accounts.person(), "enrolment", 1, make.facts(nip="1"))


def test_a_taken_number_is_drawn_again(db, monkeypatch):
    taken = make.certificate().number
    drawn = iter([taken, taken, numbers.new_number(2026)])
    monkeypatch.setattr(certificates.numbers, "new_number", lambda year: next(drawn))
    assert make.certificate().number != taken


def test_revoking_says_why_and_when(db):
    person, admin = accounts.person(), make.admin()
    made = make.certificate(person, source_id=9)
    entry = make.credit(person, source_id=9)
    certificates.revoke(made, f"  {make.REASON} ", admin.id)
    assert (made.state, made.reason, made.ended_by_id) == ("revoked", make.REASON, admin.id)
    assert made.ended_at is not None
    assert ledger.balance(person.id, entry.year) == 4
    assert make.REASON in letters_to(db, person)[-1].text
    # the random number may hold these two letters itself
    assert "JP" not in letters_to(db, person)[-1].text.replace(made.number, "")
    assert notices_to(db, person)[-1].kind == "certificate-revoked"
    with pytest.raises(NotValidAnyMore):
        certificates.revoke(made, make.REASON, admin.id)
    with pytest.raises(NotValidAnyMore):
        certificates.reissue(made, "Rina W.", make.REASON, admin.id)
    with pytest.raises(WasRevoked):
        make.certificate(person, source_id=9)


def test_revoking_may_take_the_credit_back(db):
    person = accounts.person()
    made = make.certificate(person, source_id=9)
    entry = make.credit(person, source_id=9)
    certificates.revoke(made, make.REASON, None, with_jp=True)
    assert ledger.balance(person.id, entry.year) == 0
    assert "JP" in letters_to(db, person)[-1].text.replace(made.number, "")
    without = make.certificate()
    certificates.revoke(without, make.REASON, None, with_jp=True)
    assert without.state == "revoked"


@pytest.mark.parametrize("reason", ["", "salah", "   .   .   .", "x" * 501])
def test_a_reason_must_say_something(db, reason):
    made = make.certificate()
    with pytest.raises(Invalid) as refusal:
        certificates.revoke(made, reason, None)
    assert refusal.value.field == "reason"
    assert str(refusal.value)
    assert made.state == "valid"


def test_reissuing_keeps_the_history(db):
    person, admin = accounts.person(), make.admin()
    old = make.certificate(person, source_id=9)
    new = certificates.reissue(old, "  Rina  Wulandari, S.K.M. ", make.REASON, admin.id)
    assert (old.state, old.replaced_by_id, old.reason) == ("replaced", new.id, make.REASON)
    assert old.facts["name"] == "Rina Wulandari"
    assert new.facts == {**old.facts, "name": "Rina Wulandari, S.K.M."}
    assert new.state == "valid"
    assert new.number != old.number
    assert [c.id for c in queries.history(new)] == [new.id, old.id]
    assert certificates.issue(person, "enrolment", 9, make.facts()) is new
    letter = letters_to(db, person)[-1]
    assert old.number in letter.text
    assert new.number in letter.text
    assert notices_to(db, person)[-1].kind == "certificate-replaced"
    third = certificates.reissue(new, "Rina Wulandari, M.K.M.", make.REASON, admin.id)
    assert [c.state for c in queries.history(third)] == ["valid", "replaced", "replaced"]


@pytest.mark.parametrize("name", ["", "R", "12345", "x" * 151, "Rina Wulandari"])
def test_a_name_must_be_a_new_name(db, name):
    old = make.certificate()
    with pytest.raises(Invalid) as refusal:
        certificates.reissue(old, name, make.REASON, None)
    assert refusal.value.field == "name"
    assert old.state == "valid"


def test_every_act_leaves_a_sentence_in_the_trail(db):
    admin = make.admin()
    old = make.certificate()
    new = certificates.reissue(old, "Nama Benar", make.REASON, admin.id)
    certificates.revoke(new, make.REASON, admin.id)
    rows = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject_kind == "certificate").order_by(AuditEntry.id)
    ).all()
    assert [row.verb for row in rows] == ["certificate.issued", "certificate.reissued", "certificate.revoked"]
    said = audit.sentences(rows)
    assert old.number in said[0]
    assert old.number in said[1]
    assert new.number in said[1]
    assert new.number in said[2]
    assert not any("Nama Benar" in str(row.facts) or make.REASON in str(row.facts) for row in rows)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "kedaluwarsa"},
        {"state": "valid", "source_id": 9},
        {"state": "revoked", "reason": "ada"},
        {"state": "replaced"},
    ],
)
def test_the_database_refuses_certificates_that_cannot_be(db, wrong):
    person = accounts.person()
    make.certificate(person, source_id=9)
    right = {"number": "X", "person_id": person.id, "source_kind": "enrolment", "source_id": 10, "facts": {}}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Certificate(**{**right, **wrong}))


def test_export_and_erasure(db):
    person = accounts.person()
    made = make.certificate(person, source_id=9)
    make.credit(person, source_id=9)
    data = privacy.export(person.id)
    assert data["sertifikat"][0]["nomor"] == made.number
    assert data["sertifikat"][0]["isi"]["name"] == "Rina Wulandari"
    assert data["jp"][0]["jp"] == "4.00"
    printed = dict(made.facts)
    privacy.erase(person.id)
    db.session.refresh(made)
    assert made.facts == printed, "as the privacy notice says, and as the paper goes on saying"
    assert ledger.balance(person.id, 2026) == 4


def test_an_erased_holder_gets_no_letter(db):
    person = accounts.person()
    made = make.certificate(person)
    person.state, person.email = "erased", f"dihapus-{person.id}"
    certificates.revoke(made, make.REASON, None)
    assert len(letters_to(db, person)) == 1
