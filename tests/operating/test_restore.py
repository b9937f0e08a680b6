"""Restoring where something is already: nothing is lost by it, and nothing of others is touched."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest

from ekopi.accounts.models import Person
from ekopi.extensions import db
from ekopi.operating import postgres, restores, sqlite
from ekopi.operating.errors import Failed
from tests.operating import make
from tests.operating.make import backup


def test_content_is_not_replaced_without_force(taken, settle):
    full, path = taken
    before, files = make.rows(full.url), make.files(full.data_dir / "files")
    settle(full)
    release(full)
    with pytest.raises(Failed, match="--force"):
        restores.restore(path)
    assert make.rows(full.url) == before and make.files(full.data_dir / "files") == files


def release(live) -> None:
    with live.app.app_context():
        db.session.remove()
        db.engine.dispose()


def add_later(full) -> None:
    """What happens after the backup: a person and a file that the archive does not know."""
    with full.app.app_context():
        db.session.add(Person(email="later@t.go.id", name="Kemudian"))
        make.keep_file(full.app, "later.txt", b"later")
        db.session.commit()
    release(full)


def test_force_puts_the_old_state_aside(taken, settle):
    full, path = taken
    before, files = make.rows(full.url), make.files(full.data_dir / "files")
    add_later(full)
    settle(full)
    done = restores.restore(path, force=True)
    assert make.rows(full.url) == before and make.files(full.data_dir / "files") == files
    kept = make.files(done.aside)
    assert any(data == b"later" for data in kept.values())
    assert any(name.startswith("ekopi.pgdump") or name.endswith(".db") for name in kept)


def test_a_restore_never_removes_an_upload(taken, settle):
    """The database is lost, the uploads are still there: newer ones and a damaged one are set aside, without --force."""
    full, path = taken
    files = make.files(full.data_dir / "files")
    add_later(full)
    damaged = next(name for name in files if files[name].startswith(b"isi berkas 1"))
    (full.data_dir / "files" / damaged).write_bytes(b"lain")
    (full.data_dir / "audit.seal").write_text('{"seal": 9, "mac": ""}')
    lose_database(full)
    settle(full)
    done = restores.restore(path)
    assert make.files(full.data_dir / "files") == files
    kept = make.files(done.aside)
    assert [data for name, data in kept.items() if name.startswith("files/") and data == b"later"]
    assert kept[f"files/{damaged}"] == b"lain" and b'"seal": 9' in kept["audit.seal"]


def lose_database(full) -> None:
    if full.url.startswith("sqlite"):
        sqlite.path_of(full.url).unlink()
    else:
        with psycopg.connect(full.url) as connection:
            connection.execute(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS dbos CASCADE"
            )


def foreign(url: str, words: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(words)


@pytest.mark.parametrize("force", [False, True])
def test_tables_of_others_are_never_dropped(target, elsewhere, engine_name, force):
    if engine_name != "postgresql":
        pytest.skip("a SQLite file has one owner")
    path, folder = target
    _folder, url = elsewhere
    foreign(url, "CREATE TABLE payroll (id int); INSERT INTO payroll VALUES (1)")
    with pytest.raises(Failed, match="payroll"):
        restores.restore(path, force=force)
    assert make.rows(url) == {"public.payroll": [("1",)]} and not folder.exists()


def test_a_backup_leaves_out_what_is_of_others(full, elsewhere, settle, tmp_path, engine_name):
    if engine_name != "postgresql":
        pytest.skip("a SQLite file has one owner")
    before = make.rows(full.url)
    own = "CREATE FUNCTION {}() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    foreign(full.url, f'CREATE TABLE "Pay roll" (id int); {own.format("gaji")}')
    path = backup(full, tmp_path / "a.ekopi")
    folder, url = elsewhere
    foreign(url, own.format("gaji"))  # is neither dropped nor in the way
    settle(full, url, folder)
    restores.restore(path)
    after = make.rows(url)
    assert after.keys() == before.keys() and after["public.persons"] == before["public.persons"]
    release(full)
    restores.restore(path, force=True)  # our own tables and functions give way
    foreign(url, "SELECT gaji()")


def test_functions_of_ours(live, engine_name):
    """What a restore drops by name is what migrations make."""
    if engine_name != "postgresql":
        pytest.skip("only PostgreSQL has functions")
    with psycopg.connect(live.url) as connection:
        made = connection.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        ).fetchall()
        others = connection.execute(postgres.RELATIONS).fetchall()
    assert tuple(name for (name,) in made) == postgres.ROUTINES
    assert {name for (name,) in others} <= {*db.metadata.tables, "alembic_version"}


def test_failing_restore_leaves_the_old_state(taken, settle, monkeypatch):
    full, path = taken
    add_later(full)
    before, files = make.rows(full.url), make.files(full.data_dir / "files")
    (lost,) = [n for n in files if files[n].startswith(b"isi berkas 1")]
    (full.data_dir / "files" / lost).unlink()
    del files[lost]
    settle(full)
    if full.url.startswith("sqlite"):
        holder = sqlite3.connect(sqlite.path_of(full.url))  # a server that still runs
        holder.execute("SELECT count(*) FROM persons").fetchone()
        with pytest.raises(Failed, match="sedang dipakai"):
            restores.restore(path, force=True)
        holder.close()
    else:
        monkeypatch.setattr(postgres, "LOCK_WAIT", "300ms")
        with psycopg.connect(full.url) as holder:
            holder.execute("SELECT count(*) FROM persons")
            with pytest.raises(Failed, match="sedang dipakai"):
                restores.restore(path, force=True)
    assert make.rows(full.url) == before and make.files(full.data_dir / "files") == files


def test_corrupt_database_is_put_aside_by_force(taken, settle, engine_name):
    if engine_name != "sqlite":
        pytest.skip("a file only SQLite has")
    full, path = taken
    before = make.rows(full.url)
    release(full)
    sqlite.path_of(full.url).write_bytes(b"broken" * 1000)
    settle(full)
    with pytest.raises(Failed, match="--force"):
        restores.restore(path)
    done = restores.restore(path, force=True)
    assert make.rows(full.url) == before
    assert (done.aside / sqlite.path_of(full.url).name).read_bytes().startswith(b"broken")
