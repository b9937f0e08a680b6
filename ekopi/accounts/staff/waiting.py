"""What waits for agency admins: people whose membership nobody has confirmed yet."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ekopi.accounts.staff import scope
from ekopi.core.registry import Waiting


def claims(person) -> list[Waiting]:
    """Claims in this agency admin's part of the tree. Asks the database nothing for anybody else."""
    if not person.holds("agency_admin"):
        return []
    number = scope.waiting(scope.scope_of(person))
    if not number:
        return []
    return [
        Waiting(
            title=_("Konfirmasi anggota baru"),
            fine=_("Mereka menyatakan bekerja di instansi Anda dan menunggu jawaban."),
            url=url_for("staff.members", keadaan="menunggu"),
            chip=ngettext("%(num)s orang", "%(num)s orang", number),
        )
    ]
