"""The one reader of folders and zip archives of others: checked first, then unpacked to a private folder.

A zip archive is checked and unpacked by a child process (core/_unpack.py) with limited memory and time. What
it refuses, it refuses with a sentence that names the entry.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from flask_babel import lazy_gettext as _l

from ekopi.core._unpack import NESTED, Bad, Names, check_start, is_hidden
from ekopi.core.errors import Refused

MIB = 1024 * 1024
_log = logging.getLogger(__name__)
_CHILD = [sys.executable, "-I", str(Path(__file__).with_name("_unpack.py"))]


@dataclass(frozen=True)
class Limits:
    """What a tree may hold at most. The defaults are those of a course folder."""

    entries: int = 2_000
    total_bytes: int = 64 * MIB
    file_bytes: int = 16 * MIB
    ratio: int = 100
    """Unpacked size by packed size, for files over 1 MiB."""
    depth: int = 6
    """Parts of a path, the file's own name among them."""
    name_bytes: int = 120
    seconds: float = 5
    """Time of the child that checks and unpacks."""
    memory: int = 256 * MIB
    """Address space of that child."""
    refuse_nested: bool = True


_SENTENCES = {
    "not-zip": _l("Berkas ini bukan arsip ZIP."),
    "broken": _l("Arsip ini rusak atau tidak lengkap."),
    "broken-entry": _l("Bagian “%(name)s” dalam arsip ini rusak."),
    "empty": _l("Tidak ada berkas di dalamnya."),
    "unsupported": _l("Arsip ini memakai bentuk ZIP yang tidak didukung."),
    "count": _l("Isinya terlalu banyak: paling banyak %(entries)s berkas dan folder."),
    "total": _l("Isinya terlalu besar: seluruhnya paling besar %(total)s MB."),
    "file-size": _l("Berkas “%(name)s” terlalu besar: paling besar %(file)s MB."),
    "ratio": _l("Berkas “%(name)s” dimampatkan secara tidak wajar."),
    "depth": _l("Folder tempat “%(name)s” terlalu dalam: paling dalam %(depth)s tingkat."),
    "name": _l("Nama “%(name)s” tidak dapat diterima."),
    "long-name": _l("Nama “%(name)s” terlalu panjang."),
    "duplicate": _l("Nama “%(name)s” dipakai lebih dari sekali; huruf besar dan kecil dianggap sama."),
    "link": _l("“%(name)s” adalah tautan ke berkas lain, bukan berkas."),
    "device": _l("“%(name)s” bukan berkas biasa."),
    "encrypted": _l("Berkas “%(name)s” dikunci dengan kata sandi."),
    "method": _l("Berkas “%(name)s” dimampatkan dengan cara yang tidak didukung."),
    "overlap": _l("Isi “%(name)s” bertumpuk dengan isi berkas lain dalam arsip ini."),
    "lying-size": _l("Ukuran “%(name)s” tidak sama dengan yang tertulis dalam arsip ini."),
    "nested": _l("“%(name)s” adalah arsip di dalam arsip."),
    "memory": _l("Arsip ini terlalu rumit untuk dibuka."),
    "slow": _l("Arsip ini terlalu lama dibuka."),
    "missing": _l("Folder atau berkas “%(name)s” tidak ditemukan."),
    "encoding": _l("Berkas “%(name)s” bukan teks UTF-8."),
    "changed": _l("Berkas “%(name)s” berubah selagi dibaca."),
}
_SHRINK = _l("Keluarkan yang tidak diperlukan atau bagi menjadi beberapa bagian, lalu coba lagi.")
_RENAME = _l(
    "Beri tiap folder dan berkas nama yang pendek dan unik, tanpa garis miring terbalik, titik dua, atau titik dua kali."
)  # fmt: skip
_REPLACE = _l("Ganti dengan berkas biasa atau keluarkan, lalu coba lagi.")
_REMAKE = _l("Buat arsip ZIP biasa dari foldernya, tanpa kata sandi, lalu coba lagi.")
_REMEDIES = {
    **dict.fromkeys(("count", "total", "file-size", "slow", "memory"), _SHRINK),
    **dict.fromkeys(("name", "long-name", "duplicate"), _RENAME),
    **dict.fromkeys(("link", "device", "nested", "ratio"), _REPLACE),
    "depth": _l("Pindahkan berkasnya ke folder yang lebih dangkal, lalu coba lagi."),
    "missing": _l("Periksa letaknya, lalu coba lagi."),
    "encoding": _l("Simpan ulang sebagai teks UTF-8, lalu coba lagi."),
    "changed": _l("Tunggu sampai tidak ada yang menulisnya, lalu coba lagi."),
    "empty": _l("Pilih folder atau arsip yang berisi berkas."),
}


