"""An installation with content, and an empty place of the same kind to restore into."""

from __future__ import annotations

import os

import pytest

from ekopi.extensions import db
from ekopi.operating import backups
from tests.living import Live
from tests.operating import make


@pytest.fixture
def full(live):
    """A committed installation with rows in every area and files."""
    make.fill(live.app)
    return live


@pytest.fixture
def taken(full, settle, tmp_path):
    """A full installation and its archive."""
    settle(full)
    return full, make.backup(full, tmp_path / "a.ekopi")


@pytest.fixture(scope="session")
def whole_archive(template, tmp_path_factory):
    """A backup of a full installation, made once for all tests that only read or damage copies of it."""
    installation = Live(template.clone(), tmp_path_factory.mktemp("archived"))
    make.fill(installation.app)
    path = tmp_path_factory.mktemp("archive") / "a.ekopi"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in installation.env.items():
            patch.setenv(name, value)
        with installation.app.app_context():
            backups.make(path, installation.app.extensions["settings"])
    installation.stop()
    return installation, path


@pytest.fixture
def target(whole_archive, elsewhere, settle):
    """The archive, and the data folder it would be restored to by this process."""
    installation, path = whole_archive
    folder, url = elsewhere
    settle(installation, url, folder)
    return path, folder


@pytest.fixture
def elsewhere(template, engine_name, tmp_path):
    """A second place of the same kind: a data folder that does not exist yet, a database without tables of ours."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if engine_name == "sqlite":
        url = f"sqlite:///{folder / 'ekopi.db'}"
    else:
        name = f"{template.name}_empty{len(template.made)}"
        template._create(name)
        url = f"{template.server}/{name}"
    return folder / "data", url


@pytest.fixture
def command():
    """Runs a command in this process, on an application that is there; much quicker than a process of its own."""

    def run(live: Live, *words: str):
        done = live.app.test_cli_runner().invoke(args=list(words))
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        with live.app.app_context():
            db.session.remove()
        return done

    return run


@pytest.fixture
def settle(monkeypatch):
    """Points this process's own settings at an installation, as a command run there would see them."""

    def to(live: Live, url: str | None = None, data_dir=None):
        for name in [n for n in os.environ if n.startswith("EKOPI_") and n != "EKOPI_TEST_POSTGRES"]:
            monkeypatch.delenv(name)
        for name, value in live.env.items():
            monkeypatch.setenv(name, value)
        if url:
            monkeypatch.setenv("EKOPI_DATABASE_URL", url)
        if data_dir:
            monkeypatch.setenv("EKOPI_DATA_DIR", str(data_dir))

    return to
