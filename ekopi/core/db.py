"""Database habits: settings of every connection, the write lock of SQLite, claims, undoable deletion."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import Engine, event
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.core import clock
from ekopi.extensions import db

UNDO_DAYS = 30
WRITES = "writes"
"""Where a session notes that its transaction holds locks; accounts.passwords refuses to hash then."""

SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
POSTGRES_SETTINGS = {
    "web": {"lock_timeout": "2s", "statement_timeout": "10s", "idle_in_transaction_session_timeout": "30s"},
    "job": {"lock_timeout": "2s", "statement_timeout": "2min", "idle_in_transaction_session_timeout": "30s"},
    "command": {"lock_timeout": "2s", "statement_timeout": "0", "idle_in_transaction_session_timeout": "0"},
}

READS = re.compile(
    r"\s*(SELECT|BEGIN|PRAGMA|EXPLAIN|VALUES|ROLLBACK|RELEASE|WITH(?!.*\b(INSERT|UPDATE|DELETE)\b))",
    re.I | re.S,
)


def engine_options(database_url: str, purpose: str) -> dict:
    """Options for SQLAlchemy's engine: pool, time limits of PostgreSQL; no values of people in the words of errors."""
    if database_url.startswith("sqlite"):
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "connect_args": {"options": postgres_options(purpose)},
    }


def postgres_options(purpose: str) -> str:
    """The `options` of a PostgreSQL connection for web, job or command."""
    chosen = POSTGRES_SETTINGS[purpose] | {"TimeZone": "UTC"}
    return " ".join(f"-c {name}={value}" for name, value in chosen.items())


@event.listens_for(Engine, "connect")
def _sqlite_pragmas(dbapi_connection, record):
    """Every SQLite connection of the process (also the job engine's): durable, waiting, with foreign keys."""
    if type(dbapi_connection).__module__.startswith("sqlite3"):
        cursor = dbapi_connection.cursor()
        for name, value in SQLITE_PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()


def prepare(engine: Engine) -> None:
    """Makes our own SQLite engine take the write lock at the first write of a transaction, not before.

    pysqlite's own transactions are switched off; otherwise SAVEPOINT and an outer rollback leave rows behind,
    and a transaction that began by reading fails at once when it writes (a stale snapshot ignores busy_timeout).
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def begin_ourselves(dbapi_connection, record):
        dbapi_connection.isolation_level = None

    @event.listens_for(engine, "before_cursor_execute")
    def lock_before_the_first_write(connection, cursor, statement, parameters, context, executemany):
        if not connection.connection.dbapi_connection.in_transaction and not READS.match(statement):
            cursor.execute("BEGIN IMMEDIATE")


def take_write_lock() -> bool:
    """Takes SQLite's one write lock now, for a verb that reads before it writes; False on PostgreSQL.

    On either database others may wait for this transaction from now on: it is marked as one that writes.
    """
    db.session.info[WRITES] = True
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return False
    if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    return True


def affected(statement) -> int:
    """Runs an UPDATE or DELETE; how many rows it changed."""
    return db.session.execute(statement).rowcount  # type: ignore[attr-defined]


def upsert(model, rows: list[dict], *, key: tuple[str, ...], update: tuple[str, ...] = ()) -> None:
    """Inserts rows of one shape; where the unique `key` is there already, the columns of `update` take the new values.

    Without `update` such rows are left as they are. Rows are written in the order of their keys, so that two
    who write the same ones wait for each other instead of blocking one another.
    """
    from sqlalchemy.dialects import postgresql, sqlite

    if not rows:
        return
    connection = db.session.connection()
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(model.__table__)
    if update:
        new = {name: insert.excluded[name] for name in update}
        statement = insert.on_conflict_do_update(index_elements=list(key), set_=new)
    else:
        statement = insert.on_conflict_do_nothing(index_elements=list(key))
    connection.execute(statement, sorted(rows, key=lambda row: tuple(row[name] for name in key)))


def claim(row):
    """Locks a loaded row and reads it anew; a verb that decides on what a row says calls this first."""
    if take_write_lock():
        db.session.refresh(row)
    else:
        # only the row itself: relationships it was loaded with come by outer joins, which cannot be locked
        db.session.refresh(row, with_for_update={"of": type(row)})
    return row


class Undoable:
    """A thing that can be deleted and brought back for 30 days; after that it stays deleted.

    Its row stays for what points at it (the trail, certificates); only uploads are removed by the night.
    """

    deleted_at: Mapped[clock.datetime | None] = mapped_column(default=None, index=True)

    def delete(self) -> None:
        self.deleted_at = clock.now()

    def undelete(self) -> None:
        self.deleted_at = None

    @property
    def undoable(self) -> bool:
        """Deleted, and not yet for longer than 30 days."""
        return self.deleted_at is not None and clock.now() - self.deleted_at < timedelta(days=UNDO_DAYS)


def partial(condition: str) -> dict:
    """Arguments of an Index that holds only for some rows, for both databases."""
    from sqlalchemy import text

    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}
