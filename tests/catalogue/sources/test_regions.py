"""Places and agencies as sources name them; reference lists."""

from __future__ import annotations

import pytest

from ekopi.catalogue.classifications import classification, classifications
from ekopi.catalogue.fields import FIELDS, TERM_FIELDS
from ekopi.catalogue.sources import agencies
from ekopi.catalogue.sources.regions import RegionIndex
from tests.catalogue.sources.make import regions


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"code": "7409", "name": "KABUPATEN BUTON UTARA", "province": "SULAWESI TENGGARA"}, "74.10"),
        ({"code": "7409", "name": "Konawe Utara"}, "74.09"),
        ({"code": "7409"}, None),
        ({"code": "7409", "bps": True}, "74.10"),
        ({"code": "74.09"}, "74.09"),
        ({"code": "3578"}, "35.78"),
        ({"code": "35.78", "name": "Kota Surabaya"}, "35.78"),
        ({"code": "35"}, "35"),
        ({"name": "Tojo Una-Una"}, "72.09"),
        ({"name": "Kab. Tojo Una Una"}, "72.09"),
        ({"name": "Kab. Bogor"}, "32.01"),
        ({"name": "Kota Bogor, Jawa Barat"}, "32.71"),
        ({"name": "Bogor"}, None),
        ({"name": "Bogor", "code": "3271"}, "32.71"),
        ({"name": "Bogor", "code": "32.01"}, "32.01"),
        ({"name": "Pemkab Sorong"}, "96.01"),
        ({"code": "92.01"}, "96.01"),
        ({"code": "9201", "name": "KABUPATEN SORONG", "province": "PAPUA BARAT"}, "96.01"),
        ({"name": "Kabupaten Merauke", "province": "Papua"}, "93.01"),
        ({"name": "Kab. Nunukan", "province": "Kalimantan Timur"}, "65.03"),
        ({"name": "Pemerintah Kota Surabaya"}, "35.78"),
        ({"name": "Pemerintah Kota X"}, None),
        ({"name": "Pemerintah Provinsi Jawa Timur"}, "35"),
        ({"name": "Pemerintah Daerah Istimewa Yogyakarta"}, "34"),
        ({"province": "DI YOGYAKARTA"}, "34"),
        ({"name": "Yogyakarta"}, None),
        ({"name": "KOTA YOGYAKARTA", "province": "DI YOGYAKARTA"}, "34.71"),
        ({"name": "Gorontalo"}, None),
        ({"name": "PROVINSI DKI JAKARTA"}, "31"),
        ({"name": "Kota Administrasi Jakarta Selatan"}, "31.74"),
        ({"name": "Kabupaten Toba Samosir"}, "12.12"),
        ({"name": "Kab. Kota Baru"}, "63.02"),
        ({"name": "Kotabaru"}, "63.02"),
        ({"name": "PEMERINTAH KOTA BAU-BAU"}, "74.72"),
        ({"name": "Kab. Karang Asem"}, "51.07"),
        ({"name": "Kabupaten Minahahasa Utara"}, "71.06"),
        ({"name": "Kabupaten Bogor", "province": "Jawa Timur"}, None),
        ({"name": "Kementerian Pertanian"}, None),
        ({"name": ""}, None),
        ({"code": "x"}, None),
        ({"code": "99.99"}, None),
    ],
)  # fmt: skip
def test_regions_are_told_by_code_and_name(said, code):
    assert regions().match(**said) == code


def test_every_region_in_force_is_found_by_its_own_name_and_code():
    from ekopi.places.reference import shipped_regions

    for row in shipped_regions():
        if row["valid_to"] is None:
            assert regions().match(code=row["code"]) == row["code"]
            prefix = "Provinsi " if row["kind"] == "province" else ""
            assert regions().match(name=prefix + row["name"]) == row["code"]
            assert regions().match(name=f"PEMERINTAH {prefix}{row['name']}".upper()) == row["code"]


def test_an_index_takes_rows_of_any_make():
    class Row:
        code, name, kind, parent_code, successor_code = "35.78", "Kota Surabaya", "city", "35", None

    province = ("35", "Jawa Timur", "province", None, None)
    assert RegionIndex([province, Row()]).match(name="Surabaya", province="Jatim") == "35.78"


