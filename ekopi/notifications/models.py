"""The inbox: a row per person and matter, written in the transaction of what it tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.core import clock
from ekopi.core.db import partial
from ekopi.extensions import Base


class InboxItem(Base):
    """One notice. The sentence is made on reading from `kind` and `facts`; `key` keeps it from coming twice."""

    __tablename__ = "inbox_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str]
    key: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "key"),
        Index("ix_inbox_items_person", "person_id", "id"),
        Index("ix_inbox_items_unread", "person_id", **partial("read_at IS NULL")),
    )
