"""Who did what to what, and the seals that make a change of it visible.

Rows hold ids and codes only; the sentence is made on reading, so that erasing a person and keeping the trail
do not clash. Sealing at insert would serialise all writers, so a job seals the rows that are settled: older
than SETTLE, and only while no transaction that is older than OLD still holds the trail: it could commit a row
among sealed ones. The newest seal is written to the log and to a file in the data folder as well, so that a
cut tail is noticed; a file that the seals contradict is evidence and is not written over, one that says
nothing is no evidence and is written again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
from datetime import timedelta
from pathlib import Path

from flask import current_app, g, has_request_context
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from ekopi.core import clock, registry
from ekopi.core.db import take_write_lock
from ekopi.core.models import AuditEntry, AuditSeal
from ekopi.core.sentences import closed
from ekopi.core.web import say_number
from ekopi.extensions import db

SETTLE = timedelta(seconds=45)
OLD = timedelta(seconds=30)
"""A transaction of this age that has written to the trail keeps it from being sealed (imports, the demo)."""
BATCH = 5000
PLATFORM = "platform"
"""The `place_kind` of what holds everywhere."""
DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
COLUMNS = (
    AuditEntry.id, AuditEntry.at, AuditEntry.actor_id, AuditEntry.verb, AuditEntry.subject_kind,
    AuditEntry.subject_id, AuditEntry.request_id, AuditEntry.facts,
)  # fmt: skip
log = logging.getLogger("ekopi.audit")


def record(verb: str, subject_kind: str, subject_id, *, actor_id: int | None = None, **facts) -> AuditEntry:
    """Adds a row to the trail in the caller's transaction. `facts` are ids and codes, never names."""
    if actor_id is None and has_request_context() and current_user.is_authenticated:
        actor_id = current_user.id
    entry = AuditEntry(
        verb=verb,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        actor_id=actor_id,
        request_id=g.get("request_id", "") if has_request_context() else "",
        facts=facts,
    )
    db.session.add(entry)
    return entry


def sentences(entries: list[AuditEntry]) -> list[str]:
    """A sentence for each row, in the reader's language; two queries per kind of subject at most.

    A verb's pattern may name %(actor)s, %(subject)s, any fact, %(person)s for the fact `person_id`, and %(place)s for
    the facts `place_kind` and `place_id`.
    """
    verbs, subjects = registry.all_of("audit-verbs"), registry.all_of("audit-subjects")
    wanted: dict[str, set[str]] = {"person": {str(e.actor_id) for e in entries if e.actor_id}}
    for entry in entries:
        wanted.setdefault(entry.subject_kind, set()).add(entry.subject_id)
        for kind, named_id in _named(entry.facts).values():
            wanted.setdefault(kind, set()).add(named_id)
    names = {
        kind: subjects[kind](sorted(ids)) if kind in subjects and ids else {} for kind, ids in wanted.items()
    }
    lines = []
    for entry in entries:
        actor = names["person"].get(str(entry.actor_id), "EKOPI")
        subject = names[entry.subject_kind].get(entry.subject_id, f"{entry.subject_kind} {entry.subject_id}")
        pattern = str(verbs.get(entry.verb, f"%(actor)s: {entry.verb} %(subject)s"))
        told = _told(entry.facts) | {
            name: names.get(kind, {}).get(named_id, "–")
            for name, (kind, named_id) in _named(entry.facts).items()
        }
        if entry.facts.get("place_kind") == PLATFORM:
            told["place"] = _("seluruh EKOPI")
        facts = _Facts(told, actor=actor, subject=subject)
        lines.append(closed(pattern, facts) % facts)
    return lines


def outline(pattern: str) -> str:
    """A sentence of the trail with dots for all names, to choose a kind of act by."""
    return (pattern % _Dots()).replace("….", "…")


def _named(facts: dict) -> dict[str, tuple[str, str]]:
    """{word of a pattern: (kind, id)} for facts that lead to something with a name."""
    found = {}
    if facts.get("person_id"):
        found["person"] = ("person", str(facts["person_id"]))
    if facts.get("place_kind") not in (None, PLATFORM):
        found["place"] = (facts["place_kind"], str(facts["place_id"]))
    return found


def _told(facts: dict) -> dict:
    """Facts as a reader writes them: decimals are kept with a point."""
    return {
        name: say_number(fact) if isinstance(fact, str) and DECIMAL.fullmatch(fact) else fact
        for name, fact in facts.items()
    }


class _Facts(dict):
    """The facts of a row; one that an older row does not have yet is a dash."""

    def __missing__(self, key):
        return "–"


class _Dots(dict):
    def __missing__(self, key):
        return "…"


def seal() -> int:
    """Seals the settled rows that no seal covers yet; commits nothing. Returns how many rows it sealed."""
    if _held_by_an_old_transaction() or not _unsealed(_newest()):
        return 0
    _wait_for_other_sealers()
    newest = _newest()
    rows = _unsealed(newest)
    if not rows:
        return 0
    made = AuditSeal(last_entry_id=rows[-1].id, entries=len(rows), at=clock.now())
    made.mac = _mac(newest.mac if newest else "", made, rows)
    if spoilt():
        log.warning("audit seal file could not be read; it is written again")
    kept = _written_down()
    cut = kept is not None and not _fits(kept)
    db.session.add(made)
    db.session.flush()
    if kept is not None and cut:
        log.error("audit seals were cut off or changed", extra={"seal": kept.get("seal")})
    else:
        db.session().info[PENDING] = {"seal": made.id, "mac": made.mac, "last": made.last_entry_id}
    return len(rows)


