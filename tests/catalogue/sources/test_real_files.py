"""The real records: all are translated, with their quirks; speed. The files are not part of the repository."""

from __future__ import annotations

import io
import json
import sys
import time

import pytest

from ekopi.catalogue.sources import adapters
from tests.catalogue.sources.make import DATA, counted, imported, regions, workbook
from tests.catalogue.sources.test_cleaning import assert_safe

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real records are not here: {DATA}")
FILES = (
    ("inoland", "lan_aplikinovasi_200.json", 200),
    ("inoland", "lan_aplikinovasi_200.csv", 200),
    ("inoland", "labinov_ide_dan_inovasi.json", 47),
    ("iga", "kota_metro_inovasi_2026.json", 85),
)


@needs_data
@pytest.mark.parametrize(("key", "name", "count"), FILES)
def test_all_records_are_translated(key, name, count, record_property, capsys):
    good, bad = imported(key, DATA / name)
    notes = counted(good)
    with capsys.disabled():
        found = ", ".join(f"{note} {number}" for note, number in sorted(notes.items()))
        line = f"\n{name}: {len(good)} taken, {len(bad)} refused; {found}"
        record_property("counts", line)
        sys.stdout.write(line)
    assert (len(good), bad) == (count, [])
    assert len({record.external_id for record in good}) == count
    for record in good:
        for value in record.facts.values():
            if isinstance(value, str) and "<" in value:
                assert_safe(value)


@needs_data
def test_the_traps_of_lan_s_records_are_met():
    good, _ = imported("inoland", DATA / "lan_aplikinovasi_200.json")
    by_id = {record.external_id: record.facts for record in good}
    notes = counted(good)
    assert by_id["aplikinovasi-69"]["title"] == "E-Surat (Tata Persuratan Digital)"
    assert sum("year" not in facts for facts in by_id.values()) == 15
    titles = [facts["title"] for facts in by_id.values()]
    assert titles.count("Kota Layak Anak") == titles.count("Pembentukan Unit Layanan Pengadaan") == 2
    assert (notes["bps-code"], notes["cut-text"]) == (1, 10)
    assert [
        f["region_code"]
        for f in by_id.values()
        if f.get("region_said", "").startswith("KABUPATEN BUTON UTARA")
    ] == ["74.10"]
    # 58 name a region; of the other 142, agencies of 61 do
    assert sum("region_code" in facts for facts in by_id.values()) == 58 + notes["region-from-agency"]
    assert sum(len(record.pictures) for record in good) == 6
    assert not any("base64" in str(facts) or "&nbsp;" in str(facts) for facts in by_id.values())


@needs_data
def test_the_same_records_as_a_workbook_read_the_same(tmp_path):
    rows = json.loads((DATA / "kota_metro_inovasi_2026.json").read_text())
    path = workbook(
        [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)], tmp_path / "metro.xlsx"
    )
    assert [r.facts for r in imported("iga", path)[0]] == [
        r.facts for r in imported("iga", DATA / "kota_metro_inovasi_2026.json")[0]
    ]


def test_short_records_are_translated_by_the_thousand(record_property):
    adapter = adapters()["iga"]
    records = [
        {
            "judul_inovasi": f"SIPANDU {n} (SISTEM PELAYANAN TERPADU NOMOR {n})", "pemda": "Pemerintah Kota Surabaya",
            "admin_opd": f"Dinkes Kecamatan {n % 900}", "bentuk_inovasi": "Inovasi Pelayanan Publik", "jenis": "Digital", "urusan_utama": "Kesehatan",
            "kematangan": "63,5", "tanggal_penerapan": "2024-01-02", "lat": "-7.2", "lon": "112.7", "deskripsi": f"Layanan ke-{n} mempercepat antrean warga.",
        }
        for n in range(3_000)
    ]  # fmt: skip
    begun = time.process_time()
    ids = {adapter.translate(n, record, regions()).external_id for n, record in enumerate(records)}
    speed = len(records) / (time.process_time() - begun)
    record_property("records_per_second", round(speed))
    assert len(ids) == 3_000
    assert speed > 1_000  # 2,000 and more on a machine with nothing else to do


def test_the_same_file_gives_the_same_records_twice():
    text = json.dumps(
        [{"judul": "A", "deskripsi": "<p>x</p>", "pemda": "Kota Metro", "kontak": "0812-3456-7890"}]
    )
    first, second = (imported("iga", io.BytesIO(text.encode()))[0] for _ in range(2))
    assert first == second
