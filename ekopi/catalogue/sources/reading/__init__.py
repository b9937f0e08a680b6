"""Opens a file of records, whatever its kind and encoding, and gives its rows one at a time.

JSON (a list, an object that holds one, one object per line), CSV (comma, semicolon, tab or bar) and XLSX. Memory
stays bounded: only what is being read is held. Limits are those of `limits`; beyond them FileRefused is raised,
for what is wrong with one row a Broken stands in its place.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ekopi.catalogue.sources.base import FileRefused
from ekopi.catalogue.sources.reading import limits
from ekopi.catalogue.sources.reading.encodings import Encoding, encoding_of
from ekopi.catalogue.sources.reading.objects import read_objects
from ekopi.catalogue.sources.reading.rows import folded
from ekopi.catalogue.sources.reading.sheets import read_sheet
from ekopi.catalogue.sources.reading.tables import read_table

__all__ = ["Reader", "folded", "opened"]

_STARTS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "zip"),
    (b"Rar!", "zip"),
)


class Reader:
    """An open file: its `kind` (json, csv, xlsx), `encoding` ("" for xlsx) and its rows, to be walked once.

    `about` holds what stands beside the records: members of the JSON object that holds the list (total, pages),
    the sheet's name, the delimiter. It is complete when the rows have been walked to the end.
    """

    def __init__(self, path: Path, kind: str, encoding: Encoding | None, headers: frozenset[str]):
        self.path, self.kind, self._encoding, self._headers = path, kind, encoding, headers
        self.encoding = encoding.name if encoding else ""
        self.about: dict[str, Any] = {}

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each record with its row (line of the table; place in the list), from 1; raises FileRefused."""
        if self._encoding is None:
            found = read_sheet(self.path, self._headers, self.about)
        elif self.kind == "json":
            found = read_objects(self.path, self._encoding, self.about)
        else:
            found = read_table(self.path, self._encoding, self._headers, self.about)
        for count, (row, record) in enumerate(found, 1):
            if count > limits.ROWS:
                raise FileRefused("rows", limit=limits.ROWS)
            yield row, record


@contextmanager
def opened(
    source: str | os.PathLike | IO[bytes], name: str = "", *, headers: Iterable[str] = ()
) -> Iterator[Reader]:
    """The reader of a path or of an open binary file; a stream is copied to a private file first.

    The kind is told by the first bytes, only between CSV and JSON by the first letter. `headers` are names by
    which the row of columns is known (as `folded` writes them). `name` is used for nothing but a missing path.
    Raises FileRefused.
    """
    if isinstance(source, (str, os.PathLike)):
        yield _reader(Path(source), headers)
        return
    folder = Path(tempfile.mkdtemp(prefix="ekopi-"))
    try:
        path = folder / "records"
        with open(path, "xb") as copy:
            size = 0
            while chunk := source.read(1024 * 1024):
                size += len(chunk)
                if size > limits.FILE:
                    raise FileRefused("size", limit=limits.FILE // limits.MIB)
                copy.write(chunk)
        yield _reader(path, headers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reader(path: Path, headers: Iterable[str]) -> Reader:
    try:
        if not path.is_file():  # a pipe or a device would be read for ever
            raise FileRefused("missing")
        size = path.stat().st_size
        with open(path, "rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise FileRefused("missing") from error
    if size > limits.FILE:
        raise FileRefused("size", limit=limits.FILE // limits.MIB)
    if not start:
        raise FileRefused("empty")
    known = frozenset(folded(header) for header in headers)
    for magic, kind in _STARTS:
        if start.startswith(magic):
            if kind == "zip" and start.startswith(b"PK"):
                return Reader(path, "xlsx", None, known)
            raise FileRefused("kind", found=kind)
    encoding = encoding_of(path, start)
    first = start.decode(encoding.name, "replace").lstrip("\ufeff \t\r\n\x00")
    if not first and size <= len(start):
        raise FileRefused("empty")
    if first[:1] == "<":
        raise FileRefused("kind", found="html" if "html" in first[:200].lower() else "xml")
    return Reader(path, "json" if first[:1] in ("{", "[") else "csv", encoding, known)
