"""What the night takes away, and what it leaves."""

import os
from datetime import timedelta

from sqlalchemy import select

from ekopi.core import cleaning, clock, files
from ekopi.core.models import FormToken, Upload
from ekopi.extensions import db as database
from tests.courses.authoring.counting import at_first_write


def test_old_tokens_and_uploads_deleted_long_ago_go(db):
    now = clock.now()
    database.session.add_all(
        [
            FormToken(token="old", location="/", at=now - timedelta(days=8)),
            FormToken(token="new", location="/", at=now - timedelta(days=6)),
        ]
    )
    gone, kept = (files.keep(b"Satu baris.\n", name=f"{n}.txt", kind="document", owner_id=None) for n in "ab")
    gone.deleted_at, kept.deleted_at = now - timedelta(days=31), now - timedelta(days=29)
    database.session.flush()
    gone_token, kept_path = gone.token, files.path_of(kept)
    cleaning.clean()
    database.session.expire_all()
    assert database.session.scalars(select(FormToken.token)).all() == ["new"]
    assert gone_token not in database.session.scalars(select(Upload.token)).all()
    assert kept_path.is_file()


def test_folders_are_looked_through_before_the_first_row_goes(app, db):
    """The sweep reads every folder of files; under SQLite's write lock nobody could save meanwhile."""
    lost = app.extensions["settings"].files_dir / "ab" / ("ab" * 16)
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"")
    os.utime(lost, (0, 0))
    with at_first_write(lost.exists) as seen:
        cleaning.clean()
    assert seen == [False]
