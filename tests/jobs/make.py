"""Builders of jobs in states that only a worker brings about."""

from __future__ import annotations

from sqlalchemy import update

from ekopi.extensions import db
from ekopi.jobs import engine


def set_status(job_id, **values):
    """Writes into the engine's row of a job."""
    t = engine.tables()
    db.session.execute(update(t.status).where(t.status.c.workflow_uuid == job_id).values(**values))
