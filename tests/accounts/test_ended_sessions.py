"""Forms that were opened in a session that is over: nothing promised that is not there, nothing typed lost."""

from __future__ import annotations

import pytest

from tests.accounts import make


@pytest.fixture
def sari(db):
    return make.person(email="sari@slemankab.go.id", password=make.PASSWORD)


def test_a_second_tab_goes_where_it_was_bound_for(app, client, db, sari):
    from tests.client import Client

    client.get("/masuk?next=/kursus")
    second = client.page
    client.submit({"email": sari.email, "password": make.PASSWORD})
    client.page, client.path = second, "/masuk?next=/kursus"
    assert client.submit({"email": sari.email, "password": make.PASSWORD}).location == "/kursus"
    client.page = second
    assert client.submit({"next": "//jahat.id"}).location == "/beranda"
    assert client.post("/masuk", data={"email": "x"}).status_code == 400, (
        "a form without any token is no tab of ours"
    )
    out = Client(app)
    assert out.post("/masuk", data={"next": "/kursus"}).status_code == 400, "who is out is asked again"


TYPED = {"organisation": "Dinas Pendidikan Ambarawa", "position": "Guru Ahli Pertama", "csrf_token": "lama"}


def test_a_form_of_a_session_that_ended_shows_what_was_typed(client, db, sari):
    client.sign_in(sari).get("/akun/keanggotaan")
    client.submit(action="/keluar")
    here = {"Referer": "http://localhost/akun/keanggotaan"}
    answer = client.post("/akun/keanggotaan", data=TYPED, headers=here)
    assert answer.status_code == 400
    assert "Sesi Anda Sudah Berakhir" in answer.text and "/masuk?next=/akun/keanggotaan" in client.page.links
    assert "Dinas Pendidikan Ambarawa" in answer.text and "Guru Ahli Pertama" in answer.text
    assert "tetap ada" not in answer.text, "no link leads to the text"
    assert answer.headers["Cache-Control"] == "no-store"
    elsewhere = client.post("/akun/keanggotaan", data=TYPED, headers={"Referer": "http://jahat.id/"})
    assert "Ambarawa" not in elsewhere.text, "words of other sites are not shown as one's own"
    script = client.post("/akun/keanggotaan", data=TYPED, headers={**here, "Accept": "application/json"})
    assert script.status_code == 400 and "di bawah ini" not in script.json["error"]


def test_a_form_from_before_signing_in_anew_shows_what_was_typed(client, db, sari):
    client.sign_in(sari)
    answer = client.post(
        "/akun/keanggotaan", data=TYPED, headers={"Referer": "http://localhost/akun/keanggotaan"}
    )
    assert answer.status_code == 400
    assert "Formulir Ini Sudah Tidak Berlaku" in answer.text and "/akun/keanggotaan" in client.page.links
    assert "Dinas Pendidikan Ambarawa" in answer.text


def ended_elsewhere(app, sari):
    """A page that is open in one browser, whose sign-in another one ends; its token still holds."""
    from tests.client import Client

    here, there = Client(app).sign_in(sari), Client(app).sign_in(sari)
    assert here.get("/akun/keanggotaan?dari=menu").status_code == 200
    there.get("/akun/sesi")
    assert there.submit(action="/akhiri").status_code == 302
    return here


WORDS = {"organisation": "Dinas Pendidikan Ambarawa", "position": "Guru Ahli Pertama"}
PAGE = {"Referer": "http://localhost/akun/keanggotaan?dari=menu"}


def test_a_form_whose_session_was_ended_elsewhere_shows_what_was_typed(app, db, sari):
    here = ended_elsewhere(app, sari)
    form = next(one for one in here.page.forms if "organisation" in one["fields"])["fields"]
    answer = here.post("/akun/keanggotaan", data={**form, **WORDS}, headers=PAGE)
    assert answer.status_code == 401 and "Sesi Anda Sudah Berakhir" in answer.text
    assert "diakhiri dari perangkat lain" in answer.text
    assert "/masuk?next=/akun/keanggotaan" in here.page.links
    assert "Dinas Pendidikan Ambarawa" in answer.text and "Guru Ahli Pertama" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_script_or_another_site_sends_after_the_end_shows_nothing(app, db, sari):
    here = ended_elsewhere(app, sari)
    form = {**next(one for one in here.page.forms if "organisation" in one["fields"])["fields"], **WORDS}
    said = here.post("/akun/keanggotaan", data=form, headers={**PAGE, "Accept": "application/json"})
    assert said.status_code == 401 and said.json["code"] == "session-over"
    assert "Ambarawa" not in said.text and "di bawah ini" not in said.json["error"]
    foreign = here.post("/akun/keanggotaan", data=form, headers={"Referer": "http://jahat.id/"})
    assert foreign.status_code == 401 and "Ambarawa" not in foreign.text


def test_a_page_that_is_read_still_leads_to_signing_in_and_back(app, db, sari):
    here = ended_elsewhere(app, sari)
    assert here.get("/akun/keanggotaan?dari=menu").location == "/masuk?next=/akun/keanggotaan?dari%3Dmenu"
    assert here.head("/akun/keanggotaan").status_code == 302


def test_no_password_is_ever_shown_again(app, client):
    """Not even one of several words; every field for one is known by its name."""
    from wtforms import PasswordField

    from ekopi.accounts import forms
    from ekopi.core import failures
    from ekopi.core.forms import BaseForm

    fields = {
        name
        for form in vars(forms).values()
        if isinstance(form, type) and issubclass(form, BaseForm)
        for name in dir(form)
        if getattr(getattr(form, name), "field_class", None) is PasswordField
    }
    assert fields == failures.PASSWORDS
    for name in fields:
        sent = {name: "pisau roti jendela", "catatan": "dua kata"}
        answer = client.post("/tampilan", data=sent, headers={"Referer": "http://localhost/tampilan"})
        assert "dua kata" in answer.text and "pisau roti" not in answer.text
