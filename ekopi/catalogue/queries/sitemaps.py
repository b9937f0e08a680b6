"""Addresses of public pages for search engines: innovations, places and organisations that have any."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from ekopi.accounts.models import Organisation
from ekopi.catalogue.models import CoOwner, Innovation
from ekopi.catalogue.queries.giving import given
from ekopi.extensions import db
from ekopi.places import queries as regions
from ekopi.places.models import Region

BLOCK = 50_000
"""Addresses of one sitemap: the most the protocol allows."""


def blocks() -> list[tuple[int, datetime]]:
    """(number, newest change) of the blocks of BLOCK numbers that hold any innovation; a block never moves."""
    block = ((Innovation.id - 1) // BLOCK).label("block")
    rows = db.session.execute(
        select(block, func.max(Innovation.updated_at)).where(given()).group_by(block).order_by(block)
    ).all()
    return [(int(number) + 1, moment) for number, moment in rows]


def innovations(block: int, after: int, limit: int) -> list[tuple[int, str, datetime]]:
    """(id, slug, change) of up to `limit` innovations of a block, by number, behind `after`."""
    first, last = (block - 1) * BLOCK, block * BLOCK
    if last >= 2**62:  # more than the databases can count
        return []
    rows = db.session.execute(
        select(Innovation.id, Innovation.slug, Innovation.updated_at)
        .where(given(), Innovation.id > max(after, first), Innovation.id <= last)
        .order_by(Innovation.id)
        .limit(limit)
    ).all()
    return [(row.id, row.slug, row.updated_at) for row in rows]


def places() -> list[tuple[str, datetime]]:
    """(code, newest change) of the regions in force that have an innovation; a province has those of its regions too."""
    rows = db.session.execute(
        select(Innovation.region_code, func.max(Innovation.updated_at))
        .where(given(), Innovation.region_code.is_not(None))
        .group_by(Innovation.region_code)
    )
    newest: dict[str, datetime] = {}
    for code, moment in rows:
        for one in {code, code.split(".")[0]} if code else ():
            newest[one] = max(moment, newest.get(one, moment))
    living = db.session.scalars(regions.in_force().with_only_columns(Region.code))
    return sorted((code, newest[code]) for code in living if code in newest)


def organisations() -> list[tuple[int, str, datetime]]:
    """(id, name, newest change) of those that look after an innovation, or stand above one that does, by number."""
    newest: dict[int, datetime] = {}
    for kept in (
        select(Organisation.path, func.max(Innovation.updated_at)).join(
            Innovation, Innovation.owner_id == Organisation.id
        ),
        select(Organisation.path, func.max(Innovation.updated_at))
        .join(CoOwner, CoOwner.organisation_id == Organisation.id)
        .join(Innovation, Innovation.id == CoOwner.innovation_id),
    ):
        for path, moment in db.session.execute(
            kept.where(given(), Organisation.deleted_at.is_(None)).group_by(Organisation.path)
        ):
            for id in map(int, path.strip("/").split("/")):
                newest[id] = max(moment, newest.get(id, moment))
    names = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.deleted_at.is_(None))
        .order_by(Organisation.id)
    )
    return [(id, name, newest[id]) for id, name in names if id in newest]
