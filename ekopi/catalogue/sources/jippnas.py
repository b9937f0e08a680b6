"""JIPPNas: the national network's records, and the items it pulls itself from Inoland, Proper Expo, Tuxedovation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ekopi.catalogue.sources import inoland, tuxedovation
from ekopi.catalogue.sources.base import Broken, Regions, Rows, Translated, listed
from ekopi.catalogue.sources.drafting import Draft, external_id_of, fields_of, made_id


class Jippnas:
    """One record per innovation; pulled items keep the number of where they are from, with a prefix."""

    key = "jippnas"
    name = "JIPPNas"
    owner = "Kementerian PANRB"
    licence = ""
    headers = listed(
        "no_registrasi tahun judul jenis institusi upp wilayah provinsi sdgs kategori_oecd rb_tematik penghargaan kompetisi tahun_implementasi "
        "inovator pemangku video jumlah_replikasi keberlanjutan alasan status last_update ringkasan latar_belakang tujuan kebaruan "
        "evaluasi_dampak adaptasi_replikasi sumber_daya strategi_keberlanjutan"
    )

    def items(self, reader: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
        yield from reader.rows()

    def external_id(self, raw: dict[str, Any]) -> str:
        if isinstance(raw, Broken):
            return ""
        said = fields_of(raw)
        kind = _pulled(said)
        if kind == "tuxedovation":
            link = said.get("link") or said.get("url")
            return external_id_of("tuxedovation-", said.get("id") or tuxedovation.number_in(link))
        if kind:
            return external_id_of(f"{kind}-", said.get("id"))
        return external_id_of(
            "",
            said.get("no_registrasi")
            or said.get("kode_nri")
            or said.get("nomor_registrasi")
            or said.get("id"),
        )

    def translate(self, row: int, raw: dict[str, Any], regions: Regions) -> Translated:
        draft = Draft(raw, regions)
        kind = _pulled(draft.said)
        {"inoland": inoland.fill, "tuxedovation": tuxedovation.fill, "proper": self._proper}.get(
            kind, self._own
        )(draft)
        made = self.external_id(raw)
        if not made:
            draft.notes.append("made-id")
            made = made_id(
                draft.get("tahun"), draft.get("institusi", "instansi", "pemda"), draft.facts["title"]
            )
        return draft.done(made)

    @staticmethod
    def _own(draft: Draft) -> None:
        draft.title("judul", "judul_inovasi", "nama_inovasi")
        places = (
            draft.agency("agency", "institusi", "instansi"),
            draft.agency("unit", "upp", "unit_pelayanan_publik"),
        )
        draft.region(
            code=draft.get("kode_wilayah"), name=draft.get("wilayah", "kabupaten_kota"),
            province=draft.get("provinsi"), places=places,
        )  # fmt: skip
        draft.html("summary", "ringkasan")
        draft.html("problem", "latar_belakang")
        draft.html("goal", "tujuan")
        draft.html("novelty", "kebaruan")
        draft.html("impact", "evaluasi_dampak", "evaluasi_dan_dampak", "dampak")
        draft.html("replication_keys", "adaptasi_replikasi", "adaptasi_replikasi_scaling_up", "adaptabilitas")
        draft.html("resources", "sumber_daya")
        draft.html("sustainability_plan", "strategi_keberlanjutan")
        draft.html("how", "implementasi", "cara_kerja")
        draft.year("tahun_implementasi", "tahun")
        draft.line("registration", "no_registrasi", "kode_nri", "nomor_registrasi")
        draft.line("initiator", "inovator")
        draft.line("competition", "kompetisi")
        draft.line("award", "penghargaan")
        draft.terms("sdg", "sdgs", "sdg")
        draft.whole("replications_claimed", "jumlah_replikasi")
        draft.sustainability(
            ("keberlanjutan", "status_keberlanjutan"),
            ("alasan",),
            ("last_update", "tanggal_pembaruan", "updated_at"),
        )
        draft.url("video", "video", "link_video")
        draft.url("link", "link", "tautan", "url")

    @staticmethod
    def _proper(draft: Draft) -> None:
        """Proper Expo: projects of leadership training; `nama` is the author's."""
        draft.title("judul", "judul_proper", "title")
        place = draft.agency("agency", "instansi", "nama_instansi")
        unit = draft.agency("unit", "unit_kerja", "unit")
        draft.region(
            name=draft.get("wilayah", "kabkot"), province=draft.get("provinsi"), places=(place, unit)
        )
        draft.html("summary", "deskripsi", "ringkasan", "abstrak")
        draft.html("goal", "tujuan")
        draft.html("benefit", "manfaat")
        draft.year("tahun", "angkatan", "tanggal")
        draft.line("initiator", "nama", "nama_peserta")
        draft.url("link", "link", "url")
        draft.url("video", "video")


def _pulled(said: dict[str, Any]) -> str:
    """Where an item that JIPPNas pulled is from; "" for a record of its own."""
    if "no_registrasi" in said or "institusi" in said:
        return ""
    if "judul_inovasi" in said and ("kld" in said or "id_kabkot" in said or "agency_id_panrb" in said):
        return "inoland"
    if "title" in said and ("pemda" in said or tuxedovation.number_in(said.get("link") or said.get("url"))):
        return "tuxedovation"
    if "judul" in said and "nama" in said and "instansi" in said:
        return "proper"
    return ""
