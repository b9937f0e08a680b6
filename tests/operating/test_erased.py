"""A restore brings nobody back who was erased after the backup."""

from __future__ import annotations

import pytest

from ekopi.accounts import queries
from ekopi.accounts.operations import account
from ekopi.extensions import db
from ekopi.operating import backups, erased, restores
from ekopi.operating.errors import Failed
from tests.operating import make


@pytest.fixture
def erased_later(full, settle, tmp_path):
    """A backup in which person 3 still lives, and an installation that has erased this person since."""
    settle(full)
    path = tmp_path / "a.ekopi"
    with full.app.app_context():
        backups.make(path, full.app.extensions["settings"])
        account.erase(queries.person(3))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return full, path


def state(live) -> dict[int, tuple[str, str]]:
    with live.app.app_context():
        rows = db.session.execute(db.text("SELECT id, state, email FROM persons")).all()
        db.session.remove()
        db.engine.dispose()
        return {key: (state, email) for key, state, email in rows}


def test_erased_again_after_a_restore(erased_later):
    full, path = erased_later
    done = restores.restore(path, force=True)
    assert state(full)[3][0] == "erased" and "p3@" not in state(full)[3][1]
    assert state(full)[2] == ("active", "p2@t.go.id")
    assert any("dihapus lagi" in note for note in done.notes)


def test_without_the_list_the_person_would_be_back(erased_later, elsewhere, settle):
    full, path = erased_later
    folder, url = elsewhere
    settle(full, url, folder)
    restores.restore(path)
    assert any(
        "'p3@t.go.id'" in row for row in make.rows(url)["persons" if "sqlite" in url else "public.persons"]
    )


def test_a_namesake_of_another_installation_is_left_alone(erased_later):
    full, path = erased_later
    (full.data_dir / erased.FILE_NAME).write_text('[[2, "2001-01-01T00:00:00+00:00"]]')
    restores.restore(path, force=True)
    assert state(full)[2][0] == "active"


def test_keys_are_asked_for_before_anything_is_touched(erased_later, monkeypatch):
    full, path = erased_later
    with full.app.app_context():
        erased.note()
        db.session.remove()
        db.engine.dispose()
    before = make.rows(full.url)
    monkeypatch.delenv("EKOPI_DATA_KEY")
    with pytest.raises(Failed, match="EKOPI_DATA_KEY"):
        restores.restore(path, force=True)
    assert make.rows(full.url) == before
