"""/demo/surel: only in the demo; letters as text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ekopi.core import clock
from ekopi.mail import operations


@pytest.fixture
def demo(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], demo=True))


def test_outside_of_the_demo_there_is_no_such_page(client):
    letter = operations.send("a@contoh.id", "x", "y", key="k")
    assert client.get("/demo/surel").status_code == 404
    assert client.get(f"/demo/surel/{letter.id}").status_code == 404


def test_letters_of_the_demo_are_read_and_followed(client, demo):
    assert "Belum Ada Surel" in client.get("/demo/surel").text
    operations.send("lama@contoh.id", "Yang lama", "y", key="k1")
    text = "Halo <script>alert(1)</script>,\n\nhttp://127.0.0.1:8000/bantuan\nhttps://jahat.example/\n"
    letter = operations.send("baru@contoh.id", "Yang <b>baru</b>", text, key="k2")
    listed = client.get("/demo/surel").text
    assert listed.index("Yang &lt;b&gt;baru&lt;/b&gt;") < listed.index("Yang lama")
    opened = client.get(f"/demo/surel/{letter.id}")
    assert "&lt;script&gt;" in opened.text
    assert "baru@contoh.id" in opened.text
    assert '<a href="/bantuan">http://127.0.0.1:8000/bantuan</a>' in opened.text
    assert 'href="https://jahat.example' not in opened.text
    assert client.get("/demo/surel/999999").status_code == 404


def test_letters_stand_in_the_order_of_their_days(client, demo):
    """The demo writes the letters of past months in the order of its people."""
    for number, days in enumerate((10, 90, 1, 30)):
        clock.shift(timedelta(days=-days))
        operations.send("a@contoh.id", f"Hari ke-{days}.", "y", key=str(number))
    clock.shift(None)
    listed = client.get("/demo/surel").text
    assert sorted((1, 10, 30, 90), key=lambda days: listed.index(f"Hari ke-{days}.")) == [1, 10, 30, 90]


def test_many_letters_have_pages(client, demo):
    for number in range(21):
        operations.send("a@contoh.id", f"Surel {number}", "y", key=str(number))
    client.get("/demo/surel")
    (further,) = {link for link in client.page.links if "setelah=" in link}
    assert "Surel 0<" in client.get(further).text
