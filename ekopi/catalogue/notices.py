"""How notices about the care of innovations and about replications read. They cost no query.

Made of ids, codes, and the innovation's title as it was when the notice was written.
"""

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
    title = facts.get("title", "")
    if facts.get("part") == "hand_over":
        sentence = _("Instansi Anda diminta mengambil alih perawatan inovasi “%(title)s”.", title=title)
    else:
        sentence = _("Instansi Anda diminta turut merawat inovasi “%(title)s”.", title=title)
    return sentence, f"/katalog/{facts.get('innovation')}/perawat"


def care_answered(facts: dict) -> tuple[str, str]:
    """For whoever made the offer."""
    title = facts.get("title", "")
    if facts.get("state") == "accepted":
        sentence = _("Tawaran Anda untuk merawat inovasi “%(title)s” diterima.", title=title)
    else:
        sentence = _("Tawaran Anda untuk merawat inovasi “%(title)s” ditolak.", title=title)
    return sentence, f"/katalog/{facts.get('innovation')}"


def replication_moved(facts: dict) -> tuple[str, str]:
    """For both sides, when a replication reached a step or was given up."""
    title = facts.get("title", "")
    sentences = {
        "interest": _("Sebuah instansi berminat mereplikasi inovasi “%(title)s”.", title=title),
        "agreement": _("Replikasi “%(title)s” mencapai kesepakatan.", title=title),
        "approval": _("Replikasi “%(title)s” disetujui pimpinan instansi penerima.", title=title),
        "implementation": _("Replikasi “%(title)s” sudah diterapkan di instansi penerima.", title=title),
        "ended": _("Replikasi “%(title)s” dihentikan. Lihat alasannya.", title=title),
    }
    sentence = sentences.get(facts.get("state", ""), _("Ada kabar tentang sebuah replikasi."))
    return sentence, f"/replikasi/{facts.get('replication')}"


NOTICES = {
    "still-running": still_running,
    "care-offered": care_offered,
    "care-answered": care_answered,
    "replication-moved": replication_moved,
}
