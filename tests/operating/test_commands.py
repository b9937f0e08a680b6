"""doctor, user and db as an operator uses them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ekopi.core import clock
from ekopi.extensions import db
from ekopi.operating import checks, records


def findings(live) -> dict[str, str]:
    with live.app.app_context():
        return {finding.name: finding.level for finding in checks.findings()}


def test_doctor_exits_with_1_on_gagal_only(full, command):
    done = command(full, "doctor")
    assert done.exit_code == 0 and "peringatan" in done.output and "→" in done.output
    with full.app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    done = command(full, "doctor", "--json")
    assert done.exit_code == 1
    (found,) = [f for f in json.loads(done.output) if f["name"] == "migrations"]
    assert found["level"] == "gagal" and "db upgrade" in found["remedy"]


def test_doctor_finds_tampering(full, engine_name):
    assert findings(full)["audit"] == "baik"
    with full.app.app_context():
        if engine_name == "sqlite":
            db.session.execute(text("DROP TRIGGER audit_entries_no_update"))
        else:
            db.session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        db.session.execute(
            text("UPDATE audit_entries SET verb = 'x' WHERE id = (SELECT min(id) FROM audit_entries)")
        )
        db.session.commit()
    assert findings(full)["audit"] == "gagal"


def test_doctor_reads_the_database_settings_back(full, engine_name, monkeypatch):
    assert findings(full)["database"] == "baik"
    if engine_name == "sqlite":
        monkeypatch.setitem(checks.SQLITE_PRAGMAS, "synchronous", 3)
        assert findings(full)["database"] == "gagal"
    else:
        monkeypatch.setitem(checks.POSTGRES_SETTINGS["web"], "statement_timeout", "11s")
        assert findings(full)["database"] == "peringatan"


def test_doctor_sees_broken_references(full, engine_name):
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL keeps its references itself")
    with full.app.app_context():
        raw = db.engine.raw_connection()
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM lessons")
        raw.commit()
        raw.execute("PRAGMA foreign_keys=ON")
        raw.close()
    assert findings(full)["database"] == "gagal"


def test_doctor_knows_the_newest_backup(full, tmp_path, command, settle):
    assert findings(full)["backups"] == "peringatan"
    settle(full)
    assert command(full, "backup", str(tmp_path / "a.ekopi")).exit_code == 0
    assert findings(full)["backups"] == "baik"
    clock.shift(timedelta(days=3))
    try:
        assert findings(full)["backups"] == "peringatan"
    finally:
        clock.shift(None)
    (full.data_dir / records.FILE_NAME).write_text("not json")
    assert findings(full)["backups"] == "peringatan"


def test_doctor_sees_open_keys(full):
    path = full.data_dir / "ekopi.env"
    path.write_text("EKOPI_PORT=1\n")
    path.chmod(0o644)
    assert findings(full)["keys"] == "gagal"
    path.chmod(0o600)
    assert findings(full)["keys"] == "baik"


def test_a_check_that_breaks_is_a_finding(full, monkeypatch):
    def broken():
        raise RuntimeError("disk on fire")
        yield

    monkeypatch.setattr(checks, "disk", broken)
    found = findings(full)
    assert found["disk"] == "gagal" and "audit" in found


def test_people_and_roles(full, command):
    added = command(full, "user", "add", "Baru@Contoh.go.id", "Siti Baru")
    assert added.exit_code == 0 and "/" in added.output, added.output
    assert command(full, "user", "add", "baru@contoh.go.id", "Siti Baru").exit_code == 2
    assert command(full, "user", "role", "add", "baru@contoh.go.id", "author").exit_code == 0
    assert command(full, "user", "role", "add", "baru@contoh.go.id", "agency_admin").exit_code == 2
    given = command(
        full, "user", "role", "add", "baru@contoh.go.id", "agency_admin", "--at", "organisation:1"
    )
    assert given.exit_code == 0, given.output
    line = next(row for row in command(full, "user", "list", "siti").output.splitlines() if "baru@" in row)
    assert "author@platform" in line and "agency_admin@organisation:1" in line
    assert command(full, "user", "role", "remove", "baru@contoh.go.id", "author").exit_code == 0
    assert command(full, "user", "role", "remove", "baru@contoh.go.id", "author").exit_code == 2
    assert command(full, "user", "disable", "baru@contoh.go.id").exit_code == 0
    assert "nonaktif" in command(full, "user", "list", "siti").output
    assert command(full, "user", "disable", "baru@contoh.go.id", "--undo").exit_code == 0
    assert command(full, "user", "link", "nobody@contoh.go.id").exit_code == 2


def test_the_last_admin_stays(full, command):
    done = command(full, "user", "disable", "p1@t.go.id")
    assert done.exit_code == 2 and "admin terakhir" in done.output


def test_schema_down_and_up(live, command):
    assert command(live, "db", "check").exit_code == 0
    assert command(live, "db", "downgrade", "0001").exit_code == 0
    assert command(live, "db", "check").exit_code == 1
    assert command(live, "db", "upgrade").exit_code == 0
    assert command(live, "db", "check").exit_code == 0
    unknown = command(live, "db", "upgrade", "9999")
    assert unknown.exit_code == 2


def test_backup_into_nowhere_is_refused_plainly(live, tmp_path):
    done = live.run("backup", str(tmp_path / "no" / "a.ekopi"))
    assert done.returncode == 2 and "tidak ada" in done.stderr and "Traceback" not in done.stderr


def test_the_help_of_copying_says_what_must_be_there_first(live, command):
    said = " ".join(command(live, "db", "copy", "--help").output.split())
    assert "Tujuan harus kosong dan skemanya sama dengan di sini." in said
    assert "EKOPI_DATABASE_URL=URL ekopi db upgrade" in said
    assert said.index("db upgrade") < said.index("Hentikan server sebelum menyalin.")


def test_the_disk_is_told_as_one_writes_it_here(full):
    with full.app.app_context():
        (found,) = checks.disk()
    assert re.search(r"\d(,\d)? GB\.", found.sentence) and not re.search(r"\d\.\d", found.sentence)


def test_errors_of_every_engine_of_ours_hide_what_was_sent():
    """What a statement carries may be personal data, and errors end in logs."""
    ours = Path(checks.__file__).parents[1]
    bare = [
        f"{path.relative_to(ours)}: {call}"
        for path in ours.rglob("*.py")
        for call in re.findall(r"create_engine\([^)]*\)?", path.read_text(encoding="utf-8"))
        if "hide_parameters=True" not in call
    ]
    assert not bare
