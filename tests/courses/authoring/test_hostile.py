"""Hostile archives: one clear sentence each, exit code 2, nothing changed, little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from ekopi.courses.authoring.models import Course
from tests.courses.authoring import hostile
from tests.courses.authoring.test_importing import counts, files_on_disk, run
from tests.living import ROOT

OWN = [
    "deep-toml", "dotted-toml", "long-lesson", "many-options", "many-questions", "many-lessons", "huge-picture",
    "lying-picture", "web-page", "script-picture", "controls", "half-utf8", "huge-number", "huge-float",
    "huge-seats", "slug-of-elsewhere",
]  # fmt: skip


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    made = hostile.own(tmp_path_factory.mktemp("hostile"))
    assert sorted(made) == sorted(OWN)
    return made | {path.stem: path for path in hostile.shared()}


@pytest.mark.parametrize("name", [*OWN, *[path.stem for path in hostile.shared()]])
def test_refused_with_a_sentence(db, app, archives, name):
    before, on_disk = counts(db), files_on_disk(app)
    began = time.monotonic()
    result = run(app, "import", archives[name], "--publish")
    assert time.monotonic() - began < 10
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.stderr and result.stderr.strip().endswith((".", "”"))
    assert all(len(line) < 500 for line in result.stderr.splitlines())
    assert counts(db) == before and files_on_disk(app) == on_disk


@pytest.mark.slow
def test_memory_and_nothing_left(live, app, tmp_path):
    archives = tmp_path / "archives"
    archives.mkdir()
    hostile.own(archives)
    done = subprocess.run(
        [sys.executable, "-m", "tests.courses.authoring.hostile", str(archives)],
        env=live._env({}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found = json.loads(done.stdout)
    assert {code for code, _said in found["answers"].values()} == {2}
    assert len(found["answers"]) == len(OWN) + len(hostile.shared())
    assert found["mib"] < 256, found["mib"]
    with live.app.app_context():
        from ekopi.extensions import db

        assert db.session.scalar(select(func.count()).select_from(Course)) == 0
    assert not list((live.data_dir / "files").rglob("*")) if (live.data_dir / "files").exists() else True
