"""Putting a backup back. Everything is checked before anything is touched, and every step leaves a whole state.

Uploads have random names and are never changed, so the files of the archive are first laid beside those that
are there: both the old and the new database find theirs. Then the database changes at one moment (a rename on
SQLite, a commit on PostgreSQL). Only afterwards are files set aside that the new database does not know. Nothing
that was there is removed: what the archive does not hold lies in `before-restore-…` afterwards.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from ekopi import create_app
from ekopi.config import BadSetting, load_settings
from ekopi.core import clock, migrating
from ekopi.core.application import MIGRATIONS
from ekopi.extensions import db
from ekopi.operating import archive, environment, erased, postgres, records, sqlite
from ekopi.operating.archive import Archive, ArchiveRefused
from ekopi.operating.errors import Failed


@dataclass
class Restored:
    """What was put back, and what the operator must know or do now."""

    rows: int
    files: int
    revision: str
    aside: Path | None
    """Where lies what was there before, when there was something."""
    notes: list[str] = field(default_factory=list)


def restore(path: Path, *, force: bool = False) -> Restored:
    """Puts an archive back into this environment's database and data folder.

    Raises ArchiveRefused for a damaged or foreign archive and Failed for everything else; the old state is
    there then. Without `force` a database with content is not replaced; one that holds tables of others never
    is. People who were erased here after the backup are erased again, which needs the keys.
    """
    url, folder = environment.address_of_database(), environment.data_dir()
    with Archive(path) as source:
        check(source, url)
        source.check_contents()
        store = sqlite if url.startswith("sqlite:") else postgres
        if store is postgres:
            postgres.refuse_shared(url)
        occupied = store.occupied(url)
        if occupied and not force:
            raise Failed(
                "basis data tujuan sudah berisi. Pulihkan ke folder data yang kosong, atau ulangi dengan --force: "
                "keadaan sekarang disisihkan, tidak dihapus."
            )
        if occupied:
            _note_erased()
        if erased.listed(folder):
            _application()  # without keys nobody can be erased again: better to know it before
        archive.need_space(folder, sum(facts["size"] for facts in source.manifest.members.values()) * 2)
        fresh = not folder.exists()
        try:
            with environment.alone(wait=False):
                return _put(source, store, url, folder, occupied)
        except OSError as error:
            raise Failed(
                f"pemulihan dibatalkan, keadaan lama tetap ada: {error.strerror or error}."
            ) from error
        finally:
            if fresh:
                _leave_nothing(folder)


def check(source: Archive, url: str) -> None:
    """Refuses an archive of another kind of database or of a version of EKOPI that is not this one."""
    from alembic.script import ScriptDirectory

    engine = "sqlite" if url.startswith("sqlite:") else "postgresql"
    if source.manifest.engine != engine:
        raise ArchiveRefused(
            f"arsip ini dari {source.manifest.engine}, sedangkan basis data di sini {engine}. Pulihkan ke "
            f"{source.manifest.engine} dahulu; `ekopi db copy` memindahkan SQLite ke PostgreSQL."
        )
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if source.manifest.revision not in known:
        raise ArchiveRefused(
            f"arsip ini memakai skema {source.manifest.revision} yang tidak dikenal versi ini. "
            f"Pasang EKOPI {source.manifest.product} atau yang lebih baru, lalu ulangi."
        )


def _put(source: Archive, store, url: str, folder: Path, occupied: bool) -> Restored:
    manifest = source.manifest
    with tempfile.TemporaryDirectory(dir=_home(url, folder), prefix=".restore-") as staging:
        database = Path(staging) / "database"
        source.extract(archive.DATABASES[manifest.engine], database)
        store.examine(database, manifest.tables)
        aside = _new_name(folder / f"before-restore-{clock.now():%Y%m%d-%H%M%S}")
        added = _lay_files(source, folder, aside)
        try:
            if store is sqlite:
                sqlite.release(url)
                sqlite.put(database, url, aside)
            else:
                if occupied:
                    store.take(url, _made(aside) / "ekopi.pgdump")
                postgres.put(database, url, manifest.tables)
        except BaseException:
            for file in added:
                file.unlink(missing_ok=True)
            raise
    _lay_seal(source, folder, aside)
    _set_aside(source, folder, aside)
    records.note(folder, "restore", source.path, rows=manifest.rows, files=len(source.files))
    kept = aside if aside.exists() else None
    done = Restored(manifest.rows, len(source.files), manifest.revision, kept, _notes(source))
    if erased.listed(folder):
        done.notes += _erase_again()
    return done


def _application():
    try:
        return create_app(load_settings(purpose="command"))
    except BadSetting as error:
        raise Failed(
            f"ada orang yang sudah dihapus di sini dan harus dihapus lagi sesudah pemulihan. {error}"
        ) from error


def _note_erased() -> None:
    """Whom the database that is about to be replaced has erased; nobody can tell when it cannot be read."""
    with (
        contextlib.suppress(BadSetting, SQLAlchemyError),
        create_app(load_settings(purpose="command")).app_context(),
    ):
        try:
            erased.note()
        finally:
            db.session.remove()
            db.engine.dispose()


def _erase_again() -> list[str]:
    with _application().app_context():
        try:
            migrating.upgrade()
            number, faults = erased.erase_again()
        finally:
            db.session.remove()
            db.engine.dispose()
    said = [f"{number} orang yang pernah dihapus di sini dihapus lagi."] if number else []
    return said + [f"tidak dapat dihapus lagi, hapus sendiri: {fault}" for fault in faults]


def _home(url: str, folder: Path) -> Path:
    """Where to stage the database: on the disk of its address, so that a rename is enough."""
    home = sqlite.path_of(url).parent if url.startswith("sqlite:") else folder
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def _new_name(path: Path) -> Path:
    """The path, with a number where something is there already."""
    number, free = 2, path
    while free.exists():
        number, free = number + 1, path.with_name(f"{path.name}-{number}")
    return free


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _lay_files(source: Archive, folder: Path, aside: Path) -> list[Path]:
    """Puts the uploads of the archive in place and returns those that were not there.

    A file of the same name that says something else is damaged; it is kept in `aside` all the same.
    """
    added: list[Path] = []
    try:
        for name, facts in source.files.items():
            target = folder / name
            if (
                target.is_file()
                and target.stat().st_size == facts["size"]
                and _sha256(target) == facts["sha256"]
            ):
                continue
            draft = target.with_name(f"tmp-{target.name}")
            new = not target.exists()
            source.extract(name, draft)
            if not new:
                shutil.copy2(target, _made((aside / name).parent) / target.name)
            draft.replace(target)
            sqlite.sync(target.parent)
            if new:
                added.append(target)
    except BaseException:
        for file in added:
            file.unlink(missing_ok=True)
        raise
    return added


def _lay_seal(source: Archive, folder: Path, aside: Path) -> None:
    """The seal file goes with the audit trail: the archive's, or none when it had none."""
    seal = folder / archive.SEAL_FILE
    if seal.exists():
        shutil.copy2(seal, _made(aside) / seal.name)
    if archive.SEAL_FILE in source.manifest.members:
        draft = seal.with_name(f".{seal.name}.new")
        source.extract(archive.SEAL_FILE, draft)
        draft.replace(seal)
    else:
        seal.unlink(missing_ok=True)


