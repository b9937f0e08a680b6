"""Reading a source over the network, from a real server on this machine: pages, what changed since, what goes wrong."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from ekopi import jobs
from ekopi.catalogue import refusals, tasks
from ekopi.catalogue.models import Run, Source, SourceRecord
from ekopi.catalogue.operations import ingesting, pulling
from ekopi.core import clock
from ekopi.core.errors import Invalid
from ekopi.core.models import AuditEntry
from ekopi.extensions import db as database
from tests.accounts import make as people
from tests.catalogue import make
from tests.core.test_outward import Server


@pytest.fixture(autouse=True)
def _time(monkeypatch):
    monkeypatch.setattr(pulling, "PAUSE", 0.01)
    yield
    clock.shift(None)


@pytest.fixture
def server(app, monkeypatch):
    made = Server()
    settings = dataclasses.replace(app.extensions["settings"], source_hosts=made.host)
    monkeypatch.setitem(app.extensions, "settings", settings)
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def curator(db):
    return people.person(name="Rosinta Kurator", roles=[("curator", "platform", 0)])


def source(server, path="/api", schedule="daily", key="jippnas") -> Source:
    of = ingesting.source(key)
    pulling.set_address(of, server.at(path), schedule, by_id=people.person().id)
    database.session.commit()
    return of


def pulled(of: Source) -> Run:
    """Begins a reading, does the job, and gives the run back."""
    run_id = pulling.pull(database.session.get_one(Source, of.id)).id
    database.session.commit()
    jobs.run_waiting()
    return database.session.get_one(Run, run_id, populate_existing=True)


def body(*titles, **beside) -> bytes:
    items = [make.item(title, f"N-{title}") for title in titles]
    return json.dumps({"success": True, "data": items, **beside}).encode()


def queries(server) -> list[dict]:
    return [parse_qs(urlsplit(path).query) for path, _headers in server.asked]


def titles() -> list[str]:
    return sorted(database.session.scalars(select(SourceRecord.title)))


def test_all_pages_are_read_by_the_link_in_the_header_or_in_the_body(server, db):
    server.answer(
        "/api", body("Kolam Satu"), Link=f'<{server.at("/dua")}?page=2>; rel="next", </x>; rel="first"'
    )
    server.answer("/dua", body("Kolam Dua", "Kolam Tiga", next_page_url="/tiga?page=3"))
    server.answer("/tiga", body("Kolam Empat", next_page_url=None, total=4))
    run = pulled(source(server))
    assert (run.state, run.read, run.new, run.origin) == ("done", 4, 4, server.at("/api"))
    assert titles() == ["Kolam Dua", "Kolam Empat", "Kolam Satu", "Kolam Tiga"]


def test_what_changed_since_the_last_time_is_asked_for(server, db):
    server.answer("/api", body("Kolam Satu"))
    of = source(server, "/api?per_page=500")
    first = pulled(of)
    server.answer("/api", body("Kolam Dua"))
    second = pulled(of)
    assert queries(server)[0] == {"per_page": ["500"]}
    assert queries(server)[1] == {"per_page": ["500"], "updated_since": [first.started_at.isoformat()]}
    assert second.new == 1 and second.vanished == 0 and len(titles()) == 2
    assert database.session.get_one(Source, of.id, populate_existing=True).pulled_at == second.started_at


def test_a_source_that_has_not_changed_sends_nothing(server, db):
    def page(handler):
        known = handler.headers.get("If-None-Match") == '"v1"'
        handler.send_response(304 if known else 200)
        handler.send_header("ETag", '"v1"')
        said = b"" if known else body("Kolam Satu")
        handler.send_header("Content-Length", str(len(said)))
        handler.end_headers()
        handler.wfile.write(said)

    server.pages["/api"] = page
    of = source(server)
    assert pulled(of).read == 1
    before = database.session.get_one(Source, of.id, populate_existing=True).pulled_at
    again = pulled(of)
    assert (again.state, again.read) == ("done", 0)
    assert database.session.get_one(Source, of.id, populate_existing=True).pulled_at == before
    assert make.record("N-Kolam Satu").vanished_at is None


def test_a_busy_server_is_asked_again_and_a_broken_one_is_not_asked_for_ever(server, db):
    answers = [503, 429, 200]

    def page(handler):
        status = answers.pop(0)
        said = body("Kolam Satu") if status == 200 else b""
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(said)))
        handler.send_header("Retry-After", "0")
        handler.end_headers()
        handler.wfile.write(said)

    server.pages["/api"] = page
    of = source(server)
    assert pulled(of).new == 1 and answers == []
    server.answer("/api", status=500)
    server.asked.clear()
    run = pulled(of)
    assert (run.state, run.fault, run.fault_facts, len(server.asked)) == (
        "failed",
        "answer",
        {"status": 500},
        3,
    )
    server.answer("/api", status=403)
    server.asked.clear()
    assert pulled(of).fault == "answer" and len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"status": 302, "Location": "http://169.254.169.254/latest"}, "host"),
        ({"status": 302, "Location": "http://lain.go.id/"}, "host"),
        ({"body": b"<html>masuk dahulu</html>"}, "kind"),
        ({"body": b'{"success": false, "message": "tutup"}'}, "json-refused"),
        ({"body": b'{"data": [{"judul": "Kolam"'}, "json"),
    ],
)
def test_what_goes_wrong_is_said_and_the_next_reading_asks_for_the_same(server, db, answer, fault):
    server.answer("/api", **answer)
    of = source(server)
    run = pulled(of)
    assert (run.state, run.fault) == ("failed", fault)
    assert database.session.get_one(Source, of.id, populate_existing=True).pulled_at is None


def test_a_link_that_leads_elsewhere_or_round_and_round_ends_the_reading(server, db):
    server.answer("/api", body("Kolam Satu", next_page_url="http://10.0.0.1/dua"))
    of = source(server)
    run = pulled(of)
    assert (run.state, run.fault, run.new) == ("failed", "host", 1), "what was read before is kept"
    assert database.session.get_one(Source, of.id, populate_existing=True).pulled_at is None
    server.answer("/api", body("Kolam Satu", next_page_url="/tiga"))
    server.answer("/tiga", body("Kolam Tiga", next_page_url="/api"))
    server.asked.clear()
    run = pulled(of)
    assert (run.state, run.fault, run.fault_facts, run.new) == ("failed", "page-again", {"page": 2}, 1)
    assert len(server.asked) == 2 and titles() == ["Kolam Satu", "Kolam Tiga"]
    assert refusals.fault(run.fault, run.fault_facts).startswith("Sesudah halaman 2 sumber menunjuk")
    assert database.session.get_one(Source, of.id, populate_existing=True).pulled_at is None


def test_a_source_whose_pages_never_end_is_not_read_to_its_end(server, db, monkeypatch):
    monkeypatch.setattr(pulling, "PAGES", 3)
    for number in range(1, 9):
        server.answer(f"/{number}", body(f"Kolam {number}", next_page_url=f"/{number + 1}"))
    of = source(server, "/1")
    run = pulled(of)
    assert (run.state, run.fault, run.fault_facts, run.new) == ("failed", "pages", {"limit": 3}, 3)
    assert len(server.asked) == 3
    assert "setelah 3 halaman" in refusals.fault(run.fault, run.fault_facts)
    of = database.session.get_one(Source, of.id, populate_existing=True)
    assert (of.pulled_at, of.etag) == (None, "")
    server.answer("/3", body("Kolam 3"))  # exactly as many as may be
    assert pulled(of).state == "done"
    assert database.session.get_one(Source, of.id, populate_existing=True).pulled_at is not None


def test_an_answer_that_is_too_large_is_given_up(server, db, monkeypatch):
    monkeypatch.setattr(pulling.limits, "FILE", 50)
    server.answer("/api", body("Kolam Satu"))
    assert pulled(source(server)).fault == "size"


def test_an_address_must_be_of_an_allowed_host(server, db):
    of, by_id = ingesting.source("iga"), people.person().id
    for wrong in ("http://10.0.0.1/", "https://lain.go.id/", "file:///etc/passwd", "bukan alamat"):
        with pytest.raises(Invalid):
            pulling.set_address(of, wrong, "", by_id=by_id)
    with pytest.raises(Invalid):
        pulling.set_address(of, "", "daily", by_id=by_id)
    with pytest.raises(pulling.NoAddress):
        pulling.pull(of)


def test_the_host_is_taken_off_the_list_and_nothing_is_called_any_more(app, server, db, monkeypatch):
    server.answer("/api", body("Kolam Satu"))
    of = source(server)
    settings = dataclasses.replace(app.extensions["settings"], source_hosts="")
    monkeypatch.setitem(app.extensions, "settings", settings)
    assert pulled(of).fault == "host" and server.asked == []


def test_the_night_reads_what_is_due(server, db):
    server.answer("/api", body("Kolam Satu"))
    daily, weekly = source(server), source(server, schedule="weekly", key="sinovik")
    source(server, schedule="", key="iga")

    def night() -> dict[str, int]:
        tasks.pull_due()
        jobs.run_waiting()
        rows = (
            select(Source.key, func.count(Run.id)).join(Run, Run.source_id == Source.id).group_by(Source.key)
        )
        return {key: number for key, number in database.session.execute(rows)}  # noqa: C416

    assert night() == {"jippnas": 1, "sinovik": 1}
    clock.shift(timedelta(days=1))
    assert night() == {"jippnas": 2, "sinovik": 1}
    clock.shift(timedelta(days=7))
    pulling.pull(database.session.get_one(Source, daily.id))  # under way already
    database.session.commit()
    assert night() == {"jippnas": 3, "sinovik": 2}
    assert weekly.schedule == "weekly"


def test_a_curator_sets_the_address_and_reads_now(client, curator, server, db):
    server.answer("/api", body("Kolam Satu"))
    client.sign_in(curator)
    client.get("/kelola/sumber/jippnas")
    form = next(f for f in client.page.forms if f["action"].endswith("/alamat"))
    refused = client.post(form["action"], data={**form["fields"], "address": "http://10.0.0.1/"})
    assert refused.status_code == 422 and "EKOPI_SOURCE_HOSTS" in refused.text
    said = {**form["fields"], "address": server.at("/api"), "schedule": "weekly"}
    assert client.post(form["action"], data=said).status_code == 302
    page = client.get("/kelola/sumber/jippnas").text
    assert f"Dibaca dari {server.at('/api')}: Setiap minggu." in page
    now = next(f for f in client.page.forms if f["action"].endswith("/tarik"))
    answer = client.post(now["action"], data=now["fields"])
    assert client.post(now["action"], data=now["fields"]).status_code == 409
    jobs.run_waiting()
    assert "Selesai" in client.get(answer.location).text and titles() == ["Kolam Satu"]
    verbs = database.session.scalars(select(AuditEntry.verb).where(AuditEntry.actor_id == curator.id)).all()
    assert {"catalogue.source-set", "catalogue.run-began", "catalogue.run-done"} <= set(verbs)
