"""Reads of items, drafts, versions and publications."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ekopi.extensions import db
from ekopi.revisions.models import Draft, Item, Publication, PublicationEntry, Version


def draft(item_id: int) -> Draft:
    """The draft of an item; every item has one."""
    return db.session.scalars(select(Draft).where(Draft.item_id == item_id)).one()


def published(item_id: int) -> Version | None:
    """The version that is published now."""
    return db.session.scalars(
        select(Version).join(Item, Item.published_id == Version.id).where(Item.id == item_id)
    ).first()


def items(ids: Iterable[int]) -> list[Item]:
    """Items with draft and published version, by id. Three queries."""
    query = select(Item).where(Item.id.in_(list(ids))).order_by(Item.id)
    return list(db.session.scalars(query.options(selectinload(Item.draft), selectinload(Item.published))))


def items_of(place: str) -> list[Item]:
    """All items of a place with draft and published version, by id. Three queries."""
    query = select(Item).where(Item.place == place).order_by(Item.id)
    return list(db.session.scalars(query.options(selectinload(Item.draft), selectinload(Item.published))))


def versions(ids: Iterable[int]) -> dict[int, Version]:
    """Versions by their id."""
    return {row.id: row for row in db.session.scalars(select(Version).where(Version.id.in_(list(ids))))}


def entries(publication_id: int) -> list[PublicationEntry]:
    """What a publication changed, by item."""
    query = select(PublicationEntry).where(PublicationEntry.publication_id == publication_id)
    return list(db.session.scalars(query.order_by(PublicationEntry.item_id)))


def versions_then(place: str, number: int) -> dict[int, int | None]:
    """Which version each item had once publication `number` was out; only items that were published again since.

    None where the item was not published yet. All others have now what they had then. One query.
    """
    rows = db.session.execute(
        select(PublicationEntry.item_id, PublicationEntry.old_id)
        .join(Publication, Publication.id == PublicationEntry.publication_id)
        .where(Publication.place == place, Publication.number > number)
        .order_by(Publication.number.desc())
    )
    return {row.item_id: row.old_id for row in rows}


def publications(place: str) -> list[Publication]:
    """The publications of a place with their entries, newest first. Two queries."""
    query = select(Publication).where(Publication.place == place).order_by(Publication.number.desc())
    return list(db.session.scalars(query.options(selectinload(Publication.entries))))


def publication(place: str, number: int) -> Publication | None:
    """One publication of a place with its entries."""
    return db.session.scalars(
        select(Publication)
        .where(Publication.place == place, Publication.number == number)
        .options(selectinload(Publication.entries))
    ).first()
