"""Verbs of jobs: hand over, retry, drop, adopt, forget. All but `run_waiting` and `forget` leave the commit to the caller."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, insert, literal_column, select, update

from ekopi.core import audit, clock, registry
from ekopi.core.db import affected
from ekopi.core.errors import Refused
from ekopi.extensions import db
from ekopi.jobs import engine, wire
from ekopi.jobs.declared import JOBS, Job
from ekopi.jobs.models import WorkerBeat
from ekopi.jobs.queries import SILENT, JobRow

HOUR = 3600
KEPT = {"scheduled": 1 * HOUR, "others": 7 * 24 * HOUR, "failed-scheduled": 48 * HOUR}
"""Seconds for which jobs that are over stay in the list."""
BATCH = 500


class NoSuchJob(Refused):
    code = "no-such-job"
    status = 404
    message = _l("Pekerjaan ini tidak ada lagi.")
    remedy = _l("Muat ulang daftar pekerjaan.")


class NotFailed(Refused):
    code = "job-not-failed"
    message = _l("Pekerjaan ini tidak dalam keadaan gagal, jadi tidak perlu diulangi.")
    remedy = _l("Muat ulang daftar pekerjaan untuk melihat keadaannya.")


class StillRunning(Refused):
    code = "job-running"
    message = _l("Pekerjaan ini sedang berjalan, jadi tidak dapat dibuang.")
    remedy = _l("Tunggu sampai selesai atau gagal, lalu coba lagi.")


def register_tables() -> None:
    """The engine's tables are made before our migrations."""
    registry.register("before-migrations", "jobs", engine.create_tables)


def enqueue(name: str, *args, queue: str | None = None, key: str | None = None, delay: float = 0) -> str:
    """Hands a declared job over in the caller's transaction: a commit keeps both, a rollback neither.

    `key` is the natural key of the matter: a second handing over with the same key is the same job. `delay` is in
    seconds. Returns the job's id. Raises LookupError for a job that is not declared.
    """
    known = JOBS.get(name)
    if known is None:
        raise LookupError(f"no job called {name}")
    options: dict = {"workflow_name": name, "queue_name": queue or known.queue}
    if key is not None:
        options["workflow_id"] = f"{name}:{key}"
    if delay:
        options["delay_seconds"] = delay
    return engine.client().enqueue_in_transaction(db.session.connection(), options, *args).get_workflow_id()


def retry(row: JobRow) -> str:
    """Hands a failed job over anew, with a full count of tries. Raises NotFailed."""
    if not _delete([row.id], engine.FAILED):
        raise NotFailed()
    audit.record("job.retried", "job", row.id, name=row.name)
    options = {"workflow_name": row.name, "queue_name": _queue(row), "workflow_id": row.id}
    engine.client().enqueue_in_transaction(db.session.connection(), options, *row.args)
    return row.id


def drop(row: JobRow) -> None:
    """Throws a failed or waiting job away and tells its area. Raises StillRunning."""
    if not _delete([row.id], (*engine.FAILED, *engine.WAITING)):
        raise StillRunning()
    known = JOBS.get(row.name)
    if known is not None and known.dropped is not None:
        known.dropped(*(() if known.schedule else row.args))
    audit.record("job.dropped", "job", row.id, name=row.name)


def _queue(row: JobRow) -> str:
    known = JOBS.get(row.name)
    return row.queue or (known.queue if known else "general")


def _delete(ids: Iterable[str], states: Iterable[str]) -> list[str]:
    """Deletes those of the jobs that are in one of the states, with all that belongs to them; returns their ids."""
    t = engine.tables()
    ids = list(ids)
    gone = list(
        db.session.scalars(
            delete(t.status)
            .where(t.status.c.workflow_uuid.in_(ids), t.status.c.status.in_(list(states)))
            .returning(t.status.c.workflow_uuid)
        )
    )
    for of_it in (t.input, t.output, t.steps):
        db.session.execute(delete(of_it).where(of_it.c.workflow_uuid.in_(gone)))
    return gone


# --- what workers do besides jobs -------------------------------------------------------------------------


def beat(executor_id: str, *, begin: bool = False) -> None:
    """Says that a worker is alive; `begin` when it has just started."""
    now = clock.now()
    values = {"beat_at": now, "started_at": now} if begin else {"beat_at": now}
    if not affected(update(WorkerBeat).where(WorkerBeat.executor_id == executor_id).values(**values)):
        db.session.add(WorkerBeat(executor_id=executor_id, started_at=now, beat_at=now))
        db.session.flush()


