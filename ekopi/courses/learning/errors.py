"""Refusals of learning."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ekopi.core.errors import Refused


class CourseFull(Refused):
    code = "course-full"
    message = _l("Semua tempat di kursus ini sudah terisi.")
    remedy = _l(
        "Coba lagi nanti: tempat terbuka kembali bila ada peserta yang keluar. Kursus lain dapat Anda ikuti sekarang."
    )
    way = ("/kursus", _l("Lihat Kursus Lain"))


class NeedsInvitation(Refused):
    code = "needs-invitation"
    status = 403
    message = _l("Kursus ini hanya dapat diikuti melalui tautan undangan.")
    remedy = _l("Minta tautannya kepada penyelenggara kursus, lalu buka tautan itu.")


class NotEnrolled(Refused):
    code = "not-enrolled"
    message = _l("Anda tidak sedang mengikuti kursus ini.")
    remedy = _l("Buka halaman kursus, lalu pilih Ikuti Kursus. Yang sudah Anda selesaikan tetap tersimpan.")


class ModuleClosed(Refused):
    code = "module-closed"
    message = _l("Materi ini terbuka setelah modul prasyaratnya selesai.")
    remedy = _l("Buka materi ini untuk melihat apa yang masih perlu diselesaikan.")


class DecidedAlready(Refused):
    code = "decided-already"
    message = _l("Permintaan ini sudah diputuskan atau sudah ditarik.")
    remedy = _l("Muat ulang daftar permintaan.")


class CompletedStays(Refused):
    code = "completed-stays"
    message = _l("Kursus ini sudah Anda selesaikan, jadi tidak dapat ditinggalkan lagi.")
    remedy = _l("Sertifikat dan JP Anda tetap berlaku. Anda boleh membuka materinya kapan saja.")
