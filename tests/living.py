"""Applications and real processes on a test's own database."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from cryptography.fernet import Fernet

from ekopi.config import load_settings
from tests.databases import free_port, kill, wait_until

ROOT = Path(__file__).parent.parent
SECRET = "tests-only-0123456789-abcdefghijklmnop"
DATA_KEY = Fernet.generate_key().decode()


def environment(url: str, data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of an application on this database; nothing of the machine's own settings."""
    return {
        "EKOPI_DATA_DIR": str(data_dir),
        "EKOPI_DATABASE_URL": url,
        "EKOPI_SECRET_KEY": SECRET,
        "EKOPI_DATA_KEY": DATA_KEY,
        "EKOPI_BASE_URL": "http://127.0.0.1:8000",
        **more,
    }


def make_app(url: str, data_dir: Path, *, purpose: str = "web", **more: str):
    """An application for tests: request limits off, everything else as in production."""
    from ekopi import create_app

    return create_app(load_settings(environment(url, data_dir, **more), purpose=purpose, testing=True))


@contextlib.contextmanager
def one_transaction(app):
    """All sessions of the application on one connection, in one transaction that is rolled back at the end."""
    from ekopi.extensions import db

    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        transaction = connection.begin()
        db.engines[None] = connection
        db.session.configure(join_transaction_mode="create_savepoint")
        db.session.remove()
        try:
            yield connection
        finally:
            db.session.remove()
            if transaction.is_active:
                transaction.rollback()
            connection.close()
            db.engines[None] = engine


class Live:
    """A committed database, an application on it, and the real processes a test starts."""

    def __init__(self, url: str, folder: Path):
        self.url, self.data_dir = url, folder / "data"
        self.data_dir.mkdir(exist_ok=True)
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.env = environment(url, self.data_dir, EKOPI_PORT=str(self.port), EKOPI_BASE_URL=self.base)
        self.app = make_app(url, self.data_dir, EKOPI_PORT=str(self.port), EKOPI_BASE_URL=self.base)
        self.processes: list[subprocess.Popen] = []

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess:
        """Runs an `ekopi` command on this database and waits for it."""
        command = [sys.executable, "-m", "ekopi.cli", *words]
        return subprocess.run(command, env=self._env(more), cwd=ROOT, capture_output=True, text=True)

    def start(self, *words: str, **more: str) -> subprocess.Popen:
        """Starts an `ekopi` command in a process group of its own; `stop` ends it."""
        log = open(self.data_dir / f"{words[0]}.log", "ab")  # noqa: SIM115 (lives as long as the process)
        command = [sys.executable, "-m", "ekopi.cli", *words]
        process = subprocess.Popen(
            command, env=self._env(more), cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        self.processes.append(process)
        return process

    def serve(self, **more: str) -> subprocess.Popen:
        """Starts the real server (with its worker) and waits until it answers."""
        process = self.start("run", **more)
        wait_until(self.answers, seconds=40)
        return process

    def answers(self) -> bool:
        try:
            return urllib.request.urlopen(self.base + "/healthz", timeout=1).status == 200
        except OSError:
            return False

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(15)
            kill(process)
        with self.app.app_context():
            from ekopi.extensions import db

            db.session.remove()
            db.engine.dispose()

    def _env(self, more: dict[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("EKOPI_")}
        return {**kept, **self.env, **more}
