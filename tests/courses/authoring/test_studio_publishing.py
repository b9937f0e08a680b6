"""Publishing from the studio, and its history."""

from __future__ import annotations

from ekopi.courses.authoring import queries
from ekopi.courses.authoring.operations import publish_course
from ekopi.courses.authoring.operations.outline import add_lesson, remove_lesson
from ekopi.courses.authoring.queries import drafts
from ekopi.revisions import queries as revisions
from tests.accounts import make as people
from tests.courses.authoring import make
from tests.courses.authoring.studio import at, draft_of, token


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
    page = client.get(at(course, "/riwayat/1/pulihkan")).text
    assert "Teks baru" in page and "Isi materi." in page and "Kuis Baru" not in page
    assert client.submit(has="note").headers["Location"] == at(course, "/riwayat")
    page = queries.lesson_page(course, drafts.lesson_by_key(course, "membaca").id)
    assert "Isi materi." in page.html and course.publication_number == 3
    assert revisions.publication(course.place, 3).by_id == author.id
    assert client.get(at(course, "/riwayat")).text.count("Memulihkan terbitan 1") == 1
    assert draft_of(course, "kuis").body["title"] == "Kuis Baru"


def test_what_is_new_goes_with_the_outline_and_equal_questions_are_told_apart(client, author, course):
    from ekopi.courses.authoring.operations.lessons import add_question

    add_lesson(course, "satu", "text", "Bacaan Baru", None)
    make.edit_lesson(course, "bacaan-baru", text="Isi.")
    for key in ("q8", "q9"):
        add_question(course, f"## {key}\ntype: true_false\nanswer: true\n\nSama?", None)
    make.edit_lesson(course, "membaca", text="Diubah")
    client.sign_in(author)
    page = client.get(at(course, "/perubahan")).text
    assert "Soal: Sama? (q8)" in page and "Soal: Sama? (q9)" in page
    offered = page[page.index("<select") : page.index("</select>")]
    assert "Membaca Masalah" in offered and "Judul, aturan" in offered
    assert "Bacaan Baru" not in offered and "Sama?" not in offered
    assert "terbit bersama susunannya" in page
    new = drafts.lesson_by_key(course, "bacaan-baru").item_id
    assert client.get(at(course, f"/perubahan?hanya={new}")).status_code == 200
    client.submit({"note": "semua"}, has="note")
    make.edit_lesson(course, "bacaan-baru", text="Diubah lagi")
    page = client.get(at(course, "/perubahan")).text
    assert "terbit bersama susunannya" not in page
    assert "Bacaan Baru" in page[page.index("<select") : page.index("</select>")]


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
    assert answer.status_code == 422 and "coba</textarea>" in answer.text
    assert "paling sedikit satu modul" in answer.text and "ringkasan" in answer.text


def test_going_back_over_several_publications(client, author):
    lessons = {"a": make.lesson(title="A", text="satu"), "b": make.lesson(title="B")}
    course = make.course(lessons=lessons, questions={})
    make.edit_lesson(course, "a", text="dua")
    publish_course(course, "kedua", author.id)
    remove_lesson(course, "b", author.id)
    add_lesson(course, "satu", "text", "Tambahan", author.id)
    make.edit_lesson(course, "tambahan", text="Isi tambahan.")
    make.edit_lesson(course, "a", text="tiga")
    publish_course(course, "ketiga", author.id)
    client.sign_in(author)
    page = client.get(at(course, "/riwayat/2")).text
    assert "dua" in page and "satu" in page and "tiga" not in page and "kedua" in page
    assert "Hasil belajar" in client.get(at(course, "/riwayat/1")).text
    page = client.get(at(course, "/riwayat"))
    assert {at(course, f"/riwayat/{number}") for number in (1, 2, 3)} <= set(client.page.links)
    assert at(course, "/riwayat/3/pulihkan") not in client.page.links
    assert "Pulihkan ke Terbitan 1" in page.text
    client.get(at(course, "/riwayat/1/pulihkan"))
    client.submit({"note": "Kembali ke awal"}, has="note")
    assert [row.key for row in queries.outline(course.id)] == ["a", "b"]
    assert "satu" in queries.lesson_page(course, drafts.lesson_by_key(course, "a").id).html
    row = revisions.publication(course.place, 4)
    first = revisions.publication(course.place, 1)
    assert (row.note, row.by_id, row.reverts_id) == ("Kembali ke awal", author.id, first.id)
    assert client.get(at(course, "/riwayat")).text.count("Kembali ke awal") == 1


def test_a_note_is_asked_for_when_going_back(client, author, course):
    make.edit_lesson(course, "membaca", text="baru")
    publish_course(course, "kedua", author.id)
    client.sign_in(author)
    client.get(at(course, "/riwayat/1/pulihkan"))
    answer = client.submit({"note": ""}, has="note")
    assert answer.status_code == 422 and course.publication_number == 2


def test_going_back_to_what_learners_see_is_nothing(client, author, course):
    client.sign_in(author)
    page = client.get(at(course, "/riwayat/1/pulihkan"))
    assert "tidak ada yang perlu dipulihkan" in page.text and 'name="note"' not in page.text
    sent = token(client, {"seen": "1", "note": "coba"})
    answer = client.post(at(course, "/riwayat/1/pulihkan"), data=sent)
    assert answer.status_code == 409 and "sama dengan yang tampil sekarang" in answer.text
    assert course.publication_number == 1
    assert client.get(at(course, "/riwayat/9/pulihkan")).status_code == 404
    assert client.get(at(course, "/riwayat/9")).status_code == 404


def test_a_publication_since_the_look_keeps_from_going_back(client, author, course):
    make.edit_lesson(course, "membaca", text="dua")
    publish_course(course, "kedua", author.id)
    client.sign_in(author)
    client.get(at(course, "/riwayat/1/pulihkan"))
    make.edit_lesson(course, "membaca", text="tiga dari orang lain")
    publish_course(course, "ketiga", None)
    answer = client.submit({"note": "Alasan saya"}, has="note")
    assert answer.status_code == 409 and course.publication_number == 3
    assert "tiga dari orang lain" in answer.text and "Alasan saya" in answer.text
    assert client.submit(has="note").status_code == 302 and course.publication_number == 4


def test_others_do_not_go_back(client, course):
    make.edit_lesson(course, "membaca", text="dua")
    publish_course(course, "kedua", None)
    stranger = people.person(roles=[("author", "course", make.course().id)])
    learner = people.person()
    for person, answer in ((stranger, 404), (learner, 403)):
        client.sign_in(person)
        for path in ("/riwayat/1", "/riwayat/1/pulihkan"):
            assert client.get(at(course, path)).status_code == answer
        client.get("/")
        sent = token(client, {"seen": "2", "note": "coba"})
        assert client.post(at(course, "/riwayat/1/pulihkan"), data=sent).status_code == answer
    assert course.publication_number == 2
