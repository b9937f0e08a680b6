"""Letters: rows in the transaction of what they tell, delivered by a job, once for the reader."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.core import clock
from ekopi.extensions import Base


class Letter(Base):
    """One mail. `key` becomes its Message-ID, so a second delivery is seen as the same letter."""

    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    to_address: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(index=True)
    subject: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'kept')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
    )
