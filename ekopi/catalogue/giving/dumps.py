"""An innovation in the files of everything: one JSON object a line with all that is known, one row of a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ekopi.catalogue.classifications import classification
from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.given import Given
from ekopi.catalogue.giving.inolands import description
from ekopi.catalogue.giving.markup import moment
from ekopi.core.text import plain


@dataclass(frozen=True)
class Dump:
    """One of the files: what it is called, and how DCAT tells of it."""

    name: str
    title: str
    media_type: str
    kind: str
    """Its name in the EU's list of file types."""


JSON_LINES = Dump("inovasi.jsonl.gz", "Semua inovasi, satu objek JSON tiap baris", "application/json", "JSON")
TABLE = Dump("inovasi.csv.gz", "Semua inovasi sebagai tabel CSV", "text/csv", "CSV")
DUMPS = {dump.name: dump for dump in (JSON_LINES, TABLE)}

CODES = ("affair", "lan_type", "iga_stage", "iga_form", "sdg", "kipp_category")
"""Classifications that stand in the table; all of them are in the JSON."""
COLUMNS = (
    "id", "alamat", "judul", "instansi", "tahun", "kode_wilayah", "kabupaten_kota", "provinsi", "keberlanjutan",
    "urusan", "jenis_lan", "tahapan_iga", "bentuk_iga", "tpb_sdgs", "kategori_kipp", "penghargaan", "kompetisi",
    "inisiator", "ringkasan", "sumber", "diubah",
)  # fmt: skip
"""Headings are part of the format and not translated."""


def json_line(given: Given, site: str) -> str:
    """The innovation with all its public fields, by the names of fields.py, and who said it."""
    told = {
        "id": given.id,
        "address": site + given.path,
        "title": given.title,
        "agency": given.agency,
        "year": given.year,
        "region_code": given.region_code or None,
        "region": given.region or None,
        "province": given.province or None,
        "sustainability": given.sustainability or None,
        "changed_at": moment(given.changed_at),
        "fields": dict(given.facts),
        "sources": [
            {"source": o.key, "name": o.name, "id": o.external_id, "licence": o.licence or None}
            for o in given.origins
        ],
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def row(given: Given, site: str) -> list[Any]:
    """The cells of COLUMNS. Several codes stand in words, apart by "; "; texts lose their HTML."""
    facts = given.facts
    return [
        given.id,
        site + given.path,
        given.title,
        given.agency,
        given.year or "",
        given.region_code,
        given.region,
        given.province,
        given.sustainability,
        *[_named(field, facts.get(field)) for field in CODES],
        facts.get("award") or "",
        facts.get("competition") or "",
        facts.get("initiator") or "",
        plain(description(facts)),
        "; ".join(f"{o.key} {o.external_id}" for o in given.origins),
        moment(given.changed_at),
    ]


def _named(field: str, said: Any) -> str:
    known = classification(FIELDS[field].scheme)
    codes = said if isinstance(said, list) else [said] if said else []
    return "; ".join(known.name(code) for code in codes)
