"""Tables that belong to no area: the audit trail, uploads, tokens of forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.core import clock
from ekopi.core.db import Undoable
from ekopi.extensions import Base


class AuditEntry(Base):
    """Who did what to what. Holds ids and codes, no names; triggers refuse change and deletion."""

    __tablename__ = "audit_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    actor_id: Mapped[int | None]
    verb: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    request_id: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_kind", "subject_id"),
        Index("ix_audit_entries_actor", "actor_id", "id"),
    )


class AuditSeal(Base):
    """An HMAC over the seal before, and over the rows since then; see core/audit.py."""

    __tablename__ = "audit_seals"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    last_entry_id: Mapped[int] = mapped_column(unique=True)
    entries: Mapped[int]
    mac: Mapped[str]
    __table_args__ = (CheckConstraint("entries > 0", name="entries"),)


class Upload(Undoable, Base):
    """A file that somebody gave us, kept below the data folder under its random token."""

    __tablename__ = "uploads"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str]
    kind: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)


class FormToken(Base):
    """A form that was sent once: the token is stored with its effect, so a second sending does nothing."""

    __tablename__ = "form_tokens"
    token: Mapped[str] = mapped_column(primary_key=True)
    location: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
