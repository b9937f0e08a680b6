"""How notices about the care of innovations and about replications read. Made of ids and codes: they cost no query."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext


def still_running(facts: dict) -> tuple[str, str]:
    """For agency admins: the yearly question."""
    sentence = ngettext(
        "Masih berjalan? %(num)s inovasi instansi Anda perlu dijawab.",
        "Masih berjalan? %(num)s inovasi instansi Anda perlu dijawab.",
        int(facts.get("number", 1)),
    )
    return sentence, f"/katalog/instansi/{facts.get('organisation')}/utang"


def care_offered(facts: dict) -> tuple[str, str]:
    """For the admins of the organisation that is asked."""
    if facts.get("part") == "hand_over":
        sentence = _("Instansi Anda diminta mengambil alih perawatan sebuah inovasi.")
    else:
        sentence = _("Instansi Anda diminta turut merawat sebuah inovasi.")
    return sentence, f"/katalog/{facts.get('innovation')}/perawat"


def care_answered(facts: dict) -> tuple[str, str]:
    """For whoever made the offer."""
    if facts.get("state") == "accepted":
        sentence = _("Tawaran Anda untuk merawat sebuah inovasi diterima.")
    else:
        sentence = _("Tawaran Anda untuk merawat sebuah inovasi ditolak.")
    return sentence, f"/katalog/{facts.get('innovation')}"


def replication_moved(facts: dict) -> tuple[str, str]:
    """For both sides, when a replication reached a step or was given up."""
    sentences = {
        "interest": _("Sebuah instansi berminat mereplikasi inovasi."),
        "agreement": _("Replikasi mencapai kesepakatan."),
        "approval": _("Replikasi disetujui pimpinan instansi penerima."),
        "implementation": _("Replikasi sudah diterapkan di instansi penerima."),
        "ended": _("Sebuah replikasi dihentikan. Lihat alasannya."),
    }
    sentence = sentences.get(facts.get("state", ""), _("Ada kabar tentang sebuah replikasi."))
    return sentence, f"/replikasi/{facts.get('replication')}"


NOTICES = {
    "still-running": still_running,
    "care-offered": care_offered,
    "care-answered": care_answered,
    "replication-moved": replication_moved,
}
