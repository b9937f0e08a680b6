"""Background jobs: enqueue in the caller's transaction, schedule, worker, what failed.

The rest of the house knows `@job` (declare), `enqueue` (hand over), `work` (the process that does them) and, in
tests, `run_waiting`. The engine is DBOS with its tables in our own database (docs/decisions); it is imported only
where it is used, so that a web process starts quickly.
"""

from __future__ import annotations

from ekopi.jobs.declared import Hopeless, job
from ekopi.jobs.operations import enqueue, run_waiting

__all__ = ["Hopeless", "enqueue", "init_app", "job", "run_waiting", "work"]


def work(slot: int = 0) -> None:
    """Does jobs until told to stop; see worker.py."""
    from ekopi.jobs import worker

    worker.work(slot)


def init_app(app) -> None:
    from ekopi.jobs import commands, health, models, operations, tasks, views  # noqa: F401

    app.register_blueprint(views.blueprint)
    app.cli.add_command(commands.jobs)
    operations.register_tables()
    health.register_checks()
    views.register_pages()
