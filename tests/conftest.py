"""Fixtures of all tests: real databases, one transaction per test (`db`) or a committed clone (`live`)."""

from __future__ import annotations

import os

import pytest

from tests.databases import MAKERS, PostgresServer, Template
from tests.living import Live, make_app, one_transaction


def pytest_addoption(parser):
    parser.addoption(
        "--db", choices=("sqlite", "postgres", "both"), default="both", help="databases to test on"
    )


def pytest_configure(config):
    """The one PostgreSQL server of a run is started by the main process; its workers inherit the address."""
    if hasattr(config, "workerinput") or config.getoption("--db") == "sqlite" or config.option.collectonly:
        return
    if "EKOPI_TEST_POSTGRES" not in os.environ:
        server = PostgresServer.start()
        if server is None:
            reason = "PostgreSQL 15 is not installed: its half of the tests cannot run (see CONTRIBUTING.md)."
            if os.environ.get("CI") == "true":
                pytest.exit(reason, returncode=1)
            config.ekopi_missing = reason
            return
        os.environ["EKOPI_TEST_POSTGRES"] = server.url
        config.add_cleanup(server.stop)
        config.add_cleanup(lambda: os.environ.pop("EKOPI_TEST_POSTGRES", None))


def pytest_report_header(config):
    return getattr(config, "ekopi_missing", None)


def pytest_generate_tests(metafunc):
    if "engine_name" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        names = ["sqlite", "postgresql"] if chosen == "both" else [chosen.replace("postgres", "postgresql")]
        metafunc.parametrize("engine_name", names, scope="session")


@pytest.fixture(scope="session")
def template(engine_name, tmp_path_factory, worker_id) -> Template:
    """An empty, migrated database that others are cloned from."""
    if engine_name == "postgresql" and "EKOPI_TEST_POSTGRES" not in os.environ:
        pytest.skip("no PostgreSQL server on this machine")
    made = MAKERS[engine_name](tmp_path_factory.mktemp(f"{engine_name}"), worker_id)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def worker_id(request):
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def app(template, tmp_path_factory):
    """The application on the template's own database; tests use it through `db`, which rolls back."""
    return make_app(template.url, tmp_path_factory.mktemp("data"))


@pytest.fixture
def db(app):
    """The database inside one transaction that is rolled back after the test."""
    from ekopi.extensions import db as database

    with one_transaction(app):
        yield database
    # what a rolled-back seal wrote beside the database is no proof of anything
    (app.extensions["settings"].data_dir / "audit.seal").unlink(missing_ok=True)


@pytest.fixture
def client(app, db):
    """A browser without JavaScript that checks every answer (tests/client.py)."""
    from tests.client import Client

    return Client(app)


@pytest.fixture
def live(template, tmp_path):
    """An own, committed copy of the database with real processes; for races, kills and the browser."""
    living = Live(template.clone(), tmp_path)
    yield living
    living.stop()
