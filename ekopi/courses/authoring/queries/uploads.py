"""Which uploads nothing needs any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, select

from ekopi.core.models import Upload
from ekopi.extensions import db
from ekopi.revisions.models import Draft, Item, Version

ROWS_AT_ONCE = 100


def unused(before: datetime) -> set[int]:
    """Ids of uploads from before that moment which no row refers to and no draft or version of a course names.

    Versions count also when they are published no longer: taking a publication back shows them again.
    """
    left = {row.token: row.id for row in db.session.execute(_unreferenced(before))}
    for bodies in (
        select(Draft.body).join(Item, Item.id == Draft.item_id),
        select(Version.body).join(Item, Item.id == Version.item_id),
    ):
        if not left:
            break
        for (body,) in db.session.execute(bodies.where(Item.kind == "course")).yield_per(ROWS_AT_ONCE):
            for file in body["files"]:
                left.pop(file["token"], None)
    return set(left.values())


def _unreferenced(before: datetime) -> Select:
    """Old uploads that no foreign key of any table leads to."""
    query = select(Upload.token, Upload.id).where(Upload.deleted_at.is_(None), Upload.created_at < before)
    for table in db.metadata.tables.values():
        for column in table.columns:
            if any(key.column is Upload.__table__.c.id for key in column.foreign_keys):
                query = query.where(~exists().where(column == Upload.id))
    return query
