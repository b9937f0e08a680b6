"""Refusals of certificates and the ledger."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ekopi.core.errors import Refused


class NotValidAnyMore(Refused):
    """The certificate was revoked or replaced before."""

    code = "certificate-not-valid"
    message = _l("Sertifikat ini sudah tidak berlaku.")
    remedy = _l("Buka sertifikat yang berlaku untuk capaian ini, lalu lanjutkan dari sana.")


class WasRevoked(Refused):
    """No new certificate for an achievement whose certificate was revoked."""

    code = "certificate-was-revoked"
    message = _l("Sertifikat untuk capaian ini sudah dicabut dan tidak diterbitkan lagi.")
    remedy = _l("Tanyakan alasannya kepada admin.")


class NoEdition(Refused):
    """No rules of learning hours are in force on that day."""

    code = "no-jp-edition"
    message = _l("Belum ada aturan JP yang berlaku pada %(day)s.")
    remedy = _l("Minta admin menambahkan edisi aturan JP untuk hari itu.")


class TakenBackAlready(Refused):
    """The entry was reversed before, or is itself a reversal."""

    code = "jp-taken-back"
    message = _l("JP ini sudah dibatalkan.")
    remedy = _l("Muat ulang halaman untuk melihat keadaan terbaru.")
