"""Real processes that do the same thing at the same moment, each with its own application and connections."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, event

from ekopi.config import database_url
from ekopi.core.errors import Refused
from ekopi.courses.assessment import operations as assessment
from ekopi.courses.assessment.models import Attempt
from ekopi.courses.authoring.models import Course, Lesson
from ekopi.courses.learning import operations
from ekopi.courses.learning.models import Enrolment
from ekopi.credentials.operations import certificates
from ekopi.extensions import db
from tests.accounts.make import Person
from tests.credentials.make import facts

PAUSE = 0.015
"""Seconds between what a process has read and its first write, so that all have read before one writes."""


def enrol(course_id, person_id):
    return operations.enrol(db.session.get(Course, course_id), db.session.get(Person, person_id)).seat


def start(enrolment_id, lesson_id):
    """Without the claim that learning makes before, so that the keys alone decide."""
    return assessment.start(enrolment_id, db.session.get(Lesson, lesson_id)).number


def start_as_learner(enrolment_id, lesson_id):
    lesson, enrolment = db.session.get(Lesson, lesson_id), db.session.get(Enrolment, enrolment_id)
    return operations.start_quiz(db.session.get(Course, lesson.course_id), enrolment, lesson).number


def finish(enrolment_id, lesson_id):
    lesson, enrolment = db.session.get(Lesson, lesson_id), db.session.get(Enrolment, enrolment_id)
    operations.finish_lesson(db.session.get(Course, lesson.course_id), enrolment, lesson)
    return enrolment.state


def submit(enrolment_id, lesson_id, attempt_id):
    """The attempt is read before anything is claimed, as the page reads it; gives back when it was closed."""
    lesson, enrolment = db.session.get(Lesson, lesson_id), db.session.get(Enrolment, enrolment_id)
    attempt = db.session.get(Attempt, attempt_id)
    operations.submit_quiz(db.session.get(Course, lesson.course_id), enrolment, lesson, attempt)
    return attempt.closed_at.isoformat()


def issue(person_id, enrolment_id):
    person = db.session.get(Person, person_id)
    return certificates.issue(person, "enrolment", enrolment_id, facts()).number


def race(live, act, rounds, *, unclaimed=None):
    """Runs `act` once per round in as many processes as a round has arguments; gives back outcomes by round.

    `unclaimed`, for a control: a module whose claims do nothing.
    An outcome is what the act returned, the code of a refusal, or the name of an error.
    """
    context = multiprocessing.get_context("fork")
    with live.app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection is shared with the children
    number = len(rounds[0])
    barrier, queue = context.Barrier(number), context.Queue()
    runners = [
        context.Process(
            target=_run,
            args=(live.url, live.data_dir, act, [one[n] for one in rounds], unclaimed, barrier, queue),
        )
        for n in range(number)
    ]
    for runner in runners:
        runner.start()
    outcomes = [queue.get(timeout=120) for _runner in runners]
    for runner in runners:
        runner.join(30)
    return [list(one) for one in zip(*outcomes, strict=True)]


def _run(url, data_dir, act, calls, unclaimed, barrier, queue):
    from tests.living import make_app

    if unclaimed is not None:
        unclaimed.claim = lambda row: row
    app = make_app(url, Path(data_dir))
    outcomes = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _dawdle, insert=True)
    for call in calls:
        with app.app_context():
            db.session.connection().exec_driver_sql("SELECT 1")
            barrier.wait(60)
            try:
                outcome = act(*call)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                outcome = refused.code
            except Exception as error:
                db.session.rollback()
                outcome = type(error).__name__
            outcomes.append(outcome)
    queue.put(outcomes)
    queue.close()
    queue.join_thread()


def _dawdle(connection, cursor, statement, *rest):
    if statement.startswith(("SAVEPOINT", "UPDATE")):
        time.sleep(PAUSE)


def drop_index(live, name):
    """For a control: the same race without the key that decides it."""
    with live.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP INDEX {name}")


def drop_unique(live, table, name):
    """The same for a key that is part of its table; SQLite writes the table anew."""
    engine = create_engine(database_url(live.url, live.data_dir))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        alter = Operations(MigrationContext.configure(connection))
        with alter.batch_alter_table(table) as batch:
            batch.drop_constraint(name, type_="unique")
        connection.commit()
    engine.dispose()
