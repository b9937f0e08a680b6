"""Each system's own shapes, quirks and refusals, on files written for it."""

from __future__ import annotations

import json

import pytest

from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.sources import adapters
from ekopi.catalogue.sources.base import Broken, Refusal
from ekopi.catalogue.sources.drafting import NOTES
from tests.catalogue.sources.make import FIXTURES, imported, regions

FILES = (
    ("sinovik", "sinovik.csv", 2, 1),
    ("jippnas", "jippnas.json", 2, 1),
    ("jippnas", "jippnas_pulled.json", 3, 0),
    ("iga", "iga.csv", 2, 2),
    ("tuxedovation", "tuxedovation.json", 2, 0),
    ("inoland", "inoland_dump.json", 3, 0),
    ("inoland", "inoland_api.json", 2, 0),
)


@pytest.mark.parametrize(("key", "name", "taken", "refused"), FILES)
def test_every_record_is_taken_or_refused_with_a_reason(key, name, taken, refused):
    good, bad = imported(key, FIXTURES / name)
    assert (len(good), len(bad)) == (taken, refused)
    assert len({record.external_id for record in good}) == taken
    for record in good:
        assert record.facts.keys() <= FIELDS.keys()
        assert not [field for field, value in record.facts.items() if value in ("", None, [], {})]
        known = (*NOTES, *(f"{kind}-{field}" for kind in ("unread", "unknown") for field in FIELDS))
        assert set(record.notes) <= set(known)
        json.dumps(record.payload, allow_nan=False)


def test_sinovik_reads_a_proposal():
    (first, second), (refused,) = imported("sinovik", FIXTURES / "sinovik.csv")
    assert first.external_id == "S-101"
    facts = first.facts
    assert facts["title"] == "Perahu Sehat (Pelayanan Rumah Apung untuk Hidup Sehat)"
    assert facts["acronym"] == "Perahu Sehat"
    assert facts["agency"] == "Pemerintah Kabupaten Tojo Una-Una"
    assert facts["unit"] == "Dinas Kesehatan"
    assert facts["region_code"] == "72.09"
    assert facts["kipp_group"] == ["umum"]
    assert facts["kipp_category"] == ["kesehatan"]
    assert facts["sdg"] == ["3"]
    assert facts["started_on"] == "2019-01-02"
    assert facts["year"] == 2021
    assert facts["is_digital"] is True
    assert facts["award"] == "Top 45"
    assert facts["summary"] == (
        "<p>Perahu puskesmas mendatangi 14 pulau; dua minggu sekali.</p><ul><li>imunisasi</li><li>periksa kehamilan</li></ul>"
    )
    assert "goal" not in facts
    assert "caps-title" in first.notes

    assert second.facts["sdg"] == ["1", "3", "16"]
    assert second.facts["link"] == "https://antre.contoh.go.id"
    assert second.facts["is_digital"] is True
    assert "video" not in second.facts  # "Ada" is no address
    assert second.facts["region_code"] == "32.71"  # "Bogor" alone is two; the agency says which
    assert {"unknown-kipp_category", "unread-started_on", "region-from-agency"} <= set(second.notes)
    assert (refused.external_id, refused.field, refused.code) == ("S-103", "title", "missing")


def test_jippnas_reads_its_own_records():
    (first, second), (refused,) = imported("jippnas", FIXTURES / "jippnas.json")
    facts = first.facts
    assert first.external_id == facts["registration"] == "NRI-2019-0007"
    assert facts["year"] == 2018
    assert facts["sustainability"] == "growing"
    assert facts["sustainability_on"] == "2024-09-18"
    assert "sustainability_reason" not in facts
    assert facts["replications_claimed"] == 2
    assert facts["summary"] == "<p>Perahu puskesmas mendatangi 14 pulau.</p>"
    assert facts["impact"] == "<table><tbody><tr><td>Sebelum</td><td>40%</td></tr></tbody></table>"
    assert facts["initiator"] == "Tim Perahu, WA [kontak disamarkan]"
    assert "0812" not in json.dumps(first.payload)
    assert "contact-masked" in first.notes

    assert second.facts["region_code"] == "96.01"  # Kabupaten Sorong left Papua Barat in 2022
    assert second.facts["sustainability"] == "stopped"
    assert second.facts["sustainability_reason"] == "Kartunya tidak diproduksi lagi"
    assert second.facts["sustainability_on"] == "2024-10-18"
    assert second.facts["replications_claimed"] == 0
    assert "year" not in second.facts
    assert "air@contoh.go.id" not in str(second)
    assert (refused.row, refused.code) == (3, "not-a-record")


