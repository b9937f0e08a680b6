"""Typed edges between things of any area."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.core import clock
from ekopi.extensions import Base


class Link(Base):
    """From one thing to another: "berawal dari" seen from its start, "menghasilkan" from its end."""

    __tablename__ = "links"
    id: Mapped[int] = mapped_column(primary_key=True)
    from_kind: Mapped[str]
    from_id: Mapped[int]
    kind: Mapped[str]
    to_kind: Mapped[str]
    to_id: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    __table_args__ = (
        UniqueConstraint("from_kind", "from_id", "kind", "to_kind", "to_id", name="uq_links_edge"),
        Index("ix_links_to", "to_kind", "to_id"),
    )