class ArchiveRefused(Refused):
    """The folder or archive is not read; `reason` is the cause's code, `name` the entry, if there is one."""

    status = 422

    def __init__(self, reason: str, name: str = "", limits: Limits | None = None):
        limits = limits or Limits()
        # Written by whoever made the archive: no controls, no turning of the reading direction, not endless.
        shown = "".join(c if c.isprintable() else "�" for c in name)
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        super().__init__(
            name=shown,
            entries=f"{limits.entries:,}".replace(",", "."),
            total=limits.total_bytes // MIB,
            file=limits.file_bytes // MIB,
            depth=limits.depth,
        )
        self.reason, self.name = reason, shown
        self.code = f"archive-{reason}"
        sentence = "broken-entry" if reason == "broken" and name else reason
        self.message = _SENTENCES[sentence]
        self.remedy = _REMEDIES.get(reason, _REMAKE)


class Tree(Mapping[str, Path]):
    """Files by relative POSIX path, in name order, as copies in a private folder that `close` removes."""

    def __init__(self, folder: Path, root: Path, names: list[str], limits: Limits):
        self.folder, self.limits = folder, limits
        self._names = {name: root.joinpath(*name.split("/")) for name in sorted(names)}

    def __getitem__(self, name: str) -> Path:
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def read(self, name: str) -> bytes:
        """The bytes of one file; KeyError when there is none of that name."""
        return self._names[name].read_bytes()

    def text(self, name: str) -> str:
        """The file as UTF-8 text with plain line ends, a byte order mark left out; raises ArchiveRefused."""
        try:
            return self.read(name).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            raise ArchiveRefused("encoding", name, self.limits) from error

    def close(self) -> None:
        """Removes the copies. The tree is empty then."""
        self._names = {}
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Tree:
        return self

    def __exit__(self, *_):
        self.close()


def read_tree(
    path_or_file: str | os.PathLike | IO[bytes], *, limits: Limits | None = None, trim: bool = True
) -> Tree:
    """Reads a folder, a zip archive, or an open binary file that holds one.

    Use it in a `with`: the copies are removed at its end. Hidden files (".git", "__MACOSX") are left out.
    With `trim` the one outer folder that file managers put into an archive is left out of the names.
    Raises ArchiveRefused for anything beyond the limits, unsafe, or broken; nothing is left behind then.
    """
    limits = limits or Limits()
    with _private_folder() as place:
        root = place / "tree"
        if not isinstance(path_or_file, (str, os.PathLike)):
            names = _from_stream(path_or_file, place, limits)
        elif os.path.isdir(path_or_file):
            return Tree(place, root, _copy_folder(Path(path_or_file), root, limits), limits)
        else:
            names = _from_file(Path(path_or_file), root, limits)
        if trim:
            root, names = _trimmed(root, names)
        return Tree(place, root, names, limits)


def check_zip(path: Path, *, limits: Limits) -> list[str]:
    """The names inside a zip archive, checked like `read_tree` does but unpacking nothing."""
    return _in_child(path, None, limits)


