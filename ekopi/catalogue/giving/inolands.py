"""The JSON that JIPPNas pulls from Inoland: {"success": true, "data": [...]}, with the keys and types it reads.

Numbers are numbers, what is not known is null. `id_kabkot` is BPS's code, as Inoland has it, where BPS has one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ekopi.catalogue.classifications import classification
from ekopi.catalogue.given import Given
from ekopi.catalogue.sources.regions import bps_code

EDITION = "1"
"""Of this shape; part of the ETag, so that a new release of ours is read anew."""
TOLD = ("summary", "problem", "goal", "how", "benefit", "impact")
"""The first of these that is told is the description."""
OPENING, BETWEEN, CLOSING = '{"success": true, "data": [', ", ", "]}"
_PICTURE = re.compile(r"""<img\b[^>]*?\bsrc="picture:[^"]*"[^>]*>""")


def item(given: Given) -> dict[str, Any]:
    """One innovation as Inoland's API tells it."""
    facts = given.facts
    sdg = next((int(code) for code in facts.get("sdg") or () if str(code).isdigit()), None)
    place = bps_code(given.region_code) if given.region_code else None
    return {
        "id": given.id,
        "judul_inovasi": given.title,
        "tahun": given.year,
        "inovator": facts.get("initiator") or facts.get("unit"),
        "kld": given.agency,
        "deskripsi": description(facts),
        "id_kabkot": place,
        "id_sdgs": sdg,
        "agency_id_panrb": given.agency_number,
        "wilayah": _place(given, place),
        "sdgs": {"id": sdg, "nama": classification("sdg").name(str(sdg))} if sdg else None,
        "instansi": {"agency_id": given.agency_number, "nama": given.agency} if given.agency else None,
    }


def description(facts: Any) -> str:
    """HTML of the first text that is told; pictures that only our own pages can show are left out."""
    told = next((facts[field] for field in TOLD if facts.get(field)), "")
    return _PICTURE.sub("", told)


def _place(given: Given, place: int | None) -> dict[str, Any] | None:
    if not given.province:
        return None
    return {"id_kabkot": place, "kabkot": given.region or None, "provinsi": given.province}


def dumped(some: Iterable[Given]) -> Iterator[str]:
    """The items of `data`, each as JSON text without what separates them."""
    for given in some:
        yield json.dumps(item(given), ensure_ascii=False)
