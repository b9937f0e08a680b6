"""What an adapter takes and gives. No database and no application is needed in this folder.

A file that cannot be read raises FileRefused, a record that cannot be taken raises Refusal; both carry a stable
code and facts, from which the catalogue makes sentences (FILE_CODES, ROW_CODES are all of them).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

FILE_CODES = {
    "missing": "the file is not there or cannot be opened",
    "empty": "nothing in it",
    "kind": "neither JSON nor CSV nor XLSX; fact: found (pdf, xls, image, zip, html, xml, binary)",
    "size": "more bytes than may be read; facts: limit (MiB)",
    "rows": "more rows than one run takes; fact: limit",
    "columns": "more columns than a table may have; fact: limit",
    "headers": "no row that names the columns; facts: found, wanted (words, at most eight each)",
    "line": "one line of a table is endless; facts: row, limit (MiB)",
    "quotes": "a cell begins with a quotation mark that is not closed; fact: row",
    "host": "an address, or one that it redirects to, that may not be called; fact: host",
    "unreachable": "no whole answer came from the source; fact: host",
    "answer": "the source answered with a failure; fact: status (HTTP)",
    "page-again": "the next page that the source names was read before; fact: page (the last one)",
    "pages": "the source names ever more pages; fact: limit",
    "json": "not well-formed; facts: row (0: before the first record), at (character)",
    "json-depth": "nested too deep; facts: row, limit",
    "json-item": "one record is larger than may be; facts: row, limit (MiB)",
    "json-refused": "the system answered that it failed; fact: said",
    "json-records": "holds no list of records",
    "xlsx": "damaged, encrypted or not a workbook; fact: reason (code of core.archives, or 'xml')",
    "xlsx-bomb": "packed unnaturally small, or too large when unpacked; fact: reason",
    "xlsx-sheets": "no sheet with a table; fact: sheets",
}
"""Codes of FileRefused with their facts."""

ROW_CODES = {
    "missing": "the field is empty or not there",
    "no-letters": "the title holds no word",
    "not-a-record": "something other than an object in the list",
    "surplus": "more cells than the header row; facts: cells, columns",
    "short": "fewer cells than the header row, where other rows have all; facts: cells, columns",
    "columns": "a record with too many fields; fact: limit",
    "too-long": "a cell or text beyond its limit; facts: column, limit (MiB)",
    "depth": "a record nested too deep; fact: limit",
}
"""Codes of Refusal and of Broken rows with their facts."""


def listed(words: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(words.split())


class FileRefused(Exception):
    """The whole file (or answer of a system) cannot be read, or not from here on."""

    def __init__(self, code: str, **facts: Any):
        super().__init__(code, facts)
        if code not in FILE_CODES:
            raise ValueError(f"not a code: {code}")
        self.code, self.facts = code, facts


class Refusal(Exception):
    """One record cannot be taken: the field it is about ("" for the whole), the code, facts."""

    def __init__(self, field: str, code: str, **facts: Any):
        super().__init__(field, code, facts)
        if code not in ROW_CODES:
            raise ValueError(f"not a code: {code}")
        self.field, self.code, self.facts = field, code, facts


class Broken(dict[str, Any]):
    """A row that reading found unusable, passed on in its place so that the run goes on; `translate` refuses it."""

    def __init__(self, code: str, **facts: Any):
        super().__init__()
        if code not in ROW_CODES:
            raise ValueError(f"not a code: {code}")
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Picture:
    """A picture taken out of a text, checked by its first bytes only."""

    media_type: str
    data: bytes


@dataclass(frozen=True)
class Translated:
    """One record in our words. `facts` hold only what the source says, by names of fields.FIELDS.

    `payload` is the item whole, personal contact data masked. `pictures` are by SHA-256, as the texts refer to
    them ("picture:<sha256>"). `notes` are codes of quirks met (drafting.NOTES).
    """

    external_id: str
    facts: dict[str, Any]
    payload: dict[str, Any]
    pictures: dict[str, Picture]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Bad:
    """One refused item, for the log of a run."""

    row: int
    external_id: str
    field: str
    code: str
    facts: dict[str, Any]


class Regions(Protocol):
    """Finds the region in force that a code, a name or both mean; None when that is not certain."""

    def match(
        self, *, code: str = "", name: str = "", province: str = "", bps: bool = False
    ) -> str | None: ...


class Rows(Protocol):
    """What reading gives: `rows` yields each record with its place in the file, from 1."""

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]: ...


class Adapter(Protocol):
    """One system: how its records read in our words."""

    key: str
    name: str
    owner: str
    licence: str
    headers: frozenset[str]
    """Names of columns by which its header row is known (reading.folded)."""

    def items(self, reader: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
        """The records with their row, one at a time; may raise FileRefused while reading."""
        ...

    def external_id(self, raw: dict[str, Any]) -> str:
        """What to call a record in a log, also one that is refused; "" when it has nothing to be called by."""
        ...

    def translate(self, row: int, raw: dict[str, Any], regions: Regions) -> Translated:
        """The record in our words; raises Refusal."""
        ...
