"""PostgreSQL: pg_dump inside an exported snapshot, put back in one transaction that also counts the rows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from importlib import import_module
from pathlib import Path

from sqlalchemy.engine import make_url

import ekopi
from ekopi.extensions import db
from ekopi.operating.archive import ArchiveRefused
from ekopi.operating.errors import Failed
from ekopi.operating.snapshot import CONTENT_TABLES, Snapshot, describe

OURS = ("public", "dbos")
"""Schemas that hold EKOPI: our tables and the job engine's."""
LOCK_WAIT = "5s"

TABLES = (
    "SELECT schemaname, tablename FROM pg_catalog.pg_tables "
    f"WHERE schemaname IN {OURS} ORDER BY schemaname, tablename"
)
ROUTINES = ("refuse_change()",)
"""Functions that migrations make; whatever else is in `public` belongs to others."""
RELATIONS = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""
"""Tables and views of `public`, without those of extensions."""


def take(url: str, target: Path) -> Snapshot:
    """Dumps the database into `target`, and tells what the dumped snapshot holds."""
    import psycopg

    tool("pg_dump")
    try:
        with psycopg.connect(_plain(url), options="-c idle_in_transaction_session_timeout=0") as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            name = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]  # type: ignore[index]
            held = describe(target, _counts(connection), lambda query: connection.execute(query).fetchall())
            run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}",
                *(f"--schema={schema}" for schema in OURS),
                *(f"--exclude-table=public.{_quoted(other)}" for other in _of_others(connection)),
                f"--file={target}")  # fmt: skip
            return held
    except (psycopg.Error, IndexError) as error:
        raise Failed(f"basis data tidak dapat disalin: {error or 'belum dimigrasi'}.") from error


def examine(dump: Path, expected: dict[str, int]) -> None:
    """Reads a whole dump and counts its rows. Raises ArchiveRefused when they are not the declared ones."""
    counted = rows_of(dump)
    if counted != expected:
        wrong = sorted(name for name in counted.keys() | expected if counted.get(name) != expected.get(name))
        raise ArchiveRefused(f"jumlah baris di dalam arsip tidak sesuai: {', '.join(wrong[:5])}.")


def rows_of(dump: Path) -> dict[str, int]:
    """Rows by table in a dump, counted in its data."""
    with tempfile.TemporaryFile() as errors:
        reader = subprocess.Popen(
            [tool("pg_restore"), "--data-only", "--file=-", str(dump)], stdout=subprocess.PIPE, stderr=errors
        )
        counted: dict[str, int] = {}
        table = None
        assert reader.stdout
        for line in reader.stdout:
            if table is None:
                if start := re.match(rb'COPY (\w+)\."?(\w+)"? .*FROM stdin;$', line):
                    table = f"{start[1].decode()}.{start[2].decode()}"
                    counted[table] = 0
            elif line == b"\\.\n":
                table = None
            else:
                counted[table] += 1
        reader.stdout.close()
        if reader.wait():
            errors.seek(0)
            raise ArchiveRefused(
                f"basis data di dalam arsip rusak: {_first(errors.read().decode(errors='replace'))}"
            )
    return counted


def occupied(url: str) -> bool:
    """Whether the database holds content."""
    import psycopg
    from psycopg import sql

    try:
        with psycopg.connect(_plain(url)) as connection:
            known = {name for schema, name in connection.execute(TABLES) if schema == "public"}
            return any(
                connection.execute(
                    sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name))
                ).fetchone()
                for name in CONTENT_TABLES
                if name in known
            )
    except psycopg.Error as error:
        raise Failed(f"basis data tidak dapat dibuka: {str(error).strip()}") from error


def refuse_shared(url: str) -> None:
    """Raises Failed when `public` holds tables or views that are not ours: a restore must not meet them."""
    import psycopg

    try:
        with psycopg.connect(_plain(url)) as connection:
            others = _of_others(connection)
    except psycopg.Error as error:
        raise Failed(f"basis data tidak dapat dibuka: {str(error).strip()}") from error
    if others:
        raise Failed(
            f"basis data tujuan juga berisi tabel yang bukan milik EKOPI: {', '.join(others[:5])}. Tidak ada yang "
            "diubah. Pulihkan ke basis data untuk EKOPI sendiri, misalnya yang baru dibuat dengan `createdb`."
        )


