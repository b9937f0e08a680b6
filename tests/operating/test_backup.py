"""Backup and restore: every row and file comes back; what is damaged is refused and changes nothing."""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from ekopi.core import audit, clock
from ekopi.extensions import db
from ekopi.mail.models import Letter
from ekopi.notifications.models import InboxItem
from ekopi.operating import archive, backups, environment, records, restores
from ekopi.operating.archive import ArchiveRefused
from ekopi.operating.errors import BadInput, Failed
from tests.operating import make
from tests.operating.make import backup


def test_rows_in_every_table(full):
    empty = {name for name, rows in make.model_rows(full.app).items() if not rows}
    assert empty <= make.EMPTY, "make.fill leaves a table empty: a restore of it would prove nothing"


def test_every_row_and_file_comes_back(taken, elsewhere, settle):
    full, path = taken
    folder, url = elsewhere
    settle(full, url, folder)
    done = restores.restore(path)

    before, after = make.rows(full.url), make.rows(url)
    assert before.keys() == after.keys()
    assert {n: r for n, r in after.items() if r != before[n]} == {}
    assert make.files(folder / "files") == make.files(full.data_dir / "files")
    assert (folder / "audit.seal").read_bytes() == (full.data_dir / "audit.seal").read_bytes()
    assert done.files == 3 and done.aside is None and done.notes == []
    assert done.rows == sum(len(r) for r in after.values())


