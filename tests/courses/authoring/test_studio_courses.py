"""A whole course: its files, settings, archives, its end and return."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from ekopi.core import clock
from ekopi.core.web import say_datetime
from ekopi.courses.authoring import operations, queries
from ekopi.courses.authoring.operations import exporting
from ekopi.courses.authoring.queries import drafts
from tests.accounts import make as people
from tests.courses.authoring import make
from tests.courses.authoring.counting import statements
from tests.courses.authoring.studio import at, draft_of, token
from tests.courses.authoring.test_importing import png


def test_files_of_a_draft(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/berkas"))
    answer = client.submit({"file": (io.BytesIO(png()), "Peta Besar.PNG")}, has="csrf_token", action="^$")
    assert answer.status_code == 302
    assert [file["name"] for file in drafts.state(course).draft["files"]] == ["files/peta-besar.png"]
    sent = client.get(at(course, "/berkas/peta-besar.png"))
    assert sent.mimetype == "image/png"
    assert queries.course_file(course, "peta-besar.png") is None
    assert client.get(at(course, "/berkas/lain.png")).status_code == 404
    make.edit_lesson(course, "membaca", text="![Peta](files/peta-besar.png)")
    assert at(course, "/berkas/peta-besar.png") in client.get(at(course, "/lihat/membaca")).text
    client.get(at(course, "/berkas"))
    used = client.submit(action="/berkas/keluarkan")
    assert used.status_code == 409 and "masih dipakai" in used.text
    make.edit_lesson(course, "membaca", text="Tanpa gambar")
    client.get(at(course, "/berkas"))
    client.submit(action="/berkas/keluarkan")
    assert drafts.state(course).draft["files"] == []
    client.get(at(course, "/berkas"))
    refused = client.submit({"file": (io.BytesIO(b"MZ"), "a.exe")}, has="csrf_token", action="^$")
    assert "tidak diterima" in refused.text


def test_a_file_taken_out_is_put_back(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/berkas"))
    client.submit({"file": (io.BytesIO(b"satu"), "peta.txt")}, has="csrf_token", action="^$")
    before = drafts.state(course).draft["files"]
    client.get(at(course, "/berkas"))
    client.submit(action="/berkas/keluarkan")
    assert drafts.state(course).draft["files"] == []
    client.get(at(course, "/berkas"))
    undone = client.page
    client.submit(action="/urungkan/")
    assert drafts.state(course).draft["files"] == before
    assert client.get(at(course, "/berkas/peta.txt")).status_code == 200
    client.get(at(course, "/berkas"))
    client.submit(action="/berkas/keluarkan")
    client.get(at(course, "/berkas"))
    client.submit({"file": (io.BytesIO(b"dua"), "peta.txt")}, has="csrf_token", action="^$")
    newer = drafts.state(course).draft["files"]
    client.page = undone
    assert client.submit(action="/urungkan/").status_code == 302
    assert drafts.state(course).draft["files"] == newer != before


def test_settings_that_somebody_else_changed(client, author, course):
    from ekopi.courses.authoring.operations import save_settings
    from ekopi.courses.authoring.operations.courses import settings_stamp

    client.sign_in(author)
    client.get(at(course, "/pengaturan"))
    body = drafts.state(course).draft
    save_settings(course, {**body, "title": "Judul orang lain"}, settings_stamp(body), None)
    answer = client.submit({"title": "Judul saya"}, has="summary")
    assert answer.status_code == 409 and "Judul orang lain" in answer.text and "Judul saya" in answer.text
    assert client.submit({"title": "Judul saya"}, has="summary").status_code == 302
    assert drafts.state(course).draft["title"] == "Judul saya"


def test_hours_are_shown_and_taken_with_the_mark_of_the_language(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/pengaturan"))
    assert client.submit({"jp": "2,5"}, has="summary").status_code == 302
    assert drafts.state(course).draft["jp"] == "2.5"
    assert 'value="2,5"' in client.get(at(course, "/pengaturan")).text
    answer = client.submit({"jp": "2,555"}, has="summary")
    assert answer.status_code == 422 and 'value="2,555"' in answer.text
    assert drafts.state(course).draft["jp"] == "2.5"


def test_moving_a_lesson_does_not_spoil_the_settings_form(client, author, course):
    from ekopi.courses.authoring.operations.outline import move_lesson

    client.sign_in(author)
    client.get(at(course, "/pengaturan"))
    move_lesson(course, "kuis", -1, None)
    assert client.submit({"title": "Judul saya"}, has="summary").status_code == 302
    body = drafts.state(course).draft
    assert body["title"] == "Judul saya"
    assert [lesson["key"] for lesson in body["modules"][0]["lessons"]] == ["kuis", "membaca"]


def test_an_archive_out_and_in_again(client, author, course, db):
    client.sign_in(author)
    sent = client.get(at(course, "/ekspor.zip"))
    assert sent.mimetype == "application/zip" and sent.data == exporting.zip_archive(course)
    make.edit_lesson(course, "membaca", text="Diubah lagi")
    client.get("/studio/impor")
    told = client.submit({"file": (io.BytesIO(sent.data), "a.zip"), "act": "check"}, has="organisation_id")
    assert "Materi membaca: diubah" in told.text
    assert draft_of(course, "membaca").body["text"] == "Diubah lagi"
    done = client.submit({"file": (io.BytesIO(sent.data), "a.zip"), "act": "import"}, has="organisation_id")
    assert done.headers["Location"] == at(course, "/perubahan")
    assert draft_of(course, "membaca").body["text"] == "Isi materi."
    client.get("/studio/impor")
    refused = client.submit(
        {"file": (io.BytesIO(b"PK bukan"), "a.zip"), "act": "import"}, has="organisation_id"
    )
    assert "bukan arsip ZIP" in refused.text


def test_an_archive_of_a_course_one_may_not_write(client, course):
    place = people.organisation()
    other = people.person(roles=[("author", "organisation", place.id)])
    client.sign_in(other)
    client.get("/studio/impor")
    archive = io.BytesIO(exporting.zip_archive(course))
    assert (
        client.submit({"file": (archive, "a.zip"), "act": "check"}, has="organisation_id").status_code == 403
    )


def test_deleting_a_course_is_undone(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/pengaturan"))
    client.submit(action="/hapus")
    assert queries.course(course.slug) is None and client.get(at(course)).status_code == 404
    client.get("/studio")
    client.submit(action="/kembalikan")
    assert queries.course(course.slug) is not None


def test_deleted_courses_are_listed_for_thirty_days(client, author, course, db):
    client.sign_in(author)
    assert "Terhapus" not in client.get("/studio").text
    operations.delete_course(course, author.id)
    course.deleted_at = clock.now() - timedelta(days=29)
    older = make.course(title="Kursus Lampau")
    operations.delete_course(older, author.id)
    older.deleted_at = clock.now() - timedelta(days=30, minutes=1)
    db.session.commit()
    page = client.get("/studio").text.replace("\u00a0", " ")
    assert "Terhapus" in page and "Menata Arsip" in page and f"oleh {author.name}" in page
    assert "Kursus Lampau" not in page
    for moment in (course.deleted_at, course.deleted_at + timedelta(days=30)):
        assert say_datetime(moment) in page
    client.submit(action=f"{course.slug}/kembalikan")
    assert course.deleted_at is None and "Terhapus" not in client.get("/studio").text
    assert client.post(at(older, "/kembalikan"), data=token(client, {})).status_code == 404
    assert client.post(at(course, "/kembalikan"), data=token(client, {})).status_code == 404


def test_deleted_courses_of_others_are_neither_shown_nor_brought_back(client, course, db):
    place = people.organisation()
    mine = make.course(title="Milik Sendiri", organisation=place)
    for row in (course, mine):
        operations.delete_course(row, None)
    db.session.commit()
    person = people.person(roles=[("author", "organisation", place.id)])
    client.sign_in(person)
    page = client.get("/studio").text
    assert "Milik Sendiri" in page and "Menata Arsip" not in page
    assert client.post(at(course, "/kembalikan"), data=token(client, {})).status_code == 404
    assert course.deleted_at is not None
    client.sign_in(people.person())
    client.get("/")
    assert client.post(at(mine, "/kembalikan"), data=token(client, {})).status_code == 403
    assert mine.deleted_at is not None


def test_ten_deleted_courses_cost_as_many_queries_as_one(client, author, course, db):
    operations.delete_course(course, author.id)
    db.session.commit()
    client.sign_in(author)
    client.get("/studio")
    with statements() as one:
        client.get("/studio")
    for _ in range(9):
        operations.delete_course(make.course(), author.id)
    db.session.commit()
    with statements() as ten:
        client.get("/studio")
    assert len(one) == len(ten)


def test_an_upload_of_the_same_name_says_that_it_replaces(client, author, course):
    client.sign_in(author)
    for text, said in (
        (b"satu", "tersimpan sebagai files/peta.txt"),
        (b"dua", "menggantikan files/peta.txt yang lama"),
    ):
        client.get(at(course, "/berkas"))
        client.submit({"file": (io.BytesIO(text), "peta.txt")}, has="csrf_token", action="^$")
        assert said in client.get(at(course, "/berkas")).text
    assert client.get(at(course, "/berkas/peta.txt")).data == b"dua"


def test_an_address_of_our_own_pages_is_refused_with_its_reason(client, author, db):
    client.sign_in(author)
    client.get("/studio/baru")
    refused = client.submit({"title": "Tim Kerja", "slug": "tim"}, has="organisation_id")
    assert refused.status_code == 422 and "halaman EKOPI sendiri" in refused.text
    assert "huruf kecil" not in refused.text


def test_hours_say_which_of_their_rules_was_broken(client, author, course):
    client.sign_in(author)
    for typed, said in (
        ("banyak", "Isi dengan angka, misalnya 2 atau 2,5."),
        ("0", "lebih dari 0 dan kurang dari 1.000"),
        ("99999", "lebih dari 0 dan kurang dari 1.000"),
        ("1,555", "dua angka di belakang koma"),
        ("1.000", "lebih dari 0 dan kurang dari 1.000"),
        ("2.500,5", "lebih dari 0 dan kurang dari 1.000"),
    ):
        client.get(at(course, "/pengaturan"))
        answer = client.submit({"jp": typed}, has="summary")
        assert answer.status_code == 422 and said in answer.text, typed


@pytest.mark.parametrize(
    ("language", "typed", "status"),
    [
        ("id", "1.000", 422), ("id", "1,000", 302), ("id", "1.50", 302), ("id", "0.500", 302),
        ("en", "1,000", 422), ("en", "1.000", 302), ("en", "1,50", 302),
    ],
)  # fmt: skip
def test_thousands_of_hours_are_read_as_the_reader_writes_them(
    client, author, course, language, typed, status
):
    before = drafts.state(course).draft["jp"]
    author.language = language
    client.sign_in(author)
    client.get(at(course, "/pengaturan"))
    assert client.submit({"jp": typed}, has="summary").status_code == status
    kept = {"1,000": "1", "1.000": "1", "1.50": "1.5", "1,50": "1.5", "0.500": "0.5"}[typed]
    assert drafts.state(course).draft["jp"] == (kept if status == 302 else before)


def test_a_new_invitation_ends_the_old_one(client, author, db):
    course = make.course(enrolment="link")
    old = course.link_token
    client.sign_in(author)
    page = client.get(at(course, "/pengaturan"))
    assert old in page.text and "langsung tidak berlaku" in page.text
    client.submit(action="/tautan$")
    db.session.refresh(course)
    assert course.link_token != old
    page = client.get(at(course, "/pengaturan")).text
    assert course.link_token in page and old not in page and "tidak berlaku lagi" in page
    client.sign_in(people.person())
    assert client.get(f"/kursus/{course.slug}/undangan/{old}").status_code == 404
    assert client.get(f"/kursus/{course.slug}/undangan/{course.link_token}").status_code == 200


def test_settings_have_one_bar_at_the_bottom_of_a_phone(client, author, course):
    client.sign_in(author)
    for path in ("/pengaturan", "/materi/membaca", "/soal/q1"):
        assert 'class="has-dock"' not in client.get(at(course, path)).text
    assert 'class="has-dock"' in client.get(at(course, "/berkas")).text
