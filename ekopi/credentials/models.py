"""Certificates and the ledger of learning hours (JP)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.accounts.models import Person
from ekopi.core import clock
from ekopi.core.db import partial
from ekopi.extensions import Base


class Certificate(Base):
    """What was achieved, frozen: `facts` is what the paper says and the public page shows."""

    __tablename__ = "certificates"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    source_kind: Mapped[str]
    source_id: Mapped[int]
    """The enrolment for source kind "enrolment"."""
    state: Mapped[str] = mapped_column(default="valid")
    facts: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    replaced_by: Mapped[Certificate | None] = relationship(lazy="raise_on_sql", remote_side=[id])
    __table_args__ = (
        CheckConstraint("state IN ('valid', 'revoked', 'replaced')", name="state"),
        CheckConstraint("(state = 'valid') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("state <> 'revoked' OR reason <> ''", name="reason"),
        CheckConstraint("(state = 'replaced') = (replaced_by_id IS NOT NULL)", name="replaced"),
        Index("uq_certificates_valid", "source_kind", "source_id", unique=True, **partial("state = 'valid'")),
    )


class JpEdition(Base):
    """The rules of a year's learning hours. Data, because they change; `verified` says whether the source was read."""

    __tablename__ = "jp_editions"
    edition: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    target: Mapped[Decimal]
    """JP a person should reach in a year."""
    day_limit: Mapped[Decimal | None]
    """Most JP credited for one day; empty means no limit."""
    minutes_per_jp: Mapped[int]
    verified: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="")


class JpAccount(Base):
    """A person's balance in a year (of the person's zone). Always equal to the sum of its entries."""

    __tablename__ = "jp_accounts"
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[Decimal] = mapped_column(default=Decimal(0))
    __table_args__ = (CheckConstraint("balance >= 0", name="balance"),)


class JpEntry(Base):
    """One credit or reversal; appended only (triggers refuse change and deletion)."""

    __tablename__ = "jp_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    year: Mapped[int]
    source_kind: Mapped[str]
    source_id: Mapped[int]
    jp: Mapped[Decimal]
    """Positive for a credit, negative for a reversal."""
    edition: Mapped[str] = mapped_column(ForeignKey("jp_editions.edition"))
    evidence: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    day: Mapped[date]
    """The day in the person's zone."""
    reversal_of_id: Mapped[int | None] = mapped_column(ForeignKey("jp_entries.id"), unique=True)
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "year"], ["jp_accounts.person_id", "jp_accounts.year"], name="fk_jp_entries_account"
        ),
        UniqueConstraint("person_id", "source_kind", "source_id"),
        CheckConstraint("jp <> 0", name="jp"),
        CheckConstraint("(jp < 0) = (reversal_of_id IS NOT NULL)", name="reversal"),
        Index("ix_jp_entries_account", "person_id", "year"),
    )