def put(dump: Path, url: str, expected: dict[str, int]) -> None:
    """Replaces what the database holds of ours by the dump, in one transaction; whatever fails leaves the old state.

    Nothing of others is dropped: where something of theirs needs a table of ours, the restore fails. The rows
    are counted before the transaction ends. Raises Failed.
    """
    psql = tool("psql")
    with tempfile.TemporaryDirectory(prefix="ekopi-restore-") as folder:
        wanted = Path(folder) / "list"
        wanted.write_text(_contents(dump), encoding="utf-8")
        script = Path(folder) / "script.sql"
        run(
            None,
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            f"--use-list={wanted}",
            f"--file={script}",
            str(dump),
        )
        with open(script, "a", encoding="utf-8") as end:
            end.write(_count_again(expected))
        before = Path(folder) / "before.sql"
        before.write_text(f"SET lock_timeout = '{LOCK_WAIT}';\n{_clear()}", encoding="utf-8")
        words = [psql, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
                 f"--file={before}", f"--file={script}", f"--dbname={_without_password(url)}"]  # fmt: skip
        done = subprocess.run(words, capture_output=True, text=True, env=_environment(url))
    if done.returncode:
        reason = _first(done.stderr)
        if "lock timeout" in done.stderr:
            reason = "basis data sedang dipakai. Hentikan `ekopi run` dan `ekopi worker`, lalu ulangi."
        raise Failed(f"pemulihan dibatalkan, keadaan lama tetap ada: {reason}")


def tool(name: str) -> str:
    """Path of a program of PostgreSQL. Raises Failed with what to install."""
    found = shutil.which(name)
    if not found:
        places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]))
        found = str(places[-1]) if places else None
    if not found:
        raise Failed(
            f"program {name} tidak ditemukan. Pasang alat PostgreSQL, misalnya `apt-get install postgresql-client`."
        )
    return found


def run(url: str | None, name: str, *words: str) -> None:
    """Runs a program of PostgreSQL; the password goes through the environment, never the command line."""
    command = [tool(name), *words] + ([f"--dbname={_without_password(url)}"] if url else [])
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(url))
    if done.returncode:
        raise Failed(f"{name}: {_first(done.stderr)}")


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _without_password(url: str) -> str:
    return make_url(url).set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _environment(url: str | None) -> dict[str, str]:
    password = make_url(url).password if url else None
    return {**os.environ, "LC_MESSAGES": "C", "PGCLIENTENCODING": "UTF8"} | (
        {"PGPASSWORD": str(password)} if password else {}
    )


def _first(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    said = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return (said or lines or ["tanpa keterangan"])[0].strip()


def _our_tables() -> set[str]:
    """Tables that migrations make. The models are read here, for a restore that has no application yet."""
    home = Path(ekopi.__file__).parent
    for path in home.rglob("models.py"):
        import_module(".".join(("ekopi", *path.relative_to(home).with_suffix("").parts)))
    return {*db.metadata.tables, "alembic_version"}


def _of_others(connection) -> list[str]:
    ours = _our_tables()
    return [name for (name,) in connection.execute(RELATIONS).fetchall() if name not in ours]


def _clear() -> str:
    """SQL that drops what is ours, all tables in one statement because they refer to each other."""
    tables = ", ".join(f"public.{_quoted(name)}" for name in sorted(_our_tables()))
    functions = ", ".join(f"public.{name}" for name in ROUTINES)
    return (
        "DROP SCHEMA IF EXISTS dbos CASCADE;\n"
        f"DROP TABLE IF EXISTS {tables};\nDROP FUNCTION IF EXISTS {functions};\n"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _counts(connection) -> dict[str, int]:
    from psycopg import sql

    counted, others = {}, _of_others(connection)
    for schema, name in connection.execute(TABLES).fetchall():
        if schema == "public" and name in others:
            continue
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, name))
        counted[f"{schema}.{name}"] = connection.execute(query).fetchone()[0]
    return counted


def _contents(dump: Path) -> str:
    """The dump's list without the schema `public`, extensions and others' functions, which are not ours."""
    done = subprocess.run([tool("pg_restore"), "--list", str(dump)], capture_output=True, text=True)
    if done.returncode:
        raise ArchiveRefused(f"basis data di dalam arsip rusak: {_first(done.stderr)}")
    ours = "|".join(re.escape(name) for name in ROUTINES)
    foreign = re.compile(
        r"^\d+; \d+ \d+ ((SCHEMA - public|COMMENT - SCHEMA public|EXTENSION|COMMENT - EXTENSION)\b"
        rf"|(FUNCTION|PROCEDURE|AGGREGATE) public (?!({ours}) ))"
    )
    return "".join(line + "\n" for line in done.stdout.splitlines() if not foreign.match(line))


def _count_again(expected: dict[str, int]) -> str:
    checks = []
    for table, rows in expected.items():
        schema, name = table.split(".", 1)
        if not re.fullmatch(r"\w+", schema) or not re.fullmatch(r"\w+", name):
            raise ArchiveRefused(f"arsip ditolak: nama tabel {table!r}.")
        checks.append(
            f'IF (SELECT count(*) FROM "{schema}"."{name}") <> {int(rows)} THEN '
            f"RAISE EXCEPTION 'jumlah baris {table} tidak sesuai'; END IF;"
        )
    return "\nDO $count$ BEGIN\n" + "\n".join(checks) + "\nEND $count$;\n"