@pytest.mark.parametrize(
    ("said", "written", "apart"),
    [
        ("Dinkes", "Dinas Kesehatan", ("Dinas Kesehatan", "")),
        ("DINKES KOTA TEGAL", "Dinas Kesehatan Kota Tegal", ("Dinas Kesehatan", "Kota Tegal")),
        ("Dinas Kesehatan kota Tegal", "Dinas Kesehatan Kota Tegal", ("Dinas Kesehatan", "Kota Tegal")),
        ("Disdukcapil Kab. Bantul", "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Bantul", ("Dinas Kependudukan dan Pencatatan Sipil", "Kabupaten Bantul")),
        ("KOTA TEGAL", "Pemerintah Kota Tegal", ("Pemerintah Kota Tegal", "Kota Tegal")),
        ("Pemkot Surabaya", "Pemerintah Kota Surabaya", ("Pemerintah Kota Surabaya", "Kota Surabaya")),
        ("Prov. Sumatera Selatan", "Pemerintah Provinsi Sumatera Selatan", ("Pemerintah Provinsi Sumatera Selatan", "Provinsi Sumatera Selatan")),
        ("UPTD. Puskesmas Mulyojati", "UPTD Puskesmas Mulyojati", ("UPTD Puskesmas Mulyojati", "")),
        ("Puskesmas Sumobito, Kabupaten Jombang", "Puskesmas Sumobito, Kabupaten Jombang", ("Puskesmas Sumobito", "Kabupaten Jombang")),
        ("Dinas Kesehatan Pemerintah Kota Padang Panjang", "Dinas Kesehatan Pemerintah Kota Padang Panjang", ("Dinas Kesehatan", "Kota Padang Panjang")),
        ("Pemda Jember", "Pemda Jember", ("Pemda Jember", "Jember")),
        ("– Lembaga Administrasi Negara", "Lembaga Administrasi Negara", ("Lembaga Administrasi Negara", "")),
        ("Satpol PP", "Satuan Polisi Pamong Praja", ("Satuan Polisi Pamong Praja", "")),
        ("-", "", ("", "")),
    ],
)  # fmt: skip
def test_agencies_are_written_in_full_and_apart_from_their_place(said, written, apart):
    assert agencies.written(said) == written
    assert agencies.apart(said) == apart


@pytest.mark.parametrize(
    ("one", "other"),
    [("Dinkes", "Dinas Kesehatan Kabupaten Sleman"), ("Bappeda", "BADAN PERENCANAAN PEMBANGUNAN DAERAH"), ("PKM Sumobito", "UPTD. Puskesmas Sumobito"),
     ("Rumah Sakit Umum Daerah Wates", "RSUD Wates"), ("Kemensos", "Kementerian Sosial RI"), ("PT. Pegadaian (Persero) ", "PT Pegadaian"), ("Pemkot Surabaya", "KOTA SURABAYA")],
)  # fmt: skip
def test_agencies_of_one_name_compare_alike(one, other):
    assert agencies.key(one) == agencies.key(other) != ""


def test_agencies_of_two_names_do_not():
    assert agencies.key("Bappeda") != agencies.key("Bapperida") != agencies.key("BRIDA")
    assert agencies.key("RSUD Wates") != agencies.key("RSUD Bantul")


def test_the_lists_are_whole_and_keep_their_edition():
    sizes = {
        "lan_type": 8,
        "lan_category": 5,
        "innovator_group": 6,
        "iga_stage": 3,
        "iga_form": 3,
        "iga_initiator": 5,
        "affair": 38,
        "sdg": 17,
        "kipp_category": 11,
        "kipp_group": 3,
        "sustainability": 3,
    }
    for scheme, size in sizes.items():
        assert len(classification(scheme).terms) == size
    assert all(edition for _, edition in classifications())
    assert all(classification(FIELDS[field].scheme) for field in TERM_FIELDS)
    affair = classification("affair")
    assert {term.group for term in affair.terms.values()} == set(affair.groups)
    assert set(FIELDS["sustainability"].choices) == set(classification("sustainability").terms)


@pytest.mark.parametrize(
    ("scheme", "said", "code"),
    [("affair", "10. Pertahanan", "10"), ("affair", "pertanahan", "10"), ("affair", "Perumahan Rakyat dan Kawasan Pemukiman", "4"),
     ("affair", "Ketentraman, Ketertiban Umum, dan Perlindungan Masyarakat", "5"), ("affair", "5", "5"), ("affair", "39", None), ("affair", "Antariksa", None),
     ("iga_type", "Non Digital", "nondigital"), ("lan_type", "Sumber Daya Manusia", "sdm"), ("innovator_group", "Kementrian / Lembaga", "kl"),
     ("sdg", "SDG 3", "3"), ("sdg", "TPB 3: Kehidupan Sehat", "3"), ("sdg", "Ekonomi Lautan", "14"), ("sustainability", "Berhenti/Vakum", "stopped"), ("iga_stage", "UJI COBA", "uji-coba")],
)  # fmt: skip
def test_terms_are_found_in_the_spellings_of_real_files(scheme, said, code):
    assert classification(scheme).find(said) == code


def test_several_terms_in_one_cell_are_told_apart():
    affair, sdg, form = classification("affair"), classification("sdg"), classification("iga_form")
    assert affair.find_all(
        "Pendidikan, Kesehatan, Ketentraman, Ketertiban Umum, dan Perlindungan Masyarakat"
    ) == (["1", "2", "5"], [])
    assert affair.find_all("Kesehatan; Antariksa; Sosial") == (["2", "6"], ["Antariksa"])
    assert affair.find_all("Program 5 Tahun") == ([], ["Program 5 Tahun"])
    assert sdg.find_all("1, 3 dan 16") == (["1", "3", "16"], [])
    assert form.find_all("Tata Kelola Pemerintahan Daerah dan Pelayanan Publik") == (
        ["tata-kelola", "pelayanan-publik"],
        [],
    )
