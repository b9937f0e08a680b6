"""The score: its decisions, what must never be joined by the rule, and reasons that say why."""

from __future__ import annotations

import json

import pytest

from ekopi.catalogue.matching import score
from tests.catalogue.matching.make import BOAT, COFFEE, compared, facts


def test_one_innovation_told_by_two_sources_is_joined():
    a = facts("PERAHU BIDAN: Pemeriksaan Kehamilan di Atas Air", summary=BOAT, year=2019)
    b = facts("Perahu Bidan", unit="Dinkes Kab. Kapuas", summary=BOAT.replace("perawat", "kader"), year=2020)
    assert compared(a, b).decision == "joined"


def test_the_order_of_the_two_makes_no_difference():
    a, b = facts("Perahu Bidan", summary=BOAT), facts("PERAHU BIDAN 2.0", year=2024, summary=COFFEE)
    assert (compared(a, b).score, compared(a, b).decision) == (compared(b, a).score, compared(b, a).decision)


@pytest.mark.parametrize(
    ("case", "a", "b"),
    [
        ("two places, all else the same", facts(summary=BOAT), facts(region="62.71", summary=BOAT)),
        ("province and a regency in it", facts(summary=BOAT), facts(region="62", summary=BOAT)),
        ("one of an unknown place", facts(summary=BOAT), facts(region=None, summary=BOAT)),
        ("both of an unknown place, of an agency that every place has", facts(region=None, summary=BOAT), facts(region=None, summary=BOAT)),
        ("generic acronym", facts("SIGAP (Siaga Gempa Anak Pesisir)", summary=BOAT), facts("SIGAP (Sistem Gadai Pangan)", summary=COFFEE)),
        ("generic acronym with nothing else", facts("SIGAP"), facts("SIGAP (Sistem Gadai Pangan)")),
        ("acronym by chance", facts("RINDU (Riang di Perahu)", summary=BOAT), facts("RINDU (Rintisan Dunia Usaha)", summary=COFFEE)),
        ("one word of the title", facts("Klinik Rapor Tanah", summary=BOAT), facts("Klinik Rapor Pohon", summary=BOAT)),
        ("another version", facts("Simbara", summary=BOAT), facts("Simbara 2.0", summary=BOAT, year=2022)),
        ("another school", facts("Kelas Apung SDN 3", summary=BOAT), facts("Kelas Apung SDN 5", summary=BOAT)),
        ("two health centres", facts(unit="Puskesmas Air Putih", summary=BOAT), facts(unit="Puskesmas Muara Batu", summary=BOAT)),
        (
            "health centres named in the title", facts("Kelas Ibu Puskesmas Air Putih", summary=BOAT),
            facts("Kelas Ibu Puskesmas Muara Batu", summary=BOAT),
        ),
        ("same title, texts that have nothing in common", facts(summary=BOAT), facts(summary=COFFEE)),
        ("many years between", facts(summary=BOAT, year=2008), facts(summary=BOAT, year=2021)),
        ("a light title and nothing else", facts("Pelayanan Terpadu"), facts("Pelayanan Terpadu")),
    ],
)  # fmt: skip
def test_never_joined_by_the_rule(case, a, b):
    assert compared(a, b).decision != "joined", case


def test_two_places_are_not_even_proposed_when_only_the_title_is_one():
    assert (
        compared(facts("Kota Layak Anak", region="51.71"), facts("Kota Layak Anak", region="33.72")).decision
        == "apart"
    )


def test_a_generic_acronym_joins_together_with_the_words_it_stands_for():
    long = "SIGAP (Siaga Gempa Anak Pesisir)"
    assert compared(facts(long, summary=BOAT), facts(long.upper(), summary=BOAT)).decision == "joined"


def test_one_agency_that_there_is_once_may_be_joined_without_a_place():
    said = facts("Mobil Layanan Taspen", region=None, agency="PT Taspen (Persero)", summary=BOAT)
    assert compared(said, said | {"agency": "PT Taspen"}).decision == "joined"


def test_one_source_that_gave_two_numbers_in_one_year_is_only_proposed():
    a, b = facts(summary=BOAT), facts(summary=BOAT)
    assert compared(a, b, ("iga", "sinovik")).decision == "joined"
    assert compared(a, b, ("iga", "iga")).decision == "proposed"
    assert compared(a, b | {"year": 2022}, ("iga", "iga")).decision == "joined"


def test_slips_of_letters_and_old_spelling_are_the_same_name():
    for other in ("Kartu Jalan Nafas", "Kartu Jalan Npaas", "KARTU JALAN NAPAS KAPUAS"):
        said = facts("Kartu Jalan Napas", summary=BOAT, region_said="Kabupaten Kapuas")
        assert compared(said, said | {"title": other}).decision == "joined", other


def test_reasons_add_up_to_the_score_and_can_be_kept_as_json():
    a = facts("SIGAP TPU (Sistem Informasi Geospasial Tempat Pemakaman Umum)", summary=BOAT)
    b = facts("SIGAP PSU (Sistem Informasi Geospasial Prasarana Umum) Tahap 2", summary=COFFEE, year=2010)
    found = compared(a, b, (1, 1))
    assert {reason["code"] for reason in found.reasons} <= score.REASONS.keys()
    assert {"name", "other-acronym", "other-words", "other-number", "text", "place", "agency", "year"} <= {
        reason["code"] for reason in found.reasons
    }
    assert json.loads(json.dumps(found.reasons)) == found.reasons
    more = compared(a, b | {"region_code": "35.78"}, (1, 1))
    assert more.score < found.score


def test_facts_that_say_nothing_can_be_compared():
    for title in ("1", "()", "SI", "—", "Inovasi"):
        found = compared({"title": title}, {"title": title})
        assert 0 <= found.score <= 1 and found.decision != "joined"


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("dinas kesehatan", "dinas kesehatan", "same"), ("dinas kesehatan", "puskesmas sumobito", "like"),
        ("puskesmas sumobito", "puskesmas peterongan", "units"),
        ("puskesmas a | dinas kesehatan", "puskesmas b | dinas kesehatan", "units"),
        ("puskesmas a | dinas kesehatan", "dinas kesehatan", "same"),
        ("dinas kesehatan", "dinas perhubungan", "other"), ("", "dinas kesehatan", "unknown"),
        ("@kota tegal", "dinas kesehatan", "unknown"), ("@kota tegal", "@kota tegal", "same"),
    ],
)  # fmt: skip
def test_relations_of_agencies(one, other, relation):
    assert score.agency_of(one, other) == score.agency_of(other, one) == relation
