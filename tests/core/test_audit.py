"""The audit trail: rows nobody changes, seals that find it out when somebody did, sentences made on reading."""

from __future__ import annotations

import json
import os
import random
import stat
import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from ekopi.core import audit, clock
from ekopi.core.models import AuditEntry, AuditSeal
from ekopi.core.registry import register
from ekopi.operating import checks

OLD = timedelta(minutes=5)
ROWS, SEALS = 60, 3


@pytest.fixture
def seal_file(app, db):
    """The file of the newest seal; none before and none after, since the database is rolled back."""
    path = app.extensions["settings"].data_dir / "audit.seal"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def entry(number: int, **more) -> AuditEntry:
    values = {
        "verb": "test.done", "subject_kind": "person", "subject_id": str(number), "actor_id": number % 7,
        "request_id": f"r{number}", "facts": {"number": number, "share": 0.25, "words": ["a", "é"]},
        "at": clock.now() - OLD + timedelta(milliseconds=number),
    }  # fmt: skip
    return AuditEntry(**{**values, **more})


@pytest.fixture
def trail(db, seal_file):
    """Sixty rows under three seals; the triggers are dropped, as somebody with the database in hand could."""
    for part in range(SEALS):
        for number in range(part * ROWS // SEALS, (part + 1) * ROWS // SEALS):
            db.session.add(entry(number))
        db.session.flush()
        assert audit.seal() == ROWS // SEALS
        db.session.commit()
    drop_triggers(db)
    return list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))


def drop_triggers(db):
    connection = db.session.connection()
    sqlite = connection.dialect.name == "sqlite"
    for table in ("audit_entries", "audit_seals"):
        for name in ("no_update", "no_delete") if sqlite else ("no_change",):
            on = "" if sqlite else f" ON {table}"
            connection.exec_driver_sql(f"DROP TRIGGER {table}_{name}{on}")


def tamper(db, chance: random.Random, kind: str, ids: list[int]) -> None:
    """One change behind the application's back."""
    run = db.session.connection().execute
    one, other = chance.sample(ids, 2)
    seals = list(run(select(AuditSeal.id).order_by(AuditSeal.id)).scalars())
    a_seal = chance.choice(seals)
    entries, marks = AuditEntry.__table__, AuditSeal.__table__
    edits = {
        "id": max(ids) + chance.randint(1000, 9000), "at": clock.now() - chance.randint(2, 99) * OLD, "actor_id": 999,
        "verb": "test.undone", "subject_kind": "course", "subject_id": "999", "request_id": "other", "facts": {"number": -1},
    }  # fmt: skip
    seal_edits = {
        "at": clock.now() - OLD,
        "entries": 19,
        "last_entry_id": max(ids) + chance.randint(1, 99),
        "mac": "0" * 64,
    }
    if kind in edits:
        run(update(entries).where(entries.c.id == one).values({kind: edits[kind]}))
    elif (column := kind.removeprefix("seal ")) in seal_edits and column != kind:
        run(update(marks).where(marks.c.id == a_seal).values({column: seal_edits[column]}))
    elif kind == "no actor":
        run(update(entries).where(entries.c.id == one).values(actor_id=None))
    elif kind == "a microsecond":
        at = run(select(entries.c.at).where(entries.c.id == one)).scalar_one()
        run(update(entries).where(entries.c.id == one).values(at=at + timedelta(microseconds=1)))
    elif kind == "deleted":
        run(delete(entries).where(entries.c.id == one))
    elif kind == "swapped":
        for old, new in ((one, -1), (other, one), (-1, other)):
            run(update(entries).where(entries.c.id == old).values(id=new))
    elif kind == "forged":
        run(insert(entries).values(id=-chance.randint(0, 9), at=clock.now() - OLD, verb="test.done",
                                   subject_kind="person", subject_id="1", request_id="", facts={}))  # fmt: skip
    elif kind == "seal deleted":
        run(delete(marks).where(marks.c.id == a_seal))
    elif kind == "seals deleted":
        run(delete(marks))
    elif kind == "tail cut with its seals":
        kept = chance.randrange(len(seals))
        bound = (
            run(select(marks.c.last_entry_id).where(marks.c.id == seals[kept - 1])).scalar_one()
            if kept
            else 0
        )
        run(delete(entries).where(entries.c.id > bound))
        run(delete(marks).where(marks.c.last_entry_id > bound))
    else:
        raise AssertionError(kind)


