"""The studio's pages: each does its one thing, and only for those who write the course."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from ekopi.courses.authoring import queries
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.operations import exporting
from ekopi.courses.authoring.queries import drafts
from ekopi.revisions import queries as revisions
from tests.accounts import make as people
from tests.courses.authoring import make
from tests.courses.authoring.counting import statements
from tests.courses.authoring.test_importing import png

PAGES = ["", "/soal", "/soal/baru", "/soal/q1", "/berkas", "/pengaturan", "/perubahan", "/riwayat", "/lihat",
         "/materi/membaca", "/materi/kuis", "/modul/satu", "/lihat/kuis"]  # fmt: skip


def at(course, path="") -> str:
    return f"/studio/kursus/{course.slug}{path}"


def draft_of(course, key):
    return drafts.item(drafts.lesson_by_key(course, key).item_id).draft


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_their_author(client, author, course, path):
    client.sign_in(author)
    answer = client.get(at(course, path))
    assert answer.status_code == 200
    assert "Menata Arsip" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_pages_stay_closed_for_others(client, course, path):
    elsewhere = make.course()
    stranger = people.person(roles=[("author", "course", elsewhere.id)])
    assert client.get(at(course, path)).status_code == 302
    client.sign_in(stranger)
    assert client.get(at(course, path)).status_code == 403
    assert client.get(at(elsewhere)).status_code == 200


def test_learners_have_no_studio(client, course):
    client.sign_in(people.person())
    assert client.get("/studio").status_code == 403
    assert client.get(at(course)).status_code == 403


def test_who_writes_what(client, db):
    top = people.organisation()
    below = people.organisation(parent=top)
    aside = people.organisation()
    courses = {name: make.course(organisation=place, title=f"Kursus {name}")
               for name, place in {"atas": top, "bawah": below, "lain": aside}.items()}  # fmt: skip
    author = people.person(roles=[("author", "organisation", top.id)])
    client.sign_in(author)
    page = client.get("/studio").text
    assert "Kursus atas" in page and "Kursus bawah" in page and "Kursus lain" not in page
    assert client.get(at(courses["bawah"])).status_code == 200
    assert client.get(at(courses["lain"])).status_code == 403
    client.get("/studio/baru")
    options = re.findall(r'<option[^>]*value="(\d+)"', client.get("/studio/baru").text)
    assert {int(value) for value in options} == {top.id, below.id}


def test_the_shelf_says_what_learners_do_not_see(client, author, course):
    make.empty_course("Rancangan")
    client.sign_in(author)
    page = client.get("/studio").text
    assert "Draf" in page and "Ada perubahan" not in page
    make.edit_lesson(course, "membaca", text="baru")
    assert "Ada perubahan" in client.get("/studio").text


def test_ten_courses_cost_as_many_queries_as_one(client, author, course, db):
    client.sign_in(author)
    client.get("/studio")
    with statements() as one:
        client.get("/studio")
    for _ in range(9):
        make.course()
    db.session.flush()
    with statements() as ten:
        client.get("/studio")
    assert len(one) == len(ten)


def test_ten_lessons_cost_as_many_queries_as_two(client, author):
    small = make.course(questions={}, lessons={f"l{n}": make.lesson() for n in range(2)})
    large = make.course(questions={}, lessons={f"l{n}": make.lesson() for n in range(20)})
    client.sign_in(author)
    for path in ("", "/perubahan", "/riwayat", "/lihat"):
        client.get(at(small, path))
        with statements() as one:
            client.get(at(small, path))
        with statements() as two:
            client.get(at(large, path))
        assert len(one) == len(two), path


def test_a_new_course(client, author, db):
    client.sign_in(author)
    client.get("/studio/baru")
    fields = dict(client.page.forms[-1]["fields"])
    answer = client.submit({"title": "Menulis Laporan"}, has="organisation_id")
    assert answer.headers["Location"] == "/studio/kursus/menulis-laporan"
    again = client.post("/studio/baru", data={**fields, "title": "Menulis Laporan"})
    assert again.headers["Location"] == "/studio/kursus/menulis-laporan"
    assert [row.slug for row in db.session.scalars(select(Course))] == ["menulis-laporan"]
    client.get("/studio/baru")
    refused = client.submit({"title": "Lain", "slug": "menulis-laporan"}, has="organisation_id")
    assert "sudah dipakai kursus lain" in refused.text
    client.get("/studio/baru")
    assert "huruf kecil" in client.submit({"title": "Lain", "slug": "Dua Kata"}, has="organisation_id").text


def test_a_course_from_nothing_to_published(client, author):
    course = make.empty_course("Dari Nol", by_id=author.id)
    client.sign_in(author)
    client.get(at(course))
    client.submit({"modul-title": "Modul Pertama"}, action="/modul$")
    client.get(at(course))
    typed = {"materi-title": "Materi Pertama", "materi-kind": "text", "materi-module": "modul-pertama"}
    answer = client.submit(typed, action="/materi$")
    assert answer.headers["Location"].endswith("/materi/materi-pertama")
    client.get(answer.headers["Location"])
    client.submit({"text": "## Judul\n\nIsi.", "minutes": "7"}, has="minutes")
    client.get(at(course, "/pengaturan"))
    client.submit({"summary": "Ringkas.", "jp": "1,5", "outcomes": "mencoba\nlagi\n"}, has="summary")
    page = client.get(at(course, "/perubahan")).text
    assert "Materi Pertama" in page and "JP: 1.5" in page
    client.submit({"note": ""}, has="note")
    assert not course.live
    client.get(at(course, "/perubahan"))
    answer = client.submit({"note": "Terbitan perdana"}, has="note")
    assert answer.headers["Location"].endswith("/riwayat")
    assert "Terbitan perdana" in client.get(at(course, "/riwayat")).text
    assert [row.minutes for row in queries.outline(course.id)] == [7]
    assert course.outcomes == ["mencoba", "lagi"]


def test_moving_with_buttons(client, author):
    course = make.course(
        questions={}, lessons={"a": make.lesson(title="Materi A"), "b": make.lesson(title="Materi B")},
        modules={"m1": ("Modul Satu", [], ["a", "b"]), "m2": ("Modul Dua", [], [])}, publish=False,
    )  # fmt: skip
    client.sign_in(author)
    client.get(at(course))
    client.submit({"arah": "turun"}, action="/materi/b/pindah")
    body = drafts.state(course).draft
    assert [[lesson["key"] for lesson in m["lessons"]] for m in body["modules"]] == [["a"], ["b"]]
    client.post(at(course, "/modul/m2/pindah"), data=token(client, {"arah": "naik"}))
    assert [m["key"] for m in drafts.state(course).draft["modules"]] == ["m2", "m1"]
    client.get(at(course, "/modul/m1"))
    client.submit({"title": "Nama Baru", "requires": ["m2"]}, has="title")
    module = drafts.state(course).draft["modules"][1]
    assert (module["title"], module["requires"]) == ("Nama Baru", ["m2"])
    client.get(at(course))
    client.submit({"wajib": "tidak"}, action="/materi/a/wajib")
    assert drafts.state(course).draft["modules"][1]["lessons"] == [{"key": "a", "required": False}]
    assert (
        client.post(at(course, "/materi/a/pindah"), data=token(client, {"arah": "samping"})).status_code
        == 404
    )
    assert (
        client.post(at(course, "/materi/tidak-ada/pindah"), data=token(client, {"arah": "naik"})).status_code
        == 404
    )


def token(client, data):
    """A page's token against forgery beside other data."""
    if client.page is None or not client.page.forms:
        client.get("/studio")
    fields = next(form["fields"] for form in client.page.forms if "csrf_token" in form["fields"])
    return {"csrf_token": fields["csrf_token"], **data}


