"""What can be found: one row for each thing, its words already folded and stemmed by search/words.py."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.extensions import Base

AUDIENCES = ("public", "organisation", "course", "person")


class SearchDocument(Base):
    """A thing as the index knows it. `key` is its id in its area.

    SQLite finds the words through the FTS5 table `search_words`, PostgreSQL through generated columns (migration
    0003); both see the same tokens, so both find the same set.
    """

    __tablename__ = "search_documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[int]
    audience: Mapped[str] = mapped_column(default="public")
    audience_id: Mapped[int] = mapped_column(default=0)
    """0 for the public, else the id of the organisation, course or person that may see it."""
    weight: Mapped[float] = mapped_column(default=1.0)
    """Multiplies the score: what is out of date sinks."""
    title: Mapped[str]
    """As people read it."""
    title_words: Mapped[str]
    """Tokens of the title in order, SEPARATOR, tokens that also find it; one space between them."""
    words: Mapped[str]
    """The same of everything else."""
    __table_args__ = (
        UniqueConstraint("kind", "key", name="uq_search_documents_thing"),
        CheckConstraint(f"audience IN {AUDIENCES}", name="audience"),
        CheckConstraint("(audience = 'public') = (audience_id = 0)", name="audience_id"),
    )


SEPARATOR = "0"
"""Stands between words that do not follow one another; no token is like it, so that no phrase reaches across."""


class SearchWord(Base):
    """A word as it is written (folded, not stemmed) in titles that everybody may see: what "maksud Anda" may say."""

    __tablename__ = "search_vocabulary"
    kind: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    uses: Mapped[int]
