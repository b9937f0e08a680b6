"""How innovations stand in the index, for its rebuild. Verbs put theirs through operations.projecting."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload

from ekopi.catalogue.merging import merged
from ekopi.catalogue.models import Innovation, SourceRecord
from ekopi.catalogue.operations import projecting
from ekopi.extensions import db
from ekopi.search.operations import Document

KIND = projecting.KIND


def keys(after: int, limit: int) -> list[int]:
    """Ids of the next innovations, in whatever state."""
    found = select(Innovation.id).where(Innovation.id > after).order_by(Innovation.id).limit(limit)
    return list(db.session.scalars(found))


def documents(keys: Collection[int]) -> list[Document]:
    """The living ones among these, as `projecting.project` puts them."""
    innovations = db.session.scalars(
        select(Innovation)
        .where(Innovation.id.in_(keys), Innovation.state == "living")
        .options(
            selectinload(Innovation.records).options(
                joinedload(SourceRecord.source), defer(SourceRecord.payload)
            )
        )
        .execution_options(populate_existing=True)
    ).all()
    spoken = projecting.spoken_for({one.id for one in innovations})
    regions = projecting.regions_of(innovations, spoken)
    return [
        projecting.document(one, merged(one.records, spoken[one.id].choices.values()), regions)
        for one in innovations
    ]
