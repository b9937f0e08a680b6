"""Which personal data revisions hold: who saved, made and published something."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ekopi.extensions import db
from ekopi.revisions.models import Publication

COLUMNS = {
    "drafts.saved_by_id": "keep: the name behind it is replaced at erasure",
    "versions.made_by_id": "keep: authorship of what others were judged by",
    "publications.by_id": "export; keep: authorship of what was published",
}


def export(person_id: int) -> dict[str, Any]:
    """What the person published, and when."""
    rows = db.session.execute(
        select(Publication.place, Publication.number, Publication.note, Publication.at)
        .where(Publication.by_id == person_id)
        .order_by(Publication.id)
    )
    return {
        "penerbitan": [
            {"tempat": place, "nomor": number, "catatan": note, "waktu": at.isoformat()}
            for place, number, note, at in rows
        ]
    }


def erase(person_id: int) -> None:
    """Nothing to remove: the rows hold an id, whose person has no name after erasure."""
