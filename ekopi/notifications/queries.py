"""Reads of the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import bindparam, func, select

from ekopi.core.paging import Page, page
from ekopi.core.registry import all_of
from ekopi.extensions import db
from ekopi.notifications.models import InboxItem


@dataclass(frozen=True)
class Told:
    """A notice as it is read: the sentence is made now, from ids and codes."""

    id: int
    sentence: str
    address: str
    at: datetime
    new: bool


def told(item: InboxItem) -> Told:
    teller = all_of("notices").get(item.kind)
    sentence, address = teller(item.facts) if teller else (_("Ada kabar baru untuk Anda."), "")
    return Told(item.id, str(sentence), address or "", item.created_at, item.read_at is None)


WAITING = select(func.count()).select_from(
    select(InboxItem.id)
    .where(InboxItem.person_id == bindparam("person_id"), InboxItem.read_at.is_(None))
    .limit(100)
    .subquery()
)
"""Every page of a person asks it, so it is put together once."""


def unread(person_id: int) -> int:
    """How many notices wait; counted up to 100."""
    return db.session.scalar(WAITING, {"person_id": person_id}) or 0


def item(person_id: int, item_id: int) -> InboxItem | None:
    """One notice of this person's."""
    return db.session.scalars(
        select(InboxItem).where(InboxItem.person_id == person_id, InboxItem.id == item_id)
    ).first()


def newest(person_id: int, most: int) -> list[Told]:
    rows = db.session.scalars(
        select(InboxItem).where(InboxItem.person_id == person_id).order_by(InboxItem.id.desc()).limit(most)
    )
    return [told(row) for row in rows]


def inbox(person_id: int) -> Page:
    """A page of the inbox, newest first."""
    found = page(
        select(InboxItem).where(InboxItem.person_id == person_id),
        [InboxItem.id],
        of=lambda row: (row.id,),
        descending=True,
    )
    found.items = [told(row) for row in found.items]
    return found
