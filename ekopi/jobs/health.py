"""What `ekopi doctor` says of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from ekopi.core import clock, registry
from ekopi.core.doctor import Finding
from ekopi.jobs import queries

LATE = timedelta(minutes=10)
"""A job that has waited so long shows that the workers do not keep up."""


def register_checks() -> None:
    registry.register("doctor", "jobs", findings)


def findings() -> Iterator[Finding]:
    """Is a worker alive, does nothing wait too long, has nothing failed."""
    alive = queries.workers()
    if alive:
        names = ", ".join(beat.executor_id for beat in alive)
        yield Finding("baik", "jobs-worker", _("Pekerja hidup: %(names)s.", names=names))
    else:
        yield Finding(
            "peringatan",
            "jobs-worker",
            _("Tidak ada pekerja yang hidup; surel dan tugas malam menunggu."),
            _("Jalankan `ekopi run` (pekerja ikut berjalan) atau `ekopi worker`."),
        )
    counts, oldest = queries.counts(), queries.oldest_waiting()
    if oldest is not None and alive and clock.now() - oldest > LATE:
        yield Finding(
            "peringatan",
            "jobs-waiting",
            _("Ada pekerjaan yang menunggu lebih dari 10 menit."),
            _("Lihat `ekopi jobs list`; tambah pekerja dengan `ekopi worker --slot 1` bila antrean panjang."),
        )
    if counts["failed"]:
        yield Finding(
            "peringatan",
            "jobs-failed",
            ngettext("%(num)s pekerjaan gagal.", "%(num)s pekerjaan gagal.", counts["failed"]),
            _(
                "Lihat sebabnya di /kelola/pekerjaan atau `ekopi jobs list --state failed`, lalu ulangi atau buang."
            ),
        )
    else:
        yield Finding("baik", "jobs-failed", _("Tidak ada pekerjaan yang gagal."))
