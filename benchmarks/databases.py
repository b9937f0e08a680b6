"""Real databases of a run, as tests make them, and applications on them set up as in production."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from ekopi import create_app
from ekopi.config import load_settings
from tests.databases import MAKERS, PostgresServer, Template

SECRET, DATA_KEY = secrets.token_urlsafe(32), Fernet.generate_key().decode()
NOWHERE = open(os.devnull, "w")  # noqa: SIM115 (open as long as the process: log lines go there)


class NoServer(Exception):
    """PostgreSQL is not installed here."""


@dataclass
class Place:
    """A migrated database, a data folder, and how to reach them."""

    url: str
    data_dir: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the machine's own settings."""
        return {
            "EKOPI_DATA_DIR": str(self.data_dir),
            "EKOPI_DATABASE_URL": self.url,
            "EKOPI_SECRET_KEY": SECRET,
            "EKOPI_DATA_KEY": DATA_KEY,
            "EKOPI_BASE_URL": "http://127.0.0.1:8000",
        }

    def app(self):
        return app_of(self.environment)


def app_of(environment: dict[str, str]):
    """The application as it serves: request limits and log lines cost what they cost (the lines go nowhere)."""
    with contextlib.redirect_stderr(NOWHERE):
        return create_app(load_settings(environment))


class Databases:
    """Fresh databases of one kind, all gone at the end."""

    def __init__(self, kind: str):
        self.kind = kind
        self.folder = Path(tempfile.mkdtemp(prefix="ekopi-bench-"))
        self.server: PostgresServer | None = None
        self.template: Template | None = None
        self.made = 0

    def __enter__(self) -> Databases:
        if self.kind == "postgresql":
            self.server = PostgresServer.start()
            if self.server is None:
                raise NoServer("PostgreSQL 15 is not installed (see CONTRIBUTING.md)")
            os.environ["EKOPI_TEST_POSTGRES"] = self.server.url
        (self.folder / "template").mkdir()
        self.template = MAKERS[self.kind](self.folder / "template", "bench")
        return self

    def new(self) -> Place:
        self.made += 1
        data_dir = self.folder / f"data{self.made}"
        data_dir.mkdir()
        return Place(self.template.clone(), data_dir)

    def __exit__(self, *error) -> None:
        if self.server is not None:
            self.server.stop()
            os.environ.pop("EKOPI_TEST_POSTGRES", None)
        shutil.rmtree(self.folder, ignore_errors=True)
