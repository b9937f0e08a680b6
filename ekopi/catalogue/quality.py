"""How good a record is, 0 to 100, and what its owner can mend. Computed at save.

Five parts of 20 points: complete, dated, evidenced, region known, somebody looks after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

TEXTS = ("summary", "problem", "goal", "novelty", "how", "impact", "resources", "replication_keys")
ENOUGH = 5
"""Of TEXTS, for the whole of the first part."""

MENDING = {
    "complete": _l("Lengkapi bagian cerita: paling tidak lima dari latar belakang, tujuan, kebaruan, cara kerja, dampak, sumber daya, dan kunci replikasi."),
    "dated": _l("Isi tahun atau tanggal mulai diterapkan."),
    "evidenced": _l("Tambahkan bukti: penghargaan, video, tautan, atau dampak dengan angka."),
    "region": _l("Isi kabupaten, kota, atau provinsi tempat inovasi ini berjalan."),
    "cared_for": _l("Tetapkan instansi yang merawat catatan ini."),
}  # fmt: skip


def parts(facts: Mapping[str, Any], *, owned: bool) -> dict[str, int]:
    """{part: points of 20}, in the order of MENDING. `facts` are the values shown, by field."""
    told = sum(1 for field in TEXTS if facts.get(field))
    proofs = [facts.get(field) for field in ("award", "video", "link")]
    counted = any(c.isdigit() for c in str(facts.get("impact") or ""))
    return {
        "complete": 20 * min(told, ENOUGH) // ENOUGH,
        "dated": 20 if facts.get("started_on") else 12 if facts.get("year") else 0,
        "evidenced": min(20, 8 * sum(1 for proof in proofs if proof) + (12 if counted else 0)),
        "region": 20 if "." in (facts.get("region_code") or "") else 12 if facts.get("region_code") else 0,
        "cared_for": 20 if owned else 0,
    }


def score(facts: Mapping[str, Any], *, owned: bool) -> int:
    """The sum of the parts."""
    return sum(parts(facts, owned=owned).values())