def test_restored_installation_is_healthy_and_still_refuses_changes(taken, elsewhere, settle):
    full, path = taken
    folder, url = elsewhere
    settle(full, url, folder)
    restores.restore(path)
    done = full.run("doctor", "--json", EKOPI_DATABASE_URL=url, EKOPI_DATA_DIR=str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    found = {f["name"]: f["level"] for f in json.loads(done.stdout)}
    assert found["audit"] == found["migrations"] == found["database"] == found["backups"] == "baik"

    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with pytest.raises(SQLAlchemyError, match="never changed"), engine.begin() as connection:
        connection.execute(text("UPDATE audit_entries SET verb = 'x'"))
    engine.dispose()


@pytest.mark.parametrize("tenth", range(10))
def test_cut_archive_is_refused_and_leaves_nothing(target, tmp_path, tenth):
    path, folder = target
    whole = path.read_bytes()
    cut = tmp_path / "cut.ekopi"
    cut.write_bytes(whole[: (len(whole) - 1) * tenth // 9])
    with pytest.raises(ArchiveRefused):
        restores.restore(cut)
    assert not folder.exists()
    assert list(folder.parent.iterdir()) == []


def test_any_changed_byte_is_noticed(target, tmp_path):
    path, folder = target
    whole = bytearray(path.read_bytes())
    places = [len(whole) * n // 60 for n in range(60)] + [len(whole) - n for n in (1, 64, 65, 66, 80)]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 0x20
        (tmp_path / "changed.ekopi").write_bytes(changed)
        with pytest.raises(ArchiveRefused):
            restores.restore(tmp_path / "changed.ekopi")
    assert not folder.exists()


def test_command_refuses_a_cut_archive_without_traceback(whole_archive, elsewhere, tmp_path):
    full, path = whole_archive
    folder, url = elsewhere
    cut = tmp_path / "cut.ekopi"
    cut.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    done = full.run("restore", str(cut), EKOPI_DATABASE_URL=url, EKOPI_DATA_DIR=str(folder))
    assert done.returncode == 2 and "terpotong" in done.stderr and "Traceback" not in done.stderr
    assert not folder.exists()


def rewrite(path: Path, target: Path, change) -> Path:
    """The archive with other members or manifest and a right hash over all of it, as an attacker would make it."""
    with zipfile.ZipFile(path) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(members.pop(archive.MANIFEST))
    change(manifest, members)
    with zipfile.ZipFile(target, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)
        packed.writestr(archive.MANIFEST, json.dumps(manifest))
        packed.comment = b"0" * 64
    whole = target.read_bytes()[:-64]
    target.write_bytes(whole + hashlib.sha256(whole).hexdigest().encode())
    return target


def _outside(name):
    def change(manifest, members):
        some = next(n for n in members if n.startswith("files/"))
        members[name] = members[some]
        manifest["members"][name] = manifest["members"][some]

    return change


def _other_revision(manifest, members):
    manifest["revision"] = "9999"


def _other_engine(manifest, members):
    manifest["engine"] = "postgresql" if manifest["engine"] == "sqlite" else "sqlite"
    old, new = members.copy(), {}
    for name, data in old.items():
        new[archive.DATABASES[manifest["engine"]] if name.startswith("database/") else name] = data
    members.clear()
    members.update(new)
    facts = manifest["members"]
    for name in [n for n in facts if n.startswith("database/")]:
        facts[archive.DATABASES[manifest["engine"]]] = facts.pop(name)


def _fewer_rows(manifest, members):
    table = next(name for name in manifest["tables"] if name.endswith("persons"))
    manifest["tables"][table] += 1


def _unlisted(manifest, members):
    members["files/aa/extra"] = b"x"


def _not_a_database(manifest, members):
    name = next(n for n in members if n.startswith("database/"))
    members[name] = b"not a database at all" * 100
    manifest["members"][name] = {
        "size": len(members[name]),
        "sha256": hashlib.sha256(members[name]).hexdigest(),
    }


def _other_format(manifest, members):
    manifest["format"] = 99


CHANGES = {
    "up": _outside("files/../../evil"),
    "absolute": _outside("/etc/evil"),
    "backslash": _outside("files/..\\evil"),
    "root": _outside("ekopi.env"),
    "revision": _other_revision,
    "engine": _other_engine,
    "rows": _fewer_rows,
    "unlisted": _unlisted,
    "database": _not_a_database,
    "format": _other_format,
}


@pytest.mark.parametrize("kind", CHANGES)
def test_foreign_archive_is_refused_and_leaves_nothing(target, tmp_path, kind):
    path, folder = target
    crafted = rewrite(path, tmp_path / "crafted.ekopi", CHANGES[kind])
    with pytest.raises(ArchiveRefused):
        restores.restore(crafted)
    assert not folder.exists()
    assert list(folder.parent.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_rewriting_alone_is_not_what_is_refused(target, tmp_path):
    path, folder = target
    restores.restore(rewrite(path, tmp_path / "same.ekopi", lambda manifest, members: None))
    assert (folder / "files").is_dir()


def test_archive_appears_only_when_whole(taken, tmp_path, settle, monkeypatch):
    full, path = taken
    with pytest.raises(BadInput, match="sudah ada"):
        backup(full, path)
    monkeypatch.setattr(archive, "HASH_LENGTH", 63)  # the archive is written wrongly: the proof must notice
    with pytest.raises(ArchiveRefused):
        backup(full, tmp_path / "bad.ekopi")
    assert not list(tmp_path.glob("bad.ekopi*"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry["act"] for entry in records.read(full.data_dir)] == ["backup"]
    assert not list(full.data_dir.glob(".backup-*"))


def test_same_installation_makes_the_same_members(taken, tmp_path):
    full, path = taken
    again = backup(full, tmp_path / "b.ekopi")
    with archive.Archive(path) as one, archive.Archive(again) as two:
        assert one.files == two.files and one.manifest.tables == two.manifest.tables


def test_keys_stay_out_and_their_absence_is_told(whole_archive, target, monkeypatch):
    full, _path = whole_archive
    path, _folder = target
    packed = path.read_bytes()
    with archive.Archive(path) as opened:
        packed += json.dumps(opened.manifest.keys).encode()
    for key in (full.env["EKOPI_SECRET_KEY"], full.env["EKOPI_DATA_KEY"]):
        assert key.encode() not in packed
    monkeypatch.delenv("EKOPI_DATA_KEY")
    done = restores.restore(path)
    assert any("EKOPI_DATA_KEY" in note for note in done.notes)
    with pytest.raises(Failed, match="new-keys"):
        environment.make_missing_keys()
    assert environment.make_missing_keys(anew=True) == ["EKOPI_DATA_KEY"]


def test_missing_upload_is_told(taken, tmp_path):
    full, path = taken
    gone = next(p for p in (full.data_dir / "files").rglob("*") if p.is_file())
    gone.unlink()
    with full.app.app_context():
        made = backups.make(tmp_path / "b.ekopi", full.app.extensions["settings"])
    assert made.missing == [gone.name] and made.files == 2


def test_backup_while_people_write_is_consistent(taken, elsewhere, settle, tmp_path):
    """Two tables are written in one transaction, again and again: a copy that sees half of one is noticed."""
    full, _path = taken
    stop, started = threading.Event(), threading.Event()

    def write():
        with full.app.app_context():
            number = 0
            while not stop.is_set():
                number += 1
                db.session.add(InboxItem(person_id=1, kind="race", key=str(number)))
                db.session.flush()
                db.session.add(Letter(key=f"race-{number}", to_address="a@b", subject="", text=""))
                db.session.commit()
                if number == 20:
                    started.set()
            db.session.remove()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert started.wait(20)
        path = backup(full, tmp_path / "busy.ekopi")
    finally:
        stop.set()
        thread.join()
    folder, url = elsewhere
    settle(full, url, folder)
    restores.restore(path)
    races, letters = raced(url)
    assert races == letters >= 20
    assert raced(full.url)[0] > races, "nothing was written during the backup: this proves nothing"


def test_backups_while_the_trail_is_sealed_restore_to_a_whole_trail(taken, elsewhere, settle, tmp_path):
    """The archive's seal file is never ahead of the seals in its database, or `doctor` would call the trail cut."""
    full, before = taken
    stop, started = threading.Event(), threading.Event()

    def go_on_sealing():
        with full.app.app_context():
            while not stop.is_set():
                entry = audit.record("account.confirmed", "person", 1, actor_id=1)
                entry.at = clock.now() - timedelta(minutes=5)
                db.session.flush()
                audit.seal()
                db.session.commit()
                started.set()
            db.session.remove()

    thread = threading.Thread(target=go_on_sealing)
    thread.start()
    try:
        assert started.wait(20)
        paths = [backup(full, tmp_path / f"sealing-{number}.ekopi") for number in range(5)]
    finally:
        stop.set()
        thread.join()
    first, *seals = [seal_and_seals(path, tmp_path) for path in (before, *paths)]
    ahead = [(written - first[0]) - (held - first[1]) for written, held in seals]
    assert max(ahead) <= 0, seals
    assert seals[0][1] < seals[-1][1], "nothing was sealed between the backups: this proves nothing"
    folder, url = elsewhere
    settle(full, url, folder)
    restores.restore(paths[-1])
    done = full.run("doctor", "--json", EKOPI_DATABASE_URL=url, EKOPI_DATA_DIR=str(folder))
    assert {f["name"]: f["level"] for f in json.loads(done.stdout)}["audit"] == "baik", done.stdout


def seal_and_seals(path: Path, folder: Path) -> tuple[int, int]:
    """The number of the seal written down in an archive, and how many seals its database holds."""
    with archive.Archive(path) as opened:
        opened.extract(archive.SEAL_FILE, folder / "seal")
        text = (folder / "seal").read_text()
        (folder / "seal").unlink()
        table = next(name for name in opened.manifest.tables if name.endswith("audit_seals"))
        return json.loads(text)["seal"], opened.manifest.tables[table]


def raced(url: str) -> tuple[int, int]:
    held = make.rows(url)
    prefix = "" if url.startswith("sqlite") else "public."
    return (
        sum("'race'" in row for row in held[prefix + "inbox_items"]),
        sum(any(cell.startswith("'race-") for cell in row) for row in held[prefix + "letters"]),
    )
