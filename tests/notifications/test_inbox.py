"""Notices: told once, read by their reader only, opened by a post."""

import pytest

from ekopi.core.registry import register
from ekopi.notifications import queries
from ekopi.notifications.operations import mark_read, tell
from tests.accounts import make


@pytest.fixture(autouse=True)
def teller(app):
    register("notices", "test-told", lambda facts: (f"Kabar {facts['n']}", "/kursus"))


def test_told_twice_is_one_notice(db):
    person = make.person()
    assert tell(person.id, "test-told", key="a", n=1)
    assert tell(person.id, "test-told", key="a", n=1) is None
    assert queries.unread(person.id) == 1


def test_reading_one_and_all(db):
    person = make.person()
    first = tell(person.id, "test-told", key="a", n=1)
    tell(person.id, "test-told", key="b", n=2)
    assert mark_read(person.id, first.id) == 1
    assert queries.unread(person.id) == 1
    assert mark_read(person.id) == 1
    assert queries.unread(person.id) == 0


def test_the_inbox_page(client):
    person = make.person()
    tell(person.id, "test-told", key="a", n=7)
    client.sign_in(person)
    answer = client.get("/notifikasi")
    assert "Kabar 7" in answer.text and "Baru" in answer.text
    answer = client.submit({}, action="/buka$")
    assert answer.location == "/kursus"
    assert queries.unread(person.id) == 0


def test_reading_a_page_changes_nothing(client):
    person = make.person()
    tell(person.id, "test-told", key="a", n=7)
    client.sign_in(person)
    client.get("/notifikasi")
    assert queries.unread(person.id) == 1


def test_the_notice_of_another_is_not_there(client):
    other = tell(make.person().id, "test-told", key="a", n=1)
    client.sign_in(make.person())
    client.get("/notifikasi")
    answer = client.post(f"/notifikasi/{other.id}/buka", data={"csrf_token": _token(client)})
    assert answer.status_code == 404


def _token(client):
    return next(f["fields"]["csrf_token"] for f in client.page.forms if "csrf_token" in f["fields"])


@pytest.mark.parametrize("count", [1, 45])
def test_an_empty_place_teaches_and_a_long_one_has_pages(client, count):
    person = make.person()
    client.sign_in(person)
    assert "Belum Ada Notifikasi" in client.get("/notifikasi").text
    for n in range(count):
        tell(person.id, "test-told", key=str(n), n=n)
    answer = client.get("/notifikasi")
    assert f"Kabar {count - 1}" in answer.text
    seen, address = set(), "/notifikasi"
    while address:
        client.get(address)
        import re

        text = client.get(address).text
        seen |= set(re.findall(r"<p[^>]*>Kabar (\d+)", text))
        address = next((link for link in client.page.links if "setelah=" in link), None)
    assert seen == {str(n) for n in range(count)}
