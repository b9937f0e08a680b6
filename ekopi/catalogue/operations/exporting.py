"""The results of a search as a file: asked for by anybody, written by a job, had by whoever knows its address.

An export is a folder of the data folder, named by a random token: what was asked, how far it is, the file. There is
no row of it, since it holds only what is public and lives for a day.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from flask import current_app
from flask_login import AnonymousUserMixin
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from ekopi import jobs
from ekopi.catalogue.giving import dumps
from ekopi.catalogue.queries import giving, listing
from ekopi.core import clock
from ekopi.core.cells import BYTE_ORDER_MARK, csv_line
from ekopi.core.web import absolute
from ekopi.extensions import db

JOB = "catalogue.export"
FOLDER = "exports"
KEPT = timedelta(days=1)
CHUNK = 200
KINDS = ("csv", "xlsx")
CELL = 32_767
"""Characters that a cell of a workbook can hold; longer texts are cut there."""
LONGEST_QUESTION = 2_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}\Z", re.A)


@dataclass(frozen=True)
class Export:
    """How far an export is; `state` is waiting, running, done or failed."""

    token: str
    question: str
    """The search, as it stands in the address of its page."""
    kind: str
    state: str = "waiting"
    done: int = 0
    total: int = 0

    @property
    def path(self) -> Path:
        return _folder(self.token) / f"inovasi.{self.kind}"


def public_ids(question: str) -> Select:
    """SELECT of the ids that answer a search, as a visitor would find them."""
    said = MultiDict(parse_qsl(question, keep_blank_values=True))
    return listing.narrowed(listing.asked(said), AnonymousUserMixin(), [])


def begin(question: str, kind: str) -> Export:
    """Hands the work over in the caller's transaction."""
    export = Export(secrets.token_urlsafe(16), question, kind)
    _folder(export.token).mkdir(parents=True)
    _note(export)
    jobs.enqueue(JOB, export.token)
    return export


def find(token: str) -> Export | None:
    """The export of a token; None when there is none, or none any more."""
    if not _TOKEN.match(token):
        return None
    try:
        return Export(**json.loads((_folder(token) / "state.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def write(token: str) -> None:
    """Writes the file; begun again, it starts from the beginning. Lets go of the session as it reads."""
    export = find(token)
    if export is None or export.state == "done":
        return
    within = public_ids(export.question)
    total, done, site = giving.total(within=within), 0, absolute("")
    _note(export, state="running", total=total)
    part = export.path.with_name(f".{export.path.name}.part")
    with _writer(export.kind, part) as put:
        put(list(dumps.COLUMNS))
        after = 0
        while found := giving.some(after, CHUNK, within=within):
            db.session.close()
            for given in found:
                put(dumps.row(given, site))
            after, done = found[-1].id, done + len(found)
            _note(export, state="running", total=max(total, done), done=done)
    os.replace(part, export.path)
    _note(export, state="done", total=done, done=done)


def failed(token: str, error: str) -> None:
    """The last try has failed; its page says so."""
    export = find(token)
    if export is not None:
        _note(export, state="failed")


def clear() -> int:
    """Removes exports that are older than KEPT; how many."""
    limit, gone = (clock.now() - KEPT).timestamp(), 0
    for folder in _root().glob("*/"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < limit:
                shutil.rmtree(folder)
                gone += 1
    return gone


def _root() -> Path:
    return current_app.extensions["settings"].data_dir / FOLDER


def _folder(token: str) -> Path:
    return _root() / token


def _note(export: Export, **more: Any) -> None:
    state = _folder(export.token) / "state.json"
    new = state.with_name(".state.json")
    new.write_text(json.dumps({**asdict(export), **more}), encoding="utf-8")
    os.replace(new, state)


@contextlib.contextmanager
def _writer(kind: str, path: Path) -> Iterator[Callable[[list], None]]:
    """A function that writes one row; nothing of it is ever run as a formula."""
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(BYTE_ORDER_MARK)
            yield lambda cells: _write_line(file, cells)
        return
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)}) as book:
        sheet, rows = book.add_worksheet("Inovasi"), iter(range(1_048_576))

        def put(cells: list) -> None:
            row = next(rows)
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(row, column, cell)
                else:
                    sheet.write_string(row, column, str(cell)[:CELL])

        yield put


def _write_line(file, cells: list) -> None:
    file.write(csv_line(cells))
