"""Reads the rows of access.py; their grammar is told there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from tests.house.access import TABLE
from tests.house.world import GROUPS, ROLES


@dataclass(frozen=True)
class Row:
    """One line of the table; `answers` are by role."""

    line: str
    method: str
    endpoint: str
    args: dict[str, str] = field(hash=False)
    body: dict[str, str] = field(hash=False)
    answers: dict[str, str] = field(hash=False)

    def __str__(self) -> str:
        return " ".join(self.line.partition("|")[0].split())


def rows() -> list[Row]:
    """The table, read. Raises ValueError where a line cannot be read or a route's first row forgets a role."""
    lines = (line.strip() for line in TABLE.splitlines())
    known: set[tuple[str, str]] = set()
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            row = read(line)
            if (row.endpoint, row.method) not in known and set(row.answers) != set(ROLES):
                raise ValueError(f"nothing is said of {sorted(set(ROLES) - set(row.answers))} in: {line}")
            known.add((row.endpoint, row.method))
            found.append(row)
    return found


def read(line: str) -> Row:
    """One line of the table. Raises ValueError."""
    asked, _bar, answers = line.partition(" | ")
    head, _sign, body = asked.partition(" < ")
    method, endpoint, *args = head.split()
    return Row(line, method, endpoint, _pairs(args), _pairs(body.split()), _answers(line, answers))


def _pairs(words: list[str]) -> dict[str, str]:
    return {name: unquote_plus(value) for name, _sign, value in (word.partition("=") for word in words)}


def _answers(line: str, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in text.split():
        match = re.fullmatch(r"([\w,]+|\*):(\d{3}\+?|login|away|done|again)", word)
        if match is None:
            raise ValueError(f"cannot read {word!r} in: {line}")
        for name in match[1].split(","):
            for role in _roles(name, line):
                found.setdefault(role, match[2])
    if not found:
        raise ValueError(f"no answer in: {line}")
    return found


def _roles(name: str, line: str) -> tuple[str, ...]:
    if name == "*":
        return ROLES
    if name in GROUPS:
        return GROUPS[name]
    if name not in ROLES:
        raise ValueError(f"nobody is called {name!r} in: {line}")
    return (name,)
