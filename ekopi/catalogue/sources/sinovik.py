"""Sinovik: proposals of the public service innovation competition (KIPP) of KemenPANRB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ekopi.catalogue.sources.base import Broken, Regions, Rows, Translated, listed
from ekopi.catalogue.sources.cleaning import truth_of, url_of
from ekopi.catalogue.sources.drafting import Draft, external_id_of, fields_of, made_id

TITLE = ("judul", "judul_inovasi", "nama_inovasi")


class Sinovik:
    """One record per proposal."""

    key = "sinovik"
    name = "Sinovik"
    owner = "Kementerian PANRB"
    licence = ""
    headers = listed(
        "id tahun kompetisi kelompok kategori judul judul_inovasi instansi upp wilayah provinsi penghargaan sdgs tanggal_implementasi "
        "aplikasi video ringkasan latar_belakang_tujuan latar_belakang kebaruan implementasi signifikansi adaptabilitas "
        "sumber_daya strategi_keberlanjutan inspirasi proses pembeda"
    )

    def items(self, reader: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
        yield from reader.rows()

    def external_id(self, raw: dict[str, Any]) -> str:
        if isinstance(raw, Broken):
            return ""
        said = fields_of(raw)
        return external_id_of("", said.get("id") or said.get("id_inovasi") or said.get("nomor_registrasi"))

    def translate(self, row: int, raw: dict[str, Any], regions: Regions) -> Translated:
        draft = Draft(raw, regions)
        draft.title(*TITLE)
        places = (
            draft.agency("agency", "instansi", "nama_instansi"),
            draft.agency("unit", "upp", "unit_pelayanan_publik"),
        )
        draft.region(
            code=draft.get("kode_wilayah"), name=draft.get("wilayah", "kabupaten_kota", "kabkota"),
            province=draft.get("provinsi"), places=places,
        )  # fmt: skip
        draft.html("summary", "ringkasan", "abstrak")
        draft.html(
            "problem", "latar_belakang_tujuan", "latar_belakang_dan_tujuan", "latar_belakang", "permasalahan"
        )
        draft.html("goal", "tujuan")
        draft.html("novelty", "kebaruan", "kebaruan_nilai_tambah")
        draft.html("how", "implementasi", "implementasi_inovasi", "proses")
        draft.html("impact", "signifikansi", "dampak")
        draft.html("replication_keys", "adaptabilitas", "transferabilitas", "replikasi")
        draft.html("resources", "sumber_daya")
        draft.html("sustainability_plan", "strategi_keberlanjutan", "keberlanjutan")
        draft.html("inspiration", "inspirasi")
        draft.html("difference", "pembeda")
        draft.year("tahun", "tahun_kompetisi", "tanggal_implementasi")
        draft.date("started_on", "tanggal_implementasi", "waktu_implementasi")
        draft.line("initiator", "inovator", "inisiator")
        draft.line("competition", "kompetisi")
        draft.line("award", "penghargaan")
        draft.line("registration", "nomor_registrasi", "no_registrasi")
        draft.terms("kipp_group", "kelompok")
        draft.terms("kipp_category", "kategori")
        draft.terms("sdg", "sdgs", "sdg", "tpb")
        self._application(draft)
        draft.url("video", "video", "link_video")
        made = self.external_id(raw)
        if not made:
            draft.notes.append("made-id")
            made = made_id(draft.get("tahun"), draft.get("instansi"), draft.facts["title"])
        return draft.done(made)

    @staticmethod
    def _application(draft: Draft) -> None:
        """The form asks whether it is an application; people answer with its address, too."""
        value = draft.get("aplikasi", "apakah_aplikasi")
        address = url_of(value)
        if address:
            draft.url("link", "aplikasi", "apakah_aplikasi")
            draft.facts["is_digital"] = True
        elif truth_of(value) is not None:
            draft.truth("is_digital", "aplikasi", "apakah_aplikasi")
