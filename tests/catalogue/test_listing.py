"""The list of the catalogue: what is found, in which order, what can be narrowed by, what the address keeps."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask_login import AnonymousUserMixin
from werkzeug.datastructures import MultiDict

from ekopi.catalogue.operations import projecting
from ekopi.catalogue.queries import facets, listing
from ekopi.core import clock, paging
from ekopi.search import operations as search
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.counting import counted


@pytest.fixture
def shelf(db):
    """Innovations of two affairs in two provinces, known by name."""
    make.regions()
    rows = [
        ("Antrean Puskesmas dari Rumah", "Kesehatan", "Kota Metro", "2024"),
        ("Puskesmas Menyapa Lansia", "Kesehatan", "Kota Metro", "2023"),
        ("Perpustakaan Perahu", "Perpustakaan", "Kabupaten Kapuas", "2022"),
        ("Sekolah Sungai", "Pendidikan", "Kabupaten Kapuas", "2022"),
    ]
    items = [
        {"id_inovasi": f"I-{n}", "judul_inovasi": title, "urusan_utama": affair, "pemda": place,
         "tanggal_penerapan": f"{year}-02-01", "tahapan_inovasi": "Penerapan", "deskripsi": f"Tentang {title}."}
        for n, (title, affair, place, year) in enumerate(rows, 1)
    ]  # fmt: skip
    make.read(items, "iga")
    search.learn("innovation")
    return {title: make.innovation_of(f"I-{n}", "iga") for n, (title, *_rest) in enumerate(rows, 1)}


def titles(page) -> list[str]:
    return re.findall(r'<h3 class="item-title"><a [^>]*>([^<]*)</a>', page.text)


def test_everybody_sees_all_that_lives(client, shelf):
    page = client.get("/katalog")
    assert page.status_code == 200
    assert set(titles(page)) == set(shelf)
    assert "4 Inovasi" in page.text


def test_an_empty_catalogue_teaches(client):
    page = client.get("/katalog")
    assert "Katalog Masih Kosong" in page.text and 'href="/kursus"' in page.text


def test_what_is_not_for_the_public_stays_away(client, db, shelf):
    hidden = shelf["Sekolah Sungai"]
    ours = people.organisation("Dinas Kita")
    hidden.owner_id, hidden.audience = ours.id, "organisation"
    shelf["Perpustakaan Perahu"].synthetic = True
    db.session.flush()
    projecting.project([hidden.id])
    assert set(titles(client.get("/katalog"))) == {"Antrean Puskesmas dari Rumah", "Puskesmas Menyapa Lansia"}
    assert titles(client.get("/katalog?q=sungai")) == []
    stranger = people.person(organisation=people.organisation("Dinas Lain"))
    assert "Sekolah Sungai" not in client.sign_in(stranger).get("/katalog?q=sungai").text
    colleague = people.person(organisation=ours)
    assert titles(client.sign_in(colleague).get("/katalog?q=sungai")) == ["Sekolah Sungai"]
    claimed = people.person()
    people.membership(claimed, ours, state="claimed")
    assert "Sekolah Sungai" not in client.sign_in(claimed).get("/katalog").text


def test_words_find_and_rank(client, shelf):
    assert titles(client.get("/katalog?q=antrean+puskesmas")) == ["Antrean Puskesmas dari Rumah"]
    assert set(titles(client.get("/katalog?q=puskesmas"))) == {
        "Antrean Puskesmas dari Rumah", "Puskesmas Menyapa Lansia",
    }  # fmt: skip


def test_a_misspelt_word_is_asked_about_and_its_link_finds(client, shelf):
    page = client.get("/katalog?q=puskemas&urusan=2")
    assert "Belum Ada yang Cocok" in page.text
    link = next(url for url in client.page.links if "q=puskesmas" in url)
    assert "urusan=2" in link, "the filters stay"
    assert len(titles(client.get(link))) == 2


def test_filters_narrow_and_count_what_there_would_be_without_them(client, shelf):
    page = client.get("/katalog?urusan=2")
    assert set(titles(page)) == {"Antrean Puskesmas dari Rumah", "Puskesmas Menyapa Lansia"}
    question = listing.asked(MultiDict([("urusan", "2")]))
    from flask_login import AnonymousUserMixin

    visitor = AnonymousUserMixin()
    found, capped = facets.counts(
        listing.narrowed(question, visitor, []),
        {"affair": listing.narrowed(question.without("affair"), visitor, [])},
    )
    affairs = found["affair"]
    assert affairs["2"] == 2 and sum(affairs.values()) == 4, "its own facet shows what else could be chosen"
    assert sum(found["province"].values()) == 2, "the others count what is left"
    assert not capped


def test_several_codes_of_one_facet_widen_and_of_two_narrow(client, shelf):
    assert len(titles(client.get("/katalog?urusan=2&urusan=1"))) == 3
    assert titles(client.get("/katalog?urusan=2&urusan=1&provinsi=62")) == ["Sekolah Sungai"]


def test_each_choice_has_a_chip_that_takes_only_it_away(client, shelf):
    client.get("/katalog?q=puskesmas&urusan=2&urusan=1&provinsi=18&urut=judul")
    chips = [url for url in client.page.links if url.startswith("/katalog?") and "provinsi=18" in url]
    left = [parse_qs(urlsplit(url).query) for url in chips]
    assert {"q": ["puskesmas"], "urusan": ["1"], "provinsi": ["18"], "urut": ["judul"]} in left
    assert "Lampung" in client.get("/katalog?provinsi=18").text


@pytest.mark.parametrize("sort", ["terbaru", "tahun", "ditiru", "judul"])
def test_pages_of_every_order_hold_each_innovation_once_and_go_back(client, shelf, monkeypatch, sort):
    monkeypatch.setattr(paging.page, "__kwdefaults__", {**paging.page.__kwdefaults__, "size": 3})
    first = client.get(f"/katalog?urut={sort}")
    following = next(url for url in client.page.links if "setelah=" in url)
    second = client.get(following)
    assert f"urut={sort}" in following or sort == "terbaru"
    assert len(titles(first)) == 3 and len(titles(second)) == 1
    assert set(titles(first) + titles(second)) == set(shelf)
    back = next(url for url in client.page.links if "sebelum=" in url)
    assert titles(client.get(back)) == titles(first)


def test_pages_of_the_best_matches_too(client, shelf, monkeypatch):
    monkeypatch.setattr(paging.listed, "__kwdefaults__", {**paging.listed.__kwdefaults__, "size": 1})
    first = titles(client.get("/katalog?q=puskesmas"))
    second = titles(client.get(next(url for url in client.page.links if "setelah=" in url)))
    back = titles(client.get(next(url for url in client.page.links if "sebelum=" in url)))
    assert len(first) == len(second) == 1 and first != second and back == first


def test_orders_are_what_they_say(client, db, shelf):
    assert titles(client.get("/katalog?urut=judul")) == sorted(shelf)
    shelf["Sekolah Sungai"].replications = 3
    db.session.flush()
    assert titles(client.get("/katalog?urut=ditiru"))[0] == "Sekolah Sungai"
    assert titles(client.get("/katalog?urut=tahun"))[0] == "Antrean Puskesmas dari Rumah"


def test_words_typed_into_the_list_give_the_best_match_first(client, shelf):
    """The form sends its order along; the usual one must not stand in the way of what is asked then."""
    page = client.get("/katalog").text
    assert re.search(r'<option value="" selected>Terbaru diperbarui</option>', page)
    page = client.get("/katalog?q=puskesmas&urut=").text
    assert re.search(r'<option value="" selected>Paling cocok</option>', page)


def test_counts_of_a_part_say_so(client, shelf, monkeypatch):
    monkeypatch.setattr(facets, "COUNTED", 2)
    monkeypatch.setattr(listing, "COUNTED", 3)
    page = client.get("/katalog")
    assert "Lebih dari 3 Inovasi" in page.text
    assert "Jumlah dihitung dari 2 inovasi di antaranya." in page.text
    assert "Transmigrasi" in page.text, "a code not met can still be chosen"


def test_overdue_and_stopped_say_so_in_the_list(client, db, shelf):
    late, stopped = shelf["Sekolah Sungai"], shelf["Perpustakaan Perahu"]
    late.sustainability, late.review_due = "growing", clock.today() - timedelta(days=1)
    stopped.sustainability, stopped.review_due = "stopped", None
    db.session.flush()
    page = client.get("/katalog").text
    entry = {title: page.partition(title)[2].partition("</li>")[0] for title in shelf}
    assert "Perlu Dimutakhirkan" in entry["Sekolah Sungai"] and "Berkembang" not in entry["Sekolah Sungai"]
    assert "Berhenti" in entry["Perpustakaan Perahu"]


@pytest.mark.parametrize(
    "query",
    [
        "q=%22%22%27%3B--+OR+1",
        "q=*+AND+NEAR(",
        "q=yang",
        "urut=cocok",
        "urut=zz&setelah=eyJ4Ijox",
        "setelah=WzEsMl0&urut=judul",
        "setelah=WzEsMl0&q=puskesmas",
        "setelah=WyJ4IiwieSJd&q=puskesmas",
        "urusan=" + "9" * 60,
        "provinsi=&tahun=abc",
        "&".join(f"tahun={n}" for n in range(200)),
        "q=" + "kata+" * 400,
    ],
)
def test_anything_may_stand_in_the_address(client, shelf, query):
    assert client.get(f"/katalog?{query}").status_code == 200


def test_markup_in_the_question_stays_text(client, shelf):
    page = client.get("/katalog?q=<script>alert(1)</script>&urusan=<b>x</b>")
    assert "<script>alert" not in page.text and "<b>x" not in page.text


def test_ten_innovations_cost_as_many_queries_as_one(client, db, shelf):
    client.get("/katalog?urusan=2")
    with counted() as few:
        client.get("/katalog?urusan=2")
    items = [
        {"id_inovasi": f"N-{n}", "judul_inovasi": f"Layanan Nomor {n} Warga Lansia", "urusan_utama": "Kesehatan",
         "pemda": "Kota Metro", "tahapan_inovasi": "Penerapan"}
        for n in range(10)
    ]  # fmt: skip
    make.read(items, "iga")
    with counted() as many:
        assert len(titles(client.get("/katalog?urusan=2"))) > 5
    assert len(many) == len(few), many


def test_the_demo_says_that_its_innovations_are_made_up(app, client, shelf):
    from dataclasses import replace

    settings = app.extensions["settings"]
    assert "Katalog contoh." not in client.get("/katalog").text
    app.extensions["settings"] = replace(settings, demo=True)
    try:
        assert "Sebagian besar inovasi di sini rekaan" in client.get("/katalog").text
        address = f"/katalog/{shelf['Sekolah Sungai'].id}-sekolah-sungai"
        assert "Sebagian besar inovasi di sini rekaan" in client.get(address).text
    finally:
        app.extensions["settings"] = settings


def test_the_index_is_rebuilt_to_the_same(db, shelf):
    from sqlalchemy import select

    from ekopi.search.models import SearchDocument

    columns = (SearchDocument.key, SearchDocument.title_words, SearchDocument.words, SearchDocument.weight)
    wanted = select(*columns).where(SearchDocument.kind == "innovation").order_by(SearchDocument.key)
    before = db.session.execute(wanted).all()
    assert [row.key for row in before] == sorted(one.id for one in shelf.values())
    db.session.execute(SearchDocument.__table__.delete())
    for _done in search.rebuild("innovation"):
        pass
    assert db.session.execute(wanted).all() == before


def test_the_way_to_the_catalogue_stands_on_every_page(client):
    client.get("/bantuan")
    assert "/katalog" in client.page.links


def test_a_rare_word_is_asked_of_the_index_once(shelf, db):
    """And not once for every innovation: with many of them a page would wait for seconds (SQLite chooses)."""
    question = listing.asked(MultiDict({"q": "lansia"}))
    ids = listing.narrowed(question, AnonymousUserMixin(), [])
    assert len(db.session.scalars(ids).all()) == 1
    if db.engine.dialect.name != "sqlite":
        return
    said = str(ids.compile(db.engine, compile_kwargs={"literal_binds": True}))
    plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {said}")]
    assert plan[0].startswith("SCAN search_words VIRTUAL TABLE"), plan