KINDS = (
    "id", "at", "actor_id", "verb", "subject_kind", "subject_id", "request_id", "facts", "no actor", "a microsecond",
    "seal at", "seal entries", "seal last_entry_id", "seal mac", "deleted", "swapped", "forged", "seal deleted",
    "seals deleted", "tail cut with its seals",
)  # fmt: skip


def test_a_hundred_tamperings_are_a_hundred_findings(db, trail):
    chance = random.Random(20261124)
    assert audit.broken() == []
    missed = []
    for number in range(100):
        kind = KINDS[number % len(KINDS)]
        around = db.session.begin_nested()
        tamper(db, chance, kind, trail)
        if not audit.broken():
            missed.append(kind)
        around.rollback()
        assert audit.broken() == [], "taken back, the trail is whole again"
    assert not missed


def test_a_cut_tail_is_still_found_after_new_rows_were_sealed(db, trail, seal_file):
    """The file of the seal that is gone is evidence: later seals do not write over it."""
    db.session.execute(
        delete(AuditEntry).where(AuditEntry.id > trail[39]).execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(AuditSeal)
        .where(AuditSeal.last_entry_id > trail[39])
        .execution_options(synchronize_session=False)
    )
    before = seal_file.read_text()
    for _round in range(3):
        db.session.add(entry(7))
        db.session.flush()
        assert audit.seal() == 1
        db.session.commit()
        assert audit.broken()
    assert seal_file.read_text() == before


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"seal": 1}'])
def test_a_spoilt_file_accuses_nobody_and_is_written_again(db, trail, seal_file, text, caplog):
    """A power cut may leave an empty file; a finding for ever would hide the next true one."""
    (good,) = checks.trail()
    seal_file.write_text(text)
    assert audit.broken() == []
    (finding,) = checks.trail()
    assert (good.level, finding.level) == ("baik", "peringatan")
    db.session.add(entry(7))
    db.session.flush()
    assert audit.seal() == 1
    db.session.commit()
    assert "could not be read" in caplog.text
    newest = db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).one()
    assert json.loads(seal_file.read_text()) == {"seal": newest.id, "mac": newest.mac}
    assert not audit.spoilt()


