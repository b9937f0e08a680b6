"""The language of errors and public pages: the account's, at no cost to visitors, and without the database."""

from __future__ import annotations

import pytest

from tests.accounts import make
from tests.courses.counting import counted


@pytest.mark.parametrize("path", ["/tidak-ada-di-sini", "/kelola/orang"])
def test_so_are_pages_of_errors(client, path):
    client.sign_in(make.person(language="en"))
    answer = client.get(path)
    assert answer.status_code in (403, 404)
    assert '<html lang="en"' in answer.text


def test_so_are_requests_that_are_refused_first(client):
    client.sign_in(make.person(language="en"))
    answer = client.post("/tampilan", data={})
    assert answer.status_code == 400
    assert '<html lang="en"' in answer.text


@pytest.mark.parametrize("path", ["/privasi", "/sertifikat", "/tampilan", "/bantuan", "/tidak-ada-di-sini"])
def test_a_visitor_costs_no_query_for_it(client, path):
    with counted() as sent:
        client.get(path)
    assert not sent


def test_a_database_that_is_away_does_not_keep_an_error_from_being_said(client, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from ekopi.accounts.operations import sign_ins

    client.sign_in(make.person(language="en"))

    def away(token):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(sign_ins, "current", away)
    for path, status in (("/privasi", 503), ("/tidak-ada-di-sini", 503)):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (status, "5")
    assert client.post("/tampilan", data={}).status_code == 503
