"""What `ekopi doctor` says of the index."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, literal_column, select, table

from ekopi.core import registry
from ekopi.core.doctor import Finding
from ekopi.extensions import db
from ekopi.search import operations, queries
from ekopi.search.models import SearchDocument

SAMPLE = 50
"""Things of a kind that are compared, the oldest and as many of the newest."""


def register_checks() -> None:
    registry.register("doctor", "index", findings)


def findings() -> Iterator[Finding]:
    """Is what is kept of a sample what its area says of it, and does SQLite's word list hold every row."""
    wrong = 0 if _every_row_has_its_words() else 1
    for kind in registry.all_of("search"):
        wrong += _differing(kind)
    count = db.session.scalar(select(func.count()).select_from(SearchDocument)) or 0
    if wrong:
        yield Finding(
            "peringatan",
            "index",
            _("Indeks pencarian tidak sama dengan isi basis data; sebagian tidak dapat ditemukan."),
            _("Jalankan `ekopi index`."),
        )
    else:
        yield Finding(
            "baik",
            "index",
            ngettext(
                "Indeks pencarian memuat %(num)s butir dan sama dengan isi basis data.",
                "Indeks pencarian memuat %(num)s butir dan sama dengan isi basis data.",
                count,
            ),
        )


def _every_row_has_its_words() -> bool:
    """FTS5 keeps a row for each document; they differ when its triggers are gone."""
    if not queries.on_sqlite():
        return True
    sizes = select(func.count(literal_column("id"))).select_from(table("search_words_docsize"))
    return db.session.scalar(sizes) == db.session.scalar(select(func.count(SearchDocument.id)))


def _differing(kind: str) -> int:
    """Of a sample, how many things are kept otherwise than their area says them now."""
    area: operations.Searchable = registry.all_of("search")[kind]
    newest = db.session.scalar(select(func.max(SearchDocument.key)).where(SearchDocument.kind == kind)) or 0
    keys = {*area.keys(0, SAMPLE), *area.keys(max(0, newest - SAMPLE), 2 * SAMPLE)}
    columns = [SearchDocument.key, *(getattr(SearchDocument, name) for name in operations.COLUMNS)]
    kept = {
        row.key: row
        for row in db.session.execute(
            select(*columns).where(SearchDocument.kind == kind, SearchDocument.key.in_(keys))
        )
    }
    said = {document.key: operations.row_of(kind, document) for document in area.documents(sorted(keys))}
    return sum(
        key not in kept
        or key not in said
        or any(getattr(kept[key], name) != said[key][name] for name in operations.COLUMNS)
        for key in kept.keys() | said.keys()
    )
