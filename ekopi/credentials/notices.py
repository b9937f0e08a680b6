"""What the inbox says of certificates; made on reading from the number and the course."""

from __future__ import annotations

from flask_babel import gettext as _

from ekopi.core.sentences import filled
from ekopi.credentials.printed import path


def issued(facts: dict) -> tuple[str, str]:
    sentence = filled(_("Sertifikat Anda terbit: %(course)s."), course=facts["course"])
    return sentence, path(facts["number"])


def revoked(facts: dict) -> tuple[str, str]:
    sentence = filled(
        _("Sertifikat Anda dicabut: %(course)s. Buka untuk melihat alasannya."), course=facts["course"]
    )
    return sentence, path(facts["number"])


def replaced(facts: dict) -> tuple[str, str]:
    sentence = filled(
        _("Sertifikat Anda diterbitkan ulang dengan nama yang diperbaiki: %(course)s."),
        course=facts["course"],
    )
    return sentence, path(facts["number"])
