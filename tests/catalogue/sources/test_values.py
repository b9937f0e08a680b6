"""Numbers, years, dates, truths, addresses and contacts as people write them."""

from __future__ import annotations

import time

import pytest

from ekopi.catalogue.sources.cleaning import (
    date_of,
    masked,
    masked_whole,
    number_of,
    truth_of,
    url_of,
    whole_of,
    year_of,
)
from ekopi.core import clock


@pytest.mark.parametrize(
    ("said", "number"),
    [("90%", 90), ("90", 90), ("90,5", 90.5), ("", None), (None, None), ("-", None), ("1.234,5", 1234.5), ("1,234.5", 1234.5),
     (63.125, 63.125), ("skor 70", 70), ("-7,257", -7.257), ("n/a", None), (True, None), (float("nan"), None), ("1.2.3.4", None), ("Rp1.250.000", 1_250_000)],
)  # fmt: skip
def test_numbers(said, number):
    assert number_of(said) == number


def test_a_point_stands_for_decimals_where_thousands_would_be_too_many():
    assert number_of("63.125", most=250) == 63.125
    assert number_of("63.125") == 63_125
    assert number_of("900", most=250) is None


@pytest.mark.parametrize(
    ("said", "count"), [("2 daerah", 2), (0, 0), ("1,5", None), ("-3", None), ("1.200", 1200), ([], None)]
)
def test_counts(said, count):
    assert whole_of(said) == count


@pytest.mark.parametrize(
    ("said", "year"),
    [("2012", 2012), (2012, 2012), (2012.0, 2012), ("Tahun 2012/2013", 2012), ("2012-05-01", 2012), ("0", None), ("-", None), (None, None), ("", None),
     ("1 Mei 2012", 2012), ("20120501", 2012), ("nomor 12345", None), ("1899", None), ("0000-00-00", None)],
)  # fmt: skip
def test_years(said, year):
    assert year_of(said) == year


def test_a_year_may_be_the_next_but_none_after():
    this = clock.today().year
    assert year_of(str(this + 1)) == this + 1
    assert year_of(str(this + 2)) is None


@pytest.mark.parametrize(
    ("said", "day"),
    [("2012-05-01", "2012-05-01"), ("2012/5/1", "2012-05-01"), ("2012-05-01T23:59:59Z", "2012-05-01"), ("01/05/2012", "2012-05-01"), ("1-5-12", "2012-05-01"),
     ("13/01/2020", "2020-01-13"), ("01/13/2020", "2020-01-13"), ("1 Mei 2012", "2012-05-01"), ("Senin, 9 Juni 2014", "2014-06-09"), ("09-Jun-2014", "2014-06-09"),
     ("9 Agt 2014", "2014-08-09"), ("12 Agustus 2026, 09.30 WIB", "2026-08-12"), ("May 1, 2012", "2012-05-01"), ("20120501", "2012-05-01"),
     ("Mei 2012", None), ("2012", None), ("31/02/2020", None), ("0000-00-00", None), ("", None), (None, None), ("32 Mei 2012", None), ("1 Foo 2012", None), ("x" * 500, None)],
)  # fmt: skip
def test_dates(said, day):
    assert date_of(said) == day


@pytest.mark.parametrize(
    ("said", "truth"),
    [
        ("Ya", True),
        ("tidak", False),
        ("Digital", True),
        ("Non Digital", False),
        ("NON-DIGITAL", False),
        (True, True),
        ("mungkin", None),
        ("", None),
        (None, None),
    ],
)
def test_truths(said, truth):
    assert truth_of(said) is truth


@pytest.mark.parametrize(
    ("said", "address"),
    [("https://a.go.id/x?y=1", "https://a.go.id/x?y=1"), ("lihat http://a.go.id.", "http://a.go.id"), ("www.youtube.com/watch?v=1", "https://www.youtube.com/watch?v=1"),
     ("Ada", None), ("javascript:alert(1)", None), ("http://u:p@a.id", None), ("http://[::1", None), ("https://localhost", None), ('https://a.id/"><script>', "https://a.id/"), (None, None), (5, None)],
)  # fmt: skip
def test_addresses(said, address):
    assert url_of(said) == address


KEPT = [
    "Permendagri 104 Tahun 2018", "tahun 2012-2014, pukul 08.00-16.00 WIB", "Nomor 188.45/123/2012", "Rp1.250.000.000", "-7.257500000000000123, 112.7508333333333333",
    "https://youtube.com/watch?v=0812345678901", "SMS ke 1708 atau 119", "62 kecamatan 8 kota", "Perda 08/2015 dan 03/2016", "ikuti @kominfo", "3.571.234 jiwa 2010 2011 2012 2013",
    "picture:08123456789012345678901234567890123456789012345678901234567890ab",
]  # fmt: skip
MASKED = [
    "0812-3456-7890", "+62 812 3456 7890", "(+62) 812-3456-7890", "081234567890", "6281234567890", "wa.me/6281234567890", "(031) 5312144", "0274-512345", "+62 21 3868201",
    "Telp. 5312144", "Fax: 021 386 8201", "HP/WA 0856.1234.5678", "budi.santoso@dinkes.go.id", "budi[at]dinkes[dot]go[dot]id", "BUDI@X.CO.ID", "a+b@c-d.id", "nama%40surel.id",
    "198609262015051001", "NIP.19860926 201505 1 001", "NIP 19860926.201505.1.001", "3578012309860001", "3578-0123-0986-0001", "350101010180000123",
]  # fmt: skip


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_contact_stays(text):
    assert masked(text) == text


@pytest.mark.parametrize("text", MASKED)
def test_contacts_are_masked_wherever_they_stand(text):
    digits = "".join(c for c in text if c.isdigit())
    for around in ("{}", "Hubungi {} ya.", "<p>{}</p>", "x: {}; y", "({})"):
        shown = masked(around.format(text))
        assert "disamarkan]" in shown
        assert not digits or digits[-4:] not in "".join(c for c in shown if c.isdigit())
        assert "@" not in shown


def test_a_sentence_goes_on_behind_a_masked_address():
    assert masked("surel: budi@x.go.id. Terima kasih") == "surel: [kontak disamarkan]. Terima kasih"


def test_packed_pictures_are_left_as_they_are():
    text = '<img src="data:image/png;base64,A081234567890/3578012309860001+x="> 081234567890'
    assert (
        masked(text)
        == '<img src="data:image/png;base64,A081234567890/3578012309860001+x="> [kontak disamarkan]'
    )


def test_the_whole_of_a_record_is_masked_at_any_depth_and_by_names_of_columns():
    raw = {
        "NIP": 198609262015051001,
        "No. HP": "x",
        "e-mail": "y",
        "judul": "A",
        "n": 5,
        "lain": [{"kontak_pic": 12}, "a@b.id"],
        "tahun": 2020,
        "nama": None,
    }
    assert masked_whole(raw) == {
        "NIP": "[kontak disamarkan]", "No. HP": "[kontak disamarkan]", "e-mail": "[kontak disamarkan]", "judul": "A", "n": 5,
        "lain": [{"kontak_pic": "[kontak disamarkan]"}, "[kontak disamarkan]"], "tahun": 2020, "nama": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000 + "@",
        "1" * 1_000_000,
        "08" * 300_000,
        "0 " * 500_000,
        "telp " * 200_000 + "1",
        "a@" * 300_000,
        "a." * 300_000 + "@x",
        "(0" * 300_000,
        "- 1 " * 200_000,
    ],
)
def test_masking_costs_no_time(text):
    begun = time.monotonic()
    masked(text)
    assert time.monotonic() - begun < 3
