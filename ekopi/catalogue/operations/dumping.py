"""Writes the files of everything that is given on (giving/dumps.py), once a night, each whole or not at all."""

from __future__ import annotations

import contextlib
import gzip
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from flask import current_app

from ekopi.catalogue.given import Given
from ekopi.catalogue.giving import dumps
from ekopi.catalogue.queries import giving as queries
from ekopi.core import clock
from ekopi.core.cells import BYTE_ORDER_MARK, csv_line
from ekopi.core.web import absolute
from ekopi.extensions import db

CHUNK = 200
FOLDER = "open-data"
LEFT_BEHIND = timedelta(days=1)
"""Unfinished files older than this are of processes that died."""


def folder() -> Path:
    """Where the files lie: below the data folder, and in no backup, since any night makes them anew."""
    return current_app.extensions["settings"].data_dir / FOLDER


def write() -> int:
    """Writes all files anew and puts them in place of the old ones; how many innovations they hold.

    Readers of an old file keep it to its end. Lets go of the session as it reads: call it with nothing unwritten.
    """
    site, number = absolute(""), 0
    folder().mkdir(exist_ok=True)
    _clear()
    with _replacing(dumps.JSON_LINES) as lines, _replacing(dumps.TABLE) as table:
        table(BYTE_ORDER_MARK + csv_line(dumps.COLUMNS))
        for given in _everything():
            lines(dumps.json_line(given, site))
            table(csv_line(dumps.row(given, site)))
            number += 1
    return number


def _everything() -> Iterator[Given]:
    after = 0
    while found := queries.some(after, CHUNK):
        db.session.close()
        yield from found
        after = found[-1].id


@contextlib.contextmanager
def _replacing(dump: dumps.Dump) -> Iterator[Callable[[str], None]]:
    """A function that writes text into a new file, which takes the old one's place when all went well."""
    number, name = tempfile.mkstemp(dir=folder(), prefix=f".{dump.name}-", suffix=".part")
    try:
        with os.fdopen(number, "wb") as file:
            # without name and moment the same data make the same bytes
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                yield lambda text: _put(packed, text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, folder() / dump.name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _put(packed: gzip.GzipFile, text: str) -> None:
    packed.write(text.encode())


def _clear() -> None:
    limit = (clock.now() - LEFT_BEHIND).timestamp()
    for part in folder().glob(".*.part"):
        with contextlib.suppress(OSError):
            if part.stat().st_mtime < limit:
                part.unlink()
