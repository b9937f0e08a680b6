"""The job process: does what is enqueued and what the schedule says, beats, and adopts the jobs of the dead."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from ekopi.core.db import postgres_options
from ekopi.core.errors import Refused
from ekopi.extensions import db
from ekopi.jobs import engine, operations, wire
from ekopi.jobs.declared import JOBS, QUEUES, ZONE, Hopeless, Job

BEAT = 15
"""Seconds between two beats."""
POLL = 0.5
"""Seconds between two looks at a queue: a worker does at most slots ÷ POLL jobs a second."""
STARTS = 10
"""A job that was started so often without an end (it kills its worker) ends as failed."""
PATIENCE = 10
"""Seconds that running jobs get to end when the worker is told to stop."""
log = logging.getLogger("ekopi.jobs")


class SlotTaken(Refused):
    code = "worker-slot-taken"
    message = "Pekerja nomor %(slot)s sudah berjalan di komputer ini."
    remedy = "Hentikan dahulu, atau jalankan yang lain dengan `ekopi worker --slot NOMOR`."


class NotPrepared(Refused):
    code = "jobs-not-prepared"
    message = "Tabel pekerjaan latar belum ada atau belum diperbarui di basis data ini."
    remedy = "Jalankan `ekopi db upgrade`, lalu ulangi."


def work(slot: int = 0) -> None:
    """Does jobs until TERM or INT; HUP starts the process anew with new code. Does not return.

    The slot makes the worker's name stable on this host, so that its own unfinished jobs come back to it.
    Raises NotPrepared, and SlotTaken when a worker of this data folder has the slot.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    told = threading.Event()
    anew = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    signal.signal(signal.SIGINT, lambda *_: told.set())

    def reload(*_):
        anew.set()
        told.set()

    signal.signal(signal.SIGHUP, reload)
    name = f"{socket.gethostname()}-{slot}"
    with _own(slot):
        running = Running()
        _safely(app, lambda: operations.beat(name, begin=True))
        engine_of_jobs = start(app, name, running)
        log.info("worker ready", extra={"worker": name})
        while not told.wait(BEAT):
            _safely(app, lambda: operations.beat(name))
            _safely(app, lambda: _adopt(name, running))
        engine_of_jobs.destroy(workflow_completion_timeout_sec=PATIENCE)
        _safely(app, lambda: operations.leave(name))
        log.info("worker ended", extra={"worker": name, "anew": anew.is_set()})
        sys.stdout.flush()
        sys.stderr.flush()
        if anew.is_set():
            command = [sys.executable, "-m", "ekopi.cli", "worker", "--slot", str(slot)]
            os.execv(sys.executable, command)
        os._exit(
            0
        )  # a job that outlived PATIENCE would keep the process; it is done again by the next worker


class Running:
    """Ids of the jobs this process is doing right now."""

    def __init__(self):
        self._ids: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def during(self, job_id: str):
        with self._lock:
            self._ids.add(job_id)
        try:
            yield
        finally:
            with self._lock:
                self._ids.discard(job_id)

    def ids(self) -> set[str]:
        with self._lock:
            return set(self._ids)


def start(app: Flask, name: str, running: Running):
    """Starts the engine in this process: jobs, queues, schedules. Returns it, to be destroyed at the end.

    Raises NotPrepared where its tables are missing or old.
    """
    from dbos import DBOS
    from dbos._error import DBOSInitializationError

    _log_with_ours()
    DBOS(config=configuration(name))  # type: ignore[arg-type]
    scheduled = [
        (job, flow) for job in JOBS.values() if (flow := declare(DBOS, app, job, running)) and job.schedule
    ]
    try:
        DBOS.launch()
    except DBOSInitializationError:
        raise NotPrepared() from None
    for queue, slots in QUEUES.items():
        DBOS.register_queue(queue, worker_concurrency=slots, polling_interval_sec=POLL)
    for known in DBOS.list_schedules():
        if known["schedule_name"] not in {job.name for job, _ in scheduled}:
            DBOS.delete_schedule(known["schedule_name"])
    DBOS.apply_schedules(
        [
            {
                "schedule_name": job.name, "workflow_fn": flow, "schedule": job.schedule or "", "context": None,
                "cron_timezone": ZONE, "queue_name": job.queue,
            }
            for job, flow in scheduled
        ]
    )  # fmt: skip
    return DBOS


def configuration(name: str) -> dict:
    """The engine's settings: our database, the time limits of jobs, no changing of tables."""
    chosen = {
        "name": engine.APPLICATION,
        "system_database_url": engine.address(),
        "application_version": engine.VERSION,
        "executor_id": name,
        "serializer": engine.serializer(),
        "max_executor_threads": sum(QUEUES.values()) + 7,
        "run_migrations": False,
        "sys_db_pool_size": 10,
        "log_level": "WARNING",
        "db_engine_kwargs": {"hide_parameters": True},
    }
    if db.engine.dialect.name == "postgresql":
        connect = {"options": postgres_options("job"), "application_name": "ekopi-jobs"}
        chosen["db_engine_kwargs"]["connect_args"] = connect
    return chosen


def declare(dbos, app: Flask, job: Job, running: Running):
    """A job in the engine's terms: a workflow, which is not tried again, around a step, which is."""

    def act(*args):
        with app.app_context():
            job.function(*args)

    def give_up(*args, error: str):
        operations.give_up(app, job, args, wire.Failed(error))

    step = dbos.step(
        name=job.name,
        retries_allowed=job.tries > 1,
        max_attempts=job.tries,
        interval_seconds=job.wait,
        backoff_rate=job.growth,
        should_retry=lambda error: not isinstance(error, Hopeless),
    )(act)
    last_step = dbos.step(name=f"{job.name} (gave up)", retries_allowed=True, max_attempts=3)(give_up)

    def flow(*args):
        given = () if job.schedule else args  # the schedule passes its moment, which no job of ours asks for
        with running.during(dbos.workflow_id):
            try:
                step(*given)
            except Exception as error:
                last = (getattr(error, "errors", None) or [error])[-1]
                text = wire.loads(wire.dumps(last))
                log.warning("job failed", extra={"job": job.name, "error": type(last).__name__})
                if job.gave_up is not None:
                    last_step(*given, error=str(text))
                raise text from None

    return dbos.workflow(name=job.name, max_recovery_attempts=STARTS)(flow)


def _adopt(name: str, running: Running) -> None:
    adopted = operations.adopt(name, running.ids())
    if adopted:
        log.warning("jobs adopted", extra={"worker": name, "jobs": adopted})


def _safely(app: Flask, act) -> None:
    """In a transaction of its own; a database that is away is noted, and tried again at the next beat."""
    try:
        with app.app_context():
            act()
            db.session.commit()
    except SQLAlchemyError as error:
        log.warning("worker has no database", extra={"error": type(error).__name__})


def _log_with_ours() -> None:
    """The engine's warnings as our JSON lines; with a handler in place it does not add its own.

    Without their traces: the text of an error may name people (a refused address), and stands in the list of jobs.
    """

    def without_trace(record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True

    theirs, ours = logging.getLogger("dbos"), logging.getLogger("ekopi")
    theirs.addFilter(without_trace)
    theirs.handlers[:] = ours.handlers or [logging.NullHandler()]
    theirs.propagate = False


@contextmanager
def _own(slot: int):
    """The slot's lock in the data folder, freed by the system when the process ends."""
    path = current_app.extensions["settings"].data_dir / f"worker-{slot}.lock"
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SlotTaken(slot=slot) from None
        yield
