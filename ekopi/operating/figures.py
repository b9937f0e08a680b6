"""The figures of /metrics, each read anew from the database, the data folder and the disk.

Nothing is counted in memory: a server is several processes on perhaps several machines, and each would tell of
itself only. So there are no counts and times of requests here; the log and the proxy have them.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select, text

from ekopi.config import Settings
from ekopi.core import audit, clock
from ekopi.core.models import AuditEntry
from ekopi.extensions import db
from ekopi.jobs import queries as jobs
from ekopi.mail.models import Letter
from ekopi.operating import records, sqlite

LETTERS_OF = timedelta(days=7)
"""Older letters are not counted: reading half a year of them every few seconds would cost more than it tells."""
LETTER_STATES = ("waiting", "failed", "sent", "kept")
SIGN_INS = ("account.signed-in", "account.admin-link-used")
"""Verbs of the trail that tell of a sign-in."""


@dataclass(frozen=True)
class Figure:
    """A gauge: its name, what it means (with its unit), and a value for each set of labels."""

    name: str
    meaning: str
    values: list[tuple[dict[str, str], float]]


def read() -> list[Figure]:
    """All figures; always the same number of queries. Needs an application context."""
    return [*_product(), *_jobs(), *_letters(), *_trail(), *_people(), *_room()]


def written(figures: list[Figure]) -> str:
    """The text format of Prometheus, version 0.0.4."""
    lines = []
    for figure in figures:
        lines += [
            f"# HELP {figure.name} {_escaped(figure.meaning)}",
            f"# TYPE {figure.name} gauge",
        ]
        for labels, value in figure.values:
            inner = ",".join(f'{key}="{_escaped(text, quoted=True)}"' for key, text in labels.items())
            lines.append(f"{figure.name}{{{inner}}} {value}" if inner else f"{figure.name} {value}")
    return "\n".join(lines) + "\n"


def _escaped(words: str, *, quoted: bool = False) -> str:
    words = words.replace("\\", "\\\\").replace("\n", "\\n")
    return words.replace('"', '\\"') if quoted else words


def _product() -> Iterator[Figure]:
    labels = {
        "version": importlib.metadata.version("ekopi"),
        "database": db.engine.dialect.name,
        "schema": db.session.scalar(text("SELECT version_num FROM alembic_version")) or "",
    }
    yield Figure(
        "ekopi_info", "Always 1; version, kind of database and its schema are labels.", [(labels, 1)]
    )


def _jobs() -> Iterator[Figure]:
    counts, oldest = jobs.counts(), jobs.oldest_waiting()
    yield _plain(
        "ekopi_workers", "Job processes that gave a sign within the last minute.", len(jobs.workers())
    )
    yield _by_state("ekopi_jobs", "Background jobs that are not done, by state.", counts)
    yield _plain(
        "ekopi_jobs_oldest_waiting_seconds",
        "How long the job waits that has been due for longest; 0 when none waits.",
        _age(oldest),
    )


def _letters() -> Iterator[Figure]:
    query = (
        select(Letter.state, func.count())
        .where(Letter.created_at > clock.now() - LETTERS_OF)
        .group_by(Letter.state)
    )
    found: dict[str, int] = dict(db.session.execute(query).all())
    counts = {state: found.get(state, 0) for state in LETTER_STATES}
    yield _by_state("ekopi_letters", "Letters written in the last 7 days, by state.", counts)


def _trail() -> Iterator[Figure]:
    sealed = audit.newest_sealed()  # asked first: beside a subquery PostgreSQL would read the whole trail
    query = select(func.count(), func.min(AuditEntry.at)).where(AuditEntry.id > sealed)
    count, oldest = db.session.execute(query).one()
    yield _plain("ekopi_audit_unsealed_entries", "Rows of the audit trail that no seal covers yet.", count)
    yield _plain(
        "ekopi_audit_unsealed_seconds",
        "Age of the oldest of them; a row is sealed when it is about a minute old.",
        _age(oldest),
    )


def _people() -> Iterator[Figure]:
    """From the trail, which is indexed by time; rows of sign-ins are not."""
    midnight = datetime.combine(clock.today(), time(), ZoneInfo(clock.DEFAULT_ZONE))
    query = select(func.count()).where(AuditEntry.at >= midnight, AuditEntry.verb.in_(SIGN_INS))
    yield _plain("ekopi_sign_ins_today", "Sign-ins since midnight WIB.", db.session.scalar(query) or 0)


def _room() -> Iterator[Figure]:
    settings: Settings = current_app.extensions["settings"]
    disk = shutil.disk_usage(settings.data_dir)
    newest = records.newest(settings.data_dir)
    yield _plain("ekopi_database_bytes", "Size of the database.", _database_size(settings))
    yield _plain("ekopi_disk_free_bytes", "Free room on the disk of the data folder.", disk.free)
    yield _plain("ekopi_disk_size_bytes", "Size of the disk of the data folder.", disk.total)
    yield _plain(
        "ekopi_backup_timestamp_seconds",
        "When the data folder last knew of a proved archive of the data, in Unix time; 0 for never.",
        int(newest.timestamp()) if newest else 0,
    )


def _database_size(settings: Settings) -> int:
    """Bytes; of SQLite the file and what is still in its write-ahead log."""
    if not settings.sqlite:
        return db.session.scalar(select(func.pg_database_size(func.current_database()))) or 0
    file = sqlite.path_of(settings.database_url)
    return sum(path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.is_file())


def _age(since: datetime | None) -> float:
    """Whole seconds from then to now, never below 0; 0 for none."""
    return max(0, round((clock.now() - since).total_seconds())) if since else 0


def _plain(name: str, meaning: str, value: float) -> Figure:
    return Figure(name, meaning, [({}, value)])


def _by_state(name: str, meaning: str, counts: dict[str, int]) -> Figure:
    return Figure(name, meaning, [({"state": state}, count) for state, count in counts.items()])
