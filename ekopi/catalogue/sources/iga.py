"""IGA: the yearly reports of regions for the Indeks Inovasi Daerah, as regions export them.

Regional lists of the same kind (title, unit, form, time, summary) come in here, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ekopi.catalogue.sources.base import Broken, Regions, Rows, Translated, listed
from ekopi.catalogue.sources.cleaning.values import is_nothing
from ekopi.catalogue.sources.drafting import Draft, external_id_of, fields_of, made_id
from ekopi.core.text import fold

MOST_MATURE = 250
"""More than any edition's sum of one innovation (111 in 2026)."""


class Iga:
    """One record per innovation of a region."""

    key = "iga"
    name = "Indeks Inovasi Daerah (IGA)"
    owner = "BSKDN Kementerian Dalam Negeri"
    licence = ""
    headers = listed(
        "no id_inovasi judul_inovasi judul nama_inovasi pemda nama_pemda admin_opd perangkat_daerah opd inisiator nama_inisiator bentuk_inovasi "
        "bentuk jenis jenis_inovasi asta_cipta asta_cita urusan_utama urusan_lain_yang_beririsan urusan_beririsan kematangan skor_kematangan "
        "tahapan_inovasi tahapan tanggal_input tanggal_uji_coba tanggal_penerapan tanggal_pengembangan waktu waktu_uji_coba waktu_penerapan "
        "video link_video label_kematangan lat lon latitude longitude deskripsi rancang_bangun ringkasan_dipendekkan tujuan manfaat hasil "
        "kode_wilayah tematik"
    )

    def items(self, reader: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
        yield from reader.rows()

    def external_id(self, raw: dict[str, Any]) -> str:
        if isinstance(raw, Broken):
            return ""
        said = fields_of(raw)
        national = external_id_of("", said.get("id_inovasi")) or external_id_of("", said.get("kode_inovasi"))
        if national:
            return national
        # a bare "id" counts within one region's own list: the next region begins at 1, too
        place = _place(said)
        return external_id_of(f"{place}#", said.get("id")) if place else ""

    def translate(self, row: int, raw: dict[str, Any], regions: Regions) -> Translated:
        draft = Draft(raw, regions)
        draft.title("judul_inovasi", "nama_inovasi", "judul")
        place = draft.agency("agency", "pemda", "nama_pemda", "pemerintah_daerah")
        unit = draft.agency("unit", "admin_opd", "perangkat_daerah", "opd", "nama_opd", "skpd")
        draft.region(
            code=draft.get("kode_wilayah", "kode_pemda"), name=place or draft.get("pemda", "nama_pemda", "wilayah"),
            province=draft.get("provinsi"), places=(place, unit),
        )  # fmt: skip
        draft.html(
            "summary",
            "ringkasan",
            "ringkasan_dipendekkan",
            "deskripsi",
            "deskripsi_singkat",
            "rancang_bangun",
        )
        if draft.get("rancang_bangun") and draft.get(
            "ringkasan", "deskripsi", "deskripsi_singkat", "ringkasan_dipendekkan"
        ):
            draft.html("how", "rancang_bangun")
        draft.html("problem", "latar_belakang", "permasalahan")
        draft.html("goal", "tujuan_inovasi", "tujuan")
        draft.html("benefit", "manfaat_inovasi", "manfaat", "manfaat_yang_diperoleh")
        draft.html("impact", "hasil_inovasi", "hasil", "dampak")
        draft.html("novelty", "kebaruan", "keunggulan")
        draft.date("trial_on", "tanggal_uji_coba", "waktu_uji_coba", "waktu_uji_coba_inovasi")
        draft.date(
            "started_on",
            "tanggal_penerapan",
            "waktu_penerapan",
            "waktu_inovasi_daerah_diterapkan",
            "waktu_implementasi",
        )
        draft.date("developed_on", "tanggal_pengembangan", "waktu_pengembangan")
        # the year it began to be applied; the day it was typed in says nothing of the innovation
        draft.year(
            "tanggal_penerapan",
            "waktu_penerapan",
            "waktu_implementasi",
            "waktu",
            "tahun",
            "tanggal_uji_coba",
            "waktu_uji_coba",
            "tanggal_pengembangan",
        )
        draft.terms("iga_stage", "tahapan_inovasi", "tahapan", "tahap")
        draft.terms("iga_initiator", "inisiator", "inisiator_inovasi", "inisiator_inovasi_daerah")
        draft.line("initiator", "nama_inisiator")
        draft.terms("iga_form", "bentuk_inovasi", "bentuk", "bentuk_inovasi_daerah")
        draft.terms("iga_theme", "tematik", "tema")
        draft.truth("is_digital", "jenis", "jenis_inovasi")
        draft.terms("affair", "urusan_utama", "urusan", "urusan_inovasi_daerah")
        if (
            len(draft.facts.get("affair", ())) > 1
        ):  # several in the column of the main one: the first is the main one
            first, *more = draft.facts["affair"]
            draft.facts["affair"], draft.facts["affairs"] = [first], more
        draft.terms("affairs", "urusan_lain_yang_beririsan", "urusan_beririsan", "urusan_lain")
        draft.number(
            "maturity", "kematangan", "skor_kematangan", "nilai_kematangan", least=0, most=MOST_MATURE
        )
        draft.coordinates(("lat", "latitude", "lintang"), ("lon", "lng", "long", "longitude", "bujur"))
        draft.url("video", "link_video", "video")
        draft.url("link", "link", "tautan", "url", "website")
        made = self.external_id(raw)
        if not made:
            draft.notes.append("made-id")
            made = made_id(
                draft.get("pemda", "nama_pemda"),
                draft.get("admin_opd", "perangkat_daerah", "opd"),
                draft.facts["title"],
                *([own] if (own := external_id_of("", draft.get("id"))) else ()),
            )
        return draft.done(made)


def _place(said: dict[str, Any]) -> str:
    """Whose list a record comes from, at most 80 characters: the region's code, else the government's name; or ""."""
    for name in ("kode_wilayah", "kode_pemda"):
        code = external_id_of("", said.get(name))
        if code:
            return code[:80]
    for name in ("pemda", "nama_pemda", "pemerintah_daerah", "wilayah"):
        value = said.get(name)
        if isinstance(value, str) and not is_nothing(value):
            found = fold(value).removeprefix("pemerintah ")
            if any(c.isalpha() for c in found):
                return found if len(found) <= 80 else made_id(found)
    return ""
