"""Pictures that stood inside of sources' texts."""

from __future__ import annotations

from sqlalchemy import select

from ekopi.catalogue.models import CataloguePicture
from ekopi.core.models import Upload
from ekopi.extensions import db


def upload(sha256: str) -> Upload | None:
    """The file of a picture by the hash its source's bytes had; None for an unknown one."""
    if len(sha256) != 64:
        return None
    return db.session.scalar(
        select(Upload)
        .join(CataloguePicture, CataloguePicture.upload_id == Upload.id)
        .where(CataloguePicture.sha256 == sha256)
    )
