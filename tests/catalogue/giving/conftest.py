"""A client that reads an answer to its end while the request still lasts, as a server sends it; what it asked the database."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from tests.client import Client


class Reader(Client):
    def open(self, *args, **kwargs):
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app, db):
    return Reader(app)


@pytest.fixture
def statements(db):
    """The SQL sent so far, both by the test and by its requests."""
    seen: list[str] = []
    engine = db.session.connection().engine

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
