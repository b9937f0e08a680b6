"""Replications: an adopter takes over what an origin has, in four steps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.accounts.models import Organisation
from ekopi.catalogue.models.innovations import Innovation
from ekopi.core import clock
from ekopi.core.db import partial
from ekopi.extensions import Base

STEPS = ("interest", "agreement", "approval", "implementation")


class Replication(Base):
    """`adopter` takes over `origin`; `result` is the adopter's own innovation once it is in the catalogue."""

    __tablename__ = "replications"
    id: Mapped[int] = mapped_column(primary_key=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"))
    adopter_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    result_id: Mapped[int | None] = mapped_column(ForeignKey("innovations.id"), index=True)
    state: Mapped[str] = mapped_column(default="interest")
    need: Mapped[str]
    """Why the adopter wants it."""
    adaptation: Mapped[str] = mapped_column(default="")
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """{"measure", "unit", "before", "after"} by the origin's own indicator."""
    ended_at: Mapped[datetime | None]
    """Given up before implementation."""
    end_reason: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    origin: Mapped[Innovation] = relationship(lazy="raise_on_sql", foreign_keys=[origin_id])
    result: Mapped[Innovation | None] = relationship(lazy="raise_on_sql", foreign_keys=[result_id])
    adopter: Mapped[Organisation] = relationship(lazy="raise_on_sql", foreign_keys=[adopter_id])
    facilitator: Mapped[Organisation | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[facilitator_id]
    )
    steps: Mapped[list[ReplicationStep]] = relationship(
        lazy="raise_on_sql", order_by="ReplicationStep.id", back_populates="replication"
    )
    __table_args__ = (
        CheckConstraint(f"state IN {STEPS}", name="state"),
        CheckConstraint("(ended_at IS NULL) = (end_reason = '')", name="ended"),
        Index(
            "uq_replications_active",
            "origin_id",
            "adopter_id",
            unique=True,
            **partial("ended_at IS NULL"),
        ),
    )


class ReplicationStep(Base):
    """A step that was reached, when, and the paper that shows it."""

    __tablename__ = "replication_steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    replication_id: Mapped[int] = mapped_column(ForeignKey("replications.id"))
    state: Mapped[str]
    on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    replication: Mapped[Replication] = relationship(lazy="raise_on_sql", back_populates="steps")
    __table_args__ = (
        UniqueConstraint("replication_id", "state", name="uq_replication_steps_state"),
        CheckConstraint(f"state IN {STEPS}", name="state"),
    )
