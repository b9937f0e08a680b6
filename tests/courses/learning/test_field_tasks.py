"""Langkah nyata: saved as it is written, private, sent once, never overwritten unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ekopi.core.errors import Invalid, Stale
from ekopi.courses.learning import operations, queries
from ekopi.courses.learning.errors import ModuleClosed
from ekopi.courses.learning.models import FieldTask
from tests.accounts import make as people
from tests.courses import make

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def rules(db):
    make.editions()


def begun(min_words=3, more=()):
    course = make.course([make.field_task(min_words=min_words), *more])
    person = people.person()
    return course, make.enrolment(course, person), make.lessons_of(course)[0], person


def test_each_saving_is_a_new_edition(db):
    _course, enrolment, lesson, _person = begun()
    assert operations.save_field_task(enrolment, lesson, "satu", 0).edition == 1
    assert operations.save_field_task(enrolment, lesson, "satu dua", 1).edition == 2
    assert operations.save_field_task(enrolment, lesson, "satu dua", 1).edition == 2  # nothing changed


def test_a_stale_save_shows_both_and_changes_nothing(db):
    _course, enrolment, lesson, _person = begun()
    operations.save_field_task(enrolment, lesson, "dari ponsel", 0)
    with pytest.raises(Stale) as stale:
        operations.save_field_task(enrolment, lesson, "dari laptop", 0)
    assert (stale.value.mine, stale.value.theirs) == ("dari laptop", "dari ponsel")
    assert queries.field_task(enrolment.id, lesson.id).text == "dari ponsel"


def test_the_page_that_saved_last_may_save_again_without_the_answer(db):
    _course, enrolment, lesson, _person = begun()
    operations.save_field_task(enrolment, lesson, "satu", 0, "hal-a", 1)
    assert operations.save_field_task(enrolment, lesson, "satu dua", 0, "hal-a", 2).text == "satu dua"
    assert (
        operations.save_field_task(enrolment, lesson, "satu", 0, "hal-a", 1).text == "satu dua"
    )  # overtaken
    with pytest.raises(Stale):
        operations.save_field_task(enrolment, lesson, "lain", 0, "hal-b", 9)


def test_too_few_words_are_not_sent(db):
    course, enrolment, lesson, _person = begun(min_words=4)
    task = operations.save_field_task(enrolment, lesson, "hanya dua —", 0)
    assert operations.send_field_task(course, enrolment, lesson, task) == 2
    assert task.sent_at is None and queries.walk(course.id, enrolment).done_count == 0


def test_an_empty_text_is_never_sent(db):
    course, enrolment, lesson, _person = begun(min_words=0)
    assert operations.send_field_task(
        course, enrolment, lesson, operations.save_field_task(enrolment, lesson, "", 0)
    )


def test_sent_is_done_and_stays_done_when_it_is_changed(db):
    course, enrolment, lesson, _person = begun(more=[make.text()])
    task = operations.save_field_task(enrolment, lesson, "satu dua tiga", 0)
    assert operations.send_field_task(course, enrolment, lesson, task) == 0
    sent_at = task.sent_at
    operations.save_field_task(enrolment, lesson, "satu", 1)
    assert (task.text, task.sent_at) == ("satu", sent_at)
    assert queries.walk(course.id, enrolment).done_count == 1


def test_too_long_a_text_is_refused(db):
    _course, enrolment, lesson, _person = begun()
    with pytest.raises(Invalid):
        operations.save_field_task(enrolment, lesson, "a" * 20_001, 0)


def test_before_the_module_is_open_nothing_is_written(db):
    course = make.course([make.text(), make.field_task(module="dua")], requires={"dua": ["satu"]})
    with pytest.raises(ModuleClosed):
        operations.save_field_task(
            make.enrolment(course, people.person()), make.lessons_of(course)[1], "a", 0
        )


# --- pages -------------------------------------------------------------------------------------------------


def page_of(client, course, lesson):
    address = f"/kursus/{course.slug}/belajar/{lesson.id}"
    assert client.get(address).status_code == 200
    return address


def test_writing_and_sending_without_script(client):
    course, _enrolment, lesson, person = begun(more=[make.text()])
    client.sign_in(person)
    address = page_of(client, course, lesson)
    assert client.submit({"text": "satu dua"}, has="text").location == address
    client.get(address)
    short = client.submit({"kirim": "1"}, has="text")
    assert short.status_code == 422 and "kurang 1 kata" in short.text and "satu dua" in short.text
    assert client.submit({"text": "satu dua tiga", "kirim": "1"}, has="text").location == address
    page = client.get(address).text
    assert "Terkirim" in page and "Simpan Perbaikan" in page


def test_going_on_keeps_what_was_written(client, db):
    course, _enrolment, lesson, person = begun(more=[make.text()])
    client.sign_in(person)
    onward = f"/kursus/{course.slug}/belajar/{make.lessons_of(course)[1].id}"
    address = page_of(client, course, lesson)
    assert 'form="tulisan-saya" name="lanjut"' in client.get(address).text
    assert client.submit({"text": "setengah jadi", "lanjut": "1"}, has="text").location == onward
    assert db.session.scalars(select(FieldTask.text)).one() == "setengah jadi"
    assert "Tulisan tersimpan" in client.get(onward).text


def test_going_on_without_a_word_keeps_nothing(client, db):
    course, _enrolment, lesson, person = begun(more=[make.text()])
    client.sign_in(person)
    page_of(client, course, lesson)
    assert client.submit({"lanjut": "1"}, has="text").status_code == 302
    assert db.session.scalars(select(FieldTask.text)).all() == []


def test_autosave_says_when_and_what_comes_next(client, db):
    course, _enrolment, lesson, person = begun()
    client.sign_in(person)
    page_of(client, course, lesson)
    first = client.submit({"text": "satu", "sequence": "1"}, has="text", headers=JSON).json
    assert first["saved"].startswith("Tersimpan ") and first["saved"].endswith(" WIB") and first["base"] == 1
    assert db.session.scalars(select(FieldTask.text)).one() == "satu"


def test_autosave_says_when_enough_is_written(client):
    """So that the page takes back what it said of too few words."""
    course, _enrolment, lesson, person = begun(min_words=3)
    client.sign_in(person)
    for text, right in (("satu dua", []), ("satu dua tiga", ["text"])):
        page_of(client, course, lesson)
        said = client.submit({"text": text, "sequence": "1"}, has="text", headers=JSON).json
        assert said["right"] == right


def test_a_stale_page_shows_both_versions_with_and_without_script(client, db):
    course, _enrolment, lesson, person = begun()
    client.sign_in(person)
    page_of(client, course, lesson)
    old = client.page
    client.submit({"text": "dari ponsel", "page": "ponsel"}, has="text")
    client.page = old
    answer = client.submit({"text": "dari <laptop>", "page": "laptop"}, has="text", headers=JSON)
    assert answer.status_code == 409
    assert (
        "dari ponsel" in answer.json["conflict_html"]
        and "dari &lt;laptop&gt;" in answer.json["conflict_html"]
    )
    client.path, client.page = f"/kursus/{course.slug}/belajar/{lesson.id}", old
    answer = client.submit({"text": "dari <laptop>", "page": "laptop"}, has="text")
    assert answer.status_code == 409 and "dari ponsel" in answer.text
    assert db.session.scalars(select(FieldTask.text)).one() == "dari ponsel"
    client.submit(has="text")  # "Pakai Versi Saya"
    assert db.session.scalars(select(FieldTask.text)).one() == "dari <laptop>"


def test_nobody_else_reads_it(client, db):
    course, enrolment, lesson, _person = begun()
    operations.save_field_task(enrolment, lesson, "rahasia saya", 0)
    others = [
        people.person(roles=[("admin", "platform", 0)]),
        people.person(roles=[("author", "course", course.id)]),
    ]
    for other in others:
        make.enrolment(course, other)
        client.sign_in(other)
        assert "rahasia saya" not in client.get(f"/kursus/{course.slug}/belajar/{lesson.id}").text
