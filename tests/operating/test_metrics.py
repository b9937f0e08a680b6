"""/metrics: what it says, to whom, and what asking costs."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from ekopi import jobs
from ekopi.config import BadSetting, load_settings
from ekopi.core import audit, clock
from ekopi.jobs.models import WorkerBeat
from ekopi.mail.models import Letter
from ekopi.operating import figures, policy, records
from tests.accounts import make as people
from tests.jobs.make import set_status
from tests.living import environment, make_app

TOKEN = "rb7Yq2LmX0vKc9TzWd4HsE81uNfJgPaQ"
LINE = re.compile(
    r'[a-z_]+(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})? -?[0-9]+(\.[0-9]+)?'
)


def told(text: str) -> dict[str, str]:
    """Figure with its labels -> value, as written."""
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


@pytest.fixture
def ask(client):
    """Reads /metrics; gives back the figures."""

    def read(**more) -> dict[str, str]:
        answer = client.get("/metrics", **more)
        assert answer.status_code == 200
        return told(answer.text)

    return read


@pytest.fixture
def setting(app, monkeypatch):
    """Changes settings of the application for one test."""

    def change(**values):
        monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], **values))

    return change


# --- what it says --------------------------------------------------------------------------------------------


def test_the_text_is_what_prometheus_reads(client):
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.endswith("\n")
    names = []
    for line in answer.text.splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert name not in names
            names.append(name)
        elif line.startswith("# TYPE "):
            assert line == f"# TYPE {names[-1]} gauge"
        else:
            assert LINE.fullmatch(line), line
            assert re.match(r"[a-z_]+", line)[0] == names[-1]
    assert len(told(answer.text)) >= len(names) > 10


def test_odd_letters_of_labels_are_escaped():
    odd = figures.Figure("x", "a\\b\nc", [({"k": 'a"b\\c\nd'}, 1.5)])
    assert figures.written([odd]).splitlines() == [
        "# HELP x a\\\\b\\nc",
        "# TYPE x gauge",
        'x{k="a\\"b\\\\c\\nd"} 1.5',
    ]


def test_jobs_and_workers(ask, db):
    before = ask()
    assert before["ekopi_jobs_oldest_waiting_seconds"] == before["ekopi_workers"] == "0"
    waiting, failed = jobs.enqueue("mail.deliver", 1), jobs.enqueue("mail.deliver", 2)
    set_status(failed, status="ERROR")
    long_ago = clock.now() - timedelta(minutes=10)
    set_status(waiting, created_at=int(long_ago.timestamp() * 1000))
    db.session.add(WorkerBeat(executor_id="a-0"))
    db.session.add(WorkerBeat(executor_id="b-0", beat_at=long_ago))
    after = ask()
    assert after["ekopi_workers"] == "1"
    for state, more in (("waiting", 1), ("failed", 1), ("running", 0)):
        name = f'ekopi_jobs{{state="{state}"}}'
        assert int(after[name]) - int(before[name]) == more
    assert 600 <= int(after["ekopi_jobs_oldest_waiting_seconds"]) < 660


def test_letters_of_a_week(ask, db):
    for number, (state, days) in enumerate(
        [("waiting", 0), ("failed", 1), ("failed", 6), ("kept", 2), ("failed", 8)]
    ):
        db.session.add(
            Letter(
                key=f"k{number}", to_address="a@contoh.go.id", subject="s", text="t", state=state,
                created_at=clock.now() - timedelta(days=days),
            )
        )  # fmt: skip
    seen = ask()
    counts = {state: seen[f'ekopi_letters{{state="{state}"}}'] for state in figures.LETTER_STATES}
    assert counts == {"waiting": "1", "failed": "2", "sent": "0", "kept": "1"}


def test_seals_that_lag_behind(ask, db):
    for number in range(3):
        audit.record("account.confirmed", "person", number).at = clock.now() - timedelta(minutes=5)
    seen = ask()
    assert int(seen["ekopi_audit_unsealed_entries"]) >= 3
    assert int(seen["ekopi_audit_unsealed_seconds"]) >= 300
    audit.seal()
    seen = ask()
    assert seen["ekopi_audit_unsealed_entries"] == seen["ekopi_audit_unsealed_seconds"] == "0"


def test_sign_ins_since_midnight_wib(ask, client):
    before = int(ask()["ekopi_sign_ins_today"])
    person = people.person()
    midnight = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    for verb, at in (
        ("account.signed-in", midnight),
        ("account.admin-link-used", clock.now()),
        ("account.signed-in", midnight - timedelta(seconds=1)),
        ("account.signed-out", clock.now()),
    ):
        audit.record(verb, "person", person.id, actor_id=person.id).at = at
    assert int(ask()["ekopi_sign_ins_today"]) - before == 2


def test_who_comes_in_is_counted(ask, client, db):
    before = int(ask()["ekopi_sign_ins_today"])
    person = people.person(password="Belajar-Inovasi-2026")
    client.get("/masuk")
    assert client.submit({"email": person.email, "password": "Belajar-Inovasi-2026"}).status_code == 302
    assert int(ask()["ekopi_sign_ins_today"]) - before == 1


def test_product_database_disk_and_backup(ask, app, engine_name):
    folder = app.extensions["settings"].data_dir
    seen = ask()
    (info,) = [name for name in seen if name.startswith("ekopi_info")]
    assert f'database="{engine_name}"' in info and re.search(r'schema="\d{4}"', info)
    assert re.search(r'version="\d+\.\d+', info)
    assert int(seen["ekopi_database_bytes"]) > 100_000
    assert 0 < int(seen["ekopi_disk_free_bytes"]) < int(seen["ekopi_disk_size_bytes"])
    assert seen["ekopi_backup_timestamp_seconds"] == "0"
    try:
        records.note(folder, "backup", folder / "a.ekopi")
        assert 0 <= clock.now().timestamp() - int(ask()["ekopi_backup_timestamp_seconds"]) < 60
    finally:
        (folder / records.FILE_NAME).unlink()


def test_every_process_says_the_same(full):
    """Nothing is counted in the memory of one of them."""
    other = make_app(full.url, full.data_dir)
    mine, theirs = (told(app.test_client().get("/metrics").text) for app in (full.app, other))
    passing = {"ekopi_audit_unsealed_seconds", "ekopi_disk_free_bytes"}
    assert mine.keys() == theirs.keys()
    assert [name for name in mine if mine[name] != theirs[name] and name not in passing] == []
    assert int(mine['ekopi_letters{state="waiting"}']) == 1
    with other.app_context():
        from ekopi.extensions import db

        db.engine.dispose()


# --- what it costs -------------------------------------------------------------------------------------------


@contextmanager
def counted(db):
    seen: list[str] = []

    def note(connection, cursor, statement, *rest):
        if not statement.startswith("SAVEPOINT"):  # the transaction of the test
            seen.append(statement)

    event.listen(db.engine.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine.engine, "before_cursor_execute", note)


def test_as_many_queries_for_much_as_for_nothing(app, db):
    with counted(db) as few:
        figures.read()
    for number in range(20):
        jobs.enqueue("mail.deliver", number)
        audit.record("account.signed-in", "person", number)
        db.session.add(WorkerBeat(executor_id=f"x-{number}"))
        db.session.add(Letter(key=f"k{number}", to_address="a@contoh.go.id", subject="s", text="t"))
    db.session.flush()
    with counted(db) as many:
        figures.read()
    assert len(few) == len(many) <= 9
    assert all(statement.lstrip().upper().startswith("SELECT") for statement in many), (
        "reading changes nothing"
    )


# --- to whom -------------------------------------------------------------------------------------------------


def test_without_a_token_this_computer_alone(client):
    for here in ("127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"):
        assert client.get("/metrics", environ_base={"REMOTE_ADDR": here}).status_code == 200, here
    for elsewhere in ("10.0.0.5", "192.168.1.2", "2001:db8::1", "::ffff:10.0.0.5", ""):
        assert client.get("/metrics", environ_base={"REMOTE_ADDR": elsewhere}).status_code == 404, elsewhere


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_without_a_token_nobody_through_a_proxy(client, header):
    """Through one everybody seems to come from this computer, also when the settings do not know of it."""
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("known", [{"proxy_hops": 1}, {"base_url": "https://ekopi.contoh.go.id"}], ids=str)
def test_without_a_token_nobody_where_a_proxy_stands_in_front(client, setting, known):
    assert client.get("/metrics").status_code == 200
    setting(**known)
    assert client.get("/metrics").status_code == 404


def test_with_a_token_whoever_has_it(client, setting):
    setting(metrics_token=TOKEN, proxy_hops=1)
    far = {"REMOTE_ADDR": "10.0.0.5"}
    right = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, environ_base=far)
    assert right.status_code == 200 and "ekopi_info" in right.text
    for wrong in (
        None, "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Bearer {TOKEN.lower()}",
        f"Token {TOKEN}", TOKEN, "Basic dXNlcjpyYjdZ", "Bearer é",
    ):  # fmt: skip
        headers = {} if wrong is None else {"Authorization": wrong}
        for where in ({}, far):  # the own computer needs it too
            answer = client.get("/metrics", headers=headers, environ_base=where)
            assert answer.status_code == 404 and "ekopi_" not in answer.text, wrong
    assert client.get(f"/metrics?token={TOKEN}").status_code == 404


def test_a_socket_without_an_address_is_nobody(app):
    settings = app.extensions["settings"]
    for nobody in (None, "", "unix:", "localhost"):
        assert not policy.may_read_figures(settings, bearer=None, address=nobody, forwarded=False)
    assert policy.may_read_figures(settings, bearer=None, address="127.0.0.1", forwarded=False)


def test_a_role_opens_nothing(client, setting):
    setting(metrics_token=TOKEN)
    client.sign_in(people.person(roles=[("admin", "platform", 0)]))
    assert client.get("/metrics").status_code == 404


def test_a_token_that_anybody_guesses_stops_the_start(tmp_path):
    def load(token):
        return load_settings(environment("", tmp_path, EKOPI_METRICS_TOKEN=token)).metrics_token

    for easy in ("kurang-dari-32-karakter", "a" * 40, "rahasia" * 6):
        with pytest.raises(BadSetting, match="EKOPI_METRICS_TOKEN"):
            load(easy)
    assert load(TOKEN) == TOKEN and load("") == ""
