"""SQLite: copied with VACUUM INTO (never cp, never paged backup), put back by renaming a checked file."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from ekopi.operating.archive import ArchiveRefused
from ekopi.operating.errors import Failed
from ekopi.operating.snapshot import CONTENT_TABLES, Snapshot, describe

WAIT_SECONDS = 30


def path_of(url: str) -> Path:
    """The file behind a `sqlite:///` URL."""
    return Path(url.removeprefix("sqlite:///"))


def take(url: str, target: Path) -> Snapshot:
    """Copies the database into `target`: one read transaction, so no writer is stopped and none is seen half."""
    source = path_of(url)
    if not source.is_file():
        raise Failed(f"belum ada basis data di {source}. Jalankan `ekopi init`.")
    try:
        with closing(sqlite3.connect(source, timeout=WAIT_SECONDS)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        return look(target)
    except (sqlite3.Error, IndexError) as error:
        raise Failed(f"basis data tidak dapat disalin: {error or 'belum dimigrasi'}.") from error


def look(path: Path) -> Snapshot:
    """What a copy holds."""
    with closing(sqlite3.connect(path)) as connection:
        return describe(path, _counts(connection), lambda query: connection.execute(query).fetchall())


def examine(path: Path, expected: dict[str, int]) -> None:
    """Opens a copy and compares it with the declared rows. Raises ArchiveRefused when something does not fit."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            state = connection.execute("PRAGMA integrity_check").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            counted = _counts(connection)
    except sqlite3.Error as error:
        raise ArchiveRefused(f"basis data di dalam arsip tidak dapat dibuka: {error}.") from error
    if state != "ok" or broken:
        raise ArchiveRefused(f"basis data di dalam arsip rusak: {state if state != 'ok' else broken[:3]}.")
    if counted != expected:
        wrong = sorted(name for name in counted.keys() | expected if counted.get(name) != expected.get(name))
        raise ArchiveRefused(f"jumlah baris di dalam arsip tidak sesuai: {', '.join(wrong[:5])}.")


def occupied(url: str) -> bool:
    """Whether the database holds content. A file that cannot be read counts as content."""
    path = path_of(url)
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as connection:
            known = _tables(connection)
            return any(
                connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()
                for name in CONTENT_TABLES
                if name in known
            )
    except sqlite3.Error:
        return True


def release(url: str) -> None:
    """Folds the write-ahead log into the file and makes sure that no process has the database open.

    Leaving WAL mode needs the file for oneself; that is the question asked here. Raises Failed while a server
    or a worker runs. A file that is no database any more is left as it is.
    """
    path = path_of(url)
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=2)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            connection.execute("BEGIN EXCLUSIVE")
            connection.rollback()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            return
        mode = "locked"
    except sqlite3.DatabaseError:
        return
    if mode != "delete":
        raise Failed("basis data sedang dipakai. Hentikan `ekopi run` dan `ekopi worker`, lalu ulangi.")


def put(staged: Path, url: str, aside: Path) -> None:
    """Makes the staged file the database, in one rename; a file that was there stays in `aside`.

    At every moment one whole database is at its address: the old one is linked aside before the rename.
    """
    path = path_of(url)
    if path.exists() and path.stat().st_size:
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(path, aside / path.name)
        except OSError:  # another disk, or one without links
            shutil.copy2(path, aside / path.name)
    for ending in ("-wal", "-shm"):  # of a database that could not be opened any more, or is lost
        log = path.with_name(path.name + ending)
        if log.exists():
            aside.mkdir(mode=0o700, parents=True, exist_ok=True)
            log.rename(aside / log.name)
    staged.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Puts a folder's entries (renames) on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in rows]


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for name in _tables(connection)
    }
