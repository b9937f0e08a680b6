"""The studio's forms sent twice, with odd numbers, after a rollback; drafts taken back."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from ekopi.core.models import Upload
from ekopi.courses.authoring.queries import drafts
from tests.accounts import make as people
from tests.courses.authoring import make
from tests.courses.authoring.studio import at, draft_of, token


def twice(client, changes, **chosen):
    """Sends the same form of the same page two times; both lead to the same place."""
    page = client.page
    first = client.submit(changes() if callable(changes) else changes, **chosen)
    client.page = page
    second = client.submit(changes() if callable(changes) else changes, **chosen)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]


def test_a_form_sent_twice_makes_one_thing(client, author, course, db):
    client.sign_in(author)
    client.get(at(course))
    where = client.path
    twice(client, {"modul-title": "Tiga"}, has="modul-title")
    assert [m["title"] for m in drafts.state(course).draft["modules"]] == ["Modul Satu", "Tiga"]
    client.get(where)
    client.path = where
    twice(client, {"materi-title": "Baru"}, has="materi-title")
    assert [key for key in drafts.state(course).lessons if key.startswith("baru")] == ["baru"]
    client.get(at(course, "/soal/baru"))
    twice(client, {"text": "## q9\ntype: true_false\nanswer: true\n\nBenarkah?"}, has="text")
    assert drafts.state(course).draft["bank"][0]["keys"].count("q9") == 1
    client.get(at(course, "/berkas"))
    before = len(db.session.scalars(select(Upload.id)).all())
    twice(client, lambda: {"file": (io.BytesIO(b"isi"), "catatan.txt")}, has="once")
    assert len(db.session.scalars(select(Upload.id)).all()) == before + 1


@pytest.mark.parametrize("odd", ["²", "٣", "-1", "9" * 40, "satu"])
def test_odd_numbers_in_hidden_fields_are_no_edition(client, author, course, odd):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    assert client.submit({"base": odd, "text": "Lain"}, has="base").status_code == 409
    sent = {"title": "T", "minutes": "5", "text": "Lain", "base": "1", "sequence": odd}
    client.get(at(course, "/materi/membaca"))
    assert client.post(at(course, "/materi/membaca/simpan"), data=token(client, sent)).status_code in (
        200,
        409,
    )
    client.get(at(course, "/soal/q1"))
    assert (
        client.submit(
            {"base": odd, "text": "## q1\ntype: true_false\nanswer: true\n\nLain?"}, has="text"
        ).status_code
        == 409
    )


def test_the_studio_asks_for_the_roles_of_the_request(db, course):
    """A rollback takes loaded roles away; what the request found at its beginning stays."""
    from ekopi.accounts.loading import Held

    place = people.organisation()
    mine = make.course(organisation=place)
    author = people.person(roles=[("author", "organisation", place.id)])
    author.held = (Held("author", "organisation", place.id),)
    db.session.commit()
    db.session.expire(author)
    assert [shelf.course.id for shelf in drafts.written_by(author)] == [mine.id]
    assert [id for id, _label in drafts.organisations_for(author)] == [place.id]


def test_discarding_one_change(client, author, course):
    make.edit_lesson(course, "membaca", text="Dibuang")
    make.edit_lesson(course, "kuis", title="Kuis Baru")
    client.sign_in(author)
    page = client.get(at(course, "/perubahan"))
    assert "Buang Perubahan" in page.text and "Dibuang" in page.text
    first = drafts.lesson_by_key(course, "membaca").item_id
    assert client.submit(action=f"/perubahan/{first}/buang").status_code == 302
    assert draft_of(course, "membaca").body["text"] == "Isi materi."
    assert draft_of(course, "kuis").body["title"] == "Kuis Baru"
    client.get(at(course, "/perubahan"))
    make.edit_lesson(course, "kuis", title="Lebih Baru")
    second = drafts.lesson_by_key(course, "kuis").item_id
    assert client.submit(action=f"/perubahan/{second}/buang").status_code == 409
    assert draft_of(course, "kuis").body["title"] == "Lebih Baru"


def test_what_was_never_published_cannot_be_discarded(client, author):
    course = make.course(publish=False)
    item_id = drafts.lesson_by_key(course, "membaca").item_id
    client.sign_in(author)
    page = client.get(at(course, "/perubahan"))
    assert "Buang Perubahan" not in page.text
    assert (
        client.post(
            at(course, f"/perubahan/{item_id}/buang"), data=token(client, {"edition": "1"})
        ).status_code
        == 404
    )


def test_a_module_that_somebody_else_changed(client, author, db):
    from ekopi.courses.authoring.operations import outline

    lessons = {"a": make.lesson(), "b": make.lesson()}
    modules = {"satu": ("Modul Satu", [], ["a"]), "dua": ("Modul Dua", [], ["b"])}
    course = make.course(lessons=lessons, questions={}, modules=modules)
    client.sign_in(author)
    client.get(at(course, "/modul/dua"))
    outline.move_lesson(course, "a", 1, None)
    before = drafts.state(course).draft["modules"][1]
    outline.change_module(course, "dua", "Judul orang lain", ["satu"], outline.module_stamp(before), None)
    answer = client.submit({"title": "Judul saya"}, has="title")
    assert answer.status_code == 409
    assert "Judul orang lain" in answer.text and "Judul saya" in answer.text
    assert "Setelah modul: Modul Satu" in answer.text
    assert drafts.state(course).draft["modules"][1]["title"] == "Judul orang lain"
    assert client.submit(has="title").status_code == 302
    module = drafts.state(course).draft["modules"][1]
    assert (module["title"], module["requires"]) == ("Judul saya", [])


def test_lessons_moved_meanwhile_do_not_spoil_the_form_of_a_module(client, author, course):
    from ekopi.courses.authoring.operations import outline

    client.sign_in(author)
    client.get(at(course, "/modul/satu"))
    outline.move_lesson(course, "membaca", 1, None)
    assert client.submit({"title": "Judul saya"}, has="title").status_code == 302
    assert drafts.state(course).draft["modules"][0]["title"] == "Judul saya"


def test_unfinished_drafts_wait_for_who_wrote_them(app, db, author):
    from ekopi.accounts import queries as accounts
    from ekopi.core.registry import all_of
    from ekopi.courses.authoring.operations import publish_course

    new = make.empty_course("Rancangan", by_id=author.id)
    running = make.course(title="Sudah Terbit")
    make.course(title="Milik Orang Lain")
    make.edit_lesson(make.course(title="Diubah Orang Lain"), "membaca", text="lain")
    make.edit_lesson(running, "membaca", author.id, text="baru")
    learner = people.person()
    with app.test_request_context():
        waiting = all_of("waiting")["courses.authoring"]
        found = waiting(accounts.person(author.id))
        assert [(thing.title, thing.url) for thing in found] == [
            ("Sudah Terbit", at(running)),
            ("Rancangan", at(new)),
        ]
        assert "belum dilihat" in found[0].fine and "belum pernah terbit" in found[1].fine
        assert waiting(accounts.person(learner.id)) == []
        publish_course(running, "baru", author.id)
        assert [thing.title for thing in waiting(accounts.person(author.id))] == ["Rancangan"]


def test_drafts_stand_on_the_own_page_of_their_author(client, author, course):
    make.edit_lesson(course, "membaca", author.id, text="baru")
    client.sign_in(author)
    page = client.get("/beranda").text
    assert "Menata Arsip" in page and at(course) in page and "Pilih Satu Kursus" not in page
