"""The job engine (DBOS): its client, its tables as we read them, its creation. Imports DBOS only when called.

Never call DBOS.reset_system_database() nor the `dbos` command: both delete the whole database, ours included.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger, Text, column, table

from ekopi.extensions import db
from ekopi.jobs import wire

APPLICATION = "ekopi"
VERSION = "1"
"""Fixed: the engine would leave the waiting jobs of another version lying."""

WAITING = ("ENQUEUED", "DELAYED")
RUNNING = ("PENDING",)
FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED")
DONE = ("SUCCESS",)


def tables() -> SimpleNamespace:
    """The engine's tables of this database: bare names on SQLite, schema `dbos` on PostgreSQL."""
    dialect = db.engine.dialect.name
    if dialect not in _tables:
        _tables[dialect] = _described(None if dialect == "sqlite" else "dbos")
    return _tables[dialect]


_tables: dict[str, SimpleNamespace] = {}


def _described(schema: str | None) -> SimpleNamespace:
    whole = ("created_at", "updated_at", "started_at_epoch_ms", "completed_at", "recovery_attempts",
             "delay_until_epoch_ms")  # fmt: skip
    texts = ("workflow_uuid", "status", "name", "queue_name", "executor_id", "owner_xid", "schedule_name",
             "application_name")  # fmt: skip
    status = table(
        "workflow_status",
        *[column(name, Text) for name in texts],
        *[column(name, BigInteger) for name in whole],
        schema=schema,
    )
    return SimpleNamespace(
        status=status,
        input=table("workflow_input", column("workflow_uuid", Text), column("inputs", Text), schema=schema),
        output=table("workflow_output", column("workflow_uuid", Text), column("error", Text), schema=schema),
        steps=table("operation_outputs", column("workflow_uuid", Text), schema=schema),
    )


def serializer():
    """Our JSON as the engine wants it."""
    from dbos import Serializer

    class Json(Serializer):
        def serialize(self, data: Any) -> str:
            return wire.dumps(data)

        def deserialize(self, serialized_data: str) -> Any:
            return wire.loads(serialized_data)

        def name(self) -> str:
            return "ekopi-json"

    return Json()


def client():
    """The engine's client of this application; it writes through the caller's own connection only."""
    kept = current_app.extensions
    if "jobs-client" not in kept:
        from dbos import DBOSClient

        kept["jobs-client"] = DBOSClient(
            system_database_engine=db.engine.engine,
            lazy=True,
            application_name=APPLICATION,
            serializer=serializer(),
            retry_connection_errors=False,
        )
    return kept["jobs-client"]


def address() -> str:
    """The database's URL with its password, absolute: the engine would read a relative SQLite path elsewhere."""
    return db.engine.engine.url.render_as_string(hide_password=False)


def create_tables() -> None:
    """Creates or updates the engine's tables; safe to repeat.

    By URL: on our own engine, which begins its transactions itself, the engine's BEGIN would be a second one.
    """
    from dbos import DBOS

    DBOS.migrate(address())
