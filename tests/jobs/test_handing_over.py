"""Jobs are rows in the caller's transaction; retry, drop, adopt, forget."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ekopi import jobs
from ekopi.core import audit, clock, registry
from ekopi.core.models import AuditEntry
from ekopi.jobs import engine, operations, queries, wire
from ekopi.jobs.models import WorkerBeat
from tests.jobs.make import set_status


def test_a_commit_keeps_the_job_and_a_rollback_does_not(db, diary):
    jobs.enqueue("test.note", 1)
    db.session.rollback()
    assert queries.counts()["waiting"] == 0
    jobs.enqueue("test.note", 2, {"a": [1, None, "é"]})
    db.session.commit()
    (row,) = queries.newest("waiting")
    assert (row.name, row.queue, row.title) == ("test.note", "mail", "Mencatat")
    assert jobs.run_waiting() == 1
    assert diary == [(2, {"a": [1, None, "é"]})]
    assert queries.counts() == {"failed": 0, "running": 0, "waiting": 0}


def test_a_job_enqueued_in_a_savepoint_goes_with_it(db, diary):
    with pytest.raises(RuntimeError), db.session.begin_nested():
        jobs.enqueue("test.note", 1)
        raise RuntimeError
    db.session.commit()
    assert jobs.run_waiting() == 0


def test_the_same_key_is_the_same_job_also_when_it_is_done(db, diary):
    assert jobs.enqueue("test.note", 1, key="k") == jobs.enqueue("test.note", 1, key="k") == "test.note:k"
    assert jobs.run_waiting() == 1
    jobs.enqueue("test.note", 1, key="k")
    assert jobs.run_waiting() == 0
    assert diary == [(1,)]


def test_what_is_not_declared_or_not_plain_is_refused(db, diary):
    with pytest.raises(LookupError):
        jobs.enqueue("test.unknown")
    with pytest.raises(TypeError):
        jobs.enqueue("test.note", {1, 2})
    with pytest.raises(LookupError):
        jobs.job("test.other", queue="fast")


def test_jobs_may_enqueue_further_ones(db, diary):
    @jobs.job("test.first")
    def first():
        jobs.enqueue("test.note", "from first")
        db.session.commit()

    jobs.enqueue("test.first")
    jobs.enqueue("test.note", "second")
    assert jobs.run_waiting() == 3
    assert sorted(diary) == [("from first",), ("second",)]


def test_a_failing_job_ends_failed_and_can_be_retried(db, diary):
    job_id = jobs.enqueue("test.break", 7, key="x")
    with pytest.raises(ValueError):
        jobs.run_waiting()
    (row,) = queries.newest("failed")
    assert (row.id, row.args, row.error) == (job_id, (7,), "ValueError: rusak")
    assert diary == [("gave up", 7, "ValueError: rusak")]

    operations.retry(row)
    (again,) = queries.newest("waiting")
    assert (again.id, again.args, again.queue) == (job_id, (7,), "general")
    assert queries.counts()["failed"] == 0
    assert db.session.scalars(select(AuditEntry.verb)).all() == ["job.retried"]
    with pytest.raises(operations.NotFailed):
        operations.retry(row)


def test_drop_takes_waiting_and_failed_jobs_but_not_running_ones(db, diary):
    job_id = jobs.enqueue("test.note", 1)
    set_status(job_id, status="PENDING", executor_id="x-0")
    with pytest.raises(operations.StillRunning):
        operations.drop(queries.job(job_id))
    set_status(job_id, status="ENQUEUED")
    operations.drop(queries.job(job_id))
    assert queries.job(job_id) is None
    assert jobs.run_waiting() == 0
    entry = db.session.scalars(select(AuditEntry)).one()
    assert audit.sentences([entry]) == [f"EKOPI membuang pekerjaan {job_id} (test.note)."]


def test_the_area_of_a_dropped_job_is_told_in_the_same_transaction(db, diary):
    @jobs.job("test.told", dropped=lambda *args: audit.record("test.dropped", "job", args[0]))
    def told(number):
        pass

    def heard():
        return list(
            db.session.scalars(select(AuditEntry.subject_id).where(AuditEntry.verb == "test.dropped"))
        )

    job_id = jobs.enqueue("test.told", 7)
    db.session.commit()
    operations.drop(queries.job(job_id))
    assert heard() == ["7"]
    db.session.rollback()
    assert heard() == [] and queries.job(job_id).state == "waiting"
    set_status(job_id, status="PENDING", executor_id="x-0")
    with pytest.raises(operations.StillRunning):
        operations.drop(queries.job(job_id))
    assert heard() == []


def test_jobs_of_silent_workers_are_adopted_and_those_of_living_ones_are_not(db, diary):
    ids = {name: jobs.enqueue("test.note", name) for name in ("silent", "living", "unknown", "mine", "stray")}
    now = clock.now()
    old = int((now - timedelta(minutes=5)).timestamp() * 1000)
    for name, executor in {"stray": "mine-0", "mine": "mine-0"}.items():
        set_status(ids[name], status="PENDING", executor_id=executor, updated_at=old, started_at_epoch_ms=old)
    for name in ("silent", "living", "unknown"):
        set_status(ids[name], status="PENDING", executor_id=f"{name}-0", recovery_attempts=3)
    operations.beat("mine-0", begin=True)
    operations.beat("living-0", begin=True)
    db.session.add(WorkerBeat(executor_id="silent-0", beat_at=now - timedelta(seconds=61)))
    db.session.flush()

    assert operations.adopt("mine-0", {ids["mine"]}) == 3
    waiting = {row.args[0]: row.tries for row in queries.newest("waiting")}
    assert waiting == {"silent": 3, "unknown": 3, "stray": 0}
    assert operations.adopt("mine-0", {ids["mine"]}) == 0


def test_a_worker_beats_and_leaves(db):
    operations.beat("a-0", begin=True)
    (first,) = queries.workers()
    started = first.started_at
    operations.beat("a-0")
    db.session.expire_all()
    (second,) = queries.workers()
    assert second.started_at == started <= second.beat_at
    operations.leave("a-0")
    assert queries.workers() == []


def test_old_jobs_are_forgotten_and_young_and_failed_ones_kept(db, diary):
    ages = {"young": 1, "old": 8}
    now = clock.now()
    for name, days in ages.items():
        for status in ("SUCCESS", "ERROR", "ENQUEUED"):
            job_id = jobs.enqueue("test.note", name, key=f"{name}{status}")
            then = int((now - timedelta(days=days)).timestamp() * 1000)
            set_status(job_id, status=status, created_at=then)
    set_status(jobs.enqueue("test.note", key="s"), status="SUCCESS", schedule_name="s",
               created_at=int((now - timedelta(hours=2)).timestamp() * 1000))  # fmt: skip
    db.session.commit()
    assert operations.forget() == 2
    kept = {row.id for state in queries.STATES for row in queries.newest(state)}
    assert kept == {
        f"test.note:{name}{status}" for name in ages for status in ("SUCCESS", "ERROR", "ENQUEUED")
    } - {"test.note:oldSUCCESS"}
    t = engine.tables()
    assert len(db.session.execute(select(t.input)).all()) == 5


def test_the_night_is_one_job_for_each_function_and_one_failure_stays_alone(db, monkeypatch):
    done = []
    monkeypatch.setattr(registry, "_kept", {**registry._kept, "nightly": {}})
    registry.register("nightly", "good", lambda: done.append("good"))
    registry.register("nightly", "bad", lambda: 1 / 0)
    registry.register("nightly", "last", lambda: done.append("last"))
    jobs.enqueue("nightly.run")
    for _ in range(3):
        try:
            jobs.run_waiting()
        except ZeroDivisionError:
            done.append("failed")
    assert sorted(done) == ["failed", "good", "last"]
    (failed,) = queries.newest("failed")
    assert (failed.args, failed.queue) == (("bad",), "nightly")
    jobs.enqueue("nightly.run")
    assert jobs.run_waiting() == 1, "the same night does nothing twice"


def test_the_audit_trail_is_sealed_by_a_job(db):
    db.session.add(
        AuditEntry(verb="a", subject_kind="b", subject_id="1", at=clock.now() - timedelta(minutes=5))
    )
    jobs.enqueue("audit.seal")
    jobs.run_waiting()
    assert audit.broken() == []
    assert audit._newest().entries == 1


def test_arguments_come_back_as_they_were():
    moment = clock.now()
    assert wire.loads(wire.dumps({"args": (1, moment)})) == {"args": [1, moment]}
    error = wire.loads(wire.dumps(KeyError("x")))
    assert isinstance(error, Exception)
    assert str(error) == "KeyError: 'x'"
    assert str(wire.loads(wire.dumps(error))) == "KeyError: 'x'"
    assert str(wire.loads(wire.dumps(jobs.Hopeless("nie")))) == "nie"


def test_the_doctor_speaks_of_workers_and_failures(db, diary):
    find = registry.all_of("doctor")["jobs"]
    assert {f.name: f.level for f in find()} == {"jobs-worker": "peringatan", "jobs-failed": "baik"}
    operations.beat("a-0", begin=True)
    jobs.enqueue("test.break")
    with pytest.raises(ValueError):
        jobs.run_waiting()
    late = jobs.enqueue("test.note")
    set_status(late, created_at=int((clock.now() - timedelta(minutes=11)).timestamp() * 1000))
    assert {f.name: f.level for f in find()} == {
        "jobs-worker": "baik", "jobs-waiting": "peringatan", "jobs-failed": "peringatan"
    }  # fmt: skip


def test_nothing_calls_what_deletes_the_database():
    """DBOS.reset_system_database removes the SQLite file or drops the PostgreSQL database, ours included."""

    def calls(text):
        nodes = ast.walk(ast.parse(text))
        return [n.lineno for n in nodes if isinstance(n, ast.Attribute) and n.attr == "reset_system_database"]

    assert calls("DBOS.reset_system_database()") == [1]
    root = Path(__file__).parents[2]
    files = [path for folder in ("ekopi", "tests", "migrations") for path in (root / folder).rglob("*.py")]
    assert files
    assert [path for path in files if calls(path.read_text(encoding="utf-8"))] == []
