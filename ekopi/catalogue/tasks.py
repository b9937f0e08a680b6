"""Jobs of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from ekopi.catalogue.models import Run
from ekopi.catalogue.operations import asking, caring, exporting, filing, ingesting, pulling, searching
from ekopi.extensions import db
from ekopi.jobs import job


@job(exporting.JOB, title=_l("Menulis hasil pencarian ke berkas"), tries=3, gave_up=exporting.failed)
def export(token: str) -> None:
    """Writes the file of an export; it reads the database and changes nothing there."""
    exporting.write(token)


def mark_overdue() -> None:
    """What nobody has answered for in time says so from today on."""
    for _marked in caring.overdue():
        db.session.commit()


def ask_owners() -> None:
    """Nightly: whether what is due for its yearly review still runs."""
    for _asked in asking.ask():
        db.session.commit()


def tell_news() -> None:
    """Nightly: what is new in the searches that people keep; forgets those deleted for good."""
    for _told in searching.tell_news():
        db.session.commit()
    searching.forget()
    db.session.commit()


@job(filing.JOB, title=_l("Membaca berkas sumber"), tries=1, about=filing.about)
def read_file(run_id: int) -> None:
    """A file of a source, step by step; its page shows how far it is. Read for real, the file is let go of."""
    run = db.session.get(Run, run_id)
    upload_id, preview = (run.upload_id, run.preview) if run else (None, True)
    if _read(run, filing.steps) and upload_id and not preview:
        _let_go(upload_id)


@job(pulling.JOB, title=_l("Membaca sumber dari alamatnya"), tries=1, about=filing.about)
def pull(run_id: int) -> None:
    """What a source gives over the network."""
    _read(db.session.get(Run, run_id), pulling.steps)


def pull_due() -> None:
    """Begins the readings of tonight; one that is under way goes on."""
    for source in pulling.due():
        try:
            pulling.pull(source)
            db.session.commit()
        except ingesting.AlreadyRunning:
            db.session.rollback()


def _read(run: Run | None, steps: Callable[[Run], Iterator[Any]]) -> bool:
    """Reads a run to its end; whether it ended well.

    A run that somebody had taken up before was broken off with its worker: it ends so, and can be begun anew.
    """
    if run is None or run.state != "running":
        return False
    run_id = run.id
    if run.holder:
        ingesting.give_up(run_id, "interrupted")
        db.session.commit()
        return False
    try:
        for _counts in steps(run):
            db.session.commit()
        db.session.commit()
    except ingesting.RunTaken:
        db.session.rollback()
        return False
    except Exception:
        db.session.rollback()
        ingesting.give_up(run_id)
        db.session.commit()
        raise
    return db.session.get_one(Run, run_id, populate_existing=True).state == "done"


def forget_files() -> None:
    """Files that were looked through and never read for real."""
    for upload_id in filing.forgotten():
        _let_go(upload_id)


def _let_go(upload_id: int) -> None:
    path = filing.let_go(upload_id)
    db.session.commit()
    if path is not None:
        path.unlink(missing_ok=True)