@pytest.mark.parametrize("path", ["/materi/membaca/keluarkan", "/modul/satu/keluarkan"])
def test_taking_out_is_undone_by_the_toast(client, author, course, path):
    before = drafts.state(course).draft
    client.sign_in(author)
    client.get(at(course))
    client.submit(action=path)
    assert drafts.state(course).draft != before
    client.get(at(course))
    client.submit(action="/urungkan/")
    assert drafts.state(course).draft == before


def test_an_undo_of_another_course_is_nothing(client, author, course):
    client.sign_in(author)
    client.get(at(course))
    client.submit(action="/materi/membaca/keluarkan")
    page = client.get(at(course)).text
    undo = re.search(r"/urungkan/([^\"]+)", page)[1]
    other = make.course()
    client.get(at(other))
    assert client.post(at(other, f"/urungkan/{undo}"), data=token(client, {})).status_code == 404
    assert client.post(at(other, "/urungkan/palsu"), data=token(client, {})).status_code == 404


def test_a_lesson_that_was_taken_out_can_be_listed_again(client, author, course):
    client.sign_in(author)
    client.get(at(course))
    client.submit(action="/materi/membaca/keluarkan")
    assert "Materi di Luar Susunan" in client.get(at(course)).text
    client.submit(action="/materi/membaca/kembalikan")
    keys = [lesson["key"] for lesson in drafts.state(course).draft["modules"][0]["lessons"]]
    assert keys == ["kuis", "membaca"]


