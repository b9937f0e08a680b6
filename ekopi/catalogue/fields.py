"""Every field an innovation can have, in the order a page shows them: its name, kind of value and words.

A field that a source does not speak of is left out of `facts`; no field is ever empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

HTML_LIMIT = 60_000
"""Characters of a text field, tags counted."""
TITLE_LIMIT = 300
TEXT_LIMIT = 2_000
"""Characters of any other short text."""


@dataclass(frozen=True)
class Field:
    """A field of `kind`:

    html   safe HTML (sources/cleaning), at most HTML_LIMIT characters
    text   one line of plain text
    url    an http or https address
    year   1900 or later, a whole number
    date   "YYYY-MM-DD"
    number, whole, boolean
    region a Kemendagri code with dots, "35" or "35.78"
    terms  a list of codes of the classification `scheme`
    choice one of `choices`
    """

    kind: str
    label: Any
    scheme: str = ""
    choices: tuple[str, ...] = ()


FIELDS: dict[str, Field] = {
    "title": Field("text", _l("Judul")),
    "acronym": Field("text", _l("Singkatan")),
    "summary": Field("html", _l("Ringkasan")),
    "problem": Field("html", _l("Latar Belakang")),
    "goal": Field("html", _l("Tujuan")),
    "novelty": Field("html", _l("Kebaruan")),
    "how": Field("html", _l("Cara Kerja")),
    "impact": Field("html", _l("Dampak")),
    "benefit": Field("html", _l("Manfaat")),
    "resources": Field("html", _l("Sumber Daya")),
    "sustainability_plan": Field("html", _l("Strategi Keberlanjutan")),
    "replication_keys": Field("html", _l("Kunci Replikasi")),
    "drivers": Field("html", _l("Faktor Pendorong")),
    "obstacles": Field("html", _l("Faktor Penghambat")),
    "inspiration": Field("html", _l("Inspirasi")),
    "difference": Field("html", _l("Pembeda")),
    "agency": Field("text", _l("Instansi")),
    "unit": Field("text", _l("Unit Pelaksana")),
    "initiator": Field("text", _l("Inisiator")),
    "region_code": Field("region", _l("Wilayah")),
    "region_said": Field("text", _l("Wilayah Menurut Sumber")),
    "latitude": Field("number", _l("Lintang")),
    "longitude": Field("number", _l("Bujur")),
    "year": Field("year", _l("Tahun")),
    "trial_on": Field("date", _l("Mulai Uji Coba")),
    "started_on": Field("date", _l("Mulai Diterapkan")),
    "developed_on": Field("date", _l("Dikembangkan")),
    "lan_type": Field("terms", _l("Jenis Inovasi"), "lan_type"),
    "lan_category": Field("terms", _l("Kategori LAN"), "lan_category"),
    "innovator_group": Field("terms", _l("Kelompok Inovator"), "innovator_group"),
    "iga_stage": Field("terms", _l("Tahapan Inovasi"), "iga_stage"),
    "iga_form": Field("terms", _l("Bentuk Inovasi"), "iga_form"),
    "iga_initiator": Field("terms", _l("Jenis Inisiator"), "iga_initiator"),
    "iga_theme": Field("terms", _l("Tema IGA"), "iga_theme"),
    "is_digital": Field("boolean", _l("Digital")),
    "affair": Field("terms", _l("Urusan Pemerintahan"), "affair"),
    "affairs": Field("terms", _l("Urusan Beririsan"), "affair"),
    "kipp_category": Field("terms", _l("Kategori KIPP"), "kipp_category"),
    "kipp_group": Field("terms", _l("Kelompok KIPP"), "kipp_group"),
    "sdg": Field("terms", _l("TPB (SDGs)"), "sdg"),
    "competition": Field("text", _l("Kompetisi")),
    "award": Field("text", _l("Penghargaan")),
    "registration": Field("text", _l("Nomor Registrasi")),
    "maturity": Field("number", _l("Skor Kematangan")),
    "replications_claimed": Field("whole", _l("Jumlah Replikasi Menurut Sumber")),
    "sustainability": Field(
        "choice", _l("Keberlanjutan"), "sustainability", ("continuing", "growing", "stopped")
    ),
    "sustainability_reason": Field("text", _l("Alasan")),
    "sustainability_on": Field("date", _l("Keadaan per Tanggal")),
    "link": Field("url", _l("Tautan")),
    "video": Field("url", _l("Video")),
    "picture": Field("url", _l("Gambar")),
}

HTML_FIELDS = tuple(name for name, field in FIELDS.items() if field.kind == "html")
TERM_FIELDS = tuple(name for name, field in FIELDS.items() if field.kind == "terms")
