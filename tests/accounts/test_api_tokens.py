"""Tokens of the API on the own account: made, shown once, listed, ended, exported."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ekopi.accounts import privacy, tasks, words
from ekopi.accounts.models import ApiToken
from ekopi.accounts.operations import api_tokens
from ekopi.core import clock
from ekopi.core.errors import Invalid
from ekopi.core.models import AuditEntry
from ekopi.mail.models import Letter
from ekopi.notifications import queries as inbox
from tests.accounts import make

TOKENS = select(ApiToken).order_by(ApiToken.id)
TEXT = re.compile(r"ekopi_[\w-]{40,}")


@pytest.fixture
def person(client):
    person = make.person(name="Sari Wulandari")
    client.sign_in(person)
    return person


def test_made_and_shown_once(client, db, person):
    client.get("/akun/token/baru")
    answer = client.submit(
        {"name": "Aplikasi  kepegawaian", "scopes": ["learning:read"], "days": "30"}, has="days"
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    text = TEXT.search(answer.text)[0]
    row = db.session.scalars(TOKENS).one()
    assert (row.name, row.scopes, row.person_id) == ("Aplikasi kepegawaian", ["learning:read"], person.id)
    assert timedelta(days=29) < row.expires_at - clock.now() <= timedelta(days=30)
    assert api_tokens.current(text).id == row.id
    listed = client.get("/akun/token").text
    assert "Aplikasi kepegawaian" in listed and "belum pernah dipakai" in listed
    assert not TEXT.search(listed)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "account.token-made")).one()
    assert text not in str(entry.facts)


def test_its_person_is_told_by_letter_and_notice(client, db, person):
    client.get("/akun/token/baru")
    answer = client.submit(
        {"name": "Aplikasi kepegawaian", "scopes": ["learning:read", "learning:write"], "days": "30"},
        has="days",
    )
    text = TEXT.search(answer.text)[0]
    row = db.session.scalars(TOKENS).one()
    letter = db.session.scalars(select(Letter).where(Letter.key == f"token-made-{person.id}-{row.id}")).one()
    assert (letter.to_address, letter.person_id) == (person.email, person.id)
    assert letter.subject == "Token API dibuat di akun Anda" and "“Aplikasi kepegawaian”" in letter.text
    assert "- Membaca kursus yang Anda ikuti dan kemajuannya\n- Mendaftar ke kursus" in letter.text
    assert "http://127.0.0.1:8000/akun/token\n" in letter.text
    assert text not in letter.text and row.token_hash not in letter.text
    (told,) = inbox.newest(person.id, 5)
    assert told.address == "/akun/token" and "token API" in told.sentence
    assert "Sebuah token API dibuat di akun Anda." in client.get("/notifikasi").text


def test_the_letter_is_in_the_language_and_zone_of_its_person(db):
    person = make.person(language="en", zone="Asia/Jayapura")
    clock.shift(datetime(2026, 8, 16, 16, tzinfo=UTC) - clock.now())
    row, _text = api_tokens.make(person, "Laporan", (), timedelta(days=1))
    clock.shift(None)
    letter = db.session.scalars(select(Letter).where(Letter.key == f"token-made-{person.id}-{row.id}")).one()
    assert "18 August 2026" in letter.text  # the 17th in Jakarta still


def test_a_name_cannot_begin_a_line_of_its_own(db):
    person = make.person()
    api_tokens.make(person, "Laporan\r\nBcc: lain@contoh.go.id", (), timedelta(days=1))
    letter = db.session.scalars(select(Letter).where(Letter.person_id == person.id)).one()
    assert "“Laporan Bcc: lain@contoh.go.id”" in letter.text


def test_the_same_form_sent_again_makes_no_second_token(client, db, person):
    client.get("/akun/token/baru")
    page = client.page
    client.submit({"name": "Satu"}, has="days")
    client.page, client.path = page, "/akun/token/baru"
    again = client.submit({"name": "Satu"}, has="days")
    assert (again.status_code, again.location) == (302, "/akun/token")
    assert len(db.session.scalars(TOKENS).all()) == 1


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"name": "x" * 81}, {"days": "366"}, {"days": "0"}, {"scopes": ["admin"]}]
)
def test_what_cannot_be_made(client, db, person, changes):
    client.get("/akun/token/baru")
    assert client.submit({"name": "Satu", **changes}, has="days").status_code == 422
    assert db.session.scalars(TOKENS).all() == []


def test_the_verb_refuses_what_the_form_does_not_offer(db):
    person = make.person()
    for name, scopes, days in (("", (), 1), ("Satu", ("admin",), 1), ("Satu", (), 366), ("Satu", (), 0)):
        with pytest.raises(Invalid):
            api_tokens.make(person, name, scopes, timedelta(days=days))


def test_at_most_twenty_at_a_time(client, db, person):
    made = [api_tokens.make(person, "Uji", (), timedelta(days=1))[0] for _ in range(api_tokens.MOST)]
    client.get("/akun/token/baru")
    assert client.submit({"name": "Lagi"}, has="days").status_code == 409
    api_tokens.end_one(person, made[0].id)
    client.get("/akun/token/baru")
    assert client.submit({"name": "Lagi"}, has="days").status_code == 200


def test_ended_by_its_person_only(client, db, person):
    mine = api_tokens.make(person, "Punya saya", (), timedelta(days=1))[0]
    theirs = api_tokens.make(make.person(), "Punya orang", (), timedelta(days=1))[0]
    client.get("/akun/token")
    assert "Punya orang" not in client.get("/akun/token").text
    assert client.submit(action=f"/{mine.id}/akhiri").status_code == 302
    assert mine.ended_at is not None
    client.get("/akun/token/baru")  # a page with a form, for its token against forgery
    csrf = next(form["fields"]["csrf_token"] for form in client.page.forms if form["method"] == "post")
    other = client.post(f"/akun/token/{theirs.id}/akhiri", data={"csrf_token": csrf})
    assert other.status_code == 404 and theirs.ended_at is None
    again = client.post(f"/akun/token/{mine.id}/akhiri", data={"csrf_token": csrf})
    assert again.status_code == 302  # pressed twice


def test_the_export_lists_them_without_what_opens(db):
    person = make.person()
    row, text = api_tokens.make(person, "Satu", ["profile:read"], timedelta(days=1))
    exported = privacy.export(person.id)["token_api"]
    assert [(one["nama"], one["izin"]) for one in exported] == [("Satu", ["profile:read"])]
    assert text not in str(exported) and row.token_hash not in str(exported)


def test_those_long_over_are_forgotten(db):
    person = make.person()
    now = clock.now()
    for days, ended in ((-31, None), (-29, None), (5, 31), (5, 29), (5, None)):
        row = api_tokens.make(person, f"{days} {ended}", (), timedelta(days=10))[0]
        row.created_at = now - timedelta(days=90)
        row.expires_at = now + timedelta(days=days)
        row.ended_at = now - timedelta(days=ended) if ended else None
    db.session.flush()
    tasks.forget()
    assert [row.name for row in db.session.scalars(TOKENS)] == ["-29 None", "5 29", "5 None"]


def test_every_scope_has_its_words():
    assert all(str(said) for said in words.SCOPES.values())
