"""`ekopi run`: one small process that keeps the web server and the job process alive, and passes signals on.

TERM and INT end the server first (it answers what it has begun), then the worker. HUP reloads both: the server
replaces its processes one after the other and loses no request. A child that dies is started again, after a
pause that grows when it dies at once.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from importlib.util import find_spec

from ekopi.config import Settings

THREADS = 8
GRACE = 30
"""Seconds the server gives to what it has begun."""
WORKER_GRACE = 20
QUICK = 10
"""A child that lived shorter than this many seconds died at once."""
LONGEST_PAUSE = 30
PR_SET_PDEATHSIG = 1


class Child:
    """A process of ours: started again when it dies, with growing pauses when it dies at once."""

    def __init__(self, name: str, command: list[str], grace: float):
        self.name, self.command, self.grace = name, command, grace
        self.process: subprocess.Popen | None = None
        self.started = 0.0
        self.next_start = 0.0
        self.pause = 0.0

    def keep_alive(self) -> int | None:
        """Starts it when it is due. Returns the exit code when it has just been found dead."""
        if self.process is None:
            if time.monotonic() >= self.next_start:
                self._start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        quick = time.monotonic() - self.started < QUICK
        self.pause = min(LONGEST_PAUSE, self.pause * 2 or 1) if quick else 0
        self.next_start = time.monotonic() + self.pause
        return code

    def _start(self) -> None:
        self.process = subprocess.Popen(
            self.command, start_new_session=True, preexec_fn=_die_with_parent, stdin=subprocess.DEVNULL
        )
        self.started = time.monotonic()

    def send(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self) -> None:
        """TERM, and KILL when it does not end within its grace."""
        if self.process is None:
            return
        self.send(signal.SIGTERM)
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """The parent of server and worker."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.told_to_stop = False
        self.server = Child("server", server_command(settings), GRACE + 5)
        self.children = [self.server]
        if settings.jobs_inside:
            worker = [sys.executable, "-m", "ekopi.cli", "worker"]
            self.children.append(Child("worker", worker, WORKER_GRACE))

    def run(self) -> int:
        """Serves until told to stop. Returns the exit code: 0 after TERM or INT, 1 when it cannot serve at all."""
        host, port = self.settings.host, self.settings.port
        if not _free(host, port):
            say(f"Kesalahan: {host}:{port} sudah dipakai. Hentikan yang memakainya, atau ubah EKOPI_PORT.")
            return 1
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, self._reload)
        code, answered = 0, False
        while not self.told_to_stop:
            for child in self.children:
                died = child.keep_alive()
                if died is None or self.told_to_stop:
                    continue
                say(f"{child.name} berhenti (kode {died}); dijalankan lagi dalam {child.pause:.0f} detik.")
                if child is self.server and not answered:
                    say("Kesalahan: server tidak dapat mulai; sebabnya tertulis di atas.")
                    code, self.told_to_stop = 1, True
            if not answered and not self.told_to_stop and _answers(host, port):
                answered = True
                print(f"EKOPI siap di {self.settings.base_url} (Ctrl-C menghentikan)", flush=True)  # noqa: T201
            time.sleep(0.2)
        for child in self.children:
            child.stop()
        return code

    def _stop(self, number, frame) -> None:
        self.told_to_stop = True

    def _reload(self, number, frame) -> None:
        for child in self.children:
            child.send(signal.SIGHUP)


def server_command(settings: Settings) -> list[str]:
    """gunicorn with threads: enough for the many short requests of a small box, and it takes HUP."""
    command = [
        sys.executable, "-m", "gunicorn", "ekopi:create_app()",
        "--bind", f"{_bracketed(settings.host)}:{settings.port}",
        "--worker-class", "gthread",
        "--workers", str(settings.workers),
        "--threads", str(THREADS),
        "--graceful-timeout", str(GRACE),
        "--timeout", "60",
        "--keep-alive", "5",
        "--log-level", "warning",
    ]  # fmt: skip
    return [*command, "--no-control-socket"] if _has_control_socket() else command


@cache
def _has_control_socket() -> bool:
    """gunicorn 27 opens one socket for all its instances of a user; older ones do not know the option."""
    return find_spec("gunicorn.ctl") is not None


def _die_with_parent() -> None:
    """In the child: TERM when the parent is gone, however it went (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _answers(host: str, port: int) -> bool:
    """The server answers /healthz."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((target, port), timeout=1) as probe:
            probe.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return probe.recv(12).startswith(b"HTTP/1.")
    except OSError:
        return False


def say(sentence: str) -> None:
    os.write(2, f"{sentence}\n".encode())
