"""/sitemap.xml and its parts: every public innovation once, in blocks that never move."""

from __future__ import annotations

from datetime import timedelta

from lxml import etree

from ekopi.catalogue.models import CoOwner
from ekopi.catalogue.queries import sitemaps as queries
from ekopi.catalogue.views import sitemaps as views
from ekopi.core import clock
from ekopi.extensions import db as database
from tests.accounts import make as people
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
    monkeypatch.setattr(queries, "BLOCK", 4)
    monkeypatch.setattr(views, "CHUNK", 2)
    made = [make.innovation(f"Inovasi Ke {n}") for n in range(9)]
    made[2].state = "withdrawn"
    made[3].synthetic = True
    parts = addresses(client, "/sitemap.xml")
    assert parts[:2] == ["/sitemap/0.xml", "/sitemap/wilayah.xml"] and 4 <= len(parts) <= 6
    found = [address for part in parts[2:] for address in addresses(client, part)]
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
    assert addresses(client, "/sitemap.xml") == ["/sitemap/0.xml", "/sitemap/wilayah.xml"]


def test_places_that_have_anything_are_there_and_lead_to_pages(client):
    make.regions()
    assert addresses(client, "/sitemap/wilayah.xml") == ["/katalog/wilayah"]
    make.innovation(region_code="35.78", changed_at=make.BEGAN)
    make.innovation(region_code="74.10", audience="organisation", owner_id=people.organisation().id)
    ended = people.region("35.99", "Kabupaten Lama", "regency", parent=people.region("35"))
    ended.valid_to = clock.today() - timedelta(days=1)
    make.innovation(region_code="35.99", changed_at=make.BEGAN)
    found = addresses(client, "/sitemap/wilayah.xml")
    assert found == ["/katalog/wilayah", "/katalog/wilayah/35", "/katalog/wilayah/35.78"]
    assert all(client.get(path).status_code == 200 for path in found)
    moments = etree.fromstring(client.get("/sitemap/wilayah.xml").data).iterfind(".//s:lastmod", NS)
    assert [one.text for one in moments] == ["2026-03-01T08:00:00Z"] * 2


def test_organisations_that_look_after_anything_are_there_with_those_above(client):
    regency = people.organisation("Pemerintah Kabupaten Sukamaju")
    unit = people.organisation("Dinas Kesehatan", parent=regency)
    helping, idle = people.organisation("RSUD"), people.organisation("Dinas Lain")
    gone = people.organisation("Dinas Terhapus", parent=regency)
    made = make.innovation(owner_id=unit.id, changed_at=make.BEGAN)
    database.session.add(CoOwner(innovation_id=made.id, organisation_id=helping.id))
    make.innovation(owner_id=gone.id)
    make.innovation(owner_id=idle.id, audience="organisation")
    gone.delete()
    assert "/sitemap/instansi-1.xml" in addresses(client, "/sitemap.xml")
    found = addresses(client, "/sitemap/instansi-1.xml")
    assert found == [
        f"/katalog/instansi/{regency.id}-pemerintah-kabupaten-sukamaju",
        f"/katalog/instansi/{unit.id}-dinas-kesehatan",
        f"/katalog/instansi/{helping.id}-rsud",
    ]
    assert all(client.get(path).status_code == 200 for path in found)
    for path in ("/sitemap/instansi-0.xml", "/sitemap/instansi-2.xml", "/sitemap/instansi-99999999999.xml"):
        assert client.get(path).status_code == 404


def test_many_organisations_fill_several_sitemaps(client, monkeypatch):
    monkeypatch.setattr(queries, "BLOCK", 2)
    for number in range(3):
        make.innovation(owner_id=people.organisation(f"Dinas {number}").id)
    parts = [part for part in addresses(client, "/sitemap.xml") if "instansi" in part]
    assert parts == ["/sitemap/instansi-1.xml", "/sitemap/instansi-2.xml"]
    assert [len(addresses(client, part)) for part in parts] == [2, 1]


def test_robots_are_told_where_it_is(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in answer.text.splitlines()
