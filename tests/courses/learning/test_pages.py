"""The list, the course page, the player, files: what they show, and that reading changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from ekopi.core import clock
from ekopi.courses.learning import operations, queries
from ekopi.courses.learning.models import LessonProgress
from ekopi.credentials.models import Certificate
from ekopi.extensions import db as database
from tests.accounts import make as people
from tests.courses import make


@pytest.fixture(autouse=True)
def rules(db):
    make.editions()


def signed_in(client, course, state="active", **more):
    person = people.person()
    enrolment = make.enrolment(course, person, state=state, **more)
    client.sign_in(person)
    return enrolment


# --- list --------------------------------------------------------------------------------------------------


def test_an_empty_list_teaches(client):
    assert "Belum Ada Kursus" in client.get("/kursus").text


def test_one_course_is_led_to_and_can_be_searched(client):
    """The magnifier of a phone leads here, however few courses there are."""
    course = make.course(title="Menulis Inovasi", jp="2.5")
    page = client.get("/kursus").text
    assert "Menulis Inovasi" in page and "2,5 JP" in page
    assert 'type="search"' in page.partition("<main")[2]
    assert f"/kursus/{course.slug}" in client.page.links


def test_the_list_finds_every_word_whatever_its_case(client):
    make.course(title="Menulis Inovasi agar Ditiru")
    make.course(title="Laboratorium Inovasi")
    page = client.get("/kursus?q=INOVASI+menulis").text
    assert "agar Ditiru" in page and "Laboratorium" not in page
    assert "Belum Ada yang Cocok" in client.get("/kursus?q=inovasi+zebra").text


def test_drafts_and_deleted_courses_are_nowhere(client):
    draft, gone = make.course(live=False, title="Draf Rahasia"), make.course(title="Sudah Dibuang")
    gone.delete()
    page = client.get("/kursus").text
    assert "Draf Rahasia" not in page and "Sudah Dibuang" not in page
    for course in (draft, gone):
        assert client.get(f"/kursus/{course.slug}").status_code == 404


def test_many_courses_are_read_page_by_page(client):
    now = clock.now()
    for n in range(45):
        make.course(lessons=[], title=f"Kursus-{n:02}", published_at=now - timedelta(minutes=n))
    seen, address = [], "/kursus"
    while address:
        client.get(address)
        seen += [link for link in client.page.links if link.startswith("/kursus/")]
        address = next((link for link in client.page.links if "setelah=" in link), None)
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize(
    "place", ["x", "WyJ4IiwgMV0", "WzEsIDJd", "WyIyMDI2LTAxLTAxIiwgMV0", "W251bGwsIG51bGxd"]
)
def test_a_broken_place_in_the_address_is_the_first_page(client, place):
    make.course(title="Kursus Pertama")
    assert "Kursus Pertama" in client.get(f"/kursus?setelah={place}").text


def test_the_list_says_what_one_is_in(client):
    person = people.person()
    for state in ("active", "completed", "asked", "left"):
        make.enrolment(make.course(), person, state=state)
    client.sign_in(person)
    page = client.get("/kursus").text
    assert [page.count(word) for word in ("Sedang Diikuti", "Menunggu Keputusan", "</svg>Selesai")] == [
        1,
        1,
        1,
    ]


# --- course page -------------------------------------------------------------------------------------------


def test_a_visitor_reads_the_outline_without_links_into_lessons(client):
    course = make.course([make.text("Gejala"), make.quiz("Kuis Satu")], title="Kursus A")
    page = client.get(f"/kursus/{course.slug}").text
    assert "Gejala" in page and "Kuis, 1 pertanyaan" in page and "Masuk untuk Mengikuti" in page
    assert not [link for link in client.page.links if "/belajar/" in link]


def test_rules_show_their_state(client):
    course = make.course([make.text(), make.quiz(pass_mark=70), make.quiz(pass_mark=70), make.field_task()])
    enrolment = signed_in(client, course)
    make.done(enrolment, *make.lessons_of(course)[:2])
    page = client.get(f"/kursus/{course.slug}").text
    for words in ("2 dari 4", "Semua kuis paling sedikit 70", "1 dari 2 lulus", "0 dari 1 terkirim"):
        assert words in page


def test_rules_of_a_completed_course_read_as_they_were_met(client):
    """Whatever is published afterwards: another quiz, another langkah nyata, a higher pass mark."""
    course = make.course([make.text(), make.quiz(pass_mark=70)])
    enrolment = signed_in(client, course, state="completed", completed_at=clock.now() - timedelta(days=1))
    make.done(enrolment, *make.lessons_of(course))
    for later in (make.quiz(pass_mark=95), make.field_task()):
        make.lesson(course, **later)
    page = client.get(f"/kursus/{course.slug}").text.partition("Cara Lulus")[2]
    rules = page.partition("<ol")[2].partition("</ol>")[0]
    assert rules.count("<li") == rules.count('<li data-state="done"') == 2
    assert "2 dari 2" in rules and "Kuis lulus" in rules and "1 dari 1 lulus" in rules
    assert "70%" not in rules.replace("70 %", "70%") and "95" not in rules and "Langkah nyata" not in rules
    assert "Semua syarat terpenuhi pada" in page and "Lulus berarti" not in page


def test_a_completed_course_without_the_lessons_of_then_has_its_rule_met(client):
    course = make.course([make.text()])
    signed_in(client, course, state="completed", completed_at=clock.now() - timedelta(days=1))
    page = client.get(f"/kursus/{course.slug}").text.partition("Cara Lulus")[2]
    assert page.partition("<ol")[2].partition("</ol>")[0].count('<li data-state="done"') == 1


def test_a_closed_module_says_when_it_opens(client):
    course = make.course([make.text(), make.text(module="dua")], requires={"dua": ["satu"]})
    signed_in(client, course)
    assert "Terbuka setelah Modul 1 selesai" in client.get(f"/kursus/{course.slug}").text


def test_a_completed_course_leads_to_the_certificate_and_names_new_lessons(client, db):
    course = make.course([make.text()])
    enrolment = signed_in(client, course)
    operations.finish_lesson(course, enrolment, make.lessons_of(course)[0])
    clock.shift(timedelta(hours=1))
    try:
        make.lesson(course)
    finally:
        clock.shift(None)
    number = db.session.scalars(select(Certificate.number)).one()
    page = client.get(f"/kursus/{course.slug}").text
    assert f"/sertifikat/{number}" in page and "Ada 1 materi baru" in page and "materi baru" in page


def test_who_left_may_return_and_who_was_refused_reads_why(client):
    course = make.course()
    signed_in(client, course, state="left")
    assert "Ikuti Lagi" in client.get(f"/kursus/{course.slug}").text
    other = make.course(enrolment="approval")
    signed_in(client, other, state="refused", reason="Khusus pegawai dinas.")
    page = client.get(f"/kursus/{other.slug}").text
    assert "Khusus pegawai dinas" in page and "Minta Bergabung" in page


# --- player ------------------------------------------------------------------------------------------------


def test_a_learner_walks_through_and_resumes_on_another_device(app, client, db):
    course = make.course([make.text(), make.text(), make.text()])
    enrolment = signed_in(client, course)
    first, second, third = (
        f"/kursus/{course.slug}/belajar/{lesson.id}" for lesson in make.lessons_of(course)
    )
    client.get(first)
    assert client.submit(action="/belajar/").location == second
    person = db.session.get(people.Person, enrolment.person_id)
    client.sign_in(person)  # another sign-in: another device
    client.get(f"/kursus/{course.slug}")
    assert second in client.page.links
    client.get(second)
    assert client.submit(action="/belajar/").location == third
    client.get(third)
    assert client.submit(action="/belajar/").location == f"/kursus/{course.slug}"
    assert "Selamat" in client.get(f"/kursus/{course.slug}").text


def test_reading_changes_nothing(client):
    course = make.course(
        [
            make.text(),
            make.quiz(time_limit=5),
            make.field_task(),
            make.file(settings={"name": "a.pdf", "size": 1}),
        ]
    )
    enrolment = signed_in(client, course)
    attempt = operations.start_quiz(course, enrolment, make.lessons_of(course)[1])
    addresses = ["/kursus", f"/kursus/{course.slug}"]
    addresses += [f"/kursus/{course.slug}/belajar/{lesson.id}" for lesson in make.lessons_of(course)]
    quiz = f"/kursus/{course.slug}/belajar/{make.lessons_of(course)[1].id}/kuis/{attempt.number}"
    addresses += [quiz, f"{quiz}/1"]
    written = []

    def note(connection, cursor, statement, *rest):
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            written.append(statement)

    database.session.commit()
    event.listen(database.engine, "before_cursor_execute", note)
    try:
        for address in addresses:
            assert client.get(address).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert written == []


@pytest.mark.parametrize("kind", [make.text, make.file])
def test_reading_is_done_by_the_button_that_stands_there(client, kind):
    course = make.course([kind(), kind(), make.quiz(), kind()])
    signed_in(client, course)
    first, second, _quiz, last = make.lessons_of(course)
    for lesson, button in ((first, "Selanjutnya"), (second, "Lanjut ke Kuis"), (last, "Tandai Selesai")):
        page = client.get(f"/kursus/{course.slug}/belajar/{lesson.id}").text
        assert f"begitu Anda menekan {button}." in page
        assert f'<button class="btn btn--main">{button}<svg' in page


@pytest.mark.parametrize("state", ["asked", "refused", "left"])
def test_who_is_not_in_the_course_is_led_to_its_page(client, state):
    course = make.course()
    signed_in(client, course, state=state)
    lesson = make.lessons_of(course)[0]
    for address in ("", "/kuis/1", "/kuis/1/1"):
        answer = client.get(f"/kursus/{course.slug}/belajar/{lesson.id}{address}")
        assert answer.location == f"/kursus/{course.slug}"
    assert "Ikuti kursus ini dahulu" in client.get(f"/kursus/{course.slug}").text


def test_a_lesson_that_is_gone_or_of_another_course_leads_back(client):
    course, other = make.course(), make.course()
    signed_in(client, course)
    gone = make.lessons_of(course)[0]
    gone.live = False
    for lesson in (gone, make.lessons_of(other)[0]):
        assert client.get(f"/kursus/{course.slug}/belajar/{lesson.id}").location == f"/kursus/{course.slug}"


def test_a_closed_lesson_explains_itself_and_leads_on(client):
    course = make.course(
        [make.text("Belum Dibaca"), make.text("Rahasia", module="dua", html="<p>Isi tertutup.</p>")],
        requires={"dua": ["satu"]},
    )
    enrolment = signed_in(client, course)
    first, second = make.lessons_of(course)
    page = client.get(f"/kursus/{course.slug}/belajar/{second.id}").text
    assert "belum terbuka" in page and "Isi tertutup" not in page and "Belum Dibaca" in page
    assert f"/kursus/{course.slug}/belajar/{first.id}" in client.page.links
    make.done(enrolment, first)
    assert "Isi tertutup" in client.get(f"/kursus/{course.slug}/belajar/{second.id}").text


def test_a_stale_tab_cannot_finish_a_closed_lesson(client, db):
    course = make.course([make.text(), make.text(module="dua")], requires={"dua": ["satu"]})
    enrolment = signed_in(client, course)
    first, second = make.lessons_of(course)
    client.get(f"/kursus/{course.slug}/belajar/{first.id}")
    client.page.forms[-1]["action"] = f"/kursus/{course.slug}/belajar/{second.id}"
    assert client.submit(action=f"/belajar/{second.id}$").status_code == 409
    assert queries.walk(course.id, enrolment).done_count == 0
    assert db.session.scalar(select(func.count()).select_from(LessonProgress)) == 0


# --- files -------------------------------------------------------------------------------------------------


def test_files_of_a_published_course_are_sent(client):
    course, draft = make.course(), make.course(live=False)
    for one in (course, draft):
        make.course_file(one, "files/panduan.txt", b"Langkah pertama")
    answer = client.get(f"/kursus/{course.slug}/berkas/panduan.txt")
    assert answer.data == b"Langkah pertama" and "attachment" in answer.headers["Content-Disposition"]
    assert client.get(f"/kursus/{draft.slug}/berkas/panduan.txt").status_code == 404
    for name in ("lain.txt", "../panduan.txt", "files/panduan.txt", "%2e%2e/panduan.txt"):
        assert client.get(f"/kursus/{course.slug}/berkas/{name}").status_code == 404


def test_a_closed_lesson_names_what_to_go_on_with_above_its_button(client):
    title = "Gejala yang Tampak dan Akar Masalah yang Tersembunyi"
    course = make.course([make.text(title), make.text(module="dua")], requires={"dua": ["satu"]})
    person = people.person()
    make.enrolment(course, person)
    client.sign_in(person)
    page = client.get(f"/kursus/{course.slug}/belajar/{make.lessons_of(course)[1].id}").text
    above, _bar, button = page.partition('<div class="actions actions--stick">')
    assert f"Lanjutkan dengan: {title}" in above
    assert title not in button and "Lanjutkan<" in button
