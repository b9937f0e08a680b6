"""`ekopi run`: stops cleanly, reloads without losing a request, replaces what dies, leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from ekopi.extensions import db
from ekopi.jobs import queries
from tests.databases import wait_until

pytestmark = pytest.mark.slow


def children(pid: int) -> dict[int, str]:
    """Direct children of a process: pid -> what it runs."""
    found = {}
    for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            found[int(number)] = Path(f"/proc/{number}/cmdline").read_text().replace("\0", " ")
        except FileNotFoundError:
            continue
    return found


def child(pid: int, word: str) -> int | None:
    return next((number for number, command in children(pid).items() if word in command), None)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def worker_ready(live) -> bool:
    return "worker ready" in (live.data_dir / "run.log").read_text()


def said_ready(live) -> bool:
    return f"EKOPI siap di {live.base} " in (live.data_dir / "run.log").read_text()


def test_term_stops_server_and_worker(live):
    server = live.serve()
    wait_until(lambda: worker_ready(live), seconds=25)
    offspring = [n for top in children(server.pid) for n in (top, *children(top))]
    assert len(offspring) == 4, "server with two processes, and the worker"
    wait_until(lambda: said_ready(live), seconds=10)
    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 0
    assert not live.answers()
    assert not any(alive(pid) for pid in offspring)
    with live.app.app_context():
        assert queries.workers() == []
        db.session.rollback()


def test_hup_loses_no_request(live):
    server = live.serve()
    wait_until(lambda: worker_ready(live), seconds=25)
    gunicorn = child(server.pid, "gunicorn")
    failed, answered, done = [], [], threading.Event()

    def ask():
        while not done.is_set() and len(answered) < 3000:
            try:
                with urllib.request.urlopen(live.base + "/healthz", timeout=20) as answer:
                    answered.append(answer.status)
            except (OSError, urllib.error.HTTPError) as trouble:
                failed.append(repr(trouble))
            time.sleep(0.005)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for _ in range(2):
        before, was = set(children(gunicorn)), len(answered)
        server.send_signal(signal.SIGHUP)
        wait_until(lambda old=before: len(now := set(children(gunicorn))) == 2 and not old & now, seconds=25)
        wait_until(lambda was=was: len(answered) > was + 50, seconds=10)
    done.set()
    for asker in askers:
        asker.join()
    assert failed == []
    assert len(answered) > 100
    wait_until(lambda: (live.data_dir / "run.log").read_text().count("worker ready") >= 2, seconds=30)


def test_a_dead_worker_is_replaced_and_a_dead_parent_leaves_nothing(live):
    server = live.serve(EKOPI_WORKERS="1")
    wait_until(lambda: worker_ready(live), seconds=25)
    first = child(server.pid, "ekopi.cli worker")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: child(server.pid, "ekopi.cli worker") not in (None, first), seconds=10)
    assert live.answers()
    offspring = [n for top in children(server.pid) for n in (top, *children(top))]
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    wait_until(lambda: not any(alive(pid) for pid in offspring), seconds=30)


def test_a_taken_port_is_said(live):
    with socket.create_server(("127.0.0.1", live.port)):
        done = live.run("run")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Kesalahan: 127.0.0.1:{live.port} sudah dipakai.")


def test_the_worker_can_run_apart(live):
    server = live.serve(EKOPI_JOBS_INSIDE="0")
    assert child(server.pid, "gunicorn")
    assert child(server.pid, "ekopi.cli worker") is None


def test_a_dead_server_is_replaced_and_its_loss_is_noticed(live):
    """Also the control of the HUP test: what interrupts the service does show as failed requests."""
    server = live.serve(EKOPI_JOBS_INSIDE="0")
    wait_until(lambda: said_ready(live), seconds=10)
    os.kill(child(server.pid, "gunicorn"), signal.SIGKILL)
    wait_until(lambda: not live.answers(), seconds=10, every=0.02)
    wait_until(live.answers, seconds=40)
    assert "dijalankan lagi" in (live.data_dir / "run.log").read_text()
