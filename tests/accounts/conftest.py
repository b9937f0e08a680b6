"""What tests of accounts share: letters written so far, and statements sent."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, text


@pytest.fixture
def letters(db):
    """letters(to) gives the letters to an address, oldest first."""
    from ekopi.mail.models import Letter

    def of(address):
        return db.session.scalars(
            select(Letter).where(Letter.to_address == address).order_by(Letter.id)
        ).all()

    return of


def link_in(letter, part="/"):
    """The path of the first link of ours in a letter that contains `part`."""
    found = [path for path in re.findall(r"http://127\.0\.0\.1:8000(/\S+)", letter.text) if part in path]
    assert found, letter.text
    return found[0]


@pytest.fixture
def meanwhile(db):
    """meanwhile(part, change, …): once, right after a statement with this part, somebody else changes a row.

    The change (SQL with its values) goes past the session, which keeps what it has read.
    """
    listening = []

    def prepare(part, change, **values):
        done = []

        def note(connection, cursor, statement, *rest):
            if part in statement and not done:
                done.append(part)
                connection.execute(text(change), values)

        event.listen(db.engine.engine, "after_cursor_execute", note)
        listening.append(note)
        return done

    yield prepare
    for note in listening:
        event.remove(db.engine.engine, "after_cursor_execute", note)


@pytest.fixture
def count_queries(db):
    """with count_queries() as seen: … ; `seen` then holds the SELECTs."""

    @contextmanager
    def counted():
        seen = []

        def note(connection, cursor, statement, *rest):
            if statement.lstrip().upper().startswith("SELECT"):
                seen.append(statement)

        engine = db.engine.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counted
