"""What /akun says of things that are not settled yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ekopi.accounts.operations import account
from ekopi.core import clock
from tests.accounts import make


@pytest.fixture(autouse=True)
def _clock():
    yield
    clock.shift(None)


def test_the_account_tells_of_an_address_that_waits(client, db):
    sari = make.person(email="sari@slemankab.go.id")
    client.sign_in(sari)
    assert "menunggu konfirmasi" not in client.get("/akun").text
    account.ask_for_email(sari, "baru@contoh.id")
    said = f"{sari.email}; alamat baru baru@contoh.id menunggu konfirmasi"
    assert said in client.get("/akun").text
    clock.shift(timedelta(days=1, minutes=1))
    client.sign_in(sari)
    assert "baru@contoh.id" not in client.get("/akun").text, "the link is over"


def test_the_account_tells_a_claim_from_a_membership(client, db):
    who = make.person(organisation=make.organisation("Dinas Kesehatan"))
    client.sign_in(who)
    assert "Menunggu Konfirmasi" not in client.get("/akun").text
    make.membership(who, make.organisation("Dinas <Pendidikan>"), state="claimed")
    page = client.get("/akun").text
    assert "Dinas &lt;Pendidikan&gt; (Menunggu Konfirmasi), Dinas Kesehatan<" in page


def test_the_account_tells_which_roles_are_held_and_where(client, db):
    who = make.person()
    client.sign_in(who)
    assert ">Peran<" not in client.get("/akun").text
    agency = make.organisation("Dinas <Pendidikan>")
    make.role(who, "coordinator")
    make.role(who, "coach", "organisation", agency.id)
    make.role(who, "author").ended_at = clock.now()
    client.sign_in(who)
    page = client.get("/akun").text
    assert page.index("Pendamping, Dinas &lt;Pendidikan&gt;<") < page.index("Koordinator, Seluruh EKOPI<")
    assert "Penulis Kursus" not in page
