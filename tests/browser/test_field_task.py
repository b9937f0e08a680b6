"""A langkah nyata in the browser: too few words, then enough of them; words of a session that ended elsewhere."""

from __future__ import annotations

import pytest

from ekopi.accounts.operations import sign_ins
from tests.accounts import make as people
from tests.browser.site import PASSWORD
from tests.courses import make as courses

pytestmark = pytest.mark.sqlite_only


def test_enough_words_take_back_what_was_said_of_too_few(site, visit):
    with site.making():
        course = courses.course([courses.field_task(min_words=4), courses.text()])
        learner = people.person("Rani Puspita", password=PASSWORD)
        courses.enrolment(course, learner)
        address = f"/kursus/{course.slug}/belajar/{courses.lessons_of(course)[0].id}"
        email = learner.email
    v = visit(site.base).sign_in(email, PASSWORD).go(address)
    v.fill(text="baru dua").press("Kirim Langkah Nyata").check("langkah-kurang")
    said = v.page.get_by_text("masih kurang 2 kata")
    assert said.count() == 2, "above the form and at the field"
    with v.page.expect_response("**/tulisan"):
        v.fill(text="sudah ada tiga")
    assert said.count() == 2
    v.fill(text="sekarang sudah ada empat")
    said.first.wait_for(state="detached")
    assert said.count() == 0 and "Isian yang Perlu Diperbaiki" not in v.text
    assert v.page.get_attribute("[name=text]", "aria-invalid") is None
    v.check("langkah-cukup").press("Kirim Langkah Nyata")
    assert "Langkah nyata terkirim" in v.text


WORDS = "Loket dua dibuka sejak pukul tujuh"


@pytest.fixture
def task(site):
    """Address of a langkah nyata, its learner's e-mail, and how to end all sessions of that learner elsewhere."""
    with site.making():
        course = courses.course([courses.field_task(min_words=4), courses.text()])
        learner = people.person("Rani Puspita", password=PASSWORD)
        courses.enrolment(course, learner)
        address = f"/kursus/{course.slug}/belajar/{courses.lessons_of(course)[0].id}"
        email, person_id = learner.email, learner.id

    def end():
        with site.making():
            assert sign_ins.end_all(person_id) == 1

    return address, email, end


def test_words_of_an_ended_session_stay_in_the_form_until_one_is_in_again(site, visit, task):
    address, email, end = task
    v = visit(site.base).sign_in(email, PASSWORD).go(address)
    end()
    v.fill(text=WORDS).sees("Belum tersimpan karena Anda sudah keluar")
    with v.page.expect_response(lambda answer: answer.status == 401):
        v.use(v.named("Kirim Langkah Nyata"))
    v.sees("Belum tersimpan karena Anda sudah keluar")
    assert v.path == address and v.page.input_value("[name=text]") == WORDS
    v.check("langkah-sesi-berakhir")
    beside = type(v)(v.page.context.new_page()).sign_in(email, PASSWORD)
    beside.page.close()
    v.press("Kirim Langkah Nyata")
    assert "Langkah nyata terkirim" in v.text


def test_without_script_words_of_an_ended_session_are_shown_to_be_copied(site, visit, task):
    address, email, end = task
    v = visit(site.base, script=False).sign_in(email, PASSWORD).go(address)
    end()
    v.fill(text=WORDS).press("Kirim Langkah Nyata")
    assert v.title == "Sesi Anda Sudah Berakhir"
    v.shot("sesi-berakhir")
    assert WORDS in [area.input_value() for area in v.page.locator("textarea").all()] or WORDS in v.text
    v.press("Masuk", within=v.page.locator("main"))
    assert v.path.startswith("/masuk?next=")
