"""Making a backup: one consistent archive of database and uploads, proved by a trial restore."""

from __future__ import annotations

import importlib.metadata
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ekopi.config import Settings
from ekopi.core import clock
from ekopi.operating import archive, environment, erased, postgres, records, sqlite
from ekopi.operating.errors import BadInput, Failed


@dataclass
class Made:
    """What was backed up. `missing` are names of uploads that have a row but no file."""

    path: Path
    size: int
    rows: int
    files: int
    missing: list[str]


def make(target: Path, settings: Settings) -> Made:
    """Writes a backup of the installation to `target`, which appears only when it is whole and proved.

    The database is copied first and the files after it: a file is on the disk before its row exists, so
    every row of the copy finds its file. Raises Failed, or BadInput when `target` exists or has no folder.
    """
    if target.exists():
        raise BadInput(f"{target} sudah ada. Pilih nama lain, supaya cadangan lama tidak tertimpa.")
    if not target.parent.is_dir():
        raise BadInput(f"folder {target.parent} tidak ada.")
    part = target.with_name(target.name + ".part")
    store = sqlite if settings.sqlite else postgres
    with (
        environment.alone(wait=False),
        tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".backup-") as folder,
    ):
        archive.need_space(target.parent, _size(settings))
        # A seal is written down after it is committed: read first, the file is never ahead of the copy. Where it
        # is, a seal was cut off the database, and the archive keeps that evidence.
        seal_file = settings.data_dir / archive.SEAL_FILE
        seal = seal_file.read_text(encoding="utf-8") if seal_file.is_file() else ""
        held = store.take(settings.database_url, Path(folder) / "database")
        files = _files(settings.files_dir)
        missing = sorted(token for token in held.tokens if f"files/{token[:2]}/{token}" not in files)
        manifest = archive.Manifest(
            engine="sqlite" if settings.sqlite else "postgresql",
            revision=held.revision,
            product=importlib.metadata.version("ekopi"),
            made_at=clock.now().isoformat(),
            tables=held.tables,
            keys=environment.fingerprints(),
            missing_files=missing,
        )
        members = [(archive.DATABASES[manifest.engine], held.path), *files.items()]
        if seal:
            kept_seal = Path(folder) / archive.SEAL_FILE
            kept_seal.write_text(seal, encoding="utf-8")
            members.append((archive.SEAL_FILE, kept_seal))
        try:
            archive.write(part, manifest, members)
            held.path.unlink()
            prove(part, Path(folder))
            part.replace(target)
            sqlite.sync(target.parent)
        except BaseException as error:
            part.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise Failed(f"cadangan tidak dapat ditulis: {error.strerror}.") from error
            raise
        erased.note()
        size = target.stat().st_size
        records.note(settings.data_dir, "backup", target, bytes=size, rows=manifest.rows, files=len(files))
    return Made(target, size, manifest.rows, len(files), missing)


def prove(part: Path, folder: Path) -> None:
    """Reads an archive as a restore would: every hash, the database opened, its rows counted."""
    with archive.Archive(part) as written:
        written.check_contents()
        store = sqlite if written.manifest.engine == "sqlite" else postgres
        trial = folder / "trial"
        written.extract(archive.DATABASES[written.manifest.engine], trial)
        store.examine(trial, written.manifest.tables)
        trial.unlink()


def _files(folder: Path) -> dict[str, Path]:
    """Every upload by its name in the archive; half-written ones are nobody's yet."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = "files/" + path.relative_to(folder).as_posix()
        if (
            path.is_file()
            and not path.is_symlink()
            and not path.name.startswith("tmp-")
            and archive.safe_file_name(name)
        ):
            found[name] = path
    return found


def _size(settings: Settings) -> int:
    """Bytes that the archive may come to, at most."""
    size = sum(path.stat().st_size for path in _files(settings.files_dir).values())
    if settings.sqlite and (database := sqlite.path_of(settings.database_url)).is_file():
        size += database.stat().st_size
    return size + shutil.disk_usage(settings.data_dir).total // 10_000
