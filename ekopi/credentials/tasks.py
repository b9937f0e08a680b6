"""The nightly proof of the ledger, the editions after a migration, and what the doctor says of both."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import ngettext

from ekopi.core import clock
from ekopi.core.doctor import Finding
from ekopi.credentials import queries
from ekopi.credentials.errors import NoEdition
from ekopi.credentials.operations import ledger
from ekopi.extensions import db

EDITIONS = Path(__file__).parent / "editions.toml"
log = logging.getLogger("ekopi.credentials")


def load_editions() -> None:
    """Brings the table of editions to the shipped state."""
    shipped = tomllib.loads(EDITIONS.read_text(encoding="utf-8"))["editions"]
    for edition in shipped:
        for name in ("target", "day_limit"):
            if name in edition:
                edition[name] = Decimal(edition[name])
    ledger.refresh_editions(shipped)
    db.session.commit()


def prove_ledger() -> None:
    """Every balance is the sum of its entries, or the difference stands in the audit trail and in the log."""
    differences = ledger.prove()
    db.session.commit()
    if differences:
        log.error("ledger does not balance", extra={"accounts": len(differences)})


def ledger_findings() -> Iterator[Finding]:
    """For `ekopi doctor`: the proof of this moment, and whether an edition is in force today."""
    differences = queries.unbalanced()
    if differences:
        first = differences[0]
        yield Finding(
            "gagal",
            "ledger",
            ngettext(
                "%(num)s akun JP tidak sama dengan jumlah barisnya (pertama: orang %(person)s, tahun %(year)s).",
                "%(num)s akun JP tidak sama dengan jumlah barisnya (pertama: orang %(person)s, tahun %(year)s).",
                len(differences), person=first.person_id, year=first.year,
            ),
            _("Periksa jejak audit akun itu dan cadangan terakhir; jangan ubah baris JP dengan tangan."),
        )  # fmt: skip
    else:
        yield Finding("baik", "ledger", _("Saldo setiap akun JP sama dengan jumlah barisnya."))
    try:
        queries.edition_for(clock.today())
    except NoEdition:
        yield Finding(
            "gagal",
            "ledger",
            _("Tidak ada edisi aturan JP yang berlaku hari ini, sehingga kursus tidak dapat diselesaikan."),
            _("Jalankan `ekopi init`, atau tambahkan edisi di ekopi/credentials/editions.toml."),
        )
