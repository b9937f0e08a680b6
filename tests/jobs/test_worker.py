"""The real worker process on both databases: schedule, failure, kill, adoption, settings of its connections."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from ekopi import jobs
from ekopi.core import clock
from ekopi.core.models import AuditEntry, AuditSeal
from ekopi.extensions import db
from ekopi.jobs import operations, queries
from ekopi.jobs.models import WorkerBeat
from ekopi.mail import operations as mail
from ekopi.mail.models import Letter
from tests.databases import wait_until
from tests.mail.conftest import postbox  # noqa: F401

pytestmark = pytest.mark.slow


def anew(question):
    """What the database says now, in a transaction of its own."""
    db.session.rollback()
    return question()


@pytest.fixture
def posting(live, postbox):  # noqa: F811
    """A live application whose letters go to a real SMTP server."""
    live.app.extensions["settings"] = replace(live.app.extensions["settings"], mail_url=postbox.url)
    live.env["EKOPI_MAIL_URL"] = postbox.url
    with live.app.app_context():
        yield postbox


def test_a_scheduled_job_starts_by_itself(live):
    with live.app.app_context():
        then = clock.now() - timedelta(minutes=5)
        db.session.add(AuditEntry(verb="a", subject_kind="b", subject_id="1", at=then))
        db.session.commit()
        live.start("worker")
        wait_until(lambda: anew(lambda: db.session.scalar(select(AuditSeal.entries))) == 1, seconds=25)
        # the engine notes the end of a job a moment after the job's own commit
        wait_until(
            lambda: any(
                row.id.startswith("sched-audit.seal-") for row in anew(lambda: queries.newest("done"))
            ),
            seconds=25,
        )


def test_what_is_committed_runs_and_what_is_rolled_back_does_not(live, posting):
    mail.send("tidak@contoh.id", "x", "y", key="no")
    db.session.rollback()
    live.start("worker")
    mail.send("ya@contoh.id", "x", "y", key="yes")
    db.session.commit()
    wait_until(lambda: anew(lambda: db.session.scalars(select(Letter.state)).all()) == ["sent"], seconds=25)
    assert [to for to, _ in posting.taken] == [["ya@contoh.id"]]


def test_a_failing_job_ends_failed_and_a_retry_makes_it_well(live, posting):
    posting.answers["a@contoh.id"] = "550 tidak dikenal"
    mail.send("a@contoh.id", "x", "y", key="k")
    db.session.commit()
    live.start("worker")
    wait_until(lambda: anew(queries.counts)["failed"] == 1, seconds=25)
    (row,) = anew(lambda: queries.newest("failed"))
    assert row.error == "550 tidak dikenal"
    assert anew(lambda: db.session.scalars(select(Letter.state)).one()) == "failed"
    posting.answers.clear()
    operations.retry(row)
    db.session.commit()
    wait_until(lambda: anew(lambda: db.session.scalars(select(Letter.state)).one()) == "sent", seconds=15)
    wait_until(lambda: anew(queries.counts)["failed"] == 0, seconds=5)
    log = (live.data_dir / "worker.log").read_text()
    assert "job failed" in log
    assert "550" not in log, "what a server says of a person does not belong into the log"


def test_a_passing_trouble_is_tried_again(live, posting):
    posting.answers["a@contoh.id"] = "451 nanti"
    mail.send("a@contoh.id", "x", "y", key="k")
    db.session.commit()
    live.start("worker")
    wait_until(
        lambda: anew(lambda: db.session.scalars(select(Letter.error)).one()).startswith("SMTP"), seconds=25
    )
    posting.answers.clear()
    wait_until(lambda: anew(lambda: db.session.scalars(select(Letter.state)).one()) == "sent", seconds=20)
    assert len(posting.taken) == 1


def test_a_worker_killed_amid_300_jobs_loses_none(live, posting):
    posting.slow = 0.15
    for number in range(300):
        mail.send(f"orang{number}@contoh.id", f"Surel {number}", "y", key=str(number))
    db.session.commit()

    first = live.start("worker")
    wait_until(lambda: len(posting.taken) > 50 and posting.busy, seconds=150, every=0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert anew(queries.counts)["running"] > 0, "nothing was killed in the middle"
    db.session.rollback()  # no transaction waits for a worker: PostgreSQL would end it after a minute

    second = live.start("worker")  # the same name: takes up its own jobs at once
    wait_until(lambda: len(posting.taken) > 150 and posting.busy, seconds=150, every=0.01)
    os.kill(second.pid, signal.SIGKILL)
    second.wait()
    long_ago = clock.now() - timedelta(minutes=2)
    anew(lambda: db.session.execute(update(WorkerBeat).values(beat_at=long_ago)))
    db.session.commit()

    live.start("worker", "--slot", "1")  # another name: adopts those of the silent one
    wait_until(lambda: anew(lambda: set(db.session.scalars(select(Letter.state)))) == {"sent"}, seconds=240)
    wait_until(lambda: anew(queries.counts) == {"failed": 0, "running": 0, "waiting": 0}, seconds=30)
    reached = {to[0]: message["Message-ID"] for to, message in posting.taken}
    assert len(reached) == 300
    assert len(set(reached.values())) == 300
    again = [m["Message-ID"] for _, m in posting.taken]
    assert len(again) <= 300 + 16, "only what ran at the moment of a kill may come twice"
    assert set(again) == set(reached.values()), "and then with the same Message-ID"


def test_the_worker_ends_cleanly_and_reloads_itself(live):
    worker = live.start("worker")
    with live.app.app_context():
        wait_until(lambda: anew(queries.workers), seconds=25)
        wait_until(lambda: "worker ready" in (live.data_dir / "worker.log").read_text(), seconds=25)
        before = anew(queries.workers)[0].started_at
        worker.send_signal(signal.SIGHUP)
        wait_until(lambda: any(b.started_at > before for b in anew(queries.workers)), seconds=25)
        assert worker.poll() is None, "the process stays, its code is new"
        wait_until(lambda: (live.data_dir / "worker.log").read_text().count("worker ready") == 2, seconds=25)
        second = live.run("worker")
        assert second.returncode == 1
        assert second.stderr.startswith("Kesalahan: Pekerja nomor 0 sudah berjalan")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
        assert anew(queries.workers) == []


READ_BACK = """
import json, os
from ekopi import create_app
from ekopi.config import load_settings
from ekopi.extensions import db
app = create_app(load_settings(purpose="job"))
with app.app_context():
    from ekopi.jobs import worker
    worker.start(app, "test-0", worker.Running())
    from dbos._dbos import _get_dbos_instance
    seen = {}
    for name, engine in {"engine": _get_dbos_instance()._sys_db.engine, "ours": db.engine}.items():
        with engine.connect() as c:
            if engine.dialect.name == "sqlite":
                names = ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"]
                seen[name] = {n: c.exec_driver_sql(f"PRAGMA {n}").scalar() for n in names}
            else:
                names = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "TimeZone"]
                seen[name] = {n: c.exec_driver_sql(f"SHOW {n}").scalar() for n in names}
    print(json.dumps(seen), flush=True)
    os._exit(0)
"""


def test_the_job_engines_connections_have_our_settings(live, engine_name):
    done = subprocess.run(
        [sys.executable, "-c", READ_BACK], env=live._env({}), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    if engine_name == "sqlite":
        for values in seen.values():
            assert values.pop("busy_timeout") >= 5000
            assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    else:
        wanted = {"lock_timeout": "2s", "statement_timeout": "2min", "idle_in_transaction_session_timeout": "30s",
                  "TimeZone": "UTC"}  # fmt: skip
        assert seen == {"engine": wanted, "ours": wanted}


def test_web_processes_start_without_the_engine(live):
    code = "import sys; from ekopi import create_app; create_app(); print('dbos' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=live._env({}), capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_the_engines_tables_are_made_by_upgrade_and_not_twice(live):
    with live.app.app_context():
        jobs.enqueue("audit.seal")
        db.session.commit()
        from ekopi.core.migrating import upgrade

        upgrade()
        assert queries.counts()["waiting"] == 1
