"""Pages of learning in the browser: two tabs with one question, a closed lesson and a short page on a phone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from ekopi.core import clock
from ekopi.courses.assessment.models import Attempt
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


def two_tabs(site, visit):
    """The first question of one quiz, open in two browsers before either saved."""
    with site.making():
        course = courses.course([courses.quiz(questions=[courses.single(), courses.single()])])
        email = learner(course)
        address = f"/kursus/{course.slug}/belajar/{courses.lessons_of(course)[0].id}"
    first = visit(site.base).sign_in(email, PASSWORD).go(address).press("Mulai Kuis")
    return first, visit(site.base).sign_in(email, PASSWORD).go(f"{address}/kuis/1/1")


def test_an_older_tab_whose_saves_failed_saves_over_no_newer_answer(site, visit):
    """Each save that failed has counted on, so its next one has the higher sequence."""
    older, newer = two_tabs(site, visit)
    older.page.route("**/simpan", lambda route: route.abort())
    for word in ("Pilihan a", "Pilihan b"):
        with older.page.expect_event("requestfailed"):
            older.pick(word)
    newer.pick("Pilihan c").page.locator("[data-saved][data-state=saved]").wait_for()
    older.page.unroute("**/simpan")
    older.sees("Jawaban di Halaman Ini", "Jawaban yang Tersimpan")
    assert int(older.page.input_value("#jawaban [name=sequence]")) > 1
    newer.go(newer.path)
    assert newer.page.is_checked("[name=jawaban][value=c]"), "nothing was overwritten"


def test_a_save_whose_answer_was_lost_is_made_again_with_what_was_chosen_since(site, visit):
    tab, _other = two_tabs(site, visit)
    lost = []

    def lose(route):
        lost.append(route.fetch().status)
        route.abort()

    tab.page.route("**/simpan", lose)
    with tab.page.expect_event("requestfailed"):
        tab.pick("Pilihan a")
    tab.page.unroute("**/simpan")
    tab.pick("Pilihan b").page.locator("[data-saved][data-state=saved]").wait_for()
    assert lost == [200] and "Jawaban yang Tersimpan" not in tab.text
    tab.go(tab.path)
    assert tab.page.is_checked("[name=jawaban][value=b]")


@pytest.mark.parametrize("end", ["/1", ""], ids=["a question", "the overview"])
def test_a_quiz_whose_time_runs_out_says_so(site, visit, end):
    with site.making():
        course = courses.course([courses.quiz(questions=[courses.single()], time_limit=5)])
        email = learner(course)
        lesson_id = courses.lessons_of(course)[0].id
        address = f"/kursus/{course.slug}/belajar/{lesson_id}"
    v = visit(site.base).sign_in(email, PASSWORD).go(address).press("Mulai Kuis")
    with site.making() as db:
        attempt = db.session.scalars(select(Attempt).where(Attempt.lesson_id == lesson_id)).one()
        attempt.due_at = clock.now() + timedelta(seconds=6)
    v.go(f"{address}/kuis/1{end}").sees("Ditutup karena waktunya habis")
    assert v.title == "Belum Lulus" and "Dikirim" not in v.text
    v.check("waktu-habis")


def test_the_clock_sends_nothing_before_the_time_is_over(site, visit):
    """Looked at every second: 3.4 s before the end, the fourth look is 0.4 s before it."""
    with site.making():
        course = courses.course([courses.quiz(questions=[courses.single()], time_limit=5)])
        email = learner(course)
        address = f"/kursus/{course.slug}/belajar/{courses.lessons_of(course)[0].id}"
    v = visit(site.base).sign_in(email, PASSWORD).go(address).press("Mulai Kuis")

    def shorten(route):
        answer = route.fetch()
        due = datetime.fromisoformat(re.search('data-due="(.*?)"', answer.text())[1])
        now = (due - timedelta(milliseconds=3400)).isoformat()
        route.fulfill(response=answer, body=re.sub('data-now=".*?"', f'data-now="{now}"', answer.text()))

    v.page.route(f"**{address}/kuis/1", shorten)
    v.page.add_init_script(
        "const began = Date.now(); addEventListener('submit', (event) => {"
        " event.preventDefault(); document.body.dataset.took = Date.now() - began; }, true);"
    )
    v.go(f"{address}/kuis/1").page.locator("body[data-took]").wait_for()
    assert int(v.page.get_attribute("body", "data-took")) >= 3400


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
