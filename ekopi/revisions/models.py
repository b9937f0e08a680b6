"""Draft and published content of anything that has versions: course outlines, lessons, questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.core import clock
from ekopi.extensions import Base


class Item(Base):
    """The stable identity of a piece of content. What is published is a pointer to one of its versions."""

    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """course, lesson or question."""
    place: Mapped[str] = mapped_column(index=True)
    """What is published together, for example "course:12"."""
    published_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id", use_alter=True))
    published: Mapped[Version | None] = relationship(lazy="raise_on_sql", foreign_keys=[published_id])
    draft: Mapped[Draft] = relationship(lazy="raise_on_sql", back_populates="item")


class Draft(Base):
    """What an author is working on. `edition` counts savings; a save that names an older one is stale."""

    __tablename__ = "drafts"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[dict[str, Any]]
    base_version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    edition: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    item: Mapped[Item] = relationship(lazy="raise_on_sql", back_populates="draft")


class Version(Base):
    """Published content; never changed (a trigger refuses), so results can point at what someone was judged by."""

    __tablename__ = "versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    hash: Mapped[str]
    """SHA-256 of the canonical body."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    __table_args__ = (UniqueConstraint("item_id", "number"), CheckConstraint("number > 0", name="number"))


class Publication(Base):
    """One act of publishing (or reverting): which items went from which version to which, by whom and why."""

    __tablename__ = "publications"
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]
    number: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    reverts_id: Mapped[int | None] = mapped_column(ForeignKey("publications.id"))
    """The earlier publication that this one went back to."""
    entries: Mapped[list[PublicationEntry]] = relationship(lazy="raise_on_sql", back_populates="publication")
    __table_args__ = (UniqueConstraint("place", "number"),)


class PublicationEntry(Base):
    """One item of a publication; `old_id` is empty when it was new, `new_id` when it was taken away."""

    __tablename__ = "publication_entries"
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    old_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    new_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    publication: Mapped[Publication] = relationship(lazy="raise_on_sql", back_populates="entries")
