"""Personal data of the inbox: exported with the rest, removed at erasure."""

from __future__ import annotations

from sqlalchemy import delete, select

from ekopi.extensions import db
from ekopi.notifications import queries
from ekopi.notifications.models import InboxItem

COLUMNS = {
    "inbox_items.person_id": "export, erase: notices are of use to their reader only",
    "inbox_items.facts": "erase: may hold a reason somebody wrote",
}


def export(person_id: int) -> dict:
    rows = db.session.scalars(
        select(InboxItem).where(InboxItem.person_id == person_id).order_by(InboxItem.id)
    )
    return {
        "notifikasi": [{"kalimat": t.sentence, "waktu": t.at.isoformat()} for t in map(queries.told, rows)]
    }


def erase(person_id: int) -> None:
    db.session.execute(delete(InboxItem).where(InboxItem.person_id == person_id))
