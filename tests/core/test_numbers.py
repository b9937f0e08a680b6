"""Odd numbers and moments in addresses: the first page or 404, never an error of ours."""

from __future__ import annotations

import base64
import json
import re

import pytest
from werkzeug.exceptions import NotFound

from ekopi.core.forms import whole
from tests.accounts import make

HUGE = str(10**30)


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("007", 7), ("9" * 9, 999_999_999), ("9" * 10, 0), ("", 0), (None, 0), ("²", 0), ("٣", 0), ("-1", 0),
     ("+1", 0), ("1.0", 0), (" 1", 0), ("1_0", 0), ("satu", 0)],
)  # fmt: skip
def test_whole_numbers(text, number):
    assert whole(text) == number
    assert whole(text, -5) == (number if text and number else -5)


def test_no_address_takes_a_number_that_no_database_holds(app):
    addresses, seen = app.url_map.bind("localhost"), 0
    for rule in app.url_map.iter_rules():
        if "<int:" not in rule.rule:
            continue
        seen += 1
        for number in (HUGE, "²", "٣"):
            path = re.sub(r"<[^>]+>", "a", re.sub(r"<int:[^>]+>", number, rule.rule))
            with pytest.raises(NotFound):
                addresses.match(path, method=next(iter(rule.methods - {"HEAD", "OPTIONS"})))
    assert seen > 20


def test_a_huge_number_is_not_found(client, db):
    client.sign_in(make.person(roles=[("admin", "platform", 0)]))
    for path in (f"/kelola/pengguna/{HUGE}", f"/kelola/instansi/{HUGE}", f"/kelola/instansi/baru?induk={HUGE}",
                 "/kelola/instansi/baru?induk=²", f"/kelola/orang?unit={HUGE}"):  # fmt: skip
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("place", [[2**63], [-(2**63)], [10**40], [True], ["1"]])
def test_a_place_that_no_row_has_means_the_first_page(client, db, place):
    client.sign_in(make.person(roles=[("admin", "platform", 0)], name="Gita Admin"))
    answer = client.get(f"/kelola/pengguna?setelah={put(place)}")
    assert answer.status_code == 200
    assert "Gita Admin" in answer.text


@pytest.mark.parametrize("name", ["a\x00", "\ud800"])
def test_a_text_that_no_database_keeps_means_the_first_page(client, db, name):
    admin = make.person(roles=[("admin", "platform", 0)])
    make.person("Sari Wulandari", organisation=make.organisation())
    client.sign_in(admin)
    answer = client.get(f"/kelola/orang?setelah={put([name, 1])}")
    assert answer.status_code == 200
    assert "Sari Wulandari" in answer.text


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-01", "x", 7]
)
def test_a_moment_outside_of_the_calendar_means_the_first_page(client, db, moment):
    client.sign_in(make.person())
    assert client.get(f"/kursus?setelah={put([moment, 1])}").status_code == 200


def put(place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
