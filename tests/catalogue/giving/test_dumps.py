"""The files of everything: what stands in them, that they are whole or the old ones, and how they are had."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import time

import pytest

from ekopi.catalogue.giving import dumps
from ekopi.catalogue.operations import dumping
from ekopi.core.registry import all_of
from tests.catalogue.giving import make


@pytest.fixture
def folder(app, db):
    """The folder of the files, empty before and after."""

    def clear():
        for path in dumping.folder().glob("*"):
            path.unlink()

    clear()
    yield dumping.folder()
    clear()


def lines(path) -> list[dict]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def table(path) -> list[dict]:
    text = gzip.decompress(path.read_bytes()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_everything_stands_in_both_files(folder, db):
    make.regions()
    made = make.innovation(
        "Perahu Bidan", region_code="35.78", slug="perahu-bidan",
        facts={"summary": "<p>Bidan &amp; perawat,<br>naik perahu.</p>", "sdg": ["3", "10"], "award": "Top 45"},
    )  # fmt: skip
    make.innovation("Tertutup", synthetic=True)
    db.session.commit()
    id, address = made.id, f"http://127.0.0.1:8000/katalog/{made.id}-perahu-bidan"
    assert dumping.write() == 1
    (told,) = lines(folder / "inovasi.jsonl.gz")
    assert told["id"] == id and told["address"] == address
    assert told["fields"]["summary"] == "<p>Bidan &amp; perawat,<br>naik perahu.</p>"
    assert told["fields"]["sdg"] == ["3", "10"] and told["province"] == "Jawa Timur"
    assert [source["source"] for source in told["sources"]] == ["jippnas"]
    (row,) = table(folder / "inovasi.csv.gz")
    assert tuple(row) == dumps.COLUMNS
    assert (row["id"], row["alamat"], row["judul"], row["penghargaan"]) == (
        str(id),
        address,
        "Perahu Bidan",
        "Top 45",
    )
    assert row["ringkasan"] == "Bidan & perawat, naik perahu."
    assert row["tpb_sdgs"].startswith("Kehidupan Sehat") and "; " in row["tpb_sdgs"]
    assert row["kabupaten_kota"] == "Kota Surabaya" and row["sumber"].startswith("jippnas NRI-")


def test_many_are_written_in_pieces(folder, db, monkeypatch):
    monkeypatch.setattr(dumping, "CHUNK", 3)
    make.many(10)
    db.session.commit()
    assert dumping.write() == 10
    assert len({told["id"] for told in lines(folder / "inovasi.jsonl.gz")}) == 10
    assert len(table(folder / "inovasi.csv.gz")) == 10


@pytest.mark.parametrize("begins", ["=1+1", "+62", "-2", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_is_a_formula(folder, db, begins):
    make.innovation(
        f"{begins} Judul",
        agency=f"{begins} Dinas",
        slug="x",
        facts={"summary": f"<p>{begins} teks</p>", "award": begins},
    )
    db.session.commit()
    dumping.write()
    (row,) = table(folder / "inovasi.csv.gz")
    assert not [cell for cell in row.values() if cell.lstrip("\t").startswith(("=", "+", "-", "@", "＝"))]
    assert row["judul"] == f"'{begins} Judul"
    assert (
        lines(folder / "inovasi.jsonl.gz")[0]["title"] == f"{begins} Judul"
    )  # JSON is for programs: as it is


def test_when_it_fails_the_old_files_stay(folder, db, monkeypatch):
    make.many(3)
    db.session.commit()
    dumping.write()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr(dumping, "CHUNK", 1)
    seen = []

    def breaks(given, site):
        seen.append(given.id)
        if len(seen) == 2:
            raise OSError("no space left")
        return ["x"]

    monkeypatch.setattr(dumps, "row", breaks)
    with pytest.raises(OSError, match="no space"):
        dumping.write()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_a_dead_process_left_is_cleared_and_what_lives_is_not(folder, db):
    folder.mkdir(exist_ok=True)
    old, young = folder / ".inovasi.csv.gz-a.part", folder / ".inovasi.csv.gz-b.part"
    old.write_bytes(b"x")
    young.write_bytes(b"x")
    os.utime(old, (time.time() - 2 * 86400,) * 2)
    dumping.write()
    assert not old.exists() and young.exists()


def test_the_night_writes_them(folder, db):
    make.innovation()
    db.session.commit()
    all_of("nightly")["open-data"]()
    assert len(lines(folder / "inovasi.jsonl.gz")) == 1


@pytest.mark.parametrize("name", ["inovasi.jsonl.gz", "inovasi.csv.gz"])
def test_a_file_is_had_with_an_etag_and_in_parts(client, folder, db, name):
    assert client.get(f"/katalog/unduhan/{name}").status_code == 404
    make.innovation()
    db.session.commit()
    dumping.write()
    answer = client.get(f"/katalog/unduhan/{name}")
    assert answer.status_code == 200 and answer.mimetype == "application/gzip"
    assert answer.data == (folder / name).read_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]
    etag = answer.headers["ETag"]
    assert client.get(f"/katalog/unduhan/{name}", headers={"If-None-Match": etag}).status_code == 304
    part = client.get(f"/katalog/unduhan/{name}", headers={"Range": "bytes=2-5"})
    assert part.status_code == 206 and part.data == answer.data[2:6]


@pytest.mark.parametrize(
    "name", ["audit.seal", "..%2Fekopi.db", ".inovasi.csv.gz-a.part", "%2e%2e", "inovasi.csv"]
)
def test_nothing_else_of_the_folder_is_had(client, folder, name):
    folder.mkdir(exist_ok=True)
    (folder / ".inovasi.csv.gz-a.part").write_bytes(b"x")
    assert client.get(f"/katalog/unduhan/{name}").status_code == 404


def test_dcat_tells_of_the_files_once_they_are_there(client, folder, db):
    assert "unduhan" not in client.get("/katalog/dcat.ttl").text
    make.innovation()
    db.session.commit()
    dumping.write()
    told = client.get("/katalog/dcat.ttl").text
    size = (folder / "inovasi.csv.gz").stat().st_size
    assert "http://127.0.0.1:8000/katalog/unduhan/inovasi.csv.gz" in told
    assert f'dcat:byteSize "{size}"' in told
