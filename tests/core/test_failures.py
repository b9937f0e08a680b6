"""What is logged of errors: enough to find the fault, nothing of what people typed."""

from __future__ import annotations

import io
import json
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, PendingRollbackError

from ekopi.accounts.models import Person
from ekopi.core.web import JsonLines
from ekopi.jobs import worker
from tests.accounts import make

ADDRESS = "rahasia.sekali@contoh.go.id"


@pytest.fixture
def logged(app, db):
    """logged(error) handles the error as in a request and gives the log line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("ekopi.failures")
    log.addHandler(handler)

    def line(error, status=500) -> dict:
        with app.test_request_context():
            assert app.handle_user_exception(error)[1] == status
        return json.loads(stream.getvalue())

    yield line
    log.removeHandler(handler)


def clash(db) -> IntegrityError:
    make.person(email=ADDRESS)
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.add(Person(email=ADDRESS, name="Sari Wulandari"))
    return caught.value


def test_an_error_of_the_database_is_logged_without_what_was_typed(logged, db):
    line = logged(clash(db))
    assert "rahasia" not in json.dumps(line)
    assert "Sari" not in json.dumps(line)
    assert line["statement"].startswith("INSERT INTO persons")
    assert line["error"] in ("IntegrityError", "UniqueViolation")
    assert "test_failures.py" in line["trace"]


def test_also_when_it_lies_below_another_error(logged, db):
    with pytest.raises(RuntimeError) as caught:
        try:
            raise clash(db)
        except IntegrityError as below:
            raise RuntimeError("apa saja") from below
    assert "rahasia" not in json.dumps(logged(caught.value))


def test_also_when_a_session_tells_of_it_later(logged, db):
    said = f"Original exception was: {clash(db)} {ADDRESS}"
    assert "rahasia" not in json.dumps(logged(PendingRollbackError(said)))


def test_a_database_that_is_away_is_logged_alike(logged, db):
    from sqlalchemy.exc import OperationalError

    error = OperationalError(
        "SELECT 1", {"email": ADDRESS}, Exception(f"gone {ADDRESS}"), hide_parameters=True
    )
    line = logged(error, 503)
    assert line["statement"] == "SELECT 1"
    assert "rahasia" not in json.dumps(line)


def test_other_errors_keep_their_words(logged):
    assert "apa saja" in logged(RuntimeError("apa saja"))["trace"]


def test_no_engine_of_ours_says_parameters(app, db):
    with pytest.raises(Exception, match="tidak_ada") as caught, db.session.begin_nested():
        db.session.execute(text("SELECT :email FROM tidak_ada"), {"email": ADDRESS})
    assert "rahasia" not in str(caught.value)
    assert worker.configuration("slot")["db_engine_kwargs"]["hide_parameters"] is True
