"""What the night takes away: tokens of forms long sent, uploads deleted for good, files that no row knows."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from ekopi.core import clock, files
from ekopi.core.db import UNDO_DAYS
from ekopi.core.models import FormToken, Upload
from ekopi.extensions import db

TOKEN_DAYS = 7


def clean() -> None:
    """Removes what is past its time; the caller commits. Files go a night after their rows."""
    files.sweep()  # before the first write: it looks through all folders, and would do so under SQLite's lock
    now = clock.now()
    db.session.execute(delete(FormToken).where(FormToken.at < now - timedelta(days=TOKEN_DAYS)))
    db.session.execute(delete(Upload).where(Upload.deleted_at < now - timedelta(days=UNDO_DAYS)))
