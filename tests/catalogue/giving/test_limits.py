"""Open data is for everybody, but not for one machine alone: limits by address, said in each consumer's language."""

from __future__ import annotations

import pytest


@pytest.fixture
def visitor(template, tmp_path):
    """A client of an application that counts requests; the others do not."""
    from ekopi.extensions import limiter
    from tests.living import make_app

    app = make_app(template.url, tmp_path)
    app.config["RATELIMIT_ENABLED"] = limiter.enabled = True
    limiter.init_app(app)
    limiter.reset()
    yield app.test_client()
    limiter.enabled = False
    with app.app_context():
        from ekopi.extensions import db

        db.engine.dispose()


def test_everything_may_be_had_twelve_times_a_minute(visitor):
    answers = [visitor.get("/api/inolands", buffered=True).status_code for _ in range(13)]
    assert answers == [200] * 12 + [429]
    refused = visitor.get("/api/inolands")
    assert refused.mimetype == "application/problem+json"
    assert refused.json["status"] == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert visitor.get("/api/inolands?page=1").status_code == 200  # a page is another matter
    assert "Retry-After" not in visitor.get("/api/inolands?page=1").headers, "nobody has to wait"
    elsewhere = visitor.get("/api/inolands", environ_base={"REMOTE_ADDR": "10.0.0.9"}, buffered=True)
    assert elsewhere.status_code == 200


def test_a_harvester_is_asked_to_wait_in_its_own_way(visitor):
    """503 with Retry-After, as OAI-PMH says; harvesters know nothing of 429."""
    answers = [visitor.get("/oai?verb=Identify").status_code for _ in range(301)]
    assert answers == [200] * 300 + [503]
    refused = visitor.post("/oai", data={"verb": "Identify"})
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) <= 60


def test_other_pages_refuse_as_pages_do(visitor):
    answers = [visitor.get("/katalog/dcat.ttl").status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]
    assert visitor.get("/sitemap.xml").mimetype == "text/html"
