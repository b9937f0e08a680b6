"""`ekopi` and `ekopi jobs`: what they print, how they fail."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ekopi import jobs
from ekopi.extensions import db
from ekopi.jobs import queries
from tests.jobs.make import set_status
from tests.living import ROOT


def bare(*words, cwd, **settings):
    """`ekopi` with nothing but these settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("EKOPI_")}
    command = [sys.executable, "-m", "ekopi.cli", *words]
    env = {**kept, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True)


def test_jobs_are_listed_retried_and_dropped(live):
    with live.app.app_context():
        one, two = jobs.enqueue("nightly.part", "x", key="1"), jobs.enqueue("nightly.part", "y", key="2")
        set_status(one, status="ERROR")
        db.session.commit()
    listed = live.run("jobs", "list")
    assert listed.stdout.splitlines()[0] == "gagal: 1, berjalan: 0, menunggu: 1"
    assert "nightly.part (x)\tnightly.part:1" in listed.stdout
    assert live.run("jobs", "retry", one).stdout == f"diulangi: {one}\n"
    refused = live.run("jobs", "retry", one)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Kesalahan: Pekerjaan ini tidak dalam keadaan gagal")
    assert live.run("jobs", "drop", two).returncode == 0
    assert live.run("jobs", "drop", two).stderr.startswith("Kesalahan: Pekerjaan ini tidak ada lagi")
    assert live.run("jobs", "drop").returncode == 2
    with live.app.app_context():
        assert [row.id for row in queries.newest("waiting")] == [one]


@pytest.mark.parametrize("words", [("jobs", "list"), ("worker",), ("run",)])
def test_missing_settings_are_a_sentence_not_a_traceback(words, tmp_path):
    done = bare(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Kesalahan: EKOPI_SECRET_KEY belum ada.")
    assert "Traceback" not in done.stderr


def test_help_works_before_there_are_settings(tmp_path):
    done = bare("--help", cwd=tmp_path)
    assert done.returncode == 0
    for name in ("init", "demo", "restore", "run", "worker"):
        assert f"\n  {name} " in done.stdout
    assert "belum ada" in done.stderr
    for name in ("init", "demo", "restore", "run", "worker"):
        assert bare(name, "--help", cwd=tmp_path).returncode == 0


def test_all_commands_are_there_with_settings(live):
    done = live.run("--help")
    assert done.returncode == 0
    assert "\n  jobs " in done.stdout
    assert done.stderr == ""


def test_what_does_not_exist_is_bad_input(live):
    for words in (("fly",), ("jobs", "fly"), ("run", "--fast"), ("worker", "--slot", "x")):
        done = live.run(*words)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert done.stderr


def test_a_database_that_is_away_is_a_sentence(live, tmp_path):
    done = live.run("jobs", "list", EKOPI_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stderr.startswith("Kesalahan: Basis data tidak dapat dipakai:")
    assert "Traceback" not in done.stderr