def newest_sealed() -> int:
    """The id of the last row that a seal covers; 0 without any."""
    newest = _newest()
    return newest.last_entry_id if newest else 0


def broken() -> list[str]:
    """What does not fit between the rows and their seals; empty when the trail is whole."""
    faults, before, mac = [], 0, ""
    for sealed in db.session.scalars(_fresh(select(AuditSeal).order_by(AuditSeal.id))).all():
        rows = _rows(before, up_to=sealed.last_entry_id)
        if not hmac.compare_digest(_mac(mac, sealed, rows), sealed.mac):
            faults.append(
                f"segel {sealed.id}: catatan {before + 1} sampai {sealed.last_entry_id} tidak cocok"
            )
        before, mac = sealed.last_entry_id, sealed.mac
    kept = _written_down()
    if kept is not None and not _fits(kept):
        faults.append(f"segel {kept.get('seal', '?')} pernah dibuat, tetapi tidak ada lagi atau sudah lain")
    return faults


def _newest() -> AuditSeal | None:
    return db.session.scalars(_fresh(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1))).first()


def _fresh(query):
    """As the rows are now, not as this session may remember them."""
    return query.execution_options(populate_existing=True)


def _unsealed(newest: AuditSeal | None) -> list:
    """Settled rows after the newest seal, without a gap: the first one that is too young ends them."""
    limit, rows = clock.now() - SETTLE, []
    for row in db.session.execute(_after(newest.last_entry_id if newest else 0).limit(BATCH)):
        if row.at > limit:
            break
        rows.append(row)
    return rows


def _rows(after: int, *, up_to: int) -> list:
    return list(db.session.execute(_after(after).where(AuditEntry.id <= up_to)))


def _after(entry_id: int):
    """Rows after this one; from the very first one (also ids that no sequence gives) after 0."""
    query = select(*COLUMNS).order_by(AuditEntry.id)
    return query.where(AuditEntry.id > entry_id) if entry_id else query


def _held_by_an_old_transaction() -> bool:
    """PostgreSQL only: on SQLite writers come one after the other, so ids are in the order of commits."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        return False
    holders = text(
        """
        SELECT 1 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'relation' AND l.relation = 'audit_entries'::regclass
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.mode = 'RowExclusiveLock' AND l.pid <> pg_backend_pid()
          AND coalesce(a.xact_start, '-infinity') < clock_timestamp() - make_interval(secs => :age)
        LIMIT 1
        """
    )
    return connection.execute(holders, {"age": OLD.total_seconds()}).first() is not None


def _wait_for_other_sealers() -> None:
    """Two seals over the same rows would not fit each other: one after the other."""
    if not take_write_lock():
        db.session.execute(text("LOCK TABLE audit_seals IN SHARE ROW EXCLUSIVE MODE"))


def _mac(before: str, sealed: AuditSeal, rows: list) -> str:
    key = hashlib.sha256(b"audit-seal:" + current_app.extensions["settings"].secret_key.encode()).digest()
    digest = hmac.new(key, before.encode(), hashlib.sha256)
    head = [sealed.at.isoformat(), sealed.entries, sealed.last_entry_id]
    digest.update(json.dumps(head, separators=(",", ":")).encode() + b"\n")
    for row in rows:
        plain = [row.id, row.at.isoformat(), *row[2:]]
        digest.update(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


PENDING = "audit-seal"
"""Where a session keeps the seal that it has made but not committed."""


@event.listens_for(Session, "after_commit")
def _write_down(session) -> None:
    """Only what is committed is written down: a file that is ahead of the database means that a tail was cut."""
    if session.in_nested_transaction():
        return
    made = session.info.pop(PENDING, None)
    if made is None:
        return
    log.info("audit sealed", extra=made)
    _keep(_seal_file(), json.dumps({"seal": made["seal"], "mac": made["mac"]}))


def _keep(path: Path, text: str) -> None:
    """The file holds either the old text or the new one, also after a power cut: an empty one would prove nothing."""
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@event.listens_for(Session, "after_rollback")
def _forget_the_seal(session) -> None:
    session.info.pop(PENDING, None)


def _seal_file() -> Path:
    return current_app.extensions["settings"].data_dir / "audit.seal"


def spoilt() -> bool:
    """Whether the file is there and says nothing (empty, cut short): no proof of anything, until it is written again."""
    return _written_down() is None and _seal_file().exists()


def _written_down() -> dict | None:
    """What the file says; None when there is none, or none that names a seal."""
    try:
        kept = json.loads(_seal_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    named = isinstance(kept, dict) and isinstance(kept.get("seal"), int) and isinstance(kept.get("mac"), str)
    return kept if named else None


def _fits(kept: dict) -> bool:
    """Whether the seal of the file is there, unchanged."""
    query = select(AuditSeal.mac).where(AuditSeal.id == kept.get("seal"))
    return db.session.scalar(query) == kept.get("mac", "?")
