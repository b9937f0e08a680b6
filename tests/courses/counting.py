"""Counts the statements a block sends to the database."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import Engine, event

OURS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class Statements(list):
    """The statements sent, without those that only frame a transaction (a test's own savepoints are such)."""

    def __str__(self):
        return f"{len(self)} statements:\n" + "\n".join(" ".join(one.split())[:200] for one in self)


@contextmanager
def counted():
    """`with counted() as sent:` – afterwards `len(sent)` statements were sent."""
    sent = Statements()

    def note(connection, cursor, statement, parameters, context, executemany):
        if not statement.lstrip().upper().startswith(OURS):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
