"""Reads of jobs and workers. The rows are the engine's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, func, select

from ekopi.core import clock
from ekopi.extensions import db
from ekopi.jobs import engine, wire
from ekopi.jobs.declared import about_of, title_of
from ekopi.jobs.models import WorkerBeat

SILENT = timedelta(seconds=60)
"""A worker that has not said anything for so long is taken for dead."""

STATES = {
    "failed": engine.FAILED,
    "running": engine.RUNNING,
    "waiting": engine.WAITING,
    "done": engine.DONE,
}


@dataclass(frozen=True)
class JobRow:
    """A job as people see it. `state` is waiting, running, failed or done; `tries` counts starts."""

    id: str
    name: str
    state: str
    queue: str
    worker: str
    tries: int
    created_at: datetime
    changed_at: datetime
    args: tuple
    error: str

    @property
    def title(self) -> str:
        return title_of(self.name)

    @property
    def about(self) -> str:
        """Its arguments in short, for the list."""
        return ", ".join(str(arg) for arg in self.args if not isinstance(arg, datetime) and arg is not None)[
            :80
        ]


def listed(state: str) -> Select:
    """The query of jobs in this state, for a page; rows become JobRow through `seen`."""
    t = engine.tables()
    return (
        select(
            t.status.c.workflow_uuid,
            t.status.c.name,
            t.status.c.status,
            t.status.c.queue_name,
            t.status.c.executor_id,
            t.status.c.recovery_attempts,
            t.status.c.created_at,
            t.status.c.updated_at,
            t.input.c.inputs,
            t.output.c.error,
        )
        .outerjoin(t.input, t.input.c.workflow_uuid == t.status.c.workflow_uuid)
        .outerjoin(t.output, t.output.c.workflow_uuid == t.status.c.workflow_uuid)
        .where(t.status.c.status.in_(STATES[state]))
    )


def order() -> list:
    """Keys that order jobs, the last one unique."""
    t = engine.tables()
    return [t.status.c.created_at, t.status.c.workflow_uuid]


def seen(row) -> JobRow:
    state = next(name for name, codes in STATES.items() if row.status in codes)
    error = wire.loads(row.error)
    return JobRow(
        id=row.workflow_uuid,
        name=row.name,
        state=state,
        queue=row.queue_name or "",
        worker=row.executor_id or "",
        tries=row.recovery_attempts or 0,
        created_at=_moment(row.created_at),
        changed_at=_moment(row.updated_at),
        args=tuple((wire.loads(row.inputs) or {}).get("args", ())),
        error=str(error) if error is not None else _why(row.status),
    )


def newest(state: str, limit: int = 50) -> list[JobRow]:
    """The newest jobs in this state."""
    query = listed(state).order_by(*[key.desc() for key in order()]).limit(limit)
    return [seen(row) for row in db.session.execute(query)]


def job(job_id: str) -> JobRow | None:
    t = engine.tables()
    for state in STATES:
        row = db.session.execute(listed(state).where(t.status.c.workflow_uuid == job_id)).first()
        if row is not None:
            return seen(row)
    return None


def subjects(rows: list[JobRow]) -> dict[str, str]:
    """What these jobs are about in words, by id; for those whose declaration tells it. Asks once for each kind."""
    said = {}
    for name in {row.name for row in rows}:
        tell = about_of(name)
        if tell is None:
            continue
        own = [row for row in rows if row.name == name]
        told = tell([row.args for row in own])
        said.update({row.id: words for row, words in zip(own, told, strict=True) if words})
    return said


def counts() -> dict[str, int]:
    """How many jobs wait, run and have failed."""
    t = engine.tables()
    query = (
        select(t.status.c.status, func.count())
        .where(t.status.c.status.not_in(engine.DONE))
        .group_by(t.status.c.status)
    )
    found: dict[str, int] = dict(db.session.execute(query).all())
    return {
        state: sum(found.get(code, 0) for code in codes) for state, codes in STATES.items() if state != "done"
    }


def oldest_waiting() -> datetime | None:
    """Since when the job waits that has waited longest, of those that are due."""
    t = engine.tables()
    due = func.coalesce(t.status.c.delay_until_epoch_ms, t.status.c.created_at)
    least = db.session.scalar(select(func.min(due)).where(t.status.c.status == "ENQUEUED"))
    return _moment(least) if least is not None else None


def workers() -> list[WorkerBeat]:
    """Workers that are alive."""
    living = select(WorkerBeat).where(WorkerBeat.beat_at > clock.now() - SILENT)
    return list(db.session.scalars(living.order_by(WorkerBeat.executor_id)))


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _why(status: str) -> str:
    return {"MAX_RECOVERY_ATTEMPTS_EXCEEDED": "pekerja mati berulang kali saat menjalankannya"}.get(
        status, ""
    )
