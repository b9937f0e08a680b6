"""Finds how a file's text is written, looking at every byte before anything is decoded for good."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import Path

from ekopi.catalogue.sources.base import FileRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1024 * 1024
_NOT_LEADS = bytes(range(0xC0)) + bytes(range(0xF8, 0x100))
_CONTROLS = bytes(c for c in range(32) if c not in (0, 9, 10, 12, 13, 27)) + b"\x7f"


@dataclass(frozen=True)
class Encoding:
    """A codec; with `errors` "replace" where single bytes do not fit (half a character at the end of a cut text)."""

    name: str
    errors: str = "replace"

    def open(self, path: Path) -> io.TextIOWrapper:
        """The file as text with its line ends as they are."""
        return open(path, encoding=self.name, errors=self.errors, newline="")  # noqa: SIM115 - the caller closes it


def encoding_of(path: Path, start: bytes) -> Encoding:
    """UTF-8, -16 or -32 by mark or look, else Windows-1252. Raises FileRefused for what is no text."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return Encoding(name)
    nulls = start.count(0)
    if nulls > len(start) // 4:
        even = start[::2].count(0)
        return Encoding("utf-16-be" if even > nulls // 2 else "utf-16-le")
    controls = len(start) - len(start.translate(None, _CONTROLS))
    if controls > max(8, len(start) // 50) or nulls > max(8, len(start) // 20):
        raise FileRefused("kind", found="binary")
    return Encoding("utf-8" if _looks_like_utf8(path) else "cp1252")


def _looks_like_utf8(path: Path) -> bool:
    """Whether more sequences are right than wrong; a file of ASCII is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    right = wrong = 0
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            wrong += decoder.decode(chunk).count("\ufffd")
            right += len(chunk.translate(None, _NOT_LEADS))
    wrong += decoder.decode(b"", True).count("\ufffd")
    return wrong == 0 or right > 2 * wrong
