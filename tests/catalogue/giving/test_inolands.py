"""/api/inolands: the shape that JIPPNas pulls, whole and in pages."""

from __future__ import annotations

import json
import re
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

from ekopi.catalogue import sources
from ekopi.catalogue.models import FieldChoice
from ekopi.catalogue.sources.regions import RegionIndex
from ekopi.places.reference import shipped_regions
from tests.accounts import make as accounts
from tests.catalogue.giving import make

NOTHING = type(None)
SHAPE = {
    "id": int, "judul_inovasi": str, "tahun": (int, NOTHING), "inovator": (str, NOTHING), "kld": str, "deskripsi": str,
    "id_kabkot": (int, NOTHING), "id_sdgs": (int, NOTHING), "agency_id_panrb": (int, NOTHING),
    "wilayah": (dict, NOTHING), "sdgs": (dict, NOTHING), "instansi": (dict, NOTHING),
}  # fmt: skip
INSIDE = {
    "wilayah": {"id_kabkot": (int, NOTHING), "kabkot": (str, NOTHING), "provinsi": str},
    "sdgs": {"id": int, "nama": str},
    "instansi": {"agency_id": (int, NOTHING), "nama": str},
}
"""What Inoland's API says today, and with which types (tests/catalogue/sources/fixtures/inoland_api.json)."""
API = Path(__file__).parents[1] / "sources" / "fixtures" / "inoland_api.json"


def fits(item: dict) -> None:
    """Has exactly the keys and types that its consumer reads."""
    for names, said in [(SHAPE, item), *[(INSIDE[key], item[key]) for key in INSIDE if item[key]]]:
        assert list(said) == list(names)
        for name, types in names.items():
            assert isinstance(said[name], types) and not isinstance(said[name], bool), (name, said[name])


def full() -> object:
    make.regions()
    made = make.innovation(
        "PERAHU BIDAN", key="inoland", region_code="35.78",
        facts={
            "summary": '<p>Bidan naik perahu.</p><p><img alt="" src="picture:ab12"></p>', "initiator": "Puskesmas Teluk",
            "sdg": ["3", "10"], "region_code": "35.78",
        },
    )  # fmt: skip
    make.record(made, key="inoland", payload={"agency_id_panrb": 266})
    return made


def data(answer) -> list[dict]:
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    said = json.loads(answer.text)
    assert list(said) == ["success", "data"] and said["success"] is True
    return said["data"]


def test_the_shape_is_the_one_that_is_pulled_today(client):
    made = full()
    answer = client.get("/api/inolands")
    assert answer.text.startswith('{"success": true, "data": [{"id": ')
    assert data(answer) == [
        {
            "id": made.id, "judul_inovasi": "PERAHU BIDAN", "tahun": 2021, "inovator": "Puskesmas Teluk",
            "kld": "Pemerintah Kota Surabaya", "deskripsi": "<p>Bidan naik perahu.</p><p></p>", "id_kabkot": 3578,
            "id_sdgs": 3, "agency_id_panrb": 266,
            "wilayah": {"id_kabkot": 3578, "kabkot": "Kota Surabaya", "provinsi": "Jawa Timur"},
            "sdgs": {"id": 3, "nama": "Kehidupan Sehat dan Sejahtera"},
            "instansi": {"agency_id": 266, "nama": "Pemerintah Kota Surabaya"},
        }
    ]  # fmt: skip
    assert answer.headers["X-Total-Count"] == "1"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer.headers["Cache-Control"]


def test_keys_and_types_are_those_of_inoland(client):
    """Of a record that says everything, one that says nothing, and of Inoland's own answer."""
    full()
    make.innovation("Tanpa Apa Pun", agency="", year=None)
    make.innovation("Hanya Provinsi", region_code="35")
    make.innovation("Buton", region_code="74.10")
    items = {item["judul_inovasi"]: item for item in data(client.get("/api/inolands"))}
    for item in items.values():
        fits(item)
    said = json.loads(API.read_text(encoding="utf-8"))["data"]
    assert {key for item in said for key in item} <= set(SHAPE)
    bare = items["Tanpa Apa Pun"]
    assert [bare[key] for key in SHAPE][2:] == [None, None, "", "", None, None, None, None, None, None]
    assert items["Hanya Provinsi"]["wilayah"] == {"id_kabkot": 35, "kabkot": None, "provinsi": "Jawa Timur"}
    assert items["Buton"]["id_kabkot"] == 7409  # BPS's; Kemendagri's 74.09 is Konawe Utara