class _private_folder:
    """A new folder that only we may enter, removed again when the block fails."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="ekopi-"))
        (self.path / "tree").mkdir(mode=0o700)
        return self.path

    def __exit__(self, kind, *_):
        if kind is not None:
            shutil.rmtree(self.path, ignore_errors=True)


def _from_stream(file: IO[bytes], place: Path, limits: Limits) -> list[str]:
    archive = place / "archive.zip"
    with open(archive, "xb") as copy:
        # Packed it cannot be larger than unpacked, but for the names.
        _copy(file, copy, limits.total_bytes + limits.entries * 1024, "total", "", limits)
    names = _in_child(archive, place / "tree", limits)
    archive.unlink()
    return names


def _from_file(path: Path, target: Path, limits: Limits) -> list[str]:
    if not path.is_file():
        raise ArchiveRefused("missing", path.name, limits)
    return _in_child(path.resolve(), target, limits)


def _in_child(source: Path, target: Path | None, limits: Limits) -> list[str]:
    request = {"source": str(source), "target": str(target or ""), "limits": asdict(limits)}
    try:
        done = subprocess.run(
            _CHILD,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=limits.seconds,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},  # none of the application's secrets
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise ArchiveRefused("slow", "", limits) from late
    try:
        answer = json.loads(done.stdout)
    except ValueError as silent:
        # It died without a word: out of memory, or stopped by one of its other limits.
        _log.warning("an archive's child ended with %s: %s", done.returncode, done.stderr[-200:])
        raise ArchiveRefused("memory", "", limits) from silent
    if "entries" not in answer:
        raise ArchiveRefused(answer["refused"], answer["name"], limits)
    return answer["entries"]


def _copy_folder(folder: Path, target: Path, limits: Limits) -> list[str]:
    """The folder's files under the same rules; links are refused, not followed."""
    rules = asdict(limits)
    names, kept, seen, total = Names(rules), [], 0, 0
    waiting = [(folder, "")]
    while waiting:
        here, prefix = waiting.pop()
        for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
            if is_hidden(entry.name):
                continue
            seen += 1
            if seen > limits.entries:
                raise ArchiveRefused("count", "", limits)
            name = prefix + entry.name
            try:
                path = names.check(name, entry.is_dir(follow_symlinks=False))
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISLNK(mode):
                    raise Bad("link", name)
                if stat.S_ISDIR(mode):
                    waiting.append((Path(entry.path), name + "/"))
                    continue
                if not stat.S_ISREG(mode):
                    raise Bad("device", name)
                if limits.refuse_nested and NESTED.search(path):
                    raise Bad("nested", name)
            except Bad as bad:
                raise ArchiveRefused(bad.code, bad.name, limits) from bad
            total += _copy_file(entry.path, target.joinpath(*path.split("/")), path, total, limits)
            kept.append(path)
    if not kept:
        raise ArchiveRefused("empty", "", limits)
    return kept


def _copy_file(source: str, place: Path, name: str, total: int, limits: Limits) -> int:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # Checked a moment ago; a link put there since is not followed, a pipe does not make us wait.
        opened = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise ArchiveRefused("changed", name, limits) from error
    with os.fdopen(opened, "rb") as file, open(place, "xb") as copy:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise ArchiveRefused("changed", name, limits)
        left = limits.total_bytes - total
        reason = "file-size" if limits.file_bytes <= left else "total"
        size = _copy(file, copy, min(limits.file_bytes, left), reason, name, limits)
    try:
        with open(place, "rb") as copy:
            check_start(name, copy.read(16), asdict(limits))
    except Bad as bad:
        raise ArchiveRefused(bad.code, bad.name, limits) from bad
    return size


def _copy(source: IO[bytes], copy: IO[bytes], most: int, reason: str, name: str, limits: Limits) -> int:
    size = 0
    while chunk := source.read(1024 * 1024):
        size += len(chunk)
        if size > most:
            raise ArchiveRefused(reason, name, limits)
        copy.write(chunk)
    return size


def _trimmed(folder: Path, names: list[str]) -> tuple[Path, list[str]]:
    first = names[0].partition("/")[0] + "/"
    if not all(name.startswith(first) for name in names):
        return folder, names
    return folder / first, [name.removeprefix(first) for name in names]
