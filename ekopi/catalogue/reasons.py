"""Why two records may speak of one innovation, as sentences: words for matching/score.REASONS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

SAME, DIFFERENT, NEITHER = "ok", "bad", ""
ENOUGH = 0.05
"""Points below which a reason speaks for neither side."""

PLACES = {
    "same": _l("Daerahnya sama."),
    "within": _l("Yang satu menyebut provinsi, yang lain daerah di dalamnya."),
    "other": _l("Daerahnya berbeda."),
    "unknown": _l("Daerah salah satu catatan tidak diketahui."),
}
AGENCIES = {
    "same": _l("Instansinya sama."),
    "like": _l("Instansinya mirip."),
    "other": _l("Instansinya berbeda."),
    "units": _l("Unitnya dua unit yang sejenis, misalnya dua puskesmas."),
    "unknown": _l("Instansinya tidak dapat dibandingkan."),
}


@dataclass(frozen=True)
class Reason:
    """A sentence, and whether it speaks for one innovation (SAME), for two (DIFFERENT) or for NEITHER."""

    sentence: str
    tone: str


def reasons(said: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """The reasons of a pair, the weightiest first; what a newer rule says and we have no words for is left out."""
    ordered = sorted(said, key=lambda reason: -abs(reason.get("points") or 0))
    found = ((_sentence(reason), reason.get("points") or 0) for reason in ordered)
    return [Reason(sentence, _tone(points)) for sentence, points in found if sentence]


def _tone(points: float) -> str:
    if abs(points) < ENOUGH:
        return NEITHER
    return SAME if points > 0 else DIFFERENT


def _sentence(reason: Mapping[str, Any]) -> str:
    code = reason.get("code")
    if code == "name":
        return _("Kata-kata judulnya %(percent)s%% sama.", percent=reason["likeness"])
    if code == "acronym":
        if reason.get("generic"):
            return _(
                "Keduanya memakai singkatan “%(name)s”, yang dipakai banyak inovasi.", name=reason["acronym"]
            )
        return _("Keduanya memakai nama pendek “%(name)s”.", name=reason["acronym"])
    if code == "other-acronym":
        return _("Singkatannya berbeda: %(names)s.", names=_both(reason["acronyms"]))
    if code == "other-words":
        return _("Kata ini hanya ada di salah satu judul: %(words)s.", words=", ".join(reason["words"]))
    if code == "other-number":
        return _("Nomor di judulnya berbeda: %(numbers)s.", numbers=_both(reason["numbers"]))
    if code == "text":
        return _(
            "Isi teksnya %(percent)s%% sama (%(shared)s kata penting ada di keduanya).",
            percent=reason["likeness"], shared=reason["shared"],
        )  # fmt: skip
    if code == "place":
        return str(PLACES.get(reason["relation"], ""))
    if code == "agency":
        return str(AGENCIES.get(reason["relation"], ""))
    if code == "year":
        return _year(reason.get("apart"))
    if code == "same-source":
        return _("Satu sumber memberi keduanya nomor sendiri pada tahun yang sama.")
    return ""


def _both(two: list[str]) -> str:
    return _("%(one)s dan %(other)s", one=two[0] or _("tanpa nomor"), other=two[1] or _("tanpa nomor"))


def _year(apart: int | None) -> str:
    if apart is None:
        return _("Tahun salah satu catatan tidak diketahui.")
    if apart == 0:
        return _("Tahunnya sama.")
    return _("Tahunnya berjarak %(n)s tahun.", n=apart)
