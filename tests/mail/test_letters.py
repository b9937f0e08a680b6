"""Letters: written once, sent once, kept without a server; what a mail server says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from ekopi import jobs
from ekopi.accounts.operations import letters as written
from ekopi.accounts.operations import tokens
from ekopi.core import clock, registry
from ekopi.core.registry import all_of
from ekopi.jobs import operations as job_operations
from ekopi.jobs import queries as job_queries
from ekopi.mail import operations, privacy, queries, smtp, tasks
from ekopi.mail.models import Letter
from tests.accounts import make
from tests.databases import free_port
from tests.jobs.make import set_status


def letters(db):
    db.session.expire_all()
    return db.session.scalars(select(Letter).order_by(Letter.id)).all()


def test_a_letter_goes_out_once_with_its_headers(db, posting):
    person = make.person(email="sari@contoh.go.id")
    first = operations.send(person.email, "Tautan é Anda", "Halo Sari,\n.titik\n\nSilakan.\n", key="confirm:1",
                            person_id=person.id)  # fmt: skip
    assert operations.send(person.email, "Lain", "Lain", key="confirm:1") is first
    assert posting.taken == []
    assert jobs.run_waiting() == 1
    ((to, message),) = posting.taken
    assert to == ["sari@contoh.go.id"]
    assert message["To"] == "sari@contoh.go.id"
    assert message["From"] == "EKOPI <kabar@ekopi.id>"
    assert message["Subject"] == "Tautan é Anda"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == "Halo Sari,\n.titik\n\nSilakan.\n"
    (letter,) = letters(db)
    assert (letter.state, letter.error) == ("sent", "")
    assert letter.sent_at is not None
    assert message["Message-ID"] == smtp.message(letter, db_settings())["Message-ID"]
    assert message["Message-ID"].endswith("@ekopi.id>")


def db_settings():
    from flask import current_app

    return current_app.extensions["settings"]


def test_a_rolled_back_letter_is_never_sent(db, posting):
    operations.send("a@contoh.id", "x", "y", key="k")
    db.session.rollback()
    assert jobs.run_waiting() == 0
    assert letters(db) == []
    assert posting.taken == []


def test_a_letter_that_is_sent_is_not_sent_again(db, posting):
    letter_id = operations.send("a@contoh.id", "x", "y", key="k").id
    jobs.run_waiting()
    tasks.deliver(letter_id)
    assert len(posting.taken) == 1


def test_without_a_server_the_letter_is_kept(db):
    assert operations.send("a@contoh.id", "x", "y", key="k").state == "kept"
    assert jobs.run_waiting() == 0


@pytest.mark.parametrize(
    "subject",
    ["Halo\r\nBcc: lain@contoh.id", "Halo\nBcc: lain@contoh.id", "Halo\u2028Bcc: lain@contoh.id\x00\x0b"],
)
def test_a_subject_cannot_add_headers(db, posting, subject):
    operations.send("a@contoh.id", subject, "y", key="k")
    jobs.run_waiting()
    ((to, message),) = posting.taken
    assert to == ["a@contoh.id"]
    assert message["Bcc"] is None
    assert message["Subject"] == "Halo Bcc: lain@contoh.id"


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b", "a@b.id\nBcc: c@d.id", "a@b.id, c@d.id", "A <a@b.id>", "a b@c.id", "a@b.id;c@d.id",
     f"{'a' * 250}@b.id", '"a"@b.id'],
)  # fmt: skip
def test_only_one_plain_address_is_written_to(db, address):
    with pytest.raises(operations.BadAddress):
        operations.send(address, "x", "y", key="k")


def test_a_refused_recipient_fails_at_once_and_a_retry_sends(db, posting):
    posting.answers["a@contoh.id"] = "550 5.1.1 tidak dikenal"
    operations.send("a@contoh.id", "x", "y", key="k")
    with pytest.raises(jobs.Hopeless, match="550"):
        jobs.run_waiting()
    (letter,) = letters(db)
    assert (letter.state, letter.error) == ("failed", "550 5.1.1 tidak dikenal")
    assert {f.name: f.level for f in all_of("doctor")["mail"]()}["mail-failed"] == "peringatan"

    posting.answers.clear()
    (row,) = job_queries.newest("failed")
    job_operations.retry(row)
    assert jobs.run_waiting() == 1
    (letter,) = letters(db)
    assert (letter.state, letter.error) == ("sent", "")


def test_a_passing_trouble_is_tried_again_later_and_given_up_in_the_end(db, posting):
    posting.answers["a@contoh.id"] = "451 nanti"
    letter_id = operations.send("a@contoh.id", "x", "y", key="k").id
    db.session.commit()
    tasks.deliver(letter_id)
    (letter,) = letters(db)
    assert (letter.state, letter.error) == ("waiting", "SMTPResponseException: (451, 'nanti')")
    later = {row.id: row.args for row in job_queries.newest("waiting")}
    assert later[f"mail.deliver:{letter_id}:2"] == (letter_id, 2)
    assert job_queries.oldest_waiting() > clock.now() - timedelta(minutes=1)

    set_status(f"mail.deliver:{letter_id}", status="SUCCESS")  # it was done above, without a worker
    with pytest.raises(jobs.Hopeless, match="451"):
        jobs.run_waiting()
    (letter,) = letters(db)
    assert (letter.state, letter.error) == ("failed", "SMTPResponseException: (451, 'nanti')")
    assert posting.refused == ["a@contoh.id"] * tasks.TRIES
    posting.answers.clear()
    (row,) = job_queries.newest("failed")
    job_operations.retry(row)
    jobs.run_waiting()
    assert [letter.state for letter in letters(db)] == ["sent"]


def test_a_letter_waits_for_no_server_that_was_taken_away(db, posting, app, monkeypatch):
    operations.send("a@contoh.id", "x", "y", key="k")
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], mail_url=""))
    jobs.run_waiting()
    assert [letter.state for letter in letters(db)] == ["kept"]


def test_a_server_that_is_away_is_told_by_the_doctor(db, app, monkeypatch):
    def levels(**changes):
        monkeypatch.setitem(app.extensions, "settings", replace(before, **changes))
        return {f.name: f.level for f in all_of("doctor")["mail"]()}

    before = app.extensions["settings"]
    assert levels()["mail-server"] == "peringatan"
    assert levels(demo=True)["mail-server"] == "baik"
    assert levels(mail_url=f"smtp://127.0.0.1:{free_port()}")["mail-server"] == "gagal"


def test_a_server_that_answers_and_slow_letters(db, posting):
    operations.send("a@contoh.id", "x", "y", key="k").created_at = clock.now() - timedelta(minutes=16)
    assert {f.name: f.level for f in all_of("doctor")["mail"]()} == {
        "mail-server": "baik", "mail-waiting": "peringatan"
    }  # fmt: skip


@pytest.fixture
def templates(app, monkeypatch):
    """A letter of this test in the house's frame."""
    own = DictLoader(
        {
            "mail/test-hello.txt": '{% extends "mail/_letter.txt" %}{% block subject %}{{ _("Masuk") }} {{ n }}'
            '{% endblock %}{% block text %}Buka {{ absolute("/akun") }} & <mulai>.{% endblock %}',
            "mail/test-language.txt": "Subjek: {{ get_locale() }}\n\n{{ link('mail.letter', letter_id=7) }}",
            "mail/test-bare.txt": "Halo",
        }
    )
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([own, app.jinja_env.loader]))
    app.jinja_env.cache.clear()


