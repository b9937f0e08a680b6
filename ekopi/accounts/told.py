"""How notices about memberships read. Written without names, so that an inbox costs no further queries."""

from __future__ import annotations

from flask_babel import gettext as _


def membership_claimed(facts: dict) -> tuple[str, str]:
    """For agency admins."""
    return _("Ada anggota baru yang menunggu konfirmasi Anda."), "/kelola/orang"


def membership_decided(facts: dict) -> tuple[str, str]:
    """For the person who claimed."""
    if facts.get("state") == "confirmed":
        return _("Keanggotaan Anda sudah dikonfirmasi instansi."), "/akun/keanggotaan"
    return _("Keanggotaan Anda diakhiri oleh admin instansi. Lihat alasannya."), "/akun/keanggotaan"


NOTICES = {
    "accounts.membership-claimed": membership_claimed,
    "accounts.membership-decided": membership_decided,
}