def test_jippnas_reads_what_it_pulls_from_others():
    (inoland, proper, tuxedovation), _ = imported("jippnas", FIXTURES / "jippnas_pulled.json")
    assert [r.external_id for r in (inoland, proper, tuxedovation)] == [
        "inoland-12",
        "proper-12",
        "tuxedovation-12",
    ]
    assert inoland.facts["region_code"] == "74.10"
    assert "bps-code" in inoland.notes
    assert proper.facts["initiator"] == "Siti Contoh, NIP [nomor identitas disamarkan]"
    assert tuxedovation.facts["acronym"] == "SIGAP"
    assert tuxedovation.facts["region_code"] == "35.72"  # Kota, not Kabupaten Blitar


def test_iga_reads_a_regional_export_below_its_title():
    (first, second), refused = imported("iga", FIXTURES / "iga.csv")
    facts = first.facts
    assert facts["agency"] == "Pemerintah Kota Blitar"
    assert facts["unit"] == "Dinas Lingkungan Hidup"
    assert facts["region_code"] == "35.72"
    assert facts["iga_initiator"] == ["perangkat-daerah"]
    assert facts["iga_form"] == ["pelayanan-publik"]
    assert facts["is_digital"] is False
    assert facts["affair"] == ["10"]  # "Pertahanan" in IGA's lists is Pertanahan
    assert facts["affairs"] == ["2", "5", "4"]
    assert facts["maturity"] == 90.0
    assert facts["started_on"] == "2024-08-15"
    assert facts["developed_on"] == "2025-02-01"
    assert facts["year"] == 2024
    assert facts["video"] == "https://youtu.be/contoh02"
    assert (facts["latitude"], facts["longitude"]) == (-8.09, 112.16)
    assert "coordinates-swapped" in first.notes
    assert facts["summary"] == '<p>Warga memilah sampah.<br>Truk datang terjadwal, "tepat" waktu.</p>'

    assert second.facts["region_code"] == "35.05"
    assert second.facts["title"] == facts["title"]
    assert second.external_id != first.external_id  # the same title in another place is another record
    assert second.facts["iga_form"] == ["tata-kelola", "pelayanan-publik"]
    assert second.facts["affair"] == ["12"]
    assert second.facts["maturity"] == 63.5
    assert second.facts["year"] == 2023
    assert "started_on" not in second.facts
    assert "latitude" not in second.facts
    assert [(bad.field, bad.code) for bad in refused] == [("title", "missing"), ("", "surplus")]
    assert refused[1].facts == {"cells": 24, "columns": 22}


def test_a_made_id_stays_the_same_when_letters_change_their_case():
    adapter = adapters()["iga"]
    raw = {"judul_inovasi": "Sate Lilit", "pemda": "Kota Blitar", "admin_opd": "DLH"}
    again = {"Judul Inovasi": "SATE  LILIT ", "Pemda": "KOTA BLITAR", "Admin OPD": "dlh"}
    other = {**raw, "pemda": "Kabupaten Blitar"}
    ids = [adapter.translate(1, item, regions()).external_id for item in (raw, again, other)]
    assert ids[0] == ids[1] != ids[2]


def iga_id(**said) -> str:
    return adapters()["iga"].translate(1, {"judul_inovasi": "Sate Lilit", **said}, regions()).external_id


def test_a_number_of_one_region_s_own_list_is_no_number_of_another_s():
    kapuas = iga_id(id="1", pemda="Kabupaten Kapuas")
    assert kapuas == iga_id(ID=1, Pemda="Pemerintah KABUPATEN  Kapuas", judul_inovasi="Judul Lain")
    assert kapuas != iga_id(id="1", pemda="Kabupaten Banjarnegara")
    assert iga_id(id="1", kode_wilayah="62.03") != iga_id(id="1", kode_wilayah="33.04")
    assert iga_id(id="1", pemda="Kabupaten Kapuas", id_inovasi="INV-9") == "INV-9"
    assert iga_id(id="1", pemda="Kabupaten Kapuas", id_inovasi="-", kode_inovasi="K-9") == "K-9"
    assert len(iga_id(id="9" * 200, pemda="Kabupaten " + "Jauh " * 40)) <= 120


def test_a_number_without_a_place_is_made_of_more_than_itself():
    first = iga_id(id="1", admin_opd="Dinas Kesehatan")
    assert first.startswith("~") and first == iga_id(id=1, admin_opd="DINAS KESEHATAN")
    assert (
        len({first, iga_id(id="2", admin_opd="Dinas Kesehatan"), iga_id(id="1", judul_inovasi="Lain")}) == 3
    )
    assert adapters()["iga"].external_id({"id": "1", "pemda": ["x"]}) == ""


