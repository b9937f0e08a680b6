"""Keys: the same for spellings of one thing, other for other things."""

from __future__ import annotations

import pytest

from ekopi.catalogue.matching import keys
from ekopi.catalogue.models import SourceRecord


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sistem Perizinan Daring", "SISTIM PERIJINAN ONLINE"),
        ("SERTU (Seribu Tungku Sehat)", "Seribu Tungku Sehat (SERTU)"),
        ("Inovasi Bank Sampah", "Program Bank Sampah"),
        ("Pengelolaan Sampah", "Mengelola Sampah"),
        ("Aplikasi Antrean Puskesmas", "Antrian Puskesmas"),
    ],
)
def test_spellings_of_one_title_have_one_key(one, other):
    assert keys.title_key(one) == keys.title_key(other) != ""


def test_the_own_place_is_no_part_of_the_key_but_a_name_in_front_is():
    assert keys.title_key("Simpul Damai Sekolah Poso", ["Poso"]) == keys.title_key("Simpul Damai Sekolah")
    assert keys.title_key("Bank Sampah di Kabupaten Poso", ["Poso"]) == keys.title_key("Bank Sampah")
    assert "surabaya" in keys.title_key("Surabaya Single Window", ["Surabaya"])
    assert keys.title_key("Kota Layak Anak", ["Metro"]) == keys.title_key("Kota Layak Anak")


def test_a_title_of_generic_words_keeps_them():
    assert keys.title_key("Program Inovasi") != ""
    assert keys.title_key("Inovasi") != ""


@pytest.mark.parametrize(
    ("title", "said", "expected"),
    [
        ("SI CANTIK (Sistem Cepat Antrean Izin Kota)", "", "sicantik"),
        ("SI-CANTIK (Sistem Cepat Antrean Izin Kota)", "", "sicantik"),
        ("Sistem Cepat", "SICANTIK", "sicantik"),
        ("Bank Sampah", "", ""),
    ],
)
def test_acronyms_are_compared_without_what_stands_between(title, said, expected):
    assert keys.acronym(title, said) == expected


def test_agencies_are_compared_in_full_and_a_government_says_no_more_than_its_place():
    said = {"title": "x", "region_code": "35.17", "agency": "Pemerintah Kabupaten Jombang"}
    assert keys.of(said)["agency_key"] == ""
    assert keys.of(said | {"unit": "Dinkes Kab. Jombang"})["agency_key"] == "dinas kesehatan"
    both = keys.of(said | {"unit": "Puskesmas Sumobito", "agency": "Dinas Kesehatan Kabupaten Jombang"})
    assert both["agency_key"].split(keys.BETWEEN) == ["puskesmas sumobito", "dinas kesehatan"]


def test_without_a_region_the_government_stands_for_the_place():
    assert keys.of({"title": "x", "agency": "Pemerintah Kota Sagara"})["agency_key"] == "@kota sagara"


def test_of_gives_columns_that_a_record_has_and_survives_facts_that_say_nothing():
    made = keys.of({"title": "123"})
    assert made["title_key"] and made["year"] is None
    assert made.keys() <= set(SourceRecord.__table__.columns.keys())
    SourceRecord(**made)


def test_telling_words_are_few_and_are_no_common_words():
    long = (
        "<p>"
        + " ".join(f"{chr(97 + n % 26) * 2}{chr(97 + n // 26) * 3} masyarakat pelayanan" for n in range(600))
        + "</p>"
    )
    found = keys.telling({"summary": long, "goal": "<p>sungai</p>"})
    assert len(found) == keys.MOST_WORDS
    assert not {"masyarakat", "layan"} & set(found)
    told = keys.telling(
        {"summary": "<p>Perahu &amp; dermaga</p><ul><li>perahu</li></ul>", "goal": "<p>sungai</p>"}
    )
    assert told == ["perahu", "dermaga", "sungai"]
