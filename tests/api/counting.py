"""Counts the SELECTs of a request."""

from __future__ import annotations

from sqlalchemy import event


def counted(db, act) -> int:
    """How many SELECTs `act` sends."""
    seen = []

    def note(connection, cursor, statement, *rest):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    engine = db.engine.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