def test_tuxedovation_reads_its_items():
    (first, second), _ = imported("tuxedovation", FIXTURES / "tuxedovation.json")
    assert first.external_id == "4711"
    assert first.facts["title"] == "Layanan Antar Jemput Berkas"
    assert first.facts["iga_theme"] == ["digitalisasi"]
    assert first.facts["year"] == 2023
    assert first.facts["picture"] == "https://tuxedovation.contoh.go.id/4711.jpg"
    assert first.facts["video"] == "https://www.youtube.com/watch?v=contoh03"
    ((digest, picture),) = first.pictures.items()
    assert picture.media_type == "image/gif"
    assert f'<img src="picture:{digest}" alt="alur">' in first.facts["summary"].replace(
        f'<img alt="alur" src="picture:{digest}">', f'<img src="picture:{digest}" alt="alur">'
    )
    assert second.external_id.startswith("~")
    assert {"region-unknown", "unknown-iga_theme", "unread-year", "made-id"} <= set(second.notes)
    assert second.facts["region_said"] == "Kabupaten Antah Berantah"
    assert "picture" not in second.facts


def test_inoland_reads_the_dump():
    (first, second, third), _ = imported("inoland", FIXTURES / "inoland_dump.json")
    facts = first.facts
    assert first.external_id == "aplikinovasi-9001"
    assert facts["title"] == "Rumah Baca Keliling (RUBALING)"
    assert facts["acronym"] == "RUBALING"
    assert facts["region_code"] == "74.10"  # 7409 is BPS's
    assert "bps-code" in first.notes
    assert facts["lan_type"] == ["sdm"]
    assert facts["innovator_group"] == ["kl"]
    assert facts["summary"] == "<p>Mobil baca datang tiap pekan.</p><p><strong>Gratis</strong>.</p>"
    assert facts["benefit"] == "<ol><li>anak membaca</li><li>orang tua ikut</li></ol>"
    assert "how" not in facts
    assert second.facts["region_code"] == "51.71"
    assert "region-from-agency" in second.notes
    assert "year" not in second.facts
    assert second.external_id != third.external_id


def test_inoland_reads_the_api_and_keeps_its_numbers_apart_from_the_dump():
    (first, second), _ = imported("inoland", FIXTURES / "inoland_api.json")
    assert first.external_id == "69"
    assert first.facts["sdg"] == ["8"]
    assert first.facts["agency"] == "Pemerintah Kabupaten Buton Utara"
    assert second.facts["region_code"] == "74.10"  # LAN's numbers are BPS's
    assert second.facts.keys() == {"title", "region_code", "region_said"}


@pytest.mark.parametrize("key", ["sinovik", "jippnas", "iga", "tuxedovation", "inoland"])
@pytest.mark.parametrize(
    "raw",
    [
        {}, {"judul": None}, {"judul": ["x"]}, {"judul": {"a": 1}, "id": {"b": 2}}, {"x": [[[]]]}, {"judul": "…"},
        {"title": 5, "judul": 5, "nama_inovasi": 5, "judul_inovasi": 5, "tahun": [1], "instansi": [1], "wilayah": [2], "sdgs": {"a": [1]}, "id": [3]},
        {"judul": "Ada", "title": "Ada", "nama_inovasi": "Ada", "judul_inovasi": "Ada", "id": True, "tahun": {"a": 1}, "wilayah": {"kabkot": {}}, "instansi": {"nama": {}}, "pemda": 5, "video": ["x"], "deskripsi": {"a": "b"}, "lat": "x", "kematangan": [], "urusan_utama": {"x": 1}, "sdgs": [{"nama": None}, None, 7]},
        Broken("too-long", column="x", limit=1),
    ],
)  # fmt: skip
def test_whatever_stands_in_a_record_it_is_taken_or_refused(key, raw):
    adapter = adapters()[key]
    assert isinstance(adapter.external_id(raw), str)
    try:
        record = adapter.translate(1, raw, regions())
    except Refusal as refusal:
        assert refusal.code
    else:
        assert record.facts["title"]
        assert record.external_id


def test_adapters_tell_who_they_are():
    assert list(adapters()) == ["sinovik", "jippnas", "iga", "tuxedovation", "inoland"]
    assert all(adapter.name and adapter.owner and adapter.headers for adapter in adapters().values())


def test_a_unit_leaves_out_only_the_place_of_its_agency():
    adapter = adapters()["iga"]
    units = [
        adapter.translate(1, {"judul": "A", "pemda": "KOTA KEDIRI", "opd": opd}, regions()).facts["unit"]
        for opd in ("Dinkes Kota Kediri", "Dinkes Kota Kendari")
    ]
    assert units == ["Dinas Kesehatan", "Dinas Kesehatan Kota Kendari"]