def test_the_file_is_on_the_disk_before_it_gets_its_name(db, seal_file, monkeypatch):
    """Else a power cut leaves the name with nothing in it."""
    written, really = [], os.fsync

    def fsync(number):
        really(number)
        folder = stat.S_ISDIR(os.fstat(number).st_mode)
        written.append((folder, os.fstat(number).st_size > 0, seal_file.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    db.session.add(entry(1))
    db.session.flush()
    assert audit.seal() == 1
    db.session.commit()
    assert [(folder, named) for folder, _full, named in written] == [(False, False), (True, True)]
    assert written[0][1], "its words were handed to the disk, not only to Python"


def test_rows_and_seals_refuse_change(db, seal_file):
    db.session.add(entry(1))
    db.session.flush()
    assert audit.seal() == 1
    for statement in (
        "UPDATE audit_entries SET verb = 'x'",
        "DELETE FROM audit_entries",
        "UPDATE audit_seals SET entries = 2",
        "DELETE FROM audit_seals",
    ):
        with pytest.raises(DatabaseError, match="never changed"), db.session.begin_nested():
            db.session.connection().exec_driver_sql(statement)
    assert audit.broken() == []


def test_rows_that_come_late_are_sealed_with_the_others(db, seal_file):
    """A row with a lower number may be committed after one with a higher number; both wait until they are settled."""
    now = clock.now()
    db.session.add(entry(2, id=900002, at=now - timedelta(seconds=20)))
    db.session.flush()
    assert audit.seal() == 0
    db.session.add(entry(1, id=900001, at=now - timedelta(seconds=25)))
    db.session.flush()
    clock.shift(audit.SETTLE)
    try:
        assert audit.seal() == 2
        assert audit.newest_sealed() == 900002
    finally:
        clock.shift(None)
    assert audit.broken() == []


def test_a_young_row_ends_what_is_sealed(db, seal_file):
    """What stands behind a young row waits for it, else the young one would never be covered."""
    db.session.add_all([entry(1, id=900001), entry(2, id=900002, at=clock.now()), entry(3, id=900003)])
    db.session.flush()
    assert audit.seal() == 1
    assert audit.newest_sealed() == 900001
    assert audit.broken() == []


def test_the_file_is_written_when_the_seal_is_committed_and_not_before(db, seal_file):
    db.session.add(entry(1))
    db.session.commit()
    assert audit.seal() == 1
    assert not seal_file.exists()
    db.session.rollback()
    db.session.commit()
    assert not seal_file.exists(), "that seal was taken back"
    assert audit.broken() == []
    assert audit.seal() == 1
    db.session.commit()
    assert json.loads(seal_file.read_text())["mac"] == db.session.scalar(select(AuditSeal.mac))
    assert audit.seal() == 0


def test_a_long_transaction_keeps_the_trail_from_being_sealed(live, engine_name, monkeypatch):
    """An import that runs for minutes commits rows whose numbers lie among those of others."""
    from ekopi.extensions import db

    with live.app.app_context():
        slow = db.engine.connect()
        slow.begin()
        slow.execute(insert(AuditEntry.__table__).values(row_of(1)))
        if engine_name == "sqlite":
            with db.engine.connect() as quick:
                quick.exec_driver_sql("PRAGMA busy_timeout = 50")
                with pytest.raises(OperationalError, match="locked"):
                    quick.execute(insert(AuditEntry.__table__).values(row_of(2)))
            slow.commit()
            slow.close()
            return
        db.session.execute(insert(AuditEntry.__table__).values(row_of(2)))
        db.session.commit()
        monkeypatch.setattr(audit, "OLD", timedelta(0))
        assert audit.seal() == 0
        monkeypatch.setattr(audit, "OLD", timedelta(hours=1))
        around = db.session.begin_nested()
        assert audit.seal() == 1, "the control: without the rule the row behind the open one is sealed"
        around.rollback()
        monkeypatch.setattr(audit, "OLD", timedelta(0))
        db.session.rollback()
        slow.commit()
        slow.close()
        assert audit.seal() == 2
        db.session.commit()
        assert audit.broken() == []


def row_of(number: int) -> dict:
    made = entry(number)
    return {c.name: getattr(made, c.name) for c in AuditEntry.__table__.columns if c.name != "id"}


def test_two_sealers_at_once_make_seals_that_fit(live):
    from ekopi.extensions import db

    together, sealed = threading.Barrier(4), []

    def work():
        with live.app.app_context():
            together.wait()
            sealed.append(audit.seal())
            db.session.commit()

    with live.app.app_context():
        for number in range(200):
            db.session.add(entry(number))
        db.session.commit()
    threads = [threading.Thread(target=work) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sealed) == [0, 0, 0, 200]
    with live.app.app_context():
        assert audit.broken() == []


def test_a_sentence_is_made_of_names_as_they_are_now(db):
    register("audit-subjects", "test-thing", lambda ids: {i: f"Benda {i}" for i in ids})
    register("audit-verbs", "test.moved", "%(actor)s memindahkan %(subject)s ke %(where)s")
    rows = [
        entry(1, verb="test.moved", subject_kind="test-thing", actor_id=None, facts={"where": "lantai 2"}),
        entry(2, verb="test.moved", subject_kind="test-thing", actor_id=None, facts={}),
        entry(3, verb="test.unknown", subject_kind="test-none", actor_id=None),
    ]
    assert audit.sentences(rows) == [
        "EKOPI memindahkan Benda 1 ke lantai 2",
        "EKOPI memindahkan Benda 2 ke –",
        "EKOPI: test.unknown test-none 3",
    ]


def test_the_actor_is_whoever_is_signed_in_and_the_request_is_named(client):
    from tests.accounts import make

    admin = make.person(roles=[("admin", "platform", 0)])
    client.sign_in(admin)
    shown = client.get("/akun/nama")
    assert shown.status_code == 200
    client.submit({"name": "Nama Baru"}, has="name")
    (row,) = rows_of("account.name-changed")
    assert (row.actor_id, row.subject_kind, row.subject_id) == (admin.id, "person", str(admin.id))
    assert row.request_id


def rows_of(verb: str) -> list[AuditEntry]:
    from ekopi.extensions import db

    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.verb == verb)))
