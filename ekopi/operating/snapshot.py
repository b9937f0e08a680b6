"""What a backup must know of the database at the very moment it was taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CONTENT_TABLES = ("persons", "organisations", "courses", "uploads", "audit_entries")
"""A database with a row in one of these is in use; reference data and the job engine's tables do not count."""


@dataclass
class Snapshot:
    """A consistent copy of a database in a file, and what it holds."""

    path: Path
    tables: dict[str, int]
    """Rows by table; on PostgreSQL with the schema before a dot."""
    revision: str
    tokens: set[str]
    """Tokens of the uploads that are not deleted."""


def describe(path: Path, tables: dict[str, int], ask: Callable[[str], list[tuple]]) -> Snapshot:
    """A Snapshot from what `ask` (one query, its rows) tells inside the copy or its transaction."""
    return Snapshot(
        path=path,
        tables=tables,
        revision=ask("SELECT version_num FROM alembic_version")[0][0],
        tokens={token for (token,) in ask("SELECT token FROM uploads WHERE deleted_at IS NULL")},
    )
