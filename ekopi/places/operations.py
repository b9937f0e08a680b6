"""Verbs of regions: only the refresh from the shipped tables; nobody edits them by hand."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from ekopi.extensions import db
from ekopi.places.models import Region

COLUMNS = ("code", "name", "kind", "parent_code", "zone", "valid_from", "valid_to", "successor_code")


def refresh_regions(regions: list[dict]) -> int:
    """Adds the regions that are missing and corrects those that differ; removes none. Returns how many it wrote.

    One read, and one statement for all that is written. `regions` come in the order of
    reference.shipped_regions: each after those it points to.
    """
    known = {
        row.code: row._asdict() for row in db.session.execute(select(*[getattr(Region, c) for c in COLUMNS]))
    }
    changed = [region for region in regions if known.get(region["code"]) != region]
    if changed:
        dialect = sqlite if db.session.connection().dialect.name == "sqlite" else postgresql
        upsert = dialect.insert(Region.__table__)
        new = {name: upsert.excluded[name] for name in COLUMNS if name != "code"}
        db.session.connection().execute(
            upsert.on_conflict_do_update(index_elements=[Region.__table__.c.code], set_=new), changed
        )
        db.session.expire_all()
    return len(changed)
