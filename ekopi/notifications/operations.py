"""Verbs of the inbox."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from ekopi.core import clock
from ekopi.core.db import affected
from ekopi.extensions import db
from ekopi.notifications.models import InboxItem


def tell(person_id: int, kind: str, *, key: str = "", **facts) -> InboxItem | None:
    """Puts a notice into a person's inbox, in the caller's transaction.

    `kind` is registered under "notices" by its area; `key` makes a repeated telling the same notice
    (returns None then). `facts` are ids, short codes and titles the sentence is made of on reading.
    """
    try:
        with db.session.begin_nested():
            item = InboxItem(person_id=person_id, kind=kind, key=key or clock.now().isoformat(), facts=facts)
            db.session.add(item)
    except IntegrityError:
        return None
    return item


def mark_read(person_id: int, item_id: int | None = None) -> int:
    """Marks one notice, or all, as read. Returns how many changed."""
    query = update(InboxItem).where(InboxItem.person_id == person_id, InboxItem.read_at.is_(None))
    if item_id is not None:
        query = query.where(InboxItem.id == item_id)
    return affected(query.values(read_at=clock.now()))
