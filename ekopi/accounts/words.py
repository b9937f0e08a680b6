"""What kinds and states are called on pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ekopi.core import clock

ROLES = {
    "admin": _l("Admin"),
    "auditor": _l("Auditor"),
    "agency_admin": _l("Admin Instansi"),
    "author": _l("Penulis Kursus"),
    "curator": _l("Kurator"),
    "coach": _l("Pendamping"),
    "coordinator": _l("Koordinator"),
    "innovator": _l("Inovator"),
}
ORGANISATIONS = {
    "ministry": _l("Kementerian"),
    "agency": _l("Lembaga"),
    "province": _l("Pemerintah Provinsi"),
    "regency": _l("Pemerintah Kabupaten"),
    "city": _l("Pemerintah Kota"),
    "unit": _l("Unit Kerja"),
}
MEMBERSHIPS = {
    "claimed": _l("Menunggu Konfirmasi"),
    "confirmed": _l("Terkonfirmasi"),
    "ended": _l("Berakhir"),
}
PERSONS = {
    "pending": _l("Menunggu Konfirmasi Surel"),
    "active": _l("Aktif"),
    "disabled": _l("Dinonaktifkan"),
    "erased": _l("Dihapus"),
}
SCOPES = {
    "profile:read": _l("Membaca nama, surel, keanggotaan, dan peran Anda"),
    "learning:read": _l("Membaca kursus yang Anda ikuti dan kemajuannya"),
    "learning:write": _l("Mendaftar ke kursus atas nama Anda"),
    "certificates:read": _l("Membaca sertifikat Anda"),
    "records:read": _l("Membaca inovasi yang hanya terbuka bagi instansi Anda"),
    "replications:read": _l("Membaca replikasi yang diikuti instansi Anda"),
    "replications:write": _l("Mencatat minat mereplikasi atas nama instansi Anda"),
}
"""What a token of the API may be allowed -> the words for it. What is public needs none."""
LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
ZONES = [
    ("Asia/Jakarta", _l("WIB (Jakarta, Bandung, Medan, Pontianak)")),
    ("Asia/Makassar", _l("WITA (Makassar, Denpasar, Samarinda, Kupang)")),
    ("Asia/Jayapura", _l("WIT (Jayapura, Ambon, Sorong)")),
]
assert {zone for zone, _name in ZONES} == set(clock.ZONES)
