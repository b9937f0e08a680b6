"""Personal data of the core: who acted, and who gave us a file."""

from __future__ import annotations

from sqlalchemy import select

from ekopi.core.models import AuditEntry, Upload
from ekopi.extensions import db

COLUMNS = {
    "audit_entries.actor_id": "keep: the trail is evidence; the id leads to a pseudonym after erasure",
    "uploads.owner_id": "export, keep: files of courses stay with the course, without a name",
}


def export(person_id: int) -> dict:
    """What the person did and the files the person gave, oldest first."""
    acts = db.session.scalars(
        select(AuditEntry).where(AuditEntry.actor_id == person_id).order_by(AuditEntry.id)
    )
    files = db.session.scalars(select(Upload).where(Upload.owner_id == person_id).order_by(Upload.id))
    return {
        "tindakan": [
            {"waktu": a.at.isoformat(), "tindakan": a.verb, "pada": f"{a.subject_kind} {a.subject_id}"}
            for a in acts
        ],
        "berkas": [{"nama": f.name, "ukuran": f.size, "waktu": f.created_at.isoformat()} for f in files],
    }


def erase(person_id: int) -> None:
    """Nothing: the trail holds ids only, and files belong to their course; both lead to a pseudonym."""
