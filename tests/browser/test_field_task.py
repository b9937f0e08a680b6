"""A langkah nyata in the browser: what the page said of too few words goes once enough of them are saved."""

from __future__ import annotations

import pytest

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