def test_what_we_give_our_own_importer_reads_back(client):
    full()
    item = data(client.get("/api/inolands"))[0]
    said = sources.adapters()["inoland"].translate(1, item, RegionIndex(shipped_regions()))
    assert said.external_id == str(item["id"])
    told = {key: said.facts[key] for key in ("year", "agency", "region_code", "sdg", "initiator")}
    assert told["year"] == 2021 and told["region_code"] == "35.78" and told["sdg"] == ["3"]
    assert "Surabaya" in told["agency"] and told["initiator"] == "Puskesmas Teluk"


def test_what_a_person_chose_goes_before_what_sources_say(client, db):
    made = make.innovation(facts={"summary": "<p>Kata sumber.</p>"})
    db.session.add(
        FieldChoice(
            innovation_id=made.id,
            field="summary",
            value={"is": "<p>Kata pemilik.</p>"},
            by_id=accounts.person().id,
        )
    )
    db.session.flush()
    assert data(client.get("/api/inolands"))[0]["deskripsi"] == "<p>Kata pemilik.</p>"


def test_only_what_is_public_and_still_there_is_given(client, db):
    owner = accounts.organisation()
    shown = make.innovation("Terbuka")
    make.innovation("Tertutup", audience="organisation", owner_id=owner.id)
    make.innovation("Buatan", synthetic=True)
    make.innovation("Ditarik", state="withdrawn")
    make.merge(make.innovation("Digabung"), shown)
    make.vanish(make.innovation("Hilang"))
    cared_for = make.innovation("Hilang tetapi Diasuh", owner_id=owner.id)
    make.vanish(cared_for)
    partly = make.innovation("Hilang di Satu Sumber")
    make.vanish(partly)
    make.record(partly, key="iga")
    make.innovation("Lahir di Sini")
    answer = client.get("/api/inolands")
    assert {item["judul_inovasi"] for item in data(answer)} == {
        "Terbuka", "Hilang tetapi Diasuh", "Hilang di Satu Sumber", "Lahir di Sini",
    }  # fmt: skip
    assert answer.headers["X-Total-Count"] == "4"


# --- pages ------------------------------------------------------------------------------------------------


def links(answer) -> dict[str, str]:
    found = re.findall(r'<http://127\.0\.0\.1:8000([^>]*)>; rel="(\w+)"', answer.headers.get("Link", ""))
    return {kind: address for address, kind in found}


def test_pages_are_given_when_asked_for_and_lead_to_each_other(client):
    made = [make.innovation().id for _ in range(7)]
    answer = client.get("/api/inolands?page=1&per_page=3")
    seen, pages = [item["id"] for item in data(answer)], 1
    assert answer.headers["X-Total-Count"] == "7"
    assert answer.headers["X-Total-Pages"] == "3"
    assert "prev" not in links(answer)
    while "next" in links(answer):
        answer = client.get(links(answer)["next"])
        seen += [item["id"] for item in data(answer)]
        pages += 1
    assert seen == made and pages == 3
    assert [i["id"] for i in data(client.get(links(answer)["last"]))] == made[6:]
    assert [i["id"] for i in data(client.get(links(answer)["prev"]))] == made[3:6]
    assert [i["id"] for i in data(client.get("/api/inolands?page=2&per_page=3"))] == made[3:6]
    assert data(client.get("/api/inolands?page=4&per_page=3")) == []
    assert data(client.get("/api/inolands?page=9999999&per_page=1000")) == []


def test_without_page_everything_is_given_whatever_per_page_says(client):
    for _ in range(4):
        make.innovation()
    assert len(data(client.get("/api/inolands?per_page=2"))) == 4
    assert "Link" not in client.get("/api/inolands?per_page=2").headers


def test_the_next_page_misses_nothing_when_something_goes_meanwhile(client):
    made = [make.innovation() for _ in range(6)]
    first = client.get("/api/inolands?page=1&per_page=2")
    made[0].state = "withdrawn"
    second = client.get(links(first)["next"])
    assert [item["id"] for item in data(second)] == [made[2].id, made[3].id]


def test_what_has_changed_since_is_given_alone(client):
    old = make.innovation(changed_at=make.BEGAN)
    new = make.innovation(changed_at=make.BEGAN + timedelta(days=2))
    for since in (
        "2026-03-02",
        "2026-03-02T08:00:00Z",
        "2026-03-02T15:00:00%2B07:00",
        "2026-03-02T15:00:00+07:00",
    ):
        answer = client.get(f"/api/inolands?updated_since={since}")
        assert [item["id"] for item in data(answer)] == [new.id], since
        assert answer.headers["X-Total-Count"] == "1"
    paged = client.get("/api/inolands?updated_since=2026-03-01&page=1&per_page=1")
    assert [item["id"] for item in data(paged)] == [old.id]
    assert "updated_since=2026-03-01" in links(paged)["next"]
    # a little earlier than asked for: what was committed late is not missed
    assert data(client.get("/api/inolands?updated_since=2026-03-03T08:04:00Z"))
    assert not data(client.get("/api/inolands?updated_since=2026-03-03T08:06:00Z"))


