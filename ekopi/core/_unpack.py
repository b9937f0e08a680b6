"""Checks a zip archive and unpacks it, run as a program of its own: `python -I _unpack.py`.

Started by core/archives.py. Standard input holds {source, target, limits} as JSON, standard output gets
{entries} or {refused, name}. With an empty target it only checks. Everything is checked from the directory at
the archive's end before one byte is unpacked, and sizes are counted again while reading. Memory, file size
and time are limited; it imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import stat
import struct
import sys
import unicodedata
import zipfile
import zlib

END = b"PK\x05\x06"
END_64_LOCATOR = b"PK\x06\x07"
LOCAL = b"PK\x03\x04"
CHUNK = 64 * 1024
RATIO_FROM = 1024 * 1024
"""Bytes from which the ratio counts: short texts compress well and harm nobody."""

NESTED = re.compile(
    r"\.(zip|jar|war|apk|epub|7z|rar|tar|gz|tgz|bz2|tbz2?|xz|txz|zst|lz4?|lzma|cab|iso|arj|ace|cpio)\Z", re.I
)
# Office documents are zip archives; nobody here looks into those of an archive.
DOCUMENTS = re.compile(r"\.(docx|xlsx|pptx|odt|ods|odp)\Z", re.I)
ARCHIVE_STARTS = (LOCAL, END, b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00")
# They look like a slash; some file systems and people read them so.
SLASHES = set("\u2044\u2215\u29f8\u29f5\u29f9\ufe68\uff0f\uff3c\u2216")


class Bad(Exception):
    """The archive is refused: the code of the reason, and the entry it is about."""

    def __init__(self, code: str, name: str = ""):
        super().__init__(code, name)
        self.code, self.name = code, name


class Names:
    """The rules for paths inside a tree, and which paths are taken."""

    def __init__(self, limits: dict):
        self.limits = limits
        self.files: set[str] = set()
        self.folders: set[str] = set()

    def check(self, name: str, is_folder: bool) -> str:
        """The path with its letters composed (NFC) and without a closing slash; raises Bad."""
        if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name):
            raise Bad("name", name)
        if name.startswith("/") or "\\" in name or ":" in name or SLASHES & set(name):
            raise Bad("name", name)
        path = unicodedata.normalize("NFC", name.removesuffix("/") if is_folder else name)
        parts = path.split("/")
        if any(not part or part.startswith("..") or part == "." or part != part.strip() for part in parts):
            raise Bad("name", name)
        if len(path.encode()) > self.limits["name_bytes"]:
            raise Bad("long-name", name)
        if len(parts) > self.limits["depth"]:
            raise Bad("depth", name)
        self.take(path.casefold(), is_folder, name)
        return path

    def take(self, key: str, is_folder: bool, name: str) -> None:
        # Two names that differ by case or composition are one file on many machines.
        key = unicodedata.normalize("NFC", key)
        above = ["/".join(key.split("/")[:count]) for count in range(1, key.count("/") + 1)]
        if key in self.files or self.files.intersection(above) or (not is_folder and key in self.folders):
            raise Bad("duplicate", name)
        self.folders.update(above)
        (self.folders if is_folder else self.files).add(key)


def is_hidden(path: str) -> bool:
    """Whether a file manager's or a version control's own things: not part of the tree, never unpacked."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


