"""Searches that people keep, so that they are told what is new."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.core import clock
from ekopi.core.db import Undoable, partial
from ekopi.extensions import Base


class SavedSearch(Undoable, Base):
    """A search of the catalogue under a name of its person's."""

    __tablename__ = "saved_searches"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    name: Mapped[str]
    question: Mapped[str]
    """What stands behind the "?" of its page, as queries.listing writes it."""
    seen_id: Mapped[int] = mapped_column(default=0)
    """Innovations up to this id are no news: they were there before, or were told of."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        Index("uq_saved_searches_name", "person_id", "name", unique=True, **partial("deleted_at IS NULL")),
        Index(
            "uq_saved_searches_question",
            "person_id",
            "question",
            unique=True,
            **partial("deleted_at IS NULL"),
        ),
    )