# --- ETag -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/inolands", "/api/inolands?page=1&per_page=5"])
def test_what_has_not_changed_is_not_sent_again(client, path):
    made = make.innovation()
    answer = client.get(path)
    etag = answer.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert again.status_code == 304 and not again.data
    assert again.headers["ETag"] == etag
    made.title, made.updated_at = "Nama Baru", make.BEGAN + timedelta(days=1)
    changed = client.get(path, headers={"If-None-Match": etag})
    assert data(changed)[0]["judul_inovasi"] == "Nama Baru"
    assert changed.headers["ETag"] != etag


def test_a_change_committed_late_changes_the_etag(client):
    """It bears a moment before the newest one, and nothing is counted anew."""
    made = make.innovation(changed_at=make.BEGAN)
    make.innovation(changed_at=make.BEGAN + timedelta(hours=2))
    etag = client.get("/api/inolands").headers["ETag"]
    made.title, made.updated_at = "Terlambat", make.BEGAN + timedelta(hours=1)
    assert client.get("/api/inolands", headers={"If-None-Match": etag}).status_code == 200


def test_etags_of_different_questions_differ(client):
    make.innovation()
    paths = (
        "/api/inolands",
        "/api/inolands?updated_since=2026-01-01",
        "/api/inolands?updated_since=2026-01-02",
    )
    assert len({client.get(path).headers["ETag"] for path in paths}) == 3


# --- bad parameters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("page=0", "page"), ("page=-1", "page"), ("page=satu", "page"), ("page=", "page"), ("page=1.5", "page"),
        ("page=%D9%A1", "page"), ("page=99999999999999999999999", "page"), ("page=1&per_page=0", "per_page"),
        ("page=1&per_page=1001", "per_page"), ("per_page=x", "per_page"), ("page=2&after=x", "after"),
        ("updated_since=kemarin", "updated_since"), ("updated_since=2026-02-30", "updated_since"),
        ("updated_since=", "updated_since"), ("updated_since=0001-01-01", "updated_since"),
        ("updated_since=2026-01-01T00:00:00%2B99:00", "updated_since"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named_in_a_problem(client, query, name):
    answer = client.get(f"/api/inolands?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    said = json.loads(answer.text)
    assert said["status"] == 400 and said["code"] == "bad-parameter"
    assert said["detail"].startswith(f"Parameter {name} tidak dapat dibaca.")
    assert len(said["detail"]) > 50  # and what it may be


def test_other_errors_under_api_are_problems_too(client):
    answer = client.get("/api/tidak-ada")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    answer = client.post("/api/inolands")
    assert answer.mimetype == "application/problem+json"
    assert client.get("/tidak-ada").mimetype == "text/html"


# --- how much it takes ------------------------------------------------------------------------------------


def test_a_piece_costs_the_same_whatever_it_holds(client, statements):
    counts = []
    for more in (1, 30):
        for _ in range(more):
            make.innovation(region_code=None)
        statements.clear()
        assert len(data(client.get("/api/inolands?page=1&per_page=100"))) >= more
        counts.append(sum(s.lstrip().upper().startswith(("SELECT", "WITH")) for s in statements))
    assert counts[0] == counts[1] <= 8


def peak(client) -> tuple[int, int]:
    """Bytes of everything, and the most memory that was held while it was read."""
    answer = client.get("/api/inolands", buffered=False)
    tracemalloc.start()
    try:
        length = sum(len(piece) for piece in answer.response)
        return length, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        answer.close()


def test_everything_is_streamed_and_memory_does_not_grow_with_it(client, db):
    make.many(300, words="kata " * 4000)
    peak(client)  # what is kept for good is there after the first
    few, held = peak(client)
    make.many(700, words="kata " * 4000)
    many, held_by_many = peak(client)
    assert few > 6_000_000 and many > 20_000_000
    assert held_by_many < held * 1.3


def test_a_head_request_sends_no_body(client):
    make.innovation()
    answer = client.head("/api/inolands")
    assert answer.status_code == 200 and not answer.data and answer.headers["X-Total-Count"] == "1"
