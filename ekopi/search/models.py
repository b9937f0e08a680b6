"""What can be found: one row for each thing, its words already folded and stemmed by search/words.py."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.core import clock
from ekopi.extensions import Base

AUDIENCES = ("public", "organisation", "course", "person")


class SearchDocument(Base):
    """A thing as the index knows it. `key` is its id in its area.

    SQLite finds the words through the FTS5 table `search_words`, PostgreSQL through the generated column `tsv`
    (migration 0003); both see the same tokens, so both find the same set.
    """

    __tablename__ = "search_documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[int]
    title: Mapped[str]
    """As people read it; ranking compares it with what was asked."""
    title_words: Mapped[str]
    words: Mapped[str]
    """Tokens of everything else, in order, separated by spaces."""
    audience: Mapped[str] = mapped_column(default="public")
    audience_id: Mapped[int] = mapped_column(default=0)
    """0 for the public, else the id of the organisation, course or person that may see it."""
    weight: Mapped[float] = mapped_column(default=1.0)
    """Multiplies the rank: what is out of date sinks."""
    put_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("kind", "key", name="uq_search_documents_thing"),
        CheckConstraint(f"audience IN {AUDIENCES}", name="audience"),
        CheckConstraint("(audience = 'public') = (audience_id = 0)", name="audience_id"),
        Index("ix_search_documents_audience", "kind", "audience", "audience_id"),
    )


class SearchWord(Base):
    """A word as it is written (folded, not stemmed) in titles: what "maksud Anda" may propose."""

    __tablename__ = "search_vocabulary"
    word: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
