"""A file of a source on its way into the catalogue: kept, looked through, read for real, let go of.

Both readings are jobs. The file stays until it has been read for real, so that a reading which broke off can be
begun again; files that nobody reads are let go of after KEPT.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from ekopi import jobs
from ekopi.catalogue import sources
from ekopi.catalogue.models import Run, Source
from ekopi.catalogue.operations import ingesting
from ekopi.catalogue.operations.ingesting import Counts
from ekopi.catalogue.sources.base import Adapter
from ekopi.catalogue.sources.reading import opened
from ekopi.core import clock, files
from ekopi.core.db import claim
from ekopi.core.errors import Refused
from ekopi.core.models import Upload
from ekopi.extensions import db

JOB = "catalogue.read"
KEPT = timedelta(days=7)


class FileGone(Refused):
    code = "records-file-gone"
    message = _l("Berkas pembacaan ini sudah tidak disimpan.")
    remedy = _l("Unggah berkasnya sekali lagi di halaman sumbernya.")


def look_through(key: str, upload: Upload, *, whole: bool, by_id: int) -> Run:
    """A preview of a file that was just added, by a job: what is new, what changed, which rows are refused."""
    return _begin(key, upload.id, upload.name, preview=True, whole=whole, by_id=by_id)


def read_for_real(seen: Run, *, by_id: int) -> Run:
    """Reads the file of a preview, or of a reading that broke off, into the catalogue, by a job.

    Raises FileGone, and AlreadyRunning while the source is being read.
    """
    claim(seen)
    if seen.upload_id is None or not may_be_read(seen):
        raise FileGone()
    key = db.session.get_one(Source, seen.source_id).key
    return _begin(key, seen.upload_id, seen.origin, preview=False, whole=seen.whole, by_id=by_id)


def may_be_read(run: Run) -> bool:
    """Whether the file of this run may be read for real now."""
    return run.upload_id is not None and run.state == ("done" if run.preview else "failed")


def _begin(key: str, upload_id: int, origin: str, *, preview: bool, whole: bool, by_id: int) -> Run:
    run = ingesting.begin(key, origin=origin, preview=preview, whole=whole, by_id=by_id, later=True)
    run.upload_id = upload_id
    db.session.flush()
    jobs.enqueue(JOB, run.id, key=str(run.id))
    return run


def steps(run: Run) -> Iterator[Counts]:
    """Reads the file of a run; the caller commits after each step, as with ingesting.read."""
    upload = db.session.get(Upload, run.upload_id) if run.upload_id else None
    if upload is None:
        raise FileGone()
    adapter = sources.adapters()[db.session.get_one(Source, run.source_id).key]
    yield from ingesting.read(run, _items(files.path_of(upload), adapter))


def _items(path: Path, adapter: Adapter) -> Iterator[tuple[int, dict]]:
    """Opened when the first item is asked for, so that a file which cannot be opened ends the run like one that breaks."""
    with opened(path, headers=adapter.headers) as reader:
        yield from adapter.items(reader)


def let_go(upload_id: int) -> Path | None:
    """Forgets a file in the caller's transaction; its bytes, at the path given back, are for the caller to remove then."""
    upload = db.session.get(Upload, upload_id)
    if upload is None:
        return None
    path = files.path_of(upload)
    db.session.execute(update(Run).where(Run.upload_id == upload_id).values(upload_id=None))
    db.session.execute(delete(Upload).where(Upload.id == upload_id))
    return path


def forgotten() -> list[int]:
    """Ids of files that have waited for longer than KEPT and that nobody is reading."""
    reading = select(Run.upload_id).where(Run.state == "running", Run.upload_id.is_not(None))
    old = select(Run.upload_id).where(
        Run.upload_id.is_not(None), Run.started_at < clock.now() - KEPT, Run.upload_id.not_in(reading)
    )
    return sorted({id for id in db.session.scalars(old) if id is not None})


def about(calls: list[list[int]]) -> list[str]:
    """What each of these jobs, told by its arguments, reads; for the list of jobs."""
    ids = [call[0] for call in calls]
    rows = db.session.scalars(select(Run).where(Run.id.in_(ids)).options(joinedload(Run.source)))
    known = {run.id: f"{run.source.name}: {run.origin}" for run in rows}
    return [known.get(id, "") for id in ids]
