"""What the catalogue calls things on screen: schemes of facets, codes, sources, states."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as pgettext  # by this name it is found when words are extracted

from ekopi.catalogue import sources
from ekopi.catalogue.classifications import classifications
from ekopi.catalogue.fields import FIELDS

PARAMETERS = {
    "sustainability": "keberlanjutan",
    "affair": "urusan",
    "province": "provinsi",
    "region": "daerah",
    "agency_kind": "instansi",
    "year": "tahun",
    "lan_type": "jenis",
    "iga_stage": "tahapan",
    "iga_form": "bentuk",
    "sdg": "tpb",
    "kipp_category": "kategori",
    "digital": "digital",
    "award": "penghargaan",
    "replicated": "ditiru",
    "source": "sumber",
}
"""Scheme of a facet -> its name in the address, in the order the page shows them."""

SCHEMES: dict[str, Any] = {
    "sustainability": _l("Keberlanjutan"),
    "affair": _l("Urusan Pemerintahan"),
    "province": _l("Provinsi"),
    "region": _l("Kabupaten atau Kota"),
    "agency_kind": _l("Jenis Instansi"),
    "year": _l("Tahun"),
    "lan_type": _l("Jenis Inovasi"),
    "iga_stage": _l("Tahapan Inovasi"),
    "iga_form": _l("Bentuk Inovasi"),
    "sdg": _l("TPB (SDGs)"),
    "kipp_category": _l("Kategori KIPP"),
    "digital": _l("Digital atau Nondigital"),
    "award": _l("Penghargaan"),
    "replicated": _l("Replikasi"),
    "source": _l("Sumber"),
}

STATES: dict[str, tuple[Any, str, str]] = {
    "continuing": (_l("Berlanjut"), "ok", "check"),
    "growing": (_l("Berkembang"), "ok", "check"),
    "stopped": (_l("Berhenti"), "bad", "x"),
    "overdue": (_l("Perlu Dimutakhirkan"), "warn", "clock"),
    "": (_l("Keadaan Belum Diketahui"), "", ""),
}
"""State of an innovation -> words, tone and drawing of its chip."""

CODES: dict[str, dict[str, Any]] = {
    "sustainability": {code: words for code, (words, _tone, _pic) in STATES.items() if code},
    "agency_kind": {
        "regency": _l("Pemerintah Kabupaten"),
        "city": _l("Pemerintah Kota"),
        "province": _l("Pemerintah Provinsi"),
        "central": _l("Pusat atau tanpa wilayah"),
    },
    "digital": {"yes": _l("Digital"), "no": _l("Nondigital")},
    "award": {"yes": _l("Pernah mendapat penghargaan")},
    "replicated": {"yes": _l("Sudah ditiru")},
}
"""Codes of the schemes that are no classification, in the order the page shows them."""

STEPS: dict[str, tuple[Any, str]] = {
    "interest": (_l("Minat"), ""),
    "agreement": (_l("Kesepakatan"), "brand"),
    "approval": (pgettext("replikasi", "Persetujuan"), "brand"),
    "implementation": (_l("Implementasi"), "ok"),
}
"""Step of a replication -> words and tone of its chip."""


def source_name(key: str) -> str:
    """What a source is called; "EKOPI" for what persons wrote here."""
    adapter = sources.adapters().get(key)
    return adapter.name if adapter else "EKOPI"


def code_name(scheme: str, code: str) -> str:
    """A code in words; regions are named by their row, so their code comes back as it is."""
    if scheme in CODES:
        return str(CODES[scheme].get(code, code))
    if scheme == "source":
        return source_name(code)
    known = _newest(scheme)
    return known.name(code) if known else code


def codes_of(scheme: str) -> list[str]:
    """All codes of a closed list in its order; empty where there is none (years, regions)."""
    if scheme in CODES:
        return list(CODES[scheme])
    if scheme == "source":
        return list(sources.adapters())
    known = _newest(scheme)
    return list(known.terms) if known else []


def _newest(scheme: str):
    editions = [(edition, one) for (name, edition), one in classifications().items() if name == scheme]
    return max(editions, key=lambda pair: pair[0])[1] if editions else None


def value_words(field: str, value: Any) -> list[str]:
    """A value of fields.py in words, one entry for each code of a list."""
    kind = FIELDS[field]
    if kind.kind == "boolean":
        return [str(CODES["digital"]["yes" if value else "no"])]
    if kind.kind == "choice":
        return [str(STATES.get(value, (value, "", ""))[0])]
    if kind.kind == "terms":
        codes = value if isinstance(value, list) else [value]
        return [code_name(kind.scheme, str(code)) for code in codes]
    return [str(value)]