def read_end(file, limits: dict) -> None:
    """Looks at the record at the archive's end, before anything reads the directory it announces."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(4)
    tail_size = min(size, 22 + 65_535 + 20)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    at = tail.rfind(END)
    if start == END:
        raise Bad("empty")
    if (
        start != LOCAL
    ):  # nothing may stand before the first entry: a page with an archive behind it is not an archive
        raise Bad("not-zip")
    if at < 0 or len(tail) < at + 22:
        raise Bad("broken")
    record = struct.unpack("<4s4H2LH", tail[at : at + 22])
    _, disk, first_disk, here, entries, directory_size, directory_at, comment = record
    if at + 22 + comment != len(tail):
        raise Bad("broken")
    if tail[max(0, at - 20) : at].startswith(END_64_LOCATOR) or 0xFFFF in (here, entries):
        raise Bad("count" if entries == 0xFFFF else "unsupported")
    if disk or first_disk or here != entries or directory_at + directory_size != size - len(tail) + at:
        raise Bad("broken")
    # The directory's own size is what zipfile reads, whatever number of entries is announced.
    if entries > limits["entries"] or directory_size > limits["entries"] * 1024:
        raise Bad("count")


def check_kind(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if info.flag_bits & (0x1 | 0x40 | 0x2000):
        raise Bad("encrypted", name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Bad("method", name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise Bad("link", name)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Bad("device", name)
    if info.is_dir() and (info.file_size or kind == stat.S_IFREG):
        raise Bad("broken", name)
    if kind == stat.S_IFDIR and not info.is_dir():
        raise Bad("broken", name)


def check_size(info: zipfile.ZipInfo, limits: dict) -> None:
    name = info.orig_filename
    if info.file_size > limits["file_bytes"]:
        raise Bad("file-size", name)
    if info.file_size > RATIO_FROM and info.file_size > limits["ratio"] * max(1, info.compress_size):
        raise Bad("ratio", name)
    if info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size:
        raise Bad("lying-size", name)


def check_overlaps(file, infos: list[zipfile.ZipInfo], directory_at: int) -> None:
    """Every byte belongs to one entry; Python before 3.11.8 does not look (20 GB out of 104 kB)."""
    end, before = 0, ""
    for info in sorted(infos, key=lambda info: info.header_offset):
        name = info.orig_filename
        file.seek(info.header_offset)
        header = file.read(30)
        if len(header) < 30 or header[:4] != LOCAL:
            raise Bad("broken", name)
        name_size, extra_size = struct.unpack("<2H", header[26:30])
        if info.header_offset < end:
            raise Bad("overlap", name or before)
        end = info.header_offset + 30 + name_size + extra_size + info.compress_size
        if end > directory_at:
            raise Bad("overlap", name)
        before = name


def check(file, archive: zipfile.ZipFile, limits: dict) -> list[tuple[zipfile.ZipInfo, str]]:
    """The files to unpack with their paths; raises Bad at the first thing that is wrong."""
    infos = archive.infolist()
    if len(infos) > limits["entries"]:
        raise Bad("count")
    if sum(info.file_size for info in infos) > limits["total_bytes"]:
        # One file that is too large by itself tells the person where to look.
        largest = max(infos, key=lambda info: info.file_size)
        check_size(largest, limits)
        raise Bad("total")
    names, files = Names(limits), []
    for info in infos:
        path = names.check(info.orig_filename, info.is_dir())
        check_kind(info)
        check_size(info, limits)
        if info.is_dir() or is_hidden(path):
            continue
        if limits["refuse_nested"] and NESTED.search(path):
            raise Bad("nested", path)
        files.append((info, path))
    check_overlaps(file, infos, archive.start_dir)
    return files


def check_start(path: str, first: bytes, limits: dict) -> None:
    """An archive under another name is one all the same."""
    if limits["refuse_nested"] and first.startswith(ARCHIVE_STARTS) and not DOCUMENTS.search(path):
        raise Bad("nested", path)


def unpack(archive: zipfile.ZipFile, files, target: str, limits: dict) -> None:
    total = 0
    for info, path in files:
        place = os.path.join(target, *path.split("/"))
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with archive.open(info) as source, os.fdopen(os.open(place, flags, 0o600), "wb") as kept:
            size = 0
            while chunk := source.read(CHUNK):
                if not size:
                    check_start(path, chunk, limits)
                size += len(chunk)
                total += len(chunk)
                if size > info.file_size or size > limits["file_bytes"] or total > limits["total_bytes"]:
                    raise Bad("lying-size", path)
                kept.write(chunk)
        if size != info.file_size:
            raise Bad("lying-size", path)


def run(request: dict) -> dict:
    limits = request["limits"]
    try:
        with open(request["source"], "rb") as file:
            read_end(file, limits)
            with zipfile.ZipFile(file) as archive:
                files = check(file, archive, limits)
                if not files:
                    raise Bad("empty")
                if request["target"]:
                    unpack(archive, files, request["target"], limits)
        return {"entries": [path for _, path in files]}
    except Bad as bad:
        return {"refused": bad.code, "name": bad.name}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError) as error:
        # zipfile names the entry whose checksum is wrong: the announced size was not the real one.
        if isinstance(error, zlib.error) and "Error -4" in str(error):  # its name for too little memory
            return {"refused": "memory", "name": ""}
        told = re.search(r"Bad CRC-32 for file '(.+)'", str(error))
        return {"refused": "lying-size", "name": told[1]} if told else {"refused": "broken", "name": ""}
    except MemoryError:
        return {"refused": "memory", "name": ""}


def limit_ourselves(limits: dict) -> None:
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["total_bytes"], limits["total_bytes"]))
    signal.setitimer(signal.ITIMER_REAL, limits["seconds"] + 1)  # should the parent be gone


def main() -> None:
    request = json.load(sys.stdin)
    limit_ourselves(request["limits"])
    json.dump(run(request), sys.stdout)


if __name__ == "__main__":
    main()
