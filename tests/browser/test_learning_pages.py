"""Pages of learning in the browser: two tabs with one question, a closed lesson and a short page on a phone."""

from __future__ import annotations

import pytest

from tests.accounts import make as people
from tests.browser.site import PASSWORD
from tests.courses import make as courses

pytestmark = pytest.mark.sqlite_only

LONG = "Gejala yang Tampak, Akar Masalah yang Tersembunyi, dan Pengungkit yang Menggerakkannya"


def learner(course):
    person = people.person("Rani Puspita", password=PASSWORD)
    courses.enrolment(course, person)
    return person.email


def test_an_answer_of_an_older_tab_is_put_beside_the_newer_one(site, visit):
    with site.making():
        course = courses.course([courses.quiz(questions=[courses.single(), courses.single()])])
        email = learner(course)
        address = f"/kursus/{course.slug}/belajar/{courses.lessons_of(course)[0].id}"
    first = visit(site.base).sign_in(email, PASSWORD).go(address).press("Mulai Kuis")
    second = visit(site.base).sign_in(email, PASSWORD).go(f"{address}/kuis/1/1")
    second.pick("Pilihan c").press("Pertanyaan Selanjutnya")

    first.pick("Pilihan a").sees("Jawaban di Halaman Ini", "Jawaban yang Tersimpan")
    first.check("dua-jawaban")
    box = first.page.locator("[data-conflict]").bounding_box()
    assert 0 <= box["y"] < first.page.locator("#jawaban").bounding_box()["y"], (
        "above the options, and in sight"
    )
    first.press("Pertanyaan Selanjutnya").check("dua-jawaban-ditolak")
    assert first.path == f"{address}/kuis/1/1" and "Jawaban yang Tersimpan" in first.text
    second.go(f"{address}/kuis/1/1")
    assert second.page.is_checked("[name=jawaban][value=c]"), "nothing was overwritten"

    first.press("Pakai Jawaban di Halaman Ini")
    assert first.page.is_checked("[name=jawaban][value=a]") and "Jawaban yang Tersimpan" not in first.text
    first.press("Pertanyaan Selanjutnya")
    assert first.path == f"{address}/kuis/1/2"


def test_choosing_beside_a_save_of_the_page_itself_asks_nothing(site, visit):
    """The box that autosave brings: its buttons lead on at once."""
    with site.making():
        course = courses.course([courses.quiz(questions=[courses.single()])])
        email = learner(course)
        address = f"/kursus/{course.slug}/belajar/{courses.lessons_of(course)[0].id}"
    first = visit(site.base).sign_in(email, PASSWORD).go(address).press("Mulai Kuis")
    second = visit(site.base).sign_in(email, PASSWORD).go(f"{address}/kuis/1/1")
    second.pick("Pilihan c").press("Periksa Jawaban")
    asked = []
    first.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    first.pick("Pilihan a").sees("Jawaban yang Tersimpan")
    first.press("Pakai Jawaban yang Tersimpan")
    assert first.page.is_checked("[name=jawaban][value=c]") and not asked


def test_a_closed_lesson_fits_a_narrow_phone(site, visit):
    with site.making():
        course = courses.course([courses.text(LONG), courses.text(module="dua")], requires={"dua": ["satu"]})
        email = learner(course)
        address = f"/kursus/{course.slug}/belajar/{courses.lessons_of(course)[1].id}"
    v = visit(site.base, width=320).sign_in(email, PASSWORD).go(address).check("materi-tertutup")
    assert v.press("Lanjutkan").title == LONG


def test_the_bar_of_a_short_page_lies_at_the_bottom(site, visit):
    with site.making():
        course = courses.course(
            [courses.quiz(questions=[courses.true_false(stem="<p>Benarkah?</p>")]), courses.text()]
        )
        email = learner(course)
        quiz, text = (one.id for one in courses.lessons_of(course))
        address = f"/kursus/{course.slug}/belajar"
    v = visit(site.base).sign_in(email, PASSWORD).go(f"{address}/{quiz}").press("Mulai Kuis")
    for place in (v.path, f"{address}/{quiz}/kuis/1", f"{address}/{text}"):
        v.go(place).check(f"pendek{place.count('/')}")
        bar = v.page.locator(".actions--stick").bounding_box()
        assert round(bar["y"] + bar["height"]) == 800, place


def test_words_are_counted_as_the_server_counts_them(site, visit):
    with site.making():
        course = courses.course([courses.field_task(min_words=4)])
        email = learner(course)
        address = f"/kursus/{course.slug}/belajar/{courses.lessons_of(course)[0].id}"
    v = visit(site.base).sign_in(email, PASSWORD).go(address).fill(text="satu – dua 👍 3 … é")
    v.sees("4 dari paling sedikit 4 kata")
