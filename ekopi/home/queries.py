"""Reads of the front page."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select

from ekopi.courses.authoring.models import Course
from ekopi.credentials.models import Certificate
from ekopi.extensions import db


def figures() -> tuple[int, int]:
    """How many courses are open and how many certificates are valid; one query."""
    courses = select(func.count()).select_from(Course).where(Course.live, Course.deleted_at.is_(None))
    certificates = select(func.count()).select_from(Certificate).where(Certificate.state == "valid")
    return tuple(db.session.execute(select(courses.scalar_subquery(), certificates.scalar_subquery())).one())


def greeting(hour: int) -> str:
    """The greeting of the hour, in the person's own zone."""
    if 4 <= hour < 11:
        return _("Selamat Pagi")
    if hour < 15 and hour >= 11:
        return _("Selamat Siang")
    if 15 <= hour < 18:
        return _("Selamat Sore")
    return _("Selamat Malam")


def called(name: str) -> str:
    """The first name to greet with: titles ("Dr.", "H.") and single letters are passed over."""
    words = [word for word in name.split(",")[0].split() if len(word) > 1 and not word.endswith(".")]
    return words[0] if words else name