def leave(executor_id: str) -> None:
    """A worker says that it ends; what it has not finished may be adopted at once."""
    db.session.execute(delete(WorkerBeat).where(WorkerBeat.executor_id == executor_id))


def adopt(executor_id: str, running: set[str]) -> int:
    """Puts jobs back into their queues whose worker is silent, or that stand as this worker's but do not run here.

    The engine by itself waits until a worker of the same name returns. Its count of starts is kept, so a job that
    kills its worker each time ends as failed. Returns how many jobs were put back.
    """
    t = engine.tables()
    now = _epoch_ms()
    alive = select(WorkerBeat.executor_id).where(WorkerBeat.beat_at > clock.now() - SILENT)
    orphan = t.status.c.executor_id.not_in(alive)
    settled = now - int(SILENT.total_seconds() * 1000)
    stray = (
        (t.status.c.executor_id == executor_id)
        & (t.status.c.updated_at < settled)
        & (t.status.c.started_at_epoch_ms < settled)
        & t.status.c.workflow_uuid.not_in(sorted(running))
    )
    put_back = (
        update(t.status)
        .where(t.status.c.status.in_(engine.RUNNING), orphan | stray)
        .values(
            status="ENQUEUED",
            owner_xid=None,
            started_at_epoch_ms=None,
            updated_at=now,
            queue_name=func.coalesce(t.status.c.queue_name, "general"),
        )
    )
    return affected(put_back)


def forget() -> int:
    """Deletes jobs that are long over, in small transactions of their own. Returns how many."""
    t = engine.tables()
    now = _epoch_ms()
    scheduled = t.status.c.schedule_name.is_not(None)
    rules = (
        (engine.DONE, scheduled, KEPT["scheduled"]),
        (engine.DONE, ~scheduled, KEPT["others"]),
        (engine.FAILED, scheduled, KEPT["failed-scheduled"]),
    )
    total = 0
    for states, which, seconds in rules:
        old = (
            select(t.status.c.workflow_uuid)
            .where(t.status.c.status.in_(states), which, t.status.c.created_at < now - seconds * 1000)
            .limit(BATCH)
        )
        while ids := db.session.scalars(old).all():
            gone = _delete(ids, states)
            db.session.commit()
            total += len(gone)
            if not gone:
                break
    return total


# --- without a worker -------------------------------------------------------------------------------------


def run_waiting() -> int:
    """Does what waits, here and now, in this process and this test's transaction; also what those jobs enqueue.

    For tests: each job runs in an application context of its own, once, without further tries; delays are not
    waited for. A job that fails ends as failed, and its error is raised. Returns how many jobs were done.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    t = engine.tables()
    done = 0
    while True:
        db.session.commit()
        row = db.session.execute(
            select(t.status.c.workflow_uuid, t.status.c.name, t.input.c.inputs)
            .join(t.input, t.input.c.workflow_uuid == t.status.c.workflow_uuid)
            .where(t.status.c.status.in_(engine.WAITING))
            .order_by(*_in_turn())
            .limit(1)
        ).first()
        if row is None:
            return done
        declared = JOBS[row.name]
        args = [] if declared.schedule else wire.loads(row.inputs)["args"]
        try:
            with app.app_context():
                declared.function(*args)
        except Exception as error:
            give_up(app, declared, args, error)
            _end(row.workflow_uuid, "ERROR", error)
            raise
        _end(row.workflow_uuid, "SUCCESS")
        db.session.expire_all()
        done += 1


def _in_turn() -> list:
    """Roughly the order of handing over, without promise: moments are coarse, so the place of the row helps."""
    t = engine.tables()
    row = "workflow_status.rowid" if db.engine.dialect.name == "sqlite" else "workflow_status.ctid"
    return [t.status.c.created_at, literal_column(row)]


def give_up(app, declared: Job, args: Iterable, error: BaseException) -> None:
    """Tells the job's area that its last try has failed."""
    if declared.gave_up is not None:
        with app.app_context():
            declared.gave_up(*args, error=str(wire.loads(wire.dumps(error))))


def _end(job_id: str, status: str, error: BaseException | None = None) -> None:
    t = engine.tables()
    now = _epoch_ms()
    db.session.execute(
        update(t.status).where(t.status.c.workflow_uuid == job_id).values(status=status, updated_at=now)
    )
    if error is not None:
        db.session.execute(insert(t.output).values(workflow_uuid=job_id, error=wire.dumps(error)))
    db.session.commit()


def _epoch_ms() -> int:
    """The engine keeps its moments as milliseconds since 1970."""
    return int(clock.now().timestamp() * 1000)