def test_write_fills_a_template(db, templates):
    person = make.person(name="Sari & Wulan", email="sari@contoh.id")
    letter = operations.write("test-hello", to=person.email, person=person, key="k", n=3)
    assert letter.subject == "Masuk 3"
    assert letter.person_id == person.id
    assert letter.text.startswith(
        "Yth. Sari & Wulan,\n\nBuka http://127.0.0.1:8000/akun & <mulai>.\n\nSalam,\n"
    )
    assert letter.text.endswith("jangan dibalas.\n")
    with pytest.raises(ValueError, match="subject"):
        operations.write("test-bare", to="a@b.id", key="k2")


def test_a_letter_takes_the_language_of_its_reader(db, templates):
    person = make.person(language="en", email="a@contoh.id")
    operations.write("test-language", to=person.email, person=person, key="k1")
    operations.write("test-language", to=person.email, key="k2")
    assert [letter.subject for letter in letters(db)] == ["en", "id"]
    assert letters(db)[0].text == "http://127.0.0.1:8000/demo/surel/7\n"


def test_letters_are_exported_and_erased(db, posting):
    person = make.person()
    operations.send("a@contoh.id", "Rahasia", "isi", key="k1", person_id=person.id)
    operations.send("b@contoh.id", "Lain", "isi", key="k2")
    (mine,) = privacy.export(person.id)["surel"]
    assert (mine["kepada"], mine["subjek"]) == ("a@contoh.id", "Rahasia")
    privacy.erase(person.id)
    jobs.run_waiting()
    assert [to for to, _ in posting.taken] == [["b@contoh.id"]]
    first, second = letters(db)
    assert (first.state, first.to_address, first.subject, first.text) == ("kept", "", "", "")
    assert (second.state, second.subject) == ("sent", "Lain")
    assert {name.split(".")[0] for name in privacy.COLUMNS} == {"letters"}
    assert all_of("privacy")["mail"] is privacy