def _set_aside(source: Archive, folder: Path, aside: Path) -> None:
    """Moves uploads that the archive does not hold into `aside`, also where there was no database any more."""
    files = folder / "files"
    for path in sorted(files.rglob("*"), reverse=True):
        name = "files/" + path.relative_to(files).as_posix()
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif name not in source.files:
            path.rename(_made((aside / name).parent) / path.name)


def _notes(source: Archive) -> list[str]:
    from alembic.script import ScriptDirectory

    notes = []
    here = environment.fingerprints()
    was = source.manifest.keys
    if not set(was.get("EKOPI_DATA_KEY", ())) <= set(here["EKOPI_DATA_KEY"]):
        notes.append(
            "EKOPI_DATA_KEY di sini bukan kunci arsip ini: NIP tidak terbaca sampai kunci lama dipasang. "
            "Salin ekopi.env dari pemasangan lama."
        )
    if was.get("EKOPI_SECRET_KEY") != here["EKOPI_SECRET_KEY"]:
        notes.append(
            "EKOPI_SECRET_KEY di sini bukan kunci arsip ini: semua orang masuk ulang, dan segel catatan audit "
            "tidak cocok sampai kunci lama dipasang."
        )
    if source.manifest.missing_files:
        notes.append(f"{len(source.manifest.missing_files)} berkas sudah tidak ada ketika cadangan dibuat.")
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if source.manifest.revision != head:
        notes.append(
            f"skema arsip {source.manifest.revision}, skema versi ini {head}: jalankan `ekopi db upgrade`."
        )
    return notes


def _leave_nothing(folder: Path) -> None:
    """Removes a data folder that this restore made but could not fill."""
    if folder.is_dir() and not any(p.is_file() and p.name != ".operating.lock" for p in folder.rglob("*")):
        shutil.rmtree(folder)


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
