"""Limits by token or address, told in headers."""

from __future__ import annotations

import pytest

from ekopi.extensions import limiter
from tests.accounts import make as people
from tests.api import make
from tests.client import Client
from tests.credentials import make as papers


@pytest.fixture
def counting(live):
    """An application that counts requests; the others do not."""
    live.app.config["RATELIMIT_ENABLED"] = limiter.enabled = True
    limiter.init_app(live.app)
    limiter.reset()
    with live.app.app_context():
        yield live.app
    limiter.enabled = False


@pytest.fixture
def visitor(counting):
    return make.Program(Client(counting))


@pytest.fixture
def program(counting):
    return make.Program(Client(counting), make.token(people.person())[1])


def test_each_token_has_its_own_number(program, visitor):
    for left in (299, 298):
        answer = program.get("/me")
        assert answer.headers["X-RateLimit-Limit"] == "300"
        assert answer.headers["X-RateLimit-Remaining"] == str(left)
    assert visitor.get("/places").headers["X-RateLimit-Remaining"] == "299"
    for _more in range(298):
        assert program.get("/places/00").status_code == 404
    refused = program.get("/me")
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert visitor.get("/places").status_code == 200


def test_numbers_of_certificates_cannot_be_tried_out(visitor):
    number = papers.certificate().number
    answers = [visitor.get(f"/certificates/{number}").status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
    assert visitor.client.get(f"/sertifikat/{number}").status_code == 429  # counted together with the page
    assert visitor.get("/places").status_code == 200


def test_one_address_with_many_tokens_is_counted_too(counting):
    client = Client(counting)
    answers = {
        make.Program(client, f"ekopi_{number}").get("/places/00").status_code for number in range(1200)
    }
    assert answers == {401}
    assert make.Program(client, "ekopi_lain").get("/places/00").status_code == 429
