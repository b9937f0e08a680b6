"""Which personal data letters hold, how they are given out and erased."""

from __future__ import annotations

from sqlalchemy import select, update

from ekopi.extensions import db
from ekopi.mail.models import Letter

COLUMNS = {
    "letters.person_id": "keep: an id without its person says nothing",
    "letters.to_address": "erase",
    "letters.subject": "erase",
    "letters.text": "erase",
    "letters.error": "erase",
}


def export(person_id: int) -> dict:
    """The person's letters, oldest first."""
    rows = db.session.scalars(select(Letter).where(Letter.person_id == person_id).order_by(Letter.id))
    return {
        "surel": [
            {"kepada": row.to_address, "subjek": row.subject, "isi": row.text, "keadaan": row.state,
             "dibuat": row.created_at.isoformat()}
            for row in rows
        ]
    }  # fmt: skip


def erase(person_id: int) -> None:
    """Empties the person's letters; what had not gone out will not go out."""
    mine = update(Letter).where(Letter.person_id == person_id)
    db.session.execute(mine.where(Letter.state.in_(("waiting", "failed"))).values(state="kept"))
    db.session.execute(mine.values(to_address="", subject="", text="", error=""))