@pytest.mark.parametrize("kind", ["confirmation", "reset", "email_to_new"])
def test_links_that_open_something_are_not_kept_once_they_are_sent(db, posting, kind):
    person = make.person(email="sari@contoh.id")
    if kind == "email_to_new":
        written.email_to_new(person, "baru@contoh.id", tokens.make(person.id, "change_email"))
    else:
        getattr(written, kind)(person)
    token = re.search(r"http://127\.0\.0\.1:8000/\S+/(\S{32})\s", letters(db)[0].text)[1]
    jobs.run_waiting()
    ((_to, message),) = posting.taken
    assert f"/{token}" in message.get_content()
    (letter,) = letters(db)
    assert letter.state == "sent"
    assert token not in letter.text
    assert "/…\n" in letter.text
    assert "http://127.0.0.1:8000/\n" in letter.text, "other links stay"


def test_a_link_that_was_not_sent_is_kept(db, posting):
    posting.answers["sari@contoh.id"] = "550 5.1.1 tidak dikenal"
    written.reset(make.person(email="sari@contoh.id"))
    with pytest.raises(jobs.Hopeless):
        jobs.run_waiting()
    assert "…" not in letters(db)[0].text, "a retry needs it"


@pytest.mark.parametrize("tried", [True, False], ids=["failed", "waiting"])
def test_a_letter_whose_delivery_is_thrown_away_ends_without_its_link(db, posting, tried):
    posting.answers["sari@contoh.go.id"] = "550 5.1.1 tidak dikenal"
    written.reset(make.person(email="sari@contoh.go.id"))
    if tried:
        with pytest.raises(jobs.Hopeless):
            jobs.run_waiting()
    else:
        letters(db)[0].created_at = clock.now() - timedelta(hours=1)
    told = "mail-failed" if tried else "mail-waiting"
    assert told in {f.name for f in all_of("doctor")["mail"]()}
    (row,) = job_queries.newest("failed" if tried else "waiting")
    job_operations.drop(row)
    db.session.commit()
    (letter,) = letters(db)
    assert (letter.state, letter.sent_at) == ("kept", None)
    assert re.search(r"http://127\.0\.0\.1:8000/\S+/…\n", letter.text)
    assert {f.name for f in all_of("doctor")["mail"]()} == {"mail-server"}


def test_a_letter_that_went_out_stays_sent_when_an_old_delivery_is_thrown_away(db, posting):
    letter = operations.send("a@contoh.id", "x", "y", key="k")
    jobs.run_waiting()
    for letter_id in (letter.id, letter.id + 1):  # there is no second one
        tasks.dropped(letter_id)
    db.session.commit()
    assert [letter.state for letter in letters(db)] == ["sent"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 no such user <inovator@contoh.go.id>", "550 5.1.1 no such user <i•••@contoh.go.id>"),
        ("550 Inovator@Contoh.go.id: dari kabar@ekopi.id", "550 I•••@Contoh.go.id: dari k•••@ekopi.id"),
        ("550 'inovator@contoh.go.id' ditolak.", "550 'i•••@contoh.go.id' ditolak."),
        ("450 4.2.1 <inovator@contoh.go.id> penuh", "(450, '4.2.1 <i•••@contoh.go.id> penuh')"),
    ],
)
def test_the_words_of_a_server_are_kept_without_the_address(db, posting, said, kept):
    posting.answers["inovator@contoh.go.id"] = said
    letter_id = operations.send("inovator@contoh.go.id", "x", "y", key="k").id
    db.session.commit()
    if said.startswith("450"):
        tasks.deliver(letter_id)
        told = ""
    else:
        with pytest.raises(jobs.Hopeless):
            jobs.run_waiting()
        told = job_queries.newest("failed")[0].error
    (letter,) = letters(db)
    assert letter.error.removeprefix("SMTPResponseException: ") == kept
    assert told in ("", kept)


def test_old_letters_are_forgotten_at_night(db):
    for state in ("waiting", "sent", "failed", "kept"):
        for key, days in ((f"old {state}", 181), (f"young {state}", 179)):
            letter = operations.send("a@contoh.id", "x", "y", key=key)
            letter.created_at, letter.state = clock.now() - timedelta(days=days), state
            letter.sent_at = letter.created_at if state == "sent" else None
    registry.all_of("nightly")["mail.forget"]()
    assert {letter.key.partition(" ")[0] for letter in letters(db)} == {"young"}
    assert len(letters(db)) == 4


def test_own_links_are_paths_and_foreign_ones_stay_text(db):
    text = (
        "Buka http://127.0.0.1:8000/akun?a=1&b=2.\nAtau https://jahat.example/x\n\nhttp://127.0.0.1:80001/y"
    )
    assert queries.paragraphs(text) == [
        [
            [("Buka ", ""), ("http://127.0.0.1:8000/akun?a=1&b=2", "/akun?a=1&b=2"), (".", "")],
            [("Atau https://jahat.example/x", "")],
        ],
        [[("http://127.0.0.1:80001/y", "")]],
    ]
