"""How notices about memberships and tokens read. Written without names, so that an inbox costs no further queries."""

from __future__ import annotations

from flask import has_request_context
from flask_babel import gettext as _
from flask_login import current_user

ADMINS = ("agency_admin", "admin")


def membership_claimed(facts: dict) -> tuple[str, str]:
    """For agency admins; leads to who waits, unless the role was taken since."""
    waits = "/kelola/orang?keadaan=menunggu" if _decides() else ""
    return _("Ada anggota baru yang menunggu konfirmasi Anda."), waits


def membership_decided(facts: dict) -> tuple[str, str]:
    """For the person who claimed."""
    if facts.get("state") == "confirmed":
        return _("Keanggotaan Anda sudah dikonfirmasi instansi."), "/akun/keanggotaan"
    return _("Keanggotaan Anda diakhiri oleh admin instansi. Lihat alasannya."), "/akun/keanggotaan"


def token_made(facts: dict) -> tuple[str, str]:
    """For the person whose token it is, who may not have made it."""
    return _("Sebuah token API dibuat di akun Anda. Bila bukan oleh Anda, akhiri token itu."), "/akun/token"


def _decides() -> bool:
    """Whether the reader may open the list of members; roles are loaded with every signed-in person."""
    return has_request_context() and current_user.is_authenticated and current_user.holds_any(ADMINS)


NOTICES = {
    "accounts.membership-claimed": membership_claimed,
    "accounts.membership-decided": membership_decided,
    "accounts.token-made": token_made,
}
