"""A newcomer's whole way: from registering to a certificate that a stranger can verify, and hours in the account."""

from __future__ import annotations

import pytest

from tests.browser import learning
from tests.browser.keyboard import KeyboardVisitor
from tests.browser.visitor import Visitor


class PlainVisitor(Visitor):
    """A browser without script: axe cannot run in it, everything else is looked at."""

    def axe(self, options=""):
        return []


def walk(v, stranger, site, name, email):
    learning.register(v, site, name, email)
    learning.sign_out_and_in(v, email)
    learning.enrol(v)
    learning.read(v)
    learning.fail_then_pass(v)
    address = learning.collect(v)
    learning.verify(stranger, address, name)
    learning.account(v, address)
    v.go("/notifikasi").check("notifikasi")
    assert learning.TITLE in v.text


def test_on_a_phone(site, visit):
    walk(visit(site.base), visit(site.base), site, "Sari Melati", "sari@contoh.go.id")


@pytest.mark.sqlite_only
def test_with_the_keyboard_alone(site, visit):
    v = visit(site.base, width=1280, kind=KeyboardVisitor)
    walk(v, visit(site.base, width=1280), site, "Bima Pratama", "bima@contoh.go.id")


@pytest.mark.sqlite_only
def test_without_script(site, visit):
    v = visit(site.base, script=False, kind=PlainVisitor)
    stranger = visit(site.base, script=False, kind=PlainVisitor)
    walk(v, stranger, site, "Citra Lestari", "citra@contoh.go.id")


@pytest.mark.sqlite_only
def test_an_answer_is_kept_the_moment_it_is_given(site, visit):
    """Also when the page is left by its address, without any button of the form."""
    v = visit(site.base)
    learning.register(v, site, "Dewi Anggraini", "dewi@contoh.go.id")
    learning.enrol(v)
    learning.read(v)
    v.press("Mulai Kuis")
    piece, good, _bad = next(one for one in learning.ANSWERS if one[0] in v.page.inner_text("main"))
    if isinstance(good, str):
        v.fill(tulisan=good)
    else:
        v.pick(good[0])
    v.page.locator("[data-saved][data-state=saved]").wait_for()
    v.go(v.path)
    if isinstance(good, str):
        assert v.page.input_value("[name=tulisan]") == good
    else:
        assert v.page.locator("label", has_text=good[0]).locator("input").is_checked()
