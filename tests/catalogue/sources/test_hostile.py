"""Hostile files are refused with a clear code, in bounded memory and time; each runs in a process of its own."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from ekopi.catalogue.sources.base import FileRefused
from ekopi.catalogue.sources.reading import limits
from tests.catalogue.sources.make import FIXTURES, imported, raw_workbook, read, workbook
from tests.catalogue.sources.test_adapters import FILES

ROOT = Path(__file__).parents[3]
MOST = 500
"""MiB of a whole process that reads a hostile file."""

PROGRAM = """
import json, re, resource, sys
from ekopi.catalogue.sources.base import FileRefused
from ekopi.catalogue.sources.reading import opened
count, answer = 0, {"code": "read"}
try:
    with opened(sys.argv[1]) as reader:
        for row, record in reader.rows():
            count += 1
except FileRefused as refused:
    answer = {"code": refused.code, "facts": refused.facts}
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
print(json.dumps({**answer, "count": count, "peak": peak}))
"""


def outcome(path):
    """What a fresh process makes of a file: code, facts, rows read, peak of memory in MiB, seconds."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return {**json.loads(done.stdout), "seconds": time.monotonic() - begun}


def written(path, pieces):
    with open(path, "wb") as file:
        for piece in pieces:
            file.write(piece)
    return path


@pytest.mark.parametrize("cell", [b"kolom,", b",", b'"a",', b'"a\n",'])
def test_ten_million_columns_are_refused(tmp_path, cell):
    path = written(tmp_path / "a.csv", [b"judul,tahun\n", *(cell * 100_000 for _ in range(100)), b"\n"])
    answer = outcome(path)
    assert answer["code"] in ("columns", "line")
    assert answer["peak"] < MOST


def test_one_endless_line_is_refused(tmp_path):
    path = written(tmp_path / "a.csv", [b"judul,tahun\nA,", *(b"x" * 1_000_000 for _ in range(100))])
    answer = outcome(path)
    assert (answer["code"], answer["facts"]["row"]) == ("line", 2)
    assert answer["peak"] < MOST


