"""Builders of the tests of sources: a region index, records of a file, workbooks."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path

import xlsxwriter

from ekopi.catalogue.sources import adapters
from ekopi.catalogue.sources.base import Bad, Refusal, Translated
from ekopi.catalogue.sources.reading import opened
from ekopi.catalogue.sources.regions import RegionIndex
from ekopi.places.reference import shipped_regions

FIXTURES = Path(__file__).parent / "fixtures"
DATA = Path(__file__).parents[4] / "shared" / "data"
"""Real records; they are not part of the repository."""


@cache
def regions() -> RegionIndex:
    return RegionIndex(shipped_regions())


def read(source, name="", headers=()):
    """All (row, record) of a file."""
    with opened(source, name, headers=headers) as reader:
        return list(reader.rows())


def imported(key, source) -> tuple[list[Translated], list[Bad]]:
    """What an adapter makes of a file: the records and the refused rows."""
    adapter, good, bad = adapters()[key], [], []
    with opened(source, headers=adapter.headers) as reader:
        for row, raw in adapter.items(reader):
            try:
                good.append(adapter.translate(row, raw, regions()))
            except Refusal as refusal:
                bad.append(Bad(row, adapter.external_id(raw), refusal.field, refusal.code, refusal.facts))
    return good, bad


def counted(records) -> Counter:
    return Counter(note for record in records for note in record.notes)


def workbook(rows, path, *, sheet="Inovasi", before=(), dates=()) -> Path:
    """An XLSX file of rows of cells; `before` are (name, rows) of sheets in front, `dates` columns shown as dates."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": False, "default_date_format": "dd mmm yyyy"})
    for name, others in (*before, (sheet, rows)):
        page = book.add_worksheet(name)
        for number, cells in enumerate(others):
            page.write_row(number, 0, cells)
    book.close()
    return path


def raw_workbook(sheet_xml: bytes, path=None, *, strings: bytes = b"", compression=zipfile.ZIP_DEFLATED):
    """A workbook of one sheet, its XML as given."""
    target = path or io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml)
    if path is None:
        target.seek(0)
    return target
