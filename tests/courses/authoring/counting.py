"""Counts the statements sent to the database."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import event

from ekopi.extensions import db


@contextmanager
def statements():
    """A list that fills with the SELECTs, INSERTs, UPDATEs and DELETEs of the block."""
    seen: list[str] = []
    engine = db.session.connection().engine

    def note(connection, cursor, statement, parameters, context, many):
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def at_first_write(look):
    """A list with what `look()` gave just before the first row of the block was written."""
    seen: list = []
    engine = db.session.connection().engine

    def note(connection, cursor, statement, parameters, context, many):
        if not seen and statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            seen.append(look())

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
