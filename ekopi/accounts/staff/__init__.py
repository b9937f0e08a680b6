"""Pages of /kelola for people, memberships, roles, organisations and the trail: agency admins, admins, auditors."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as pgettext

from ekopi.core.registry import StaffPage, register

blueprint = Blueprint("staff", __name__)

VERBS = {
    "person.viewed": _l("%(actor)s membuka data %(subject)s."),
    "history.downloaded": _l(
        "%(actor)s mengunduh riwayat pengembangan kompetensi %(subject)s tahun %(year)s."
    ),
    "membership.reopened": _l("%(actor)s memulihkan keanggotaan: %(subject)s."),
    "account.confirmation-resent": _l("%(actor)s mengirim ulang surel konfirmasi untuk %(subject)s."),
    "account.sign-ins-ended-by-staff": _l("%(actor)s mengakhiri semua sesi %(subject)s."),
}
PAGES = {
    "members": StaffPage(
        _l("Anggota Instansi"), _l("Klaim yang menunggu konfirmasi, JP tahun ini, dan unduhan riwayat pengembangan kompetensi."),
        "staff.members", "users", ("agency_admin", "admin"),
    ),
    "people": StaffPage(
        _l("Pengguna"), _l("Semua akun: keadaan, sesi, keanggotaan, dan peran."), "staff.people", "user-circle",
    ),
    "roles": StaffPage(
        pgettext("banyak", "Peran"), _l("Siapa memegang peran apa, di mana, sejak kapan."), "staff.roles", "key",
    ),
    "organisations": StaffPage(
        pgettext("banyak", "Instansi"), _l("Pohon instansi dan unit kerja, wilayah, dan domain surel."), "staff.organisations", "sitemap",
    ),
    "trail": StaffPage(
        _l("Jejak Audit"), _l("Siapa melakukan apa, kapan; catatan yang tersegel tidak dapat diubah diam-diam."),
        "staff.trail", "shield-check", ("admin", "auditor"),
    ),
}  # fmt: skip


def register_pages(app) -> None:
    """Adds the pages, their place in /kelola, and the sentences of what staff do."""
    from ekopi.accounts.staff import agency, audit, organisations, people, roles, viewed  # noqa: F401

    app.register_blueprint(blueprint)
    for verb, sentence in VERBS.items():
        register("audit-verbs", verb, sentence)
    for key, page in PAGES.items():
        register("staff-pages", key, page)