def test_a_stale_save_shows_both_versions(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    make.edit_lesson(course, "membaca", text="Ditulis orang lain")
    answer = client.submit({"text": "Ditulis saya", "title": "Judul saya"}, has="minutes")
    assert answer.status_code == 409
    assert "Ditulis orang lain" in answer.text and "Ditulis saya" in answer.text
    assert draft_of(course, "membaca").body["text"] == "Ditulis orang lain"
    client.submit(action="/materi/membaca")
    body = draft_of(course, "membaca").body
    assert (body["text"], body["title"]) == ("Ditulis saya", "Judul saya")


def test_a_stale_save_can_keep_the_other_version(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    make.edit_lesson(course, "membaca", text="Ditulis orang lain")
    client.submit({"text": "Ditulis saya"}, has="minutes")
    assert at(course, "/materi/membaca") in client.page.links
    assert "Ditulis orang lain" in client.get(at(course, "/materi/membaca")).text


def autosave(client, course, **fields):
    if client.page:
        client.typed = next(form["fields"] for form in client.page.forms if "minutes" in form["fields"])
    path = at(course, "/materi/membaca/simpan")
    return client.post(path, data={**client.typed, **fields}, headers={"Accept": "application/json"})


def test_autosave_says_so(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    answer = autosave(client, course, text="Satu", sequence="1")
    assert re.fullmatch(r"Tersimpan \d\d\.\d\d WIB", answer.json["saved"])
    again = autosave(client, course, text="Dua", base=answer.json["base"], sequence="2")
    assert again.json["base"] == str(int(answer.json["base"]) + 1)
    assert draft_of(course, "membaca").body["text"] == "Dua"
    assert "Dua" not in queries.lesson_page(course, drafts.lesson_by_key(course, "membaca").id).html


def test_autosave_answers_409_with_both_versions(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    make.edit_lesson(course, "membaca", text="Orang lain")
    answer = autosave(client, course, text="Saya", sequence="2")
    assert answer.status_code == 409
    assert (answer.json["mine"]["text"], answer.json["theirs"]["text"]) == ("Saya", "Orang lain")
    assert "Pakai Versi Saya" in answer.json["conflict_html"]
    assert draft_of(course, "membaca").body["text"] == "Orang lain"


def test_a_second_tab_of_the_same_person_is_a_conflict_too(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    assert autosave(client, course, text="Tab satu", sequence="1").status_code == 200
    assert autosave(client, course, text="Tab dua", sequence="1").status_code == 409


def test_a_page_that_is_left_during_a_save_keeps_its_last_text(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    assert autosave(client, course, text="Setengah", sequence="1").status_code == 200
    assert autosave(client, course, text="Selesai", sequence="2").status_code == 200
    assert draft_of(course, "membaca").body["text"] == "Selesai"


def test_autosave_refuses_what_the_form_refuses(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    answer = autosave(client, course, minutes="banyak")
    assert answer.status_code == 422 and answer.json["error"]
    answer = autosave(client, course, csrf_token="palsu")
    assert answer.status_code in (400, 422)


def test_the_preview_is_safe(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    data = token(client, {"text": "**tebal** <script>alert(1)</script>"})
    answer = client.post(at(course, "/pratinjau"), data=data)
    assert answer.mimetype == "text/plain"
    assert "<strong>tebal</strong>" in answer.text and "<script" not in answer.text
    long = client.post(at(course, "/pratinjau"), data=token(client, {"text": "a" * 50_001}))
    assert long.status_code == 422 or "token" not in long.text


def test_quiz_settings(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/kuis"))
    client.submit({"pass_mark": "85", "questions": ["q2"], "pools": "1 dari: q1, q3"}, has="pass_mark")
    quiz = draft_of(course, "kuis").body["quiz"]
    assert (quiz["pass_mark"], quiz["questions"]) == (85, ["q2"])
    assert quiz["pools"] == [{"questions": ["q1", "q3"], "count": 1}]
    client.get(at(course, "/materi/kuis"))
    refused = client.submit({"pools": "1 dari: q1\ndua soal saja"}, has="pass_mark")
    assert "Baris 2: tulis seperti" in refused.text
    assert "Soal “q3” tidak ada di bank soal" in client.get(at(course, "/perubahan")).text


def test_questions_are_edited_as_text(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    client.submit({"text": "## q1\ntype: number\nanswer: 3,5\n\nBerapa?"}, has="text")
    page = client.get(at(course, "/soal/q1"))
    refused = client.submit({"text": "## q1\ntype: number\nanswer: 3,5\n\nBerapa?"}, has="text")
    assert "Baris 3: “3,5” bukan angka" in refused.text and page.status_code == 200
    client.get(at(course, "/soal/q1"))
    assert client.submit({"text": "## q9\ntype: number\nanswer: 3\n\nBerapa?"}, has="text").status_code == 200
    client.get(at(course, "/soal/q1"))
    assert (
        client.submit({"text": "## q1\r\ntype: number\r\nanswer: 3\r\n\r\nBerapa?"}, has="text").status_code
        == 302
    )
    assert drafts.item(drafts.question_by_key(course, "q1").item_id).draft.body["type"] == "number"


def test_a_stale_question_shows_both(client, author, course):
    from ekopi.courses.authoring.operations.lessons import save_question

    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    save_question(
        course,
        drafts.question_by_key(course, "q1"),
        "## q1\ntype: true_false\nanswer: true\n\nMilik lain?",
        None,
        None,
    )
    mine = "## q1\ntype: true_false\nanswer: true\n\nMilik saya?"
    answer = client.submit({"text": mine}, has="text")
    assert answer.status_code == 409 and "Milik lain?" in answer.text and "Milik saya?" in answer.text
    assert client.submit({"text": mine}, has="text").status_code == 302


def test_a_new_question_and_its_end(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/baru"))
    client.submit({"text": "## q3\ntype: true_false\nanswer: true\n\nBenarkah?"}, has="text")
    client.get(at(course, "/soal/baru"))
    assert (
        "sudah dipakai"
        in client.submit({"text": "## q3\ntype: true_false\nanswer: true\n\nLagi?"}, has="text").text
    )
    client.get(at(course, "/soal"))
    client.submit(action="/soal/q3/keluarkan")
    assert "q3" not in drafts.state(course).draft["bank"][0]["keys"]
    assert client.post(at(course, "/soal/q1/keluarkan"), data=token(client, {})).status_code == 409


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


def test_moving_a_lesson_does_not_spoil_the_settings_form(client, author, course):
    from ekopi.courses.authoring.operations.outline import move_lesson

    client.sign_in(author)
    client.get(at(course, "/pengaturan"))
    move_lesson(course, "kuis", -1, None)
    assert client.submit({"title": "Judul saya"}, has="summary").status_code == 302
    body = drafts.state(course).draft
    assert body["title"] == "Judul saya"
    assert [lesson["key"] for lesson in body["modules"][0]["lessons"]] == ["kuis", "membaca"]


def test_publishing_one_item_and_reverting_it(client, author, course):
    make.edit_lesson(course, "membaca", text="Teks baru")
    make.edit_lesson(course, "kuis", title="Kuis Baru")
    item_id = str(drafts.lesson_by_key(course, "membaca").item_id)
    client.sign_in(author)
    page = client.get(at(course, "/perubahan")).text
    assert "Teks baru" in page and "Isi materi." in page
    client.submit({"note": "satu saja", "what": item_id}, has="note")
    rows = {row.key: row.title for row in queries.outline(course.id)}
    assert rows["kuis"] == "Kuis" and course.publication_number == 2
    client.get(at(course, "/riwayat"))
    client.submit(action="/riwayat/2/pulihkan")
    page = queries.lesson_page(course, drafts.lesson_by_key(course, "membaca").id)
    assert "Isi materi." in page.html and course.publication_number == 3
    assert revisions.publication(course.place, 3).by_id == author.id
    assert client.post(at(course, "/riwayat/1/pulihkan"), data=token(client, {})).status_code == 409


def test_what_changed_after_looking_is_not_published(client, author, course):
    make.edit_lesson(course, "membaca", text="Dilihat")
    client.sign_in(author)
    client.get(at(course, "/perubahan"))
    make.edit_lesson(course, "membaca", text="Tidak dilihat")
    answer = client.submit({"note": "terbit"}, has="note")
    assert answer.status_code == 409 and "berubah sejak" in answer.text and "Tidak dilihat" in answer.text
    assert course.publication_number == 1
    assert client.submit({"note": "terbit"}, has="note").status_code == 302


def test_a_course_that_cannot_be_published_says_why(client, author):
    course = make.empty_course("Belum Siap")
    client.sign_in(author)
    client.get(at(course, "/perubahan"))
    answer = client.submit({"note": "coba"}, has="note")
    assert answer.status_code == 409
    assert "paling sedikit satu modul" in answer.text and "ringkasan" in answer.text


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


def test_get_changes_nothing(client, author, course):
    client.sign_in(author)
    for path in (
        "/materi/membaca/simpan",
        "/materi/membaca/keluarkan",
        "/hapus",
        "/riwayat/1/pulihkan",
        "/pratinjau",
    ):
        assert client.get(at(course, path)).status_code == 405
