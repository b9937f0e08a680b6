"""The OpenAPI document: valid, complete, its examples true; the page that reads it out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from ekopi.accounts import words
from ekopi.api import v1  # noqa: F401 (declares the operations)
from ekopi.api.declaring import OPERATIONS

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").json


def test_it_is_valid(document):
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_it_tells_of_every_address_and_method(app, document):
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith("api.")
    }
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == served


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_examples_are_true(one):
    assert one.of.model_validate(one.of.EXAMPLE).model_dump(mode="json") == one.of.EXAMPLE
    if one.body:
        assert one.body.model_validate(one.body.EXAMPLE)


def test_every_scope_opens_something_and_none_is_made_up():
    used = {one.scope for one in OPERATIONS if one.scope}
    assert used == set(words.SCOPES)


def test_who_has_it_is_not_sent_it_again(client):
    first = client.get("/api/v1/openapi.json")
    again = client.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_reader_shows_all_of_it_and_loads_nothing_from_elsewhere(client, document):
    page = client.get("/api/docs")
    assert page.status_code == 200
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page.text
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]+)"', page.text)
    assert loaded and not [address for address in loaded if not address.startswith("/")]


def test_it_speaks_the_readers_language(client):
    client.set_cookie("bahasa", "en")
    assert "API" in client.get("/api/docs").text
    assert client.get("/api/v1/openapi.json").status_code == 200


def test_every_path_stands_in_the_manual(document):
    told = DOCS.read_text(encoding="utf-8")
    assert not [path for path in document["paths"] if f"`{path}`" not in told]
