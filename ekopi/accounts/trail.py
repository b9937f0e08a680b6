"""The sentences of the audit trail that speak of people and organisations, and who is meant by an id."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ekopi.accounts import queries
from ekopi.core.registry import register

VERBS = {
    "account.registered": _l("%(subject)s mendaftar."),
    "account.confirmed": _l("%(subject)s mengonfirmasi alamat surelnya."),
    "account.created": _l("%(actor)s membuat akun %(subject)s."),
    "account.signed-in": _l("%(subject)s masuk."),
    "account.signed-out": _l("%(subject)s keluar."),
    "account.slowed-down": _l("Akun %(subject)s diperlambat setelah lima kata sandi yang salah."),
    "account.admin-link-made": _l("%(actor)s membuat tautan masuk sekali pakai untuk %(subject)s."),
    "account.admin-link-used": _l("%(subject)s masuk lewat tautan sekali pakai."),
    "account.confirmation-asked": _l("Surel konfirmasi diminta lagi untuk %(subject)s."),
    "account.reset-asked": _l("Kata sandi baru diminta untuk %(subject)s."),
    "account.password-reset": _l("%(subject)s membuat kata sandi baru lewat tautan surel."),
    "account.password-changed": _l("%(subject)s mengubah kata sandinya."),
    "account.password-given": _l("%(subject)s memasukkan kata sandinya lagi."),
    "account.name-changed": _l("%(actor)s mengubah nama %(subject)s."),
    "account.preferences-changed": _l("%(subject)s mengubah zona waktu atau bahasanya."),
    "account.nip-set": _l("%(subject)s mengisi NIP."),
    "account.nip-removed": _l("%(subject)s menghapus NIP."),
    "account.email-asked": _l("%(subject)s meminta perubahan alamat surel."),
    "account.email-changed": _l("%(subject)s mengganti alamat surelnya."),
    "account.sign-in-ended": _l("%(subject)s mengakhiri salah satu sesinya."),
    "account.sign-ins-ended": _l("%(subject)s mengakhiri semua sesinya yang lain."),
    "account.token-made": _l("%(subject)s membuat token API."),
    "account.token-ended": _l("%(subject)s mengakhiri token API."),
    "account.data-downloaded": _l("%(subject)s mengunduh datanya."),
    "account.disabled": _l("%(actor)s menonaktifkan akun %(subject)s."),
    "account.enabled": _l("%(actor)s mengaktifkan lagi akun %(subject)s."),
    "account.erased": _l("%(subject)s menghapus akunnya."),
    "consent.given": _l("%(subject)s menyetujui pemberitahuan privasi versi %(version)s."),
    "membership.claimed": _l("%(actor)s menyatakan keanggotaan: %(subject)s."),
    "membership.proved": _l("Domain surel membuktikan keanggotaan: %(subject)s."),
    "membership.confirmed": _l("%(actor)s mengonfirmasi keanggotaan: %(subject)s."),
    "membership.ended": _l("%(actor)s mengakhiri keanggotaan: %(subject)s."),
    "role.granted.admin": _l("%(actor)s memberi %(subject)s peran Admin di %(place)s."),
    "role.granted.auditor": _l("%(actor)s memberi %(subject)s peran Auditor di %(place)s."),
    "role.granted.agency_admin": _l("%(actor)s memberi %(subject)s peran Admin Instansi di %(place)s."),
    "role.granted.author": _l("%(actor)s memberi %(subject)s peran Penulis Kursus di %(place)s."),
    "role.granted.curator": _l("%(actor)s memberi %(subject)s peran Kurator di %(place)s."),
    "role.granted.coach": _l("%(actor)s memberi %(subject)s peran Pendamping di %(place)s."),
    "role.granted.coordinator": _l("%(actor)s memberi %(subject)s peran Koordinator di %(place)s."),
    "role.granted.innovator": _l("%(actor)s memberi %(subject)s peran Inovator di %(place)s."),
    "role.revoked.admin": _l("%(actor)s mencabut peran Admin di %(place)s dari %(subject)s."),
    "role.revoked.auditor": _l("%(actor)s mencabut peran Auditor di %(place)s dari %(subject)s."),
    "role.revoked.agency_admin": _l("%(actor)s mencabut peran Admin Instansi di %(place)s dari %(subject)s."),
    "role.revoked.author": _l("%(actor)s mencabut peran Penulis Kursus di %(place)s dari %(subject)s."),
    "role.revoked.curator": _l("%(actor)s mencabut peran Kurator di %(place)s dari %(subject)s."),
    "role.revoked.coach": _l("%(actor)s mencabut peran Pendamping di %(place)s dari %(subject)s."),
    "role.revoked.coordinator": _l("%(actor)s mencabut peran Koordinator di %(place)s dari %(subject)s."),
    "role.revoked.innovator": _l("%(actor)s mencabut peran Inovator di %(place)s dari %(subject)s."),
    "organisation.created": _l("%(actor)s membuat instansi %(subject)s."),
    "organisation.changed": _l("%(actor)s mengubah instansi %(subject)s."),
    "organisation.moved": _l("%(actor)s memindahkan instansi %(subject)s."),
    "organisation.deleted": _l("%(actor)s menghapus instansi %(subject)s."),
    "organisation.restored": _l("%(actor)s memulihkan instansi %(subject)s."),
}
SUBJECTS = {
    "person": queries.names_of,
    "organisation": queries.organisation_names,
    "membership": queries.membership_names,
}


def register_all() -> None:
    """Adds the sentences and the names to the lists of the house."""
    for verb, sentence in VERBS.items():
        register("audit-verbs", verb, sentence)
    for kind, names in SUBJECTS.items():
        register("audit-subjects", kind, names)
