"""/sitemap.xml and its parts: every public innovation once, in blocks that never move."""

from __future__ import annotations

from lxml import etree

from ekopi.catalogue.queries import giving
from ekopi.catalogue.views import giving as views
from tests.catalogue.giving import make

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def addresses(client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.mimetype == "application/xml"
    return [
        found.text.removeprefix("http://127.0.0.1:8000")
        for found in etree.fromstring(answer.data).iterfind(".//s:loc", NS)
    ]


def test_the_index_leads_to_every_public_innovation(client, monkeypatch):
    monkeypatch.setattr(giving, "SITEMAP_BLOCK", 4)
    monkeypatch.setattr(views, "SITEMAP_CHUNK", 2)
    made = [make.innovation(f"Inovasi Ke {n}") for n in range(9)]
    made[2].state = "withdrawn"
    made[3].synthetic = True
    parts = addresses(client, "/sitemap.xml")
    assert parts[0] == "/sitemap/0.xml" and 3 <= len(parts) <= 5
    found = [address for part in parts[1:] for address in addresses(client, part)]
    assert found == [f"/katalog/{one.id}-{one.slug}" for one in made if one not in made[2:4]]
    assert all(len(addresses(client, part)) <= 4 for part in parts)
    assert addresses(client, "/sitemap/0.xml") == ["/", "/katalog"]


def test_moments_of_change_are_told(client):
    make.innovation(changed_at=make.BEGAN)
    block = client.get("/sitemap.xml").text
    assert "<lastmod>2026-03-01T08:00:00Z</lastmod>" in block


def test_an_empty_block_is_no_sitemap(client):
    assert client.get("/sitemap/7.xml").status_code == 404
    assert client.get("/sitemap/999999999999999999.xml").status_code == 404
    assert addresses(client, "/sitemap.xml") == ["/sitemap/0.xml"]


def test_robots_are_told_where_it_is(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in answer.text.splitlines()
