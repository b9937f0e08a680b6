"""What the document promises holds at a real server, whatever is sent: tried by schemathesis."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from ekopi.catalogue.operations import caring, replicating
from ekopi.extensions import db
from tests.accounts import make as people
from tests.api import make
from tests.catalogue import make as innovations
from tests.courses import make as courses
from tests.credentials import make as papers

pytestmark = pytest.mark.slow
SCRIPT = Path(sys.executable).with_name("schemathesis")
SECONDS = "12"
"""For each of the two runs."""


class Quiet(WSGIRequestHandler):
    """Thousands of lines say nothing that the report of a failure does not."""

    def log(self, *said):
        """Keeps no log."""


@pytest.fixture
def served(live):
    """A server with something of everything; requests are not counted. Gives the bearer of a person with all scopes."""
    with live.app.app_context():
        person = people.person(roles=[("author", "platform", 0)], organisation=people.organisation("LAN"))
        for number in range(3):
            course = courses.course(slug=f"laboratorium-{number}" if number else "laboratorium-inovasi")
            courses.enrolment(course, person)
            papers.certificate(person)
        innovations.regions()
        places = [people.organisation(name) for name in ("Dinas Kesehatan", "Dinas Perhubungan")]
        people.membership(person, places[0])
        for number in range(3):
            one = innovations.innovation(f"Perahu Antar Obat {number}")
            caring.hand_over(one, places[1], by_id=None)
            replicating.interest(one, places[0], need="Perlu.", on=date(2024, 2, 1), by_id=person.id)
        bearer = make.token(person)[1]
        db.session.commit()
        db.session.remove()
    server = make_server("127.0.0.1", live.port, live.app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield live.base, bearer
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.mark.parametrize("shown", ["token", "nothing"])
def test_schemathesis_finds_nothing(served, tmp_path, shown):
    base, bearer = served
    headers = ["-H", f"Authorization: Bearer {bearer}"] if shown == "token" else []
    command = [
        str(SCRIPT), "run", f"{base}/api/v1/openapi.json", *headers,
        "--max-time", SECONDS, "--max-examples", "25", "--seed", "3", "--continue-on-failure",
        "--suppress-health-check", "all", "--warnings", "off", "--no-color",
    ]  # fmt: skip
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    ended = subprocess.run(command, cwd=tmp_path, env=home, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    assert "Test cases" in ended.stdout or "generated" in ended.stdout, ended.stdout