@pytest.mark.parametrize("unit", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
@pytest.mark.parametrize("around", ["{}", '[{{"judul":"A","x":{}}}]', '{{"data":[{{"x":{}}}]}}'])
def test_json_ten_thousand_deep_is_refused(unit, around):
    deep = around.format(unit[0] * 10_000 + "1" + unit[1] * 10_000)
    with pytest.raises(FileRefused) as refused:
        read(io.BytesIO(deep.encode()))
    assert refused.value.code == "json-depth"
    assert refused.value.facts["limit"] == limits.DEPTH


def test_a_json_record_somewhat_too_deep_is_refused_alone():
    deep = '[{"judul":"A"},{"x":' + "[" * 70 + "]" * 70 + '},{"judul":"C"}]'
    (_, first), (row, broken), (_, last) = read(io.BytesIO(deep.encode()))
    assert (row, broken.code, broken.facts) == (2, "depth", {"limit": limits.DEPTH})
    assert (first["judul"], last["judul"]) == ("A", "C")
    assert read(io.BytesIO(('[{"x":' + "[" * 60 + "]" * 60 + "}]").encode()))


def test_one_endless_json_record_is_refused(tmp_path):
    path = written(tmp_path / "a.json", [b'[{"judul": "', *(b"x" * 1_000_000 for _ in range(150))])
    answer = outcome(path)
    assert answer["code"] == "json-item"
    assert answer["peak"] < MOST


def test_one_endless_json_object_is_refused(tmp_path):
    parts = (b"".join(b'"k%d-%d": "x",' % (n, m) for m in range(10_000)) for n in range(200))
    answer = outcome(written(tmp_path / "a.json", [b"{", *parts]))
    assert answer["code"] == "json-item"
    assert answer["peak"] < MOST


def test_a_number_of_a_million_digits_is_no_number():
    ((_, record),) = read(io.BytesIO(b'[{"a": ' + b"9" * 1_000_000 + b"}]"))
    assert record["a"] == "9" * 400


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.csv"
    with open(path, "wb") as file:
        file.truncate(limits.FILE + 1)
    with pytest.raises(FileRefused) as refused:
        read(path)
    assert refused.value.code == "size"


def test_a_stream_that_never_ends_is_refused():
    class Endless(io.RawIOBase):
        def read(self, size=-1):
            return b"x" * size

    with pytest.raises(FileRefused) as refused:
        read(Endless())
    assert refused.value.code == "size"


def test_too_many_rows_stop_the_reading(monkeypatch):
    monkeypatch.setattr(limits, "ROWS", 3)
    with pytest.raises(FileRefused) as refused:
        read(io.BytesIO(b"judul,tahun\n" + b"A,1\n" * 4))
    assert (refused.value.code, refused.value.facts) == ("rows", {"limit": 3})
    assert len(read(io.BytesIO(b"judul,tahun\n" + b"A,1\n" * 3))) == 3


def test_a_workbook_that_swells_a_thousandfold_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    raw_workbook(b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>", path)
    assert path.stat().st_size < 200_000
    answer = outcome(path)
    assert (answer["code"], answer["facts"]["reason"]) == ("xlsx-bomb", "ratio")
    assert answer["peak"] < MOST


def test_a_workbook_of_thousands_of_parts_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(limits.PARTS):
            archive.writestr(f"xl/media/{number}.txt", "")
    with pytest.raises(FileRefused) as refused:
        read(path)
    assert (refused.value.code, refused.value.facts["reason"]) == ("xlsx-bomb", "count")


def test_two_cells_in_opposite_corners_cost_nothing(tmp_path):
    sheet = b'<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>judul</v></c><c r="B1" t="str"><v>tahun</v></c></row><row r="1048576"><c r="A1048576" t="str"><v>A</v></c></row></sheetData></worksheet>'
    path = tmp_path / "a.xlsx"
    raw_workbook(sheet, path)
    answer = outcome(path)
    assert (answer["code"], answer["count"]) == ("read", 1)
    assert answer["peak"] < MOST
    far = io.BytesIO(raw_workbook(sheet.replace(b"A1048576", b"XFD1048576")).read())
    with pytest.raises(FileRefused) as refused:
        read(far)
    assert refused.value.code == "columns"


@pytest.mark.parametrize(
    "start",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_workbook_with_a_document_type_is_refused(start):
    with pytest.raises(FileRefused) as refused:
        read(raw_workbook(start + b"<worksheet>&b;</worksheet>"))
    assert (refused.value.code, refused.value.facts) == ("xlsx", {"reason": "xml"})


@pytest.mark.parametrize("xml", [b"<worksheet><row>", b"", b"not xml", b"<worksheet/><worksheet/>"])
def test_a_workbook_with_broken_xml_is_refused(xml):
    with pytest.raises(FileRefused) as refused:
        read(raw_workbook(xml))
    assert refused.value.code in ("xlsx", "xlsx-sheets")


def test_a_damaged_workbook_is_refused(tmp_path):
    whole = raw_workbook(b"<worksheet/>").read()
    for cut in (10, len(whole) // 2, len(whole) - 5):
        with pytest.raises(FileRefused) as refused:
            read(io.BytesIO(whole[:cut]))
        assert refused.value.code == "xlsx"


def test_an_endless_cell_of_a_workbook_is_broken_not_kept(tmp_path):
    sheet = b'<worksheet><row><c t="str"><v>judul</v></c><c t="str"><v>teks</v></c></row><row><c t="str"><v>A</v></c><c t="str"><v>%s</v></c></row></worksheet>'
    big = "".join(chr(97 + n * 7 % 26) for n in range(3_000_000)).encode()
    ((_, record),) = read(raw_workbook(sheet % big, compression=zipfile.ZIP_STORED))
    assert record.code == "too-long"


def test_three_hundred_thousand_records_are_read_in_bounded_memory(tmp_path):
    item = json.dumps({"judul": "Inovasi", "ringkasan": "Layanan yang mempercepat. " * 12}).encode()
    path = written(
        tmp_path / "a.json",
        [b"[", *((item + b",") * 1_000 for _ in range(299)), (item + b",") * 999, item, b"]"],
    )
    answer = outcome(path)
    assert (answer["code"], answer["count"]) == ("read", 300_000)
    assert answer["peak"] < MOST


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, name, *_ in FILES] + [("iga", "iga.xlsx")])
def test_damaged_files_raise_nothing_but_refusals(key, name, tmp_path):
    """Bytes are changed, doubled and cut at random; whatever comes out is read, refused or a broken row."""
    chance = random.Random(20260520)
    if name == "iga.xlsx":
        rows = [["judul inovasi", "pemda", "lat"], *(["Inovasi", "Kota Metro", n] for n in range(50))]
        whole = workbook(rows, tmp_path / name).read_bytes()
    else:
        whole = (FIXTURES / name).read_bytes()
    outcomes = Counter()
    for _ in range(120 if name == "iga.xlsx" else 300):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 3, 20))):
            at = chance.randrange(len(data))
            change = chance.randrange(4)
            if change == 0:
                data[at] = chance.choice(b'"\\\x00,;{}[]<>\n\xff\xe2 0')
            elif change == 1:
                del data[at : at + chance.randrange(1, 60)]
            elif change == 2:
                data[at:at] = data[at : at + chance.randrange(1, 200)]
            else:
                data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 6)))
        try:
            imported(key, io.BytesIO(bytes(data)))
            outcomes["read"] += 1
        except FileRefused as refused:
            outcomes[refused.code] += 1
    assert outcomes["read"] > (0 if name == "iga.xlsx" else 20)
    assert len(outcomes) > 1
