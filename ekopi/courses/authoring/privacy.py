"""Which personal data authoring holds: who started a course."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ekopi.courses.authoring.models import Course
from ekopi.extensions import db

COLUMNS = {
    "courses.created_by_id": "export; keep: authorship of what others learned from",
}


def export(person_id: int) -> dict[str, Any]:
    """Courses the person started."""
    rows = db.session.execute(
        select(Course.slug, Course.title, Course.created_at)
        .where(Course.created_by_id == person_id)
        .order_by(Course.id)
    )
    return {
        "kursus": [{"alamat": slug, "judul": title, "dibuat": at.isoformat()} for slug, title, at in rows]
    }


def erase(person_id: int) -> None:
    """Nothing to remove: the row holds an id, whose person has no name after erasure."""
