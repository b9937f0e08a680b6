"""Moving a SQLite installation to PostgreSQL: every table of ours, in one transaction of the target.

Driver and migrations are imported when they are used: every process of the product reads this module.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from sqlalchemy import JSON, Connection, Table, create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from ekopi.core.db import postgres_options
from ekopi.extensions import db
from ekopi.jobs import queries as jobs
from ekopi.operating.errors import BadInput, Failed

if TYPE_CHECKING:
    import psycopg

REFERENCE = ("regions", "jp_editions")
"""Tables that migrating fills by itself: the source's rows take their place."""
BATCH = 1000


def copy(target_url: str, *, leave_jobs: bool = False) -> dict[str, int]:
    """Copies all rows of this application's SQLite database; returns rows by table.

    The target must be migrated to the same revision and empty; a failure leaves it empty. The job engine's
    tables are not copied: raises Failed while jobs wait, unless `leave_jobs`. Raises BadInput for an unfit target.
    """
    import psycopg

    waiting = jobs.counts()
    left = waiting["waiting"] + waiting["running"]
    if left and not leave_jobs:
        raise Failed(
            f"{left} pekerjaan menunggu dan tidak ikut disalin. Jalankan `ekopi worker` sampai habis, "
            "atau ulangi dengan --leave-jobs."
        )
    db.session.rollback()
    target_engine = create_engine(
        target_url, hide_parameters=True, connect_args={"options": postgres_options("command")}
    )
    try:
        with db.engine.connect() as source, target_engine.begin() as target:
            source.exec_driver_sql("BEGIN")  # one moment for all tables
            _check_target(source, target)
            copied = _copy_all(source, target)
            source.rollback()
            return copied
    except (SQLAlchemyError, psycopg.Error) as error:
        raise Failed(f"penyalinan dibatalkan, basis data tujuan tetap kosong: {_reason(error)}") from error
    finally:
        target_engine.dispose()


def differences_from_models() -> list[str]:
    """What differs between the models and the database's schema; empty when nothing does."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with db.engine.connect() as connection, warnings.catch_warnings():
        # neither library reads an index over an expression back from SQLite
        warnings.filterwarnings("ignore", ".*expression-based index")
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
        return [f"skema berbeda dari model: {change}" for change in compare_metadata(context, db.metadata)]


def is_ours(name: str | None, kind: str, parents: object = None) -> bool:
    """Whether a part of the schema is one that models tell of.

    Not: the job engine's tables, the tables and generated columns of the search index (migrations/0003).
    """
    return name in db.metadata.tables if kind == "table" else not (name or "").endswith("tsv")


def _check_target(source: Connection, target: Connection) -> None:
    from alembic.migration import MigrationContext

    here = MigrationContext.configure(source).get_current_revision()
    there = MigrationContext.configure(target).get_current_revision()
    if here != there:
        raise BadInput(
            f"skema tujuan {there or 'belum ada'}, skema di sini {here}. Jalankan `ekopi db upgrade` dengan "
            "EKOPI_DATABASE_URL yang menunjuk ke tujuan, lalu ulangi."
        )
    for table in db.metadata.sorted_tables:
        if (
            table.name not in REFERENCE
            and target.execute(select(text("1")).select_from(table).limit(1)).first()
        ):
            raise BadInput(
                f"basis data tujuan sudah berisi (tabel {table.name}). Gunakan basis data yang kosong."
            )


def _copy_all(source: Connection, target: Connection) -> dict[str, int]:
    for name in reversed(REFERENCE):
        target.execute(db.metadata.tables[name].delete())
    copied = {}
    for table in db.metadata.sorted_tables:
        copied[table.name] = _copy_table(source, target, table)
    for table in db.metadata.sorted_tables:
        _close_circle(source, target, table)
        _set_sequence(target, table)
    for table in db.metadata.sorted_tables:
        there = target.execute(select(func.count()).select_from(table)).scalar()
        here = source.execute(select(func.count()).select_from(table)).scalar()
        if not there == here == copied[table.name]:
            raise Failed(
                f"tabel {table.name}: {here} baris di sini, {there} di tujuan; penyalinan dibatalkan."
            )
    return copied


def _copy_table(source: Connection, target: Connection, table: Table) -> int:
    """One COPY for a table: its rows may refer to each other, foreign keys are judged when it ends."""
    from psycopg import sql
    from psycopg.types.json import Jsonb

    later = _later(table)
    columns = list(table.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    )
    number = 0
    with _psycopg(target).cursor() as cursor, cursor.copy(statement) as stream:
        for row in _rows(source, table):
            stream.write_row([
                None if column.name in later or value is None
                else Jsonb(value) if isinstance(column.type, JSON)
                else value
                for column, value in zip(columns, row, strict=True)
            ])  # fmt: skip
            number += 1
    return number


def _psycopg(target: Connection) -> psycopg.Connection:
    """The driver's own connection, in the same transaction: COPY has no words in SQLAlchemy."""
    return cast("psycopg.Connection", target.connection.dbapi_connection)


def _rows(source: Connection, table: Table) -> Iterator:
    query = select(table).order_by(*table.primary_key.columns)
    yield from source.execution_options(yield_per=BATCH).execute(query)


def _later(table: Table) -> set[str]:
    """Columns that close a circle between two tables; they are filled when both are there."""
    return {
        fk.parent.name for fk in table.foreign_keys if fk.constraint is not None and fk.constraint.use_alter
    }


def _close_circle(source: Connection, target: Connection, table: Table) -> None:
    from psycopg import sql

    for name in _later(table):
        column, keys = table.c[name], list(table.primary_key.columns)
        rows = source.execute(select(*keys, column).where(column.is_not(None)))
        for batch in rows.partitions(BATCH):
            with _psycopg(target).cursor() as cursor:
                cursor.executemany(
                    sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(
                        sql.Identifier(table.name), sql.Identifier(name), sql.Identifier(keys[0].name)
                    ),
                    [(row[-1], row[0]) for row in batch],
                )


def _set_sequence(target: Connection, table: Table) -> None:
    keys = list(table.primary_key.columns)
    if len(keys) != 1:
        return
    sequence = target.execute(select(func.pg_get_serial_sequence(table.name, keys[0].name))).scalar()
    if sequence:
        most = func.coalesce(select(func.max(keys[0])).scalar_subquery(), 0)
        target.execute(select(func.setval(sequence, most + 1, False)))


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
