"""Tuxedovation: Kemendagri's showcase of regional innovations for replication; short items that lead to a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ekopi.catalogue.sources.base import Broken, Regions, Rows, Translated, listed
from ekopi.catalogue.sources.drafting import Draft, external_id_of, fields_of, made_id

_DETAIL = re.compile(r"detail_inovasi/([\w-]{1,60})", re.I)


def number_in(link: Any) -> str:
    """The number in an item's address, ".../detail_inovasi/<id>"; "" without."""
    found = _DETAIL.search(str(link or ""))
    return found[1] if found else ""


def fill(draft: Draft) -> None:
    """An item's fields; also for items that reach us by JIPPNas."""
    draft.title("title", "judul", "judul_inovasi", "nama_inovasi")
    place = draft.agency("agency", "pemda", "nama_pemda", "instansi")
    draft.region(
        code=draft.get("kode_wilayah"), name=draft.get("wilayah") or place or draft.get("pemda"),
        province=draft.get("provinsi"), places=(place,),
    )  # fmt: skip
    draft.html("summary", "description", "deskripsi", "ringkasan")
    draft.year("tahun", "year", "date", "tanggal")
    draft.terms("iga_theme", "theme", "tema", "tematik")
    draft.url("link", "link", "url", "href")
    draft.url("picture", "image", "gambar", "thumbnail")
    draft.url("video", "video", "link_video")


class Tuxedovation:
    """One record per item of its list."""

    key = "tuxedovation"
    name = "Tuxedovation"
    owner = "BSKDN Kementerian Dalam Negeri"
    licence = ""
    headers = listed("id link title judul image pemda date tanggal theme tema video description deskripsi")

    def items(self, reader: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
        yield from reader.rows()

    def external_id(self, raw: dict[str, Any]) -> str:
        if isinstance(raw, Broken):
            return ""
        said = fields_of(raw)
        return external_id_of(
            "", said.get("id") or number_in(said.get("link") or said.get("url") or said.get("href"))
        )

    def translate(self, row: int, raw: dict[str, Any], regions: Regions) -> Translated:
        draft = Draft(raw, regions)
        fill(draft)
        made = self.external_id(raw)
        if not made:
            draft.notes.append("made-id")
            made = made_id(draft.get("pemda"), "", draft.facts["title"])
        return draft.done(made)
