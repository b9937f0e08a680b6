"""What the worker says of itself. The jobs themselves are rows of the job engine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ekopi.core import clock
from ekopi.extensions import Base


class WorkerBeat(Base):
    """A worker process that was alive at `beat_at`; one silent for a minute is given up and its jobs adopted."""

    __tablename__ = "worker_beats"
    executor_id: Mapped[str] = mapped_column(primary_key=True)
    """Stable per host and slot."""
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    beat_at: Mapped[datetime] = mapped_column(default=clock.now)
