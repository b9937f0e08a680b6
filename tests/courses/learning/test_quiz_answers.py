"""Answers of one question: from two tabs, at the end of the time, and words where a number is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ekopi.core import clock
from ekopi.courses.assessment.models import Answer
from tests.client import Client
from tests.courses import make
from tests.courses.learning.test_quiz_pages import Taking


@pytest.fixture(autouse=True)
def rules(db):
    make.editions()
    yield
    clock.shift(None)


def two_tabs(taking, first, second):
    """The same question in two tabs; the second one saves meanwhile. Gives back the second browser."""
    other = Client(taking.client.application).sign_in(taking.person)
    taking.answer(1, **first)
    address = f"{taking.home}/kuis/1/1"
    other.get(address)
    taking.question(1)
    assert other.submit({**second, "ke": "lanjut"}, has="sequence").status_code == 302
    return other


def page_of(browser, address):
    """A question as one tab has it open: its hidden fields, sent with every save."""
    browser.get(address)
    return next(form["fields"] for form in browser.page.forms if "sequence" in form["fields"])


def saves(browser, address, page, sequence, **value):
    return browser.post(f"{address}/simpan", data={**page, "sequence": str(sequence), **value})


def tabs(taking):
    """The first question, open in two browsers of one person before either saved."""
    taking.start()
    other = Client(taking.client.application).sign_in(taking.person)
    address = f"{taking.home}/kuis/1/1"
    return address, page_of(taking.client, address), other, page_of(other, address)


def test_an_older_tab_that_counted_further_saves_over_no_newer_answer(client, db):
    """Its sequence is the higher one, since saves that failed are counted too."""
    taking = Taking(client)
    address, first, other, second = tabs(taking)
    assert saves(client, address, first, 1, jawaban="a").status_code == 200
    for sequence in (2, 9):
        refused = saves(other, address, second, sequence, jawaban="c")
        assert refused.status_code == 409 and newest(db) == {"options": ["a"]}
        assert "Jawaban di Halaman Ini" in refused.json["conflict_html"] and "saved" not in refused.json


def test_a_tab_that_saved_before_another_one_did_saves_over_nothing_either(client, db):
    taking = Taking(client)
    address, first, other, second = tabs(taking)
    mine = saves(client, address, first, 1, jawaban="a").json
    page = page_of(other, address)
    assert saves(other, address, page, 2, jawaban="c").status_code == 200
    known = {**first, "base": mine["base"]}
    assert saves(client, address, known, 3, jawaban="b").status_code == 409
    assert newest(db) == {"options": ["c"]}


def test_a_save_whose_answer_was_lost_is_repeated_by_its_page(client, db):
    """Nothing was heard: the base is still that of the page; the same words again, then other ones, then the form."""
    taking = Taking(client)
    address, first, _other, _second = tabs(taking)
    for sequence, pick in ((1, "a"), (2, "a"), (3, "b")):
        kept = saves(client, address, first, sequence, jawaban=pick)
        assert kept.status_code == 200 and kept.json["base"] == sequence
    assert newest(db) == {"options": ["b"]}
    client.get(address)
    client.page.forms = [{"action": address, "method": "post", "fields": first}]
    assert client.submit({"jawaban": "c", "ke": "lanjut"}).location.endswith("/kuis/1/2")
    assert newest(db) == {"options": ["c"]}


def test_the_same_answer_in_two_tabs_is_no_conflict(client, db):
    taking = Taking(client)
    address, first, other, second = tabs(taking)
    saves(client, address, first, 1, jawaban="a")
    same = saves(other, address, second, 2, jawaban="a")
    assert same.status_code == 200 and same.json["base"] == 1, "the page knows from now on what was there"
    assert saves(other, address, {**second, "base": "1"}, 3, jawaban="b").status_code == 200


def newest(db):
    return db.session.scalars(select(Answer.value).order_by(Answer.sequence.desc())).first()


def test_what_an_older_page_left_as_it_was_changes_nothing(client, db):
    taking = Taking(client)
    taking.start()
    two_tabs(taking, {"jawaban": "a"}, {"jawaban": "c"})
    assert client.submit({"ke": "lanjut"}, has="sequence").location.endswith("/kuis/1/2")
    assert newest(db) == {"options": ["c"]}


def test_another_answer_of_an_older_page_is_put_beside_the_newer_one(client, db):
    taking = Taking(client)
    taking.start()
    two_tabs(taking, {"jawaban": "a"}, {"jawaban": "c"})
    refused = client.submit({"jawaban": "b", "ke": "lanjut"}, has="sequence")
    assert refused.status_code == 409 and newest(db) == {"options": ["c"]}
    assert "Jawaban di Halaman Ini" in refused.text and "Jawaban yang Tersimpan" in refused.text
    assert refused.text.index("Jawaban yang Tersimpan") < refused.text.index('type="radio"')
    again = client.submit({"ke": "lanjut"}, has="sequence")
    assert again.status_code == 409, "until one of both was chosen"
    chosen = client.submit({"ke": "tetap"})  # the first form: what this page holds
    assert chosen.location.endswith("/kuis/1/1") and newest(db) == {"options": ["b"]}


def test_both_written_answers_are_shown_as_written(client, db):
    taking = Taking(client, [make.short_text("x")])
    taking.start()
    two_tabs(taking, {"tulisan": "satu"}, {"tulisan": "dua & tiga"})
    refused = client.submit({"tulisan": "<empat>", "ke": "tinjau"}, has="sequence")
    assert refused.status_code == 409
    assert "dua &amp; tiga" in refused.text and "&lt;empat&gt;" in refused.text


def test_an_answer_taken_back_meanwhile_is_a_newer_one_too(client, db):
    taking = Taking(client, [make.short_text("x")])
    taking.start()
    two_tabs(taking, {"tulisan": "satu"}, {"tulisan": ""})
    refused = client.submit({"tulisan": "dua", "ke": "lanjut"}, has="sequence")
    assert refused.status_code == 409 and "Belum dijawab" in refused.text
    assert newest(db) == {"text": ""}


def test_at_the_end_of_the_time_the_newer_answer_is_marked(client, db):
    taking = Taking(client, [make.single(right="c")], time_limit=10)
    taking.start()
    two_tabs(taking, {"jawaban": "a"}, {"jawaban": "c"})
    clock.shift(timedelta(minutes=10, seconds=5))
    ended = client.submit({"jawaban": "b"}, has="sequence")
    assert "Anda Lulus" in taking.get(ended.location)


NO_NUMBER = "Tulis angka, misalnya 12,5."


def test_words_where_a_number_is_asked_for_are_kept_and_said_to_be_none(client, db):
    taking = Taking(client, [make.number("25", unit="JP"), make.single()])
    taking.start()
    said = taking.answer(1, tulisan="dua puluh lima")
    assert said.status_code == 422 and NO_NUMBER in said.text and newest(db) == {"text": "dua puluh lima"}
    assert client.submit({"ke": "lanjut"}, has="sequence").location.endswith("/kuis/1/2"), "who goes on, may"
    assert NO_NUMBER in taking.question(1)
    review = taking.get(f"{taking.home}/kuis/1")
    assert NO_NUMBER in review and "Bukan Angka" in review
    assert taking.answer(1, tulisan="25 JP").status_code == 302
    assert NO_NUMBER not in taking.question(1) + taking.get(f"{taking.home}/kuis/1")


def test_saving_by_itself_says_when_a_number_is_none(client):
    taking = Taking(client, [make.number("25")])
    taking.start()
    taking.question(1)
    form = next(f for f in client.page.forms if "sequence" in f["fields"])["fields"]
    said = [
        client.post(f"{taking.home}/kuis/1/1/simpan", data={**form, "tulisan": words, "sequence": n}).json
        for n, words in enumerate(("dua lima", "25"), start=1)
    ]
    assert said[0]["saved"].endswith(NO_NUMBER) and NO_NUMBER not in said[1]["saved"]


def test_what_is_no_number_is_not_checked_and_locked(client):
    taking = Taking(client, [make.number("25")], show_during="answers")
    taking.start()
    for _twice in range(2):
        assert taking.answer(1, go="periksa", tulisan="dua lima").status_code == 422
    assert taking.answer(1, go="periksa", tulisan="25").status_code == 302
