"""What the night takes away, and what it leaves."""

from datetime import timedelta

from sqlalchemy import select

from ekopi.core import cleaning, clock, files
from ekopi.core.models import FormToken, Upload
from ekopi.extensions import db as database


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
