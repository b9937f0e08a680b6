"""The server is killed with -9 amid 200 answer saves, ten times: what was acknowledged is in the database."""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from ekopi.courses.assessment.models import Answer, Attempt
from ekopi.courses.learning import operations as learning
from ekopi.extensions import db
from tests.accounts import make
from tests.client import Client
from tests.courses import make as courses
from tests.databases import wait_until

pytestmark = pytest.mark.slow

KILLS = 10
LEARNERS = 8
SAVES = 25
"""Of each learner in each round: 200 together."""
QUESTIONS = 5


class Learner(threading.Thread):
    """Saves answers over HTTP like the browser does, one after the other, until the server is gone."""

    def __init__(self, port: int, path: str, headers: dict[str, str], csrf: str, first: int):
        super().__init__(daemon=True)
        self.port, self.path, self.headers, self.csrf = port, path, headers, csrf
        self.sequences = range(first, first + SAVES)
        self.kept: list[tuple[int, int, str]] = []
        """Slot, sequence and words of what the server said it has saved."""
        self.refused: list[str] = []
        self.lost = 0

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        for sequence in self.sequences:
            slot, words = 1 + sequence % QUESTIONS, f"jawaban ke-{sequence}"
            body = urlencode({"csrf_token": self.csrf, "sequence": sequence, "tulisan": words})
            try:
                connection.request("POST", f"{self.path}/{slot}/simpan", body, self.headers)
                answer = connection.getresponse()
                text = answer.read().decode()
            except (OSError, http.client.HTTPException):
                self.lost += 1
                connection.close()
                continue
            if answer.status == 200 and '"saved"' in text:
                self.kept.append((slot, sequence, words))
            else:
                self.refused.append(f"{answer.status} {text[:200]}")
        connection.close()


def test_acknowledged_answers_survive(live):
    world = _world(live)
    dice = random.Random(7)
    kept: set[tuple[int, int, int, str]] = set()
    for number in range(KILLS):
        server = live.serve(EKOPI_JOBS_INSIDE="0", EKOPI_WORKERS="2")
        family = [server.pid, *_descendants(server.pid)]
        some = [
            Learner(live.port, path, headers, csrf, 1 + number * SAVES) for _id, path, headers, csrf in world
        ]
        for one in some:
            one.start()
        enough = dice.randrange(20, 130)
        wait_until(
            lambda some=some, enough=enough: sum(len(one.kept) for one in some) >= enough,
            seconds=30,
            every=0.002,
        )
        _kill_at_once(family)
        server.wait()
        for one in some:
            one.join(40)
        done, lost = sum(len(one.kept) for one in some), sum(one.lost for one in some)
        assert not [text for one in some for text in one.refused]
        assert done >= enough and lost > 0, (
            f"round {number}: the kill came too late ({done} saved, {lost} lost)"
        )
        kept |= {
            (attempt, *save) for (attempt, *_rest), one in zip(world, some, strict=True) for save in one.kept
        }
        missing = kept - _saved(live)
        assert not missing, f"round {number}: acknowledged, but not in the database: {sorted(missing)[:10]}"
    assert len(kept) > KILLS * 20


def _world(live) -> list[tuple[int, str, dict[str, str], str]]:
    """Learners with an open attempt: its id, its address, the cookie of their session, the token of their forms."""
    found = []
    with live.app.app_context():
        quiz = courses.quiz("Kuis", [courses.short_text("benar") for _n in range(QUESTIONS)], attempts=0)
        course = courses.course([quiz])
        [lesson] = courses.lessons_of(course)
        path = f"/kursus/{course.slug}/belajar/{lesson.id}"
        name = live.app.config["SESSION_COOKIE_NAME"]
        for _n in range(LEARNERS):
            person = make.person()
            attempt = learning.start_quiz(course, courses.enrolment(course, person), lesson)
            client = Client(live.app).sign_in(person)
            client.get("/tampilan")
            csrf = next(
                form["fields"]["csrf_token"] for form in client.page.forms if form["method"] == "post"
            )
            headers = {
                "Cookie": f"{name}={client.get_cookie(name).value}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            }
            found.append((attempt.id, f"{path}/kuis/{attempt.number}", headers, csrf))
        db.session.commit()
        assert len(db.session.scalars(select(Attempt).where(Attempt.state == "open")).all()) == LEARNERS
        db.session.remove()
    return found


def _saved(live) -> set[tuple[int, int, int, str]]:
    with live.app.app_context():
        rows = db.session.scalars(select(Answer)).all()
        found = {(row.attempt_id, row.slot, row.sequence, row.value["text"]) for row in rows}
        db.session.remove()
    return found


def _kill_at_once(family: list[int]) -> None:
    """kill -9 of the server and all that came from it; stopped first, so that none can end in good order."""
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for one in reversed(family):
            try:
                os.kill(one, number)
            except ProcessLookupError:
                continue
    wait_until(lambda: not [one for one in family[1:] if _runs(one)], seconds=10)


def _descendants(pid: int) -> list[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after_name[1]), []).append(int(stat.parent.name))
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def _runs(pid: int) -> bool:
    """A killed process that nobody has waited for yet does not run any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
