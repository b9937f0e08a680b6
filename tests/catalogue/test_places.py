"""Pages of places and organisations: what they have, what stopped, what went where; who sees what, and what it costs."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from ekopi.accounts.loading import Visitor
from ekopi.catalogue.models import CoOwner
from ekopi.catalogue.operations import caring, joining, projecting, replicating
from ekopi.catalogue.queries import places
from ekopi.core import clock
from ekopi.places import queries as regions
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.counting import counted

DAY = date(2024, 2, 1)
SHELF = (
    ("Antrean dari Rumah", "Kota Metro", "2024"),
    ("Puskesmas Menyapa", "Kota Metro", "2022"),
    ("Perpustakaan Perahu", "Kabupaten Kapuas", "2022"),
    ("Sekolah Sungai", "Provinsi Kalimantan Tengah", "2023"),
    ("Simpul Nasional", "", "2021"),
)


@pytest.fixture
def shelf(db):
    """Innovations of a city, a regency, a province and no place at all, known by name."""
    make.regions()
    return {title: placed(title, place, year) for title, place, year in SHELF}


def placed(title, place, year="2024"):
    said = {
        "id_inovasi": f"P-{title}",
        "judul_inovasi": title,
        "pemda": place,
        "tanggal_penerapan": f"{year}-02-01",
    }
    make.read([said], "iga")
    return make.innovation_of(f"P-{title}", "iga")


def stop(innovation) -> None:
    caring.answer(innovation, "stopped", reason="Anggaran habis.", by_id=None)


def replicate(origin, adopter, until="implementation"):
    made = replicating.interest(origin, adopter, need="Antrean panjang.", on=DAY, by_id=None)
    for verb in (replicating.agree, replicating.approve, replicating.implement)[
        : 3 if until == "implementation" else 0
    ]:
        verb(made, on=DAY, by_id=None)
    return made


def section(page, id) -> str:
    """The words of one section of a page, with plain spaces; empty when it is not there."""
    assert page.status_code == 200
    found = re.search(rf'<section[^>]*aria-labelledby="{id}".*?</section>', page.text, re.S)
    return found[0].replace("\u00a0", " ") if found else ""


def bar(page, name) -> str:
    """What stands beside a place in a list."""
    found = re.search(
        rf'<a [^>]*>{re.escape(name)}</a></h3>\s*<span class="fine num">([^<]*)</span>', page.text
    )
    return found[1] if found else ""


# --- the map --------------------------------------------------------------------------------------------------


def test_the_map_counts_every_province_with_all_below_it(client, shelf):
    stop(shelf["Puskesmas Menyapa"])
    page = client.get("/katalog/wilayah")
    assert page.status_code == 200
    assert bar(page, "Lampung") == "2 inovasi, 1 berhenti"
    assert bar(page, "Kalimantan Tengah") == "2 inovasi"
    assert bar(page, "Bali") == "0 inovasi"
    assert "1 inovasi lainnya dari instansi pusat" in page.text
    assert [url for url in client.page.links if "/katalog/wilayah/" in url].count("/katalog/wilayah/18") == 1


def test_the_map_has_all_38_provinces_once_on_an_island(db, shelf):
    found = places.country(Visitor())
    codes = [one.region.code for _island, listed in found.islands for one in listed]
    assert len(codes) == len(set(codes)) == 38
    assert [name for name, _listed in found.islands] == [name for name, _figures in places.ISLANDS]
    assert found.total == len(SHELF) and found.most == 2
    assert found.sums()[0][1] == 2 and sum(number for _name, number in found.sums()) == len(SHELF) - 1


def test_the_chart_says_where_most_are(client, shelf):
    placed("Kampung Iklim", "Kota Bandar Lampung")
    page = client.get("/katalog/wilayah")
    assert "Terbanyak di Sumatera: 3 dari 6 Inovasi" in page.text
    assert "Lihat sebagai Tabel" in page.text, "what is drawn can be read too"


def test_an_empty_catalogue_has_a_map_without_a_chart(client, db):
    make.regions()
    page = client.get("/katalog/wilayah")
    assert bar(page, "Aceh") == "0 inovasi" and "<figure" not in page.text


# --- one place ------------------------------------------------------------------------------------------------


def test_a_province_shows_its_regencies_and_what_is_its_own(client, shelf):
    page = client.get("/katalog/wilayah/62")
    assert page.status_code == 200 and "Provinsi Kalimantan Tengah" in page.text
    assert bar(page, "Kabupaten Kapuas") == "1 inovasi" and bar(page, "Pemerintah Provinsi") == "1 inovasi"
    fold = page.text[page.text.index("belum tercatat inovasinya") :]
    assert "13 kabupaten dan kota belum tercatat" in page.text
    assert "Kabupaten Katingan" in fold and "Kabupaten Kapuas</a>" not in fold.split("</details>")[0]
    newest = section(page, "terbaru")
    assert newest.index("Sekolah Sungai") < newest.index("Perpustakaan Perahu"), "the newest year first"
    assert "Puskesmas" not in page.text


def test_a_city_leads_to_the_catalogue_that_has_the_same(client, shelf):
    page = client.get("/katalog/wilayah/18.72")
    assert "2 inovasi di katalog" in page.text and "Lampung" in page.text
    link = next(url for url in client.page.links if "daerah=18.72" in url)
    found = client.get(link)
    assert "2 Inovasi" in found.text and "Antrean dari Rumah" in found.text


def test_years_are_drawn_where_there_are_several(client, shelf):
    assert "<figure" not in client.get("/katalog/wilayah/62.03").text
    placed("Dapur Gizi", "Kota Metro", "2024")
    page = client.get("/katalog/wilayah/18.72")
    assert "Terbanyak pada Tahun 2024" in page.text and "2022: 1, 2023: 0, 2024: 2." in page.text


def test_years_of_equal_number_name_none_of_them(client, shelf):
    page = client.get("/katalog/wilayah/18.72")
    assert "Inovasi per Tahun" in page.text and "Terbanyak pada Tahun" not in page.text


def test_years_long_ago_do_not_stretch_the_chart(client, shelf):
    placed("Arsip Tua", "Kota Metro", "1999")
    page = client.get("/katalog/wilayah/18.72")
    assert "2022: 1, 2023: 0, 2024: 1." in page.text


def test_what_stopped_stands_apart(client, shelf):
    assert section(client.get("/katalog/wilayah/18.72"), "berhenti") == ""
    stop(shelf["Puskesmas Menyapa"])
    page = client.get("/katalog/wilayah/18.72")
    stopped = section(page, "berhenti")
    assert "Puskesmas Menyapa" in stopped and "Antrean" not in stopped
    assert "1 di antaranya berhenti" in page.text


def test_a_place_with_nothing_teaches(client, shelf):
    page = client.get("/katalog/wilayah/51.71")
    assert "Belum Ada Inovasi di Sini" in page.text and "/katalog/wilayah" in client.page.links


def test_replications_show_at_both_ends(client, shelf):
    kapuas = people.organisation(
        "Pemerintah Kabupaten Kapuas", kind="regency", region=regions.region("62.03")
    )
    unit = people.organisation("Puskesmas Selat", parent=kapuas)
    origin = shelf["Antrean dari Rumah"]
    replicate(origin, unit)
    given = section(client.get("/katalog/wilayah/18.72"), "ditiru")
    assert "Antrean dari Rumah" in given and "Puskesmas Selat" in given and "Implementasi" in given
    for code in ("62.03", "62"):
        page = client.get(f"/katalog/wilayah/{code}")
        assert "Antrean dari Rumah" in section(page, "meniru"), (
            "a unit below counts for the place of what it belongs to"
        )
        assert section(page, "ditiru") == ""
    assert "Pemerintah Kabupaten Kapuas" in section(client.get("/katalog/wilayah/62.03"), "instansi")


def test_what_was_given_up_or_is_not_for_the_reader_is_left_out(client, db, shelf):
    adopter = people.organisation("Dinas Peniru", region=regions.region("62.03"))
    replicating.give_up(
        replicate(shelf["Antrean dari Rumah"], adopter, "interest"), reason="Batal.", by_id=None
    )
    hidden = shelf["Puskesmas Menyapa"]
    hidden.owner_id, hidden.audience = people.organisation("Dinas Kita").id, "organisation"
    replicate(hidden, adopter)
    for code in ("18.72", "62.03"):
        page = client.get(f"/katalog/wilayah/{code}")
        assert "Dinas Peniru" not in section(page, "ditiru") + section(page, "meniru")
        assert "Puskesmas Menyapa" not in page.text


def test_a_joined_origin_shows_as_what_it_is_today(client, shelf):
    adopter = people.organisation("Dinas Peniru")
    replicate(shelf["Puskesmas Menyapa"], adopter)
    joining.join(shelf["Sekolah Sungai"], shelf["Puskesmas Menyapa"], by_id=None)
    given = section(client.get("/katalog/wilayah/62"), "ditiru")
    assert "Sekolah Sungai" in given and "Dinas Peniru" in given
    assert section(client.get("/katalog/wilayah/18.72"), "ditiru") == ""


def test_counts_tell_nobody_of_what_is_closed(client, db, shelf):
    hidden, ours = shelf["Puskesmas Menyapa"], people.organisation("Dinas Kita")
    hidden.owner_id, hidden.audience = ours.id, "organisation"
    shelf["Sekolah Sungai"].synthetic = True
    db.session.flush()
    projecting.project([hidden.id])
    page = client.get("/katalog/wilayah")
    assert bar(page, "Lampung") == "1 inovasi" and bar(page, "Kalimantan Tengah") == "1 inovasi"
    assert "Puskesmas" not in client.get("/katalog/wilayah/18.72").text
    colleague = client.sign_in(people.person(organisation=ours))
    assert bar(colleague.get("/katalog/wilayah"), "Lampung") == "2 inovasi"
    assert "Puskesmas Menyapa" in colleague.get("/katalog/wilayah/18.72").text


# --- what a place was before ----------------------------------------------------------------------------------


def test_a_code_that_ended_leads_to_what_followed_it(client, db):
    make.regions()
    answer = client.get("/katalog/wilayah/91.01")
    assert answer.status_code == 301 and answer.location.endswith("/katalog/wilayah/93.01")
    split = section(client.get("/katalog/wilayah/93.01"), "pemekaran")
    assert "91.01 (Papua) menjadi 93.01 (Papua Selatan)" in split and "25 Juli 2022" in split


def test_a_province_names_its_parents_and_its_children(client, db):
    make.regions()
    papua = section(client.get("/katalog/wilayah/91"), "pemekaran")
    children = re.findall(r"<a [^>]*>([^<]*)</a>", papua.split("<ul")[0])
    assert children == ["Papua Selatan", "Papua Tengah", "Papua Pegunungan"]
    southwest = section(client.get("/katalog/wilayah/96"), "pemekaran").split("<ul")[0]
    assert "Dibentuk 8 Desember 2022 dari" in southwest and ">Papua Barat</a>" in southwest
    assert "lahir" not in southwest
    assert section(client.get("/katalog/wilayah/34"), "pemekaran") == ""


def test_a_region_that_ended_without_a_successor_says_so(client, db):
    make.regions()
    gone = people.region("62.99", "Kabupaten Hilang", "regency", parent=regions.region("62"))
    gone.valid_to = clock.today() - timedelta(days=3)
    db.session.flush()
    page = client.get("/katalog/wilayah/62.99")
    assert page.status_code == 200 and "tidak ada lagi sejak" in page.text
    assert bar(client.get("/katalog/wilayah/62"), "Kabupaten Hilang") == ""


@pytest.mark.parametrize("code", ["00", "3471", "34.71.01", "tidak-ada", "%25", "34.71'--"])
def test_an_unknown_code_is_not_found(client, db, code):
    make.regions()
    assert client.get(f"/katalog/wilayah/{code}").status_code == 404


# --- organisations --------------------------------------------------------------------------------------------


@pytest.fixture
def agency(db, shelf):
    """A regency with a unit: it owns one, the unit looks after another, a third is looked after together."""
    kapuas = people.organisation(
        "Pemerintah Kabupaten Kapuas", kind="regency", region=regions.region("62.03")
    )
    unit = people.organisation("Dinas Perpustakaan", parent=kapuas)
    caring.hand_over(shelf["Sekolah Sungai"], kapuas, by_id=None)
    caring.hand_over(shelf["Perpustakaan Perahu"], unit, by_id=None)
    caring.hand_over(shelf["Antrean dari Rumah"], people.organisation("Dinas Jauh"), by_id=None)
    db.session.add(CoOwner(innovation_id=shelf["Antrean dari Rumah"].id, organisation_id=unit.id))
    db.session.flush()
    return kapuas


def at(organisation, view="") -> str:
    return f"/katalog/instansi/{organisation.id}-pemerintah-kabupaten-kapuas" + (
        f"?lihat={view}" if view else ""
    )


def test_an_organisation_shows_what_it_and_its_units_look_after(client, agency):
    page = client.get(at(agency))
    assert page.status_code == 200 and "3 inovasi di katalog" in page.text
    for title in ("Sekolah Sungai", "Perpustakaan Perahu", "Antrean dari Rumah"):
        assert title in page.text
    assert "Puskesmas Menyapa" not in page.text and "/katalog/wilayah/62.03" in client.page.links


def test_a_unit_shows_only_its_own_and_the_way_up(client, agency):
    unit = client.get(f"/katalog/instansi/{agency.id + 1}-dinas-perpustakaan")
    assert "2 inovasi di katalog" in unit.text and "Sekolah Sungai" not in unit.text
    assert f"/katalog/instansi/{agency.id}" in client.page.links


def test_what_stopped_has_a_view_of_its_own(client, agency, shelf):
    assert "Tidak Ada yang Berhenti" in client.get(at(agency, "berhenti")).text
    stop(shelf["Sekolah Sungai"])
    page = client.get(at(agency, "berhenti"))
    assert "Sekolah Sungai" in page.text and "Perpustakaan Perahu" not in page.text
    assert "Berhenti (1)" in page.text


def test_replications_of_an_organisation_in_both_directions(client, agency, shelf):
    assert "Belum Ada Replikasi" in client.get(at(agency, "replikasi")).text
    replicate(shelf["Sekolah Sungai"], people.organisation("Dinas Peniru"))
    replicate(shelf["Puskesmas Menyapa"], agency, "interest")
    page = client.get(at(agency, "replikasi"))
    assert "Dinas Peniru" in section(page, "ditiru") and "Sekolah Sungai" in section(page, "ditiru")
    assert "Puskesmas Menyapa" in section(page, "meniru") and "Minat" in section(page, "meniru")


def test_a_long_list_has_pages(client, db, agency, shelf):
    for number in range(22):
        one = placed(f"Inovasi Panjang {number}", "Kabupaten Kapuas", str(2000 + number))
        caring.hand_over(one, agency, by_id=None)
    first = client.get(at(agency))
    following = next(url for url in client.page.links if "setelah=" in url)
    second = client.get(following)
    titles = re.findall(r'<h3 class="item-title"><a [^>]*>([^<]*)</a>', first.text + second.text)
    assert len(titles) == len(set(titles)) == 25


def test_old_names_and_short_addresses_lead_to_the_page(client, agency):
    for address in (f"/katalog/instansi/{agency.id}", f"/katalog/instansi/{agency.id}-nama-lama"):
        answer = client.get(address)
        assert answer.status_code == 301 and answer.location.endswith(at(agency))


def test_a_deleted_or_unknown_organisation_is_not_found(client, db, agency):
    agency.delete()
    db.session.flush()
    assert client.get(at(agency)).status_code == 404
    assert client.get(f"/katalog/instansi/{agency.id}").status_code == 404
    assert client.get("/katalog/instansi/999999-x").status_code == 404


def test_what_is_closed_shows_to_its_own_people_only(client, db, agency, shelf):
    shelf["Sekolah Sungai"].audience = "organisation"
    db.session.flush()
    page = client.get(at(agency))
    assert "Sekolah Sungai" not in page.text and "2 inovasi di katalog" in page.text
    member = client.sign_in(people.person(organisation=agency))
    assert "Sekolah Sungai" in member.get(at(agency)).text


def test_an_innovation_leads_to_its_place_and_its_carers(client, agency, shelf):
    one = shelf["Perpustakaan Perahu"]
    client.get(f"/katalog/{one.id}-{one.slug}")
    assert f"/katalog/instansi/{agency.id + 1}" in client.page.links
    assert "/katalog/wilayah/62.03" in client.page.links


# --- what it costs --------------------------------------------------------------------------------------------


def test_pages_ask_as_much_of_little_as_of_much(client, db, agency, shelf):
    origin = shelf["Sekolah Sungai"]
    stop(shelf["Perpustakaan Perahu"])
    replicate(origin, people.organisation("Dinas Peniru 0"))
    replicate(shelf["Antrean dari Rumah"], agency)
    pages = ["/katalog/wilayah", "/katalog/wilayah/62", "/katalog/wilayah/62.03", at(agency), at(agency, "berhenti"), at(agency, "replikasi")]  # fmt: skip

    def sent():
        numbers = []
        for page in pages:
            db.session.expire_all()
            with counted() as statements:
                assert client.get(page).status_code == 200
            numbers.append(len(statements))
        return numbers

    few = sent()
    for number in range(1, 7):
        one = placed(f"Tambahan {number}", "Kabupaten Kapuas", str(2010 + number))
        caring.hand_over(one, agency, by_id=None)
        if number % 2:
            stop(one)
        replicate(one, people.organisation(f"Dinas Peniru {number}"))
    assert sent() == few
    assert max(few) <= 11
