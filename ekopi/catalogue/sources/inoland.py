"""Inoland: LAN's directory. Four shapes of it are known:

the dump of its forerunner AplikINOVASI (2018), the API's items, posts of Laboratorium Inovasi that describe an
innovation, and ideas of a Diagnose workshop. Their numbers are of different lists and get a prefix each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ekopi.catalogue.sources.base import Broken, Regions, Rows, Translated, listed
from ekopi.catalogue.sources.drafting import Draft, external_id_of, fields_of, made_id


def fill(draft: Draft) -> None:
    """An item of the API; also for those that reach us by JIPPNas."""
    draft.title("judul_inovasi", "judul", "nama_inovasi")
    place = draft.agency("agency", "instansi.nama", "instansi.name", "instansi", "nama_instansi", "kld")
    unit = draft.agency("unit", "upp", "unit_instansi", "unit")
    draft.region(
        code=draft.get("wilayah.id_kabkot", "id_kabkot", "kode_wilayah"),
        name=draft.get("wilayah.kabkot", "wilayah.nama", "kabkot"),
        province=draft.get("wilayah.provinsi", "provinsi"), places=(place, unit), bps=True,
    )  # fmt: skip
    draft.html("summary", "deskripsi", "ringkasan")
    draft.html("goal", "tujuan")
    draft.html("novelty", "kebaruan")
    draft.html("benefit", "manfaat")
    draft.year("tahun", "tahun_inovasi", "tahun_implementasi")
    draft.line("initiator", "inovator")
    draft.terms("affair", "urusan.nama", "urusan")
    draft.terms("sdg", "id_sdgs", "sdgs.id", "sdgs.nama", "sdgs")
    draft.url("link", "link", "url")
    draft.url("video", "video", "link_video")


class Inoland:
    """One record per innovation (or idea) of LAN's directories."""

    key = "inoland"
    name = "Inoland"
    owner = "Lembaga Administrasi Negara"
    licence = ""
    headers = listed(
        "id nama_inovasi produk_inovasi penggagas nama_instansi unit_instansi tahun_inisiasi tahun_implementasi deskripsi faktor_pendorong "
        "faktor_penghambat tahapan_proses manfaat prasyarat_replikasi jenis_inovasi kelompok_inovator provinsi kabkota judul_inovasi judul "
        "tahun inovator kld id_kabkot id_sdgs agency_id_panrb ide lokus opd"
    )

    def items(self, reader: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
        yield from reader.rows()

    def external_id(self, raw: dict[str, Any]) -> str:
        if isinstance(raw, Broken):
            return ""
        said = fields_of(raw)
        return external_id_of(_prefix(said), said.get("id"))

    def translate(self, row: int, raw: dict[str, Any], regions: Regions) -> Translated:
        draft = Draft(raw, regions)
        shape = _prefix(draft.said)
        {"aplikinovasi-": self._directory, "labinov-": self._post, "ide-": self._idea}.get(shape, fill)(draft)
        made = self.external_id(raw)
        if not made:
            draft.notes.append("made-id")
            made = made_id(
                draft.facts.get("region_said"),
                draft.get("nama_instansi", "instansi", "opd"),
                draft.facts["title"],
            )
        return draft.done(made)

    @staticmethod
    def _directory(draft: Draft) -> None:
        """The dump: each long text as it was stored (`x_html`) or without its HTML (`x`)."""
        draft.title("nama_inovasi")
        places = (draft.agency("agency", "nama_instansi"), draft.agency("unit", "unit_instansi"))
        draft.region(
            code=draft.get("kabkota_id", "provinsi_id"), name=draft.get("kabkota"), province=draft.get("provinsi"),
            places=places, bps=True,
        )  # fmt: skip
        for field, name in (
            ("summary", "deskripsi"), ("how", "tahapan_proses"), ("impact", "outcome"), ("benefit", "manfaat"),
            ("drivers", "faktor_pendorong"), ("obstacles", "faktor_penghambat"), ("replication_keys", "prasyarat_replikasi"),
        ):  # fmt: skip
            draft.html(field, f"{name}_html", name)
        if "impact" not in draft.facts:
            draft.html("impact", "output_html", "output")
        draft.year("tahun_implementasi", "tahun_inisiasi")
        draft.line("initiator", "penggagas")
        draft.terms("lan_type", "jenis_inovasi")
        draft.terms("lan_category", "kategori")
        draft.terms("innovator_group", "kelompok_inovator")

    @staticmethod
    def _post(draft: Draft) -> None:
        draft.title("judul")
        place = draft.agency("agency", "lokus")
        draft.region(code=draft.get("kode_wilayah"), name=draft.get("lokus"), places=(place,))
        draft.html("summary", "deskripsi_html", "deskripsi")
        draft.year("tahun", "tanggal")

    @staticmethod
    def _idea(draft: Draft) -> None:
        draft.notes.append("idea")
        draft.title("ide")
        place = draft.agency("agency", "lokus")
        draft.agency("unit", "opd")
        draft.region(code=draft.get("kode_wilayah"), name=draft.get("lokus"), places=(place,))
        draft.year("tahun")


def _prefix(said: dict[str, Any]) -> str:
    if "ide" in said and "judul" not in said:
        return "ide-"
    if "nama_inovasi" in said and (
        "produk_inovasi" in said or "tahapan_proses" in said or "kelompok_inovator" in said
    ):
        return "aplikinovasi-"
    if "lokus" in said and "judul" in said:
        return "labinov-"
    return ""
