"""The night's work of authoring: uploads that no course names any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from ekopi.core import clock
from ekopi.core.models import Upload
from ekopi.courses.authoring.queries import uploads
from ekopi.extensions import db

UNUSED_AGE = timedelta(days=1)
BATCH = 500


def delete_unused_uploads() -> None:
    """Marks uploads deleted that nothing names and that are older than a day: their owner's quota is free again.

    The rows go 30 days later, the files a night after them (core/cleaning.py). The caller commits.
    """
    now = clock.now()
    unused = sorted(uploads.unused(now - UNUSED_AGE))
    for start in range(0, len(unused), BATCH):
        chosen = Upload.id.in_(unused[start : start + BATCH])
        db.session.execute(update(Upload).where(chosen, Upload.deleted_at.is_(None)).values(deleted_at=now))
