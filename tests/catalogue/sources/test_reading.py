"""Files of every kind and encoding give the same records."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime

import pytest

from ekopi.catalogue.sources.base import Broken, FileRefused
from ekopi.catalogue.sources.reading import limits, opened
from tests.catalogue.sources.make import raw_workbook, read, workbook

TABLE = 'Judul Inovasi;Tahun;Deskripsi\r\nKafé Désa;2020;"baris satu\r\nbaris ""dua"""\r\n\r\nLapak;2021;\r\n'
EXPECTED = [
    {"Judul Inovasi": "Kafé Désa", "Tahun": "2020", "Deskripsi": 'baris satu\r\nbaris "dua"'},
    {"Judul Inovasi": "Lapak", "Tahun": "2021", "Deskripsi": ""},
]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_a_table_in_every_usual_encoding(encoding):
    rows = read(io.BytesIO(TABLE.encode(encoding)))
    assert [record for _, record in rows] == EXPECTED
    assert [row for row, _ in rows] == [2, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_json_in_every_usual_encoding(encoding):
    text = json.dumps([{"judul": "Kafé Désa"}], ensure_ascii=False)
    assert read(io.BytesIO(text.encode(encoding))) == [(1, {"judul": "Kafé Désa"})]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    lines = [["judul", "tahun", "teks"], ["A", "2020", "koma, titik koma; dan | garis"], ["B", "2021", "x"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    with opened(io.BytesIO(text.encode())) as reader:
        rows = list(reader.rows())
        assert reader.about["delimiter"] == delimiter
    assert rows[0][1]["teks"] == "koma, titik koma; dan | garis"


def test_excel_says_its_delimiter_in_a_first_line():
    assert read(io.BytesIO(b"sep=|\r\njudul|tahun\r\nA,B|2020\r\n")) == [
        (3, {"judul": "A,B", "tahun": "2020"})
    ]


def test_known_headers_find_their_row_below_titles():
    text = "Laporan,Provinsi,Contoh\n\n,,\nNO,Judul_Inovasi,PEMDA\n1,A,Kota Metro\n"
    with opened(io.BytesIO(text.encode()), headers={"judul inovasi", "pemda"}) as reader:
        assert list(reader.rows()) == [(5, {"NO": "1", "Judul_Inovasi": "A", "PEMDA": "Kota Metro"})]


def test_a_table_without_known_headers_is_refused_with_what_was_found():
    with pytest.raises(FileRefused) as refused:
        read(io.BytesIO(b"nama,alamat\nA,B\n"), headers={"judul", "pemda"})
    assert refused.value.code == "headers"
    assert refused.value.facts == {"found": ["nama", "alamat"], "wanted": ["judul", "pemda"]}


def test_doubled_and_nameless_columns_keep_their_cells():
    ((_, record),) = read(io.BytesIO(b"judul,judul,,x\nA,B,C,D\n"))
    assert record == {"judul": "A", "judul (2)": "B", "kolom 3": "C", "x": "D"}


def test_a_row_that_is_too_wide_is_broken_and_the_next_is_read():
    rows = read(io.BytesIO(b"judul,tahun\nA,2020,lebih\nB,2021,,\n"))
    assert isinstance(rows[0][1], Broken)
    assert (rows[0][1].code, rows[0][1].facts) == ("surplus", {"cells": 3, "columns": 2})
    assert rows[1][1] == {"judul": "B", "tahun": "2021"}


def broken(text: str) -> list[tuple[int, str, dict]]:
    rows = read(io.BytesIO(text.encode()))
    return [(row, raw.code, raw.facts) for row, raw in rows if isinstance(raw, Broken)]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_row_that_was_cut_off_is_broken_where_the_others_are_full(end):
    text = "judul,tahun,teks\nA,2020,x\nB,2021,y\nC,20" + end
    assert broken(text) == [(4, "short", {"cells": 2, "columns": 3})]


def test_a_cut_row_is_found_among_those_that_are_filled_up_with_empty_cells():
    text = "judul,tahun,teks\nA,2020,\nB\nC,2021,\nD,2021\nE,2021,y\n"
    assert [(row, facts["cells"]) for row, _, facts in broken(text)] == [(3, 1), (5, 2)]


def test_the_first_rows_are_judged_by_those_that_follow():
    text = "judul,tahun,teks\nA,2020\n" + "".join(f"B{n},2021,y\n" for n in range(50))
    assert [row for row, *_ in broken(text)] == [2]


def test_a_writer_who_leaves_out_empty_cells_at_the_end_is_read():
    text = "judul,tahun,teks\nA,2020\nB\nC,2021,y\n\nD,2021,z\n"
    assert broken(text) == []
    assert read(io.BytesIO(text.encode()))[0] == (2, {"judul": "A", "tahun": "2020"})
    assert broken("judul,tahun,teks\nA,2020\nB\n") == []
    assert broken(text + "E,20") == [(7, "short", {"cells": 2, "columns": 3})], (
        "the end of the file is missing"
    )


def test_a_workbook_has_no_cells_where_nothing_stands(tmp_path):
    path = workbook([["judul", "tahun", "teks"], ["A", 2020, "x"], ["B"]], tmp_path / "a.xlsx")
    assert [raw["judul"] for _, raw in read(path)] == ["A", "B"]


def test_a_cell_that_is_too_long_is_broken_and_the_next_is_read():
    text = f"judul,teks\nA,{'x' * (limits.CELL + 1)}\nB,pendek\n"
    (_, first), (_, second) = read(io.BytesIO(text.encode()))
    assert (first.code, first.facts["column"]) == ("too-long", "teks")
    assert second["judul"] == "B"


@pytest.mark.parametrize("text", ['judul,teks\nA,"tidak ditutup\nB,2\nC,3\n', 'judul,teks\nA,1\n"B,2'])
def test_a_quotation_mark_that_is_not_closed_swallows_nothing_silently(text):
    with pytest.raises(FileRefused) as refused:
        read(io.BytesIO(text.encode()))
    assert refused.value.code == "quotes"
    assert refused.value.facts["row"] in (2, 3)


def test_characters_that_cannot_be_kept_are_left_out():
    raw = b"judul,teks\nA\x00B,\xe2\x80\xaeterbalik\x07\n"
    assert read(io.BytesIO(raw)) == [(2, {"judul": "AB", "teks": "terbalik"})]
    assert read(io.BytesIO(b'[{"judul": "A\\u0000B\\ud800C"}]')) == [(1, {"judul": "ABC"})]


def test_half_a_character_at_the_end_of_a_cut_text_costs_no_other():
    raw = "judul,teks\nCafé,akhir ".encode() + "é".encode()[:1] + "\nKafé Désa,x\n".encode()
    rows = read(io.BytesIO(raw))
    assert rows[1][1]["judul"] == "Kafé Désa"
    assert rows[0][1]["teks"] == "akhir \ufffd"


@pytest.mark.parametrize(
    "shape",
    [
        '[{"judul": "A"}, {"judul": "B"}]',
        '{"success": true, "data": [{"judul": "A"}, {"judul": "B"}]}',
        '{"total": 2, "result": {"current_page": 1, "data": [{"judul": "A"}, {"judul": "B"}]}, "x": [1, 2]}',
        '{"judul": "A"}\n{"judul": "B"}\n',
        '{"satu": [{"judul": "A"}], "dua": [{"judul": "B"}]}',
        ' \ufeff[ {"judul" : "A"} ,\n\t{"judul":"B"}]  ',
    ],
)
def test_json_holds_records_in_many_shapes(shape):
    assert read(io.BytesIO(shape.encode())) == [(1, {"judul": "A"}), (2, {"judul": "B"})]


def test_what_stands_beside_the_list_is_told():
    text = '{"success": true, "data": [{"judul": "A"}], "current_page": 2, "last_page": 7, "x": {"y": 1}}'
    with opened(io.BytesIO(text.encode())) as reader:
        list(reader.rows())
        assert reader.about == {"success": True, "current_page": 2, "last_page": 7}


def test_a_list_inside_of_a_record_is_not_the_list_of_records():
    record = {"judul": "A", "sdgs": [{"id": 1}], "data": {"x": [1]}}
    assert read(io.BytesIO(json.dumps(record).encode())) == [(1, record)]
    assert read(io.BytesIO(json.dumps([record]).encode())) == [(1, record)]


@pytest.mark.parametrize("text", ['{"success": true, "data": []}', "[]", '{"success": true, "data": null}'])
def test_an_empty_list_is_no_fault(text):
    assert read(io.BytesIO(text.encode())) == []


def test_a_system_that_says_it_failed_is_refused_with_its_words():
    with pytest.raises(FileRefused) as refused:
        read(io.BytesIO(b'{"success": false, "message": "Unauthorized"}'))
    assert (refused.value.code, refused.value.facts) == ("json-refused", {"said": "Unauthorized"})


@pytest.mark.parametrize(
    "text",
    ['[{"judul": "A"}', '[{"judul": "A" "x": 1}]', '{"data": [{"a": tru}]}', "[1, 2", '{"a" 1}', '[{"a": "x'],
)
def test_broken_json_is_refused_at_its_place(text):
    with pytest.raises(FileRefused) as refused:
        read(io.BytesIO(text.encode()))
    assert refused.value.code == "json"
    assert 1 <= refused.value.facts["at"] <= len(text) + 1


def test_records_before_a_fault_are_given():
    with opened(io.BytesIO(b'[{"judul": "A"}, {"judul": "B"}, oops]')) as reader:
        rows = reader.rows()
        assert [next(rows)[1]["judul"] for _ in range(2)] == ["A", "B"]
        with pytest.raises(FileRefused):
            next(rows)


def test_numbers_that_json_stretches_are_read_so_that_they_can_be_kept():
    ((_, record),) = read(
        io.BytesIO(b'[{"a": 1e999, "b": NaN, "c": 198609262015051001, "d": -7.25, "e": 12}]')
    )
    assert record == {"a": None, "b": None, "c": "198609262015051001", "d": -7.25, "e": 12}


def test_records_across_the_edges_of_what_is_read_at_once():
    records = [{"judul": f"Inovasi {n}", "teks": 'é"\\n' * (n % 97), "n": n * 1000} for n in range(20_000)]
    text = json.dumps(records, ensure_ascii=bool(len(records) % 2))
    assert [record for _, record in read(io.BytesIO(text.encode()))] == records


def test_a_workbook_gives_texts_numbers_dates_and_truths(tmp_path):
    rows = [
        ["Judul Inovasi", "Kematangan", "Tanggal Penerapan", "Jenis", "Kosong"],
        ["Kafé Désa", 63.5, date(2024, 8, 15), True, None],
        ["  ", None, None, None, None],
        ["Lapak", 90, datetime.fromisoformat("2024-08-15T09:30:00"), False, ""],
    ]  # fmt: skip
    path = workbook(rows, tmp_path / "a.xlsx", before=[("Petunjuk", [["Isi lembar berikutnya"]])])
    with opened(path, headers={"judul_inovasi", "kematangan"}) as reader:
        (first_row, first), (_, blank), (last_row, last) = reader.rows()
        assert reader.kind == "xlsx"
        assert reader.about == {"sheet": "Inovasi"}
    assert (first_row, last_row) == (2, 4)
    assert first == {
        "Judul Inovasi": "Kafé Désa", "Kematangan": 63.5, "Tanggal Penerapan": "2024-08-15", "Jenis": True,
    }  # fmt: skip
    assert last["Tanggal Penerapan"] == "2024-08-15 09:30:00"
    assert last["Kematangan"] == 90
    assert blank == {"Judul Inovasi": "  "}


def test_cells_of_a_workbook_written_by_others():
    sheet = b"""<?xml version="1.0"?><x:worksheet xmlns:x="u"><x:sheetData>
    <x:row><x:c t="inlineStr"><x:is><x:t>judul</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:r><x:t>ta</x:t></x:r><x:r><x:t>hun</x:t></x:r></x:is></x:c></x:row>
    <x:row r="7"><x:c r="A7" t="s"><x:v>1</x:v></x:c><x:c r="B7"><x:v>2.02E3</x:v></x:c></x:row>
    <x:row r="8"><x:c r="B8" t="e"><x:v>#N/A</x:v></x:c><x:c r="A8" t="s"><x:v>99</x:v></x:c></x:row>
    <x:row r="9"><x:c r="A9" t="str"><x:f>A1</x:f><x:v>rumus</x:v></x:c><x:c r="B9"><x:v>198609262015051001</x:v></x:c></x:row>
    </x:sheetData></x:worksheet>"""  # fmt: skip
    strings = "<sst><si><t>x</t></si><si><t>Lapak é</t><rPh><t>ejaan</t></rPh></si></sst>".encode()
    rows = read(raw_workbook(sheet, strings=strings))
    assert rows == [
        (7, {"judul": "Lapak é", "tahun": 2020}),
        (9, {"judul": "rumus", "tahun": "198609262015051001"}),
    ]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"%PDF-1.7", "pdf"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"), (b"\x89PNG\r\n\x1a\n", "image"),
        (b"<!DOCTYPE html><html>", "html"), (b"<?xml version='1.0'?><a/>", "xml"), (b"\x1f\x8b\x08", "gzip"),
        (bytes(range(256)) * 20, "binary"),
    ],
)  # fmt: skip
def test_other_kinds_are_named(data, found):
    with pytest.raises(FileRefused) as refused:
        read(io.BytesIO(data))
    assert (refused.value.code, refused.value.facts) == ("kind", {"found": found})


@pytest.mark.parametrize("data", [b"", b"   \n\n ", "\ufeff\n".encode()])
def test_an_empty_file_is_told(data):
    with pytest.raises(FileRefused) as refused:
        read(io.BytesIO(data))
    assert refused.value.code == "empty"


def test_an_archive_that_is_no_workbook_is_told(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("surat.txt", "x")
    with pytest.raises(FileRefused) as refused:
        read(path)
    assert (refused.value.code, refused.value.facts) == ("kind", {"found": "zip"})


def test_what_is_no_file_is_missing(tmp_path):
    for path in (tmp_path, tmp_path / "tidak-ada.csv", "/dev/zero"):
        with pytest.raises(FileRefused) as refused:
            read(path)
        assert refused.value.code == "missing"
