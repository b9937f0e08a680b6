"""Links that confirm an address and do not work any more: what they say, and the way on from them."""

from __future__ import annotations

from ekopi.accounts.operations import tokens
from tests.accounts.conftest import link_in
from tests.accounts.test_registration import FIELDS, later, register, someone  # noqa: F401


def test_an_older_letter_leads_to_the_newer(client, db, letters):
    client.get("/daftar?next=/kursus/laboratorium-inovasi")
    client.submit(FIELDS)
    register(client)
    old, new = [link_in(letter, "konfirmasi") for letter in letters("sari@slemankab.go.id")]
    page = client.get(old)
    assert page.status_code == 410
    assert "Tautan Ini Sudah Diganti" in page.text
    answer = client.submit(action="/kirim-ulang$")
    assert (answer.status_code, answer.location) == (302, "/periksa-surel")
    *_before, newest = letters("sari@slemankab.go.id")
    assert client.get(new).status_code == 410, "only the last letter works"
    client.get(link_in(newest, "konfirmasi"))
    assert client.submit().location.startswith("/akun/kata-sandi")
    assert someone(db).state == "active"


def test_a_letter_that_grew_old_is_sent_again(client, db, letters, later):  # noqa: F811
    client.get("/daftar?next=/kursus/laboratorium-inovasi")
    client.submit(FIELDS)
    old = link_in(letters("sari@slemankab.go.id")[0], "konfirmasi")
    later(days=3, minutes=1)
    assert "berlaku tiga hari" in client.get(old).text
    client.submit(action="/kirim-ulang$")
    client.get(link_in(letters("sari@slemankab.go.id")[-1], "konfirmasi"))
    assert client.submit().location == "/kursus/laboratorium-inovasi", "the way back is kept"


def test_a_letter_that_signing_in_sends_keeps_the_way_back(client, db, letters):
    client.get("/daftar?next=/kursus/laboratorium-inovasi")
    client.submit(FIELDS)
    client.get("/masuk")
    client.submit({"email": FIELDS["email"], "password": FIELDS["password"]})
    first, again = letters("sari@slemankab.go.id")
    client.get(link_in(again, "konfirmasi"))
    assert client.submit().location == "/kursus/laboratorium-inovasi"


def test_a_letter_that_did_its_work_leads_to_signing_in(client, db, letters):
    register(client)
    link = link_in(letters("sari@slemankab.go.id")[0], "konfirmasi")
    client.get(link)
    client.submit()
    page = client.get(link)
    assert page.status_code == 410
    assert "Silakan masuk" not in page.text and "/masuk" not in client.page.links, "one is in already"
    assert "kirim-ulang" not in page.text
    token = next(f["fields"]["csrf_token"] for f in client.page.forms if "csrf_token" in f["fields"])
    assert client.post(f"{link}/kirim-ulang", data={"csrf_token": token}).status_code == 410
    assert len(letters("sari@slemankab.go.id")) == 1
    client.post("/keluar", data={"csrf_token": token})
    page = client.get(link)
    assert page.status_code == 410
    assert "Alamat Surel Sudah Dikonfirmasi" in page.text and "/masuk" in client.page.links
    assert "kirim-ulang" not in page.text


def test_an_old_link_of_a_disabled_account_tells_nothing(client, db, letters):
    register(client)
    link = link_in(letters("sari@slemankab.go.id")[0], "konfirmasi")
    client.get(link)
    client.submit()
    someone(db).state = "disabled"
    db.session.flush()
    page = client.get(link)
    assert page.status_code == 410
    assert "dikonfirmasi" not in page.text and "kirim-ulang" not in page.text


def test_no_more_than_a_few_letters_an_hour_from_an_old_link(client, db, letters):
    register(client)
    old = link_in(letters("sari@slemankab.go.id")[0], "konfirmasi")
    register(client)
    for _ in range(tokens.MOST_AN_HOUR + 3):
        client.get(old)
        assert client.submit(action="/kirim-ulang$").status_code == 302
    assert len(letters("sari@slemankab.go.id")) == tokens.MOST_AN_HOUR
