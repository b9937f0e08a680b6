"""The studio's pages: who may open them, the shelf, a new course, the outline."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from ekopi.courses.authoring import queries
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.queries import drafts
from tests.accounts import make as people
from tests.courses.authoring import make
from tests.courses.authoring.counting import statements
from tests.courses.authoring.studio import at, token

PAGES = ["", "/soal", "/soal/baru", "/soal/q1", "/berkas", "/pengaturan", "/perubahan", "/riwayat",
         "/riwayat/1", "/riwayat/1/pulihkan", "/lihat",
         "/materi/membaca", "/materi/kuis", "/modul/satu", "/lihat/kuis"]  # fmt: skip


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
    assert client.get(at(course, path)).status_code == 404
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
    assert client.get(at(courses["lain"])).status_code == 404
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
    for path in ("", "/perubahan", "/riwayat", "/riwayat/1", "/riwayat/1/pulihkan", "/lihat"):
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
    assert refused.status_code == 422 and "sudah dipakai kursus lain" in refused.text
    assert 'value="menulis-laporan"' in refused.text and 'value="Lain"' in refused.text
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
    assert "Materi Pertama" in page and "JP: 1,5" in page
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


def test_get_changes_nothing(client, author, course):
    client.sign_in(author)
    for path in (
        "/materi/membaca/simpan",
        "/materi/membaca/keluarkan",
        "/hapus",
        "/pratinjau",
    ):
        assert client.get(at(course, path)).status_code == 405


def test_organisations_of_one_name_are_told_apart(client, author):
    above = [people.organisation(f"Pemerintah Kabupaten {name}") for name in ("Sleman", "Bantul")]
    twins = [people.organisation("Dinas Kesehatan", parent=parent) for parent in above]
    client.sign_in(author)
    for page in ("/studio/baru", "/studio/impor"):
        offered = dict(re.findall(r'<option[^>]*value="(\d+)"[^>]*>([^<]+)', client.get(page).text))
        assert [offered[str(twin.id)] for twin in twins] == [
            "Dinas Kesehatan – Pemerintah Kabupaten Sleman",
            "Dinas Kesehatan – Pemerintah Kabupaten Bantul",
        ]
        assert offered[str(above[0].id)] == "Pemerintah Kabupaten Sleman"


def test_what_keeps_a_course_from_its_publication_is_named_by_title(client, author):
    course = make.course(
        lessons={"a": make.lesson(title="Membaca Peta", text=""),
                 "k": make.lesson("quiz", "Kuis Peta", "", questions=["q1", "q1"])},
        questions={"q1": make.single("Apa itu *peta*?", right=9)},
        modules={"m1": ("Modul Awal", ["m1"], ["a", "k"]), "m2": ("Modul Kosong", [], [])}, publish=False,
    )  # fmt: skip
    client.sign_in(author)
    for path in ("", "/perubahan"):
        page = re.sub(r"\s+", " ", client.get(at(course, path)).text)
        for where, name, sentence in (
            (at(course, "/materi/a"), "Membaca Peta", "Materi ini belum ada isinya."),
            (at(course, "/materi/k"), "Kuis Peta", "Soal “Apa itu peta?” dipilih lebih dari sekali dalam kuis ini."),
            (at(course, "/soal/q1"), "Apa itu peta?", "Tandai tepat satu pilihan"),
            (at(course, "/modul/m1"), "Modul Awal", "Prasyarat modul ini berputar kembali"),
            (f"{at(course)}#modul-m2", "Modul Kosong", "Modul ini belum berisi materi."),
        ):  # fmt: skip
            assert f'<a href="{where}">{name}</a>: {sentence}' in page, (path, name)


def test_a_refused_form_answers_422_and_keeps_what_was_typed(client, author, course):
    client.sign_in(author)
    for path, typed in (
        ("/modul/satu", {"title": ""}),
        ("/materi/membaca", {"title": "", "text": "Kalimat yang diketik", "minutes": "9"}),
        ("/pengaturan", {"title": "Judul yang diketik", "jp": "banyak", "seats": "0"}),
        ("/berkas", {}),
    ):
        client.get(at(course, path))
        answer = client.submit(typed, action="^$") if typed == {} else client.submit(typed, has="title")
        assert answer.status_code == 422, path
        assert 'role="alert"' in answer.text
        for value in filter(None, typed.values()):
            assert value in answer.text, (path, value)
    client.get("/studio/baru")
    assert client.submit({"title": ""}, has="organisation_id").status_code == 422
    client.get("/studio/impor")
    assert client.submit({"act": "check"}, has="organisation_id").status_code == 422
