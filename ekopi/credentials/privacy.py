"""Personal data of certificates and the ledger: all of it is proof, and stays as the privacy notice says."""

from __future__ import annotations

from sqlalchemy import select

from ekopi.credentials.models import Certificate, JpEntry
from ekopi.extensions import db

COLUMNS = {
    "certificates.person_id": "export, keep: a certificate stays a proof",
    "certificates.facts": "export, keep: what is on the paper, with name and organisation; the page must say the same",
    "certificates.ended_by_id": "keep: who revoked or replaced a proof",
    "certificates.replaced_by_id": "keep: the paper that followed; names no person",
    "jp_accounts.person_id": "export, keep: an account whose sum must stay provable",
    "jp_entries.evidence": "export, keep: course, minutes and attempts; a reason of staff may stand there",
    "jp_entries.person_id": "export, keep: entries are never changed; they hold no name",
}


def export(person_id: int) -> dict:
    certificates = db.session.scalars(
        select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.id)
    )
    entries = db.session.scalars(select(JpEntry).where(JpEntry.person_id == person_id).order_by(JpEntry.id))
    return {
        "sertifikat": [
            {
                "nomor": row.number, "keadaan": row.state, "isi": row.facts, "diterbitkan": row.issued_at.isoformat(),
                "berakhir": row.ended_at.isoformat() if row.ended_at else None, "alasan": row.reason,
            }
            for row in certificates
        ],
        "jp": [
            {
                "tahun": row.year, "hari": row.day.isoformat(), "jp": str(row.jp), "edisi": row.edition,
                "bukti": row.evidence,
            }
            for row in entries
        ],
    }  # fmt: skip


def erase(person_id: int) -> None:
    """Takes nothing away: papers are in other hands, and a page without their name would call them false.

    The person has agreed to this in the privacy notice ("Berapa Lama") and reads it again before the erasure.
    """
