"""The archive of a backup: a zip whose comment is the SHA-256 of everything before it.

Any other zip tool can read it. A cut or changed archive is noticed before a byte of it is used, because the
hash covers the whole file; the manifest inside then says what each member must be.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from ekopi.operating.errors import BadInput, Failed

FORMAT = 1
HASH_LENGTH = 64
CHUNK = 1024 * 1024
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 64 * 1024 * 1024
DATABASES = {"sqlite": "database/ekopi.db", "postgresql": "database/ekopi.pgdump"}
SEAL_FILE = "audit.seal"


class ArchiveRefused(BadInput):
    """The archive is damaged, foreign, or not for this installation."""


@dataclass
class Manifest:
    """What an archive holds. `tables` are rows by table, `members` size (bytes) and SHA-256 by name."""

    engine: str
    revision: str
    product: str
    made_at: str
    """ISO, UTC."""
    tables: dict[str, int]
    keys: dict[str, list[str]]
    """Fingerprints of the keys in use, never the keys."""
    missing_files: list[str] = field(default_factory=list)
    """Uploads that have a row but had no file when the backup was made."""
    members: dict[str, dict] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def write(target: Path, manifest: Manifest, members: Iterable[tuple[str, Path]]) -> None:
    """Writes the archive and puts it on the disk for good; mode 600, for it holds personal data.

    A member whose file is gone by now is left out.
    """
    handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", allowZip64=True) as packed:
            for name, path in members:
                try:
                    source = open(path, "rb")  # noqa: SIM115 (closed below; a vanished file is no error)
                except FileNotFoundError:
                    continue
                with source:
                    manifest.members[name] = _pack(packed, name, source)
            packed.writestr(_info(MANIFEST), json.dumps(asdict(manifest), indent=1, sort_keys=True))
            packed.comment = b"0" * HASH_LENGTH
        file.flush()
        size = file.seek(0, os.SEEK_END)
        digest = _hash(file, size - HASH_LENGTH)
        file.seek(size - HASH_LENGTH)
        file.write(digest.encode())
        file.flush()
        os.fsync(file.fileno())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # its fixed date: the same content makes the same archive
    info.external_attr = 0o600 << 16
    # a dump of PostgreSQL and most uploads are packed already
    info.compress_type = (
        zipfile.ZIP_STORED if name.startswith(("files/", DATABASES["postgresql"])) else zipfile.ZIP_DEFLATED
    )
    return info


def _pack(packed: zipfile.ZipFile, name: str, source: IO[bytes]) -> dict:
    digest, size = hashlib.sha256(), 0
    with packed.open(_info(name), "w", force_zip64=True) as member:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            member.write(chunk)
    return {"size": size, "sha256": digest.hexdigest()}


def _hash(file: IO[bytes], length: int) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while length > 0 and (chunk := file.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()


class Archive:
    """An archive whose every byte was checked. Use as a context manager. Raises ArchiveRefused."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self._file = open(path, "rb")  # noqa: SIM115 (closed by `close`)
        except OSError as error:
            raise ArchiveRefused(f"arsip {path} tidak dapat dibuka: {error.strerror}.") from error
        try:
            self._check_whole()
            self._packed = zipfile.ZipFile(self._file)
            self.manifest = self._read_manifest()
            self._check_members()
        except zipfile.BadZipFile as error:
            self._file.close()
            raise ArchiveRefused(f"{path} bukan arsip cadangan EKOPI.") from error
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *error) -> None:
        self._packed.close()
        self._file.close()

    @property
    def files(self) -> dict[str, dict]:
        """The uploads: members below files/."""
        return {name: facts for name, facts in self.manifest.members.items() if name.startswith("files/")}

    def extract(self, name: str, target: Path) -> None:
        """Unpacks one member to a path of the caller's choice, for good; refuses if it is not as declared."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            self._copy(name, file)
            file.flush()
            os.fsync(file.fileno())

    def check_contents(self) -> None:
        """Reads every member and compares it with what the manifest declares."""
        for name in self.manifest.members:
            self._copy(name, None)

    def _copy(self, name: str, target: IO[bytes] | None) -> None:
        declared = self.manifest.members[name]
        digest, left = hashlib.sha256(), declared["size"]
        try:
            with self._packed.open(name) as member:
                while chunk := member.read(min(CHUNK, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        break
                    digest.update(chunk)
                    if target:
                        target.write(chunk)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise ArchiveRefused(f"arsip rusak: isi {name} tidak dapat dibaca.") from error
        if left or digest.hexdigest() != declared["sha256"]:
            raise ArchiveRefused(f"arsip rusak: isi {name} tidak sesuai dengan daftar isinya.")

    def _check_whole(self) -> None:
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(size - HASH_LENGTH, 0))
        declared = self._file.read()
        if (
            not re.fullmatch(rb"[0-9a-f]{64}", declared)
            or _hash(self._file, size - HASH_LENGTH) != declared.decode()
        ):
            raise ArchiveRefused(
                f"arsip {self.path} terpotong, berubah, atau bukan cadangan EKOPI. Salin ulang dari sumbernya."
            )

    def _read_manifest(self) -> Manifest:
        try:
            info = self._packed.getinfo(MANIFEST)
            if info.file_size > MANIFEST_LIMIT:
                raise ValueError("too large")
            plain = json.loads(self._packed.read(MANIFEST))
            if plain["format"] != FORMAT:
                raise ArchiveRefused(
                    f"arsip ini berformat {plain['format']}, sedangkan versi ini membaca format {FORMAT}. "
                    "Gunakan versi EKOPI yang membuatnya atau yang lebih baru."
                )
            return Manifest(**plain)
        except (KeyError, TypeError, ValueError) as error:
            raise ArchiveRefused(f"daftar isi arsip {self.path} tidak dapat dibaca.") from error

    def _check_members(self) -> None:
        there = [info.filename for info in self._packed.infolist()]
        declared = self.manifest.members
        if len(there) != len(set(there)) or set(there) != {MANIFEST, *declared}:
            raise ArchiveRefused("arsip rusak: isinya tidak sama dengan daftar isinya.")
        database = DATABASES.get(self.manifest.engine)
        for name in declared:
            if name not in (database, SEAL_FILE) and not safe_file_name(name):
                raise ArchiveRefused(f"arsip ditolak: nama {name!r} menunjuk ke luar tempatnya.")
        if database not in declared:
            raise ArchiveRefused("arsip rusak: tidak ada basis data di dalamnya.")


def safe_file_name(name: str) -> bool:
    """Whether a member's name is a plain path below files/."""
    parts = name.split("/")
    return (
        parts[0] == "files"
        and len(parts) > 1
        and not any(part in ("", ".", "..") for part in parts)
        and not re.search(r"[\\\x00-\x1f\x7f]", name)
    )


def need_space(folder: Path, size: int) -> None:
    """Raises Failed when the disk of the folder has less than `size` bytes and a little more."""
    while not folder.exists():
        folder = folder.parent
    stat = os.statvfs(folder)
    free = stat.f_bavail * stat.f_frsize
    if free < size + 16 * CHUNK:
        raise Failed(
            f"ruang disk di {folder} tidak cukup: perlu sekitar {size // CHUNK + 16} MB, tersedia {free // CHUNK} MB."
        )
