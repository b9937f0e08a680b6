"""Real databases for tests: a migrated template of each kind, cloned where a test needs committed rows."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class PostgresServer:
    """A throw-away cluster in a temporary folder; initdb refuses root, so root runs it as `postgres`."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.port = folder, port
        self.url = f"postgresql://postgres@127.0.0.1:{port}"

    @classmethod
    def start(cls) -> PostgresServer | None:
        """A running server, or None where PostgreSQL is not installed."""
        if not BINARIES:
            return None
        folder = Path(tempfile.mkdtemp(prefix="ekopi-pg-"))
        server = cls(folder, free_port())
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server._run(
            "initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"
        )
        options = f"-p {server.port} -k {folder} -c max_connections=200 -c listen_addresses=127.0.0.1"
        server._run(
            "pg_ctl", "-D", str(folder / "data"), "-o", options, "-l", str(folder / "log"), "-w", "start"
        )
        return server

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, name: str, *words: str) -> None:
        command = [str(BINARIES[0] / name), *words]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr or done.stdout}")


class Template:
    """A migrated database; `clone()` gives the address of a fresh copy."""

    url: str

    def clone(self) -> str:
        raise NotImplementedError

    def drop(self) -> None:
        raise NotImplementedError

    def _migrate(self, folder: Path) -> None:
        from tests.living import make_app

        app = make_app(self.url, folder)
        from ekopi.core.migrating import upgrade

        with app.app_context():
            upgrade()
            from ekopi.extensions import db

            db.engine.dispose()


class SqliteTemplate(Template):
    def __init__(self, folder: Path, worker_id: str):
        self.folder = folder
        self.path = folder / "template.db"
        self.url = f"sqlite:///{self.path}"
        self.clones = 0
        self._migrate(folder)

    def clone(self) -> str:
        self.clones += 1
        target = self.folder / f"clone{self.clones}.db"
        import sqlite3

        with sqlite3.connect(self.path) as source:
            source.execute("VACUUM INTO ?", (str(target),))
        source.close()
        return f"sqlite:///{target}"

    def drop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresTemplate(Template):
    def __init__(self, folder: Path, worker_id: str):
        self.server = os.environ["EKOPI_TEST_POSTGRES"]
        self.name = f"test_{worker_id}_{os.getpid()}"
        self.made: list[str] = []
        self.source = f"{self.name}_template"
        self._create(self.source)
        self.url = f"{self.server}/{self.source}"
        self._migrate(folder)
        # the app of the session works on its own copy, so that the template stays free to be cloned
        self.url = self.clone()

    def _create(self, name: str, template: str | None = None) -> None:
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            query = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
            if template:
                query += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
            connection.execute(query)
        self.made.append(name)

    def clone(self) -> str:
        name = f"{self.name}_{len(self.made)}"
        self._create(name, self.source)
        return f"{self.server}/{name}"

    def drop(self) -> None:
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            for name in self.made:
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )


MAKERS = {"sqlite": SqliteTemplate, "postgresql": PostgresTemplate}


def wait_until(condition, *, seconds: float = 20.0, every: float = 0.1):
    """Waits for a truthy answer and gives it back; fails after `seconds`."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if answer := condition():
            return answer
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {condition}")


def kill(process: subprocess.Popen) -> None:
    """kill -9 of a process and all of its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
