"""Migrations on both databases: our tables only, foreign keys off while SQLite rebuilds tables, one transaction each."""

from __future__ import annotations

from alembic import context
from flask import current_app

from ekopi.extensions import db

OURS = set(db.metadata.tables)
LOCK_TIMEOUT = "500ms"


def ours(name, kind, parent_names):
    """Leaves the job engine's tables and the index's generated column alone."""
    return name in OURS if kind == "table" else not (name or "").endswith("tsv")


def render(kind, thing, autogen):
    """Our column types as plain ones: a migration never imports the models' house."""
    name = type(thing).__name__ if kind == "type" else ""
    plain = {
        "UtcDateTime": "sa.DateTime(timezone=True)",
        "Hundredths": 'sa.Numeric(10, 2).with_variant(sa.Integer(), "sqlite")',
    }
    return plain.get(name, False)


def run() -> None:
    args = dict(current_app.extensions["migrate"].configure_args)
    args.setdefault("render_as_batch", True)
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection  # raw: through SQLAlchemy it would begin a transaction
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_name=ours,
            render_item=render,
            transaction_per_migration=True,
            **args,
        )
        try:
            with context.begin_transaction():
                if not sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                context.run_migrations()
            connection.commit()
        finally:
            if sqlite:
                broken = raw.execute("PRAGMA foreign_key_check").fetchall()
                raw.execute("PRAGMA foreign_keys=ON")
                if broken:
                    raise RuntimeError(f"migration broke foreign keys: {broken[:5]}")


if context.is_offline_mode():
    raise RuntimeError("migrations run against a database only")
run()
