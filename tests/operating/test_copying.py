"""`ekopi db copy`: SQLite to an empty PostgreSQL, every row, or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from ekopi.extensions import db
from ekopi.operating import copying
from ekopi.operating.errors import BadInput, Failed
from tests.databases import PostgresTemplate
from tests.living import make_app
from tests.operating import make


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory, worker_id):
    import os

    if "EKOPI_TEST_POSTGRES" not in os.environ:
        pytest.skip("no PostgreSQL server on this machine")
    made = PostgresTemplate(tmp_path_factory.mktemp("copying"), f"{worker_id}_copying")
    yield made
    made.drop()


@pytest.fixture
def source(full, engine_name):
    if engine_name != "sqlite":
        pytest.skip("copies from SQLite only")
    return full


@pytest.fixture
def target(postgres_template, tmp_path):
    """An application on a migrated, empty PostgreSQL database."""
    app = make_app(postgres_template.clone(), tmp_path / "target")
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def address(app) -> str:
    return app.extensions["settings"].database_url


def copy(source, target, **options) -> dict[str, int]:
    with source.app.app_context():
        return copying.copy(address(target), **options)


def test_every_row_arrives(source, target):
    copied = copy(source, target)
    assert make.model_rows(target) == make.model_rows(source.app)
    assert copied == {name: len(rows) for name, rows in make.model_rows(source.app).items()}


def test_new_rows_get_new_ids(source, target):
    copy(source, target)
    with target.app_context():
        from ekopi.accounts.models import Person
        from ekopi.core import audit

        newest = db.session.scalar(text("SELECT max(id) FROM persons"))
        person = Person(email="new@t.go.id", name="Baru")
        db.session.add(person)
        audit.record("account.created", "person", 1)
        db.session.commit()
        assert person.id == newest + 1


def test_a_target_with_content_is_refused(source, target):
    copy(source, target)
    before = make.model_rows(target)
    with pytest.raises(BadInput, match="sudah berisi"):
        copy(source, target)
    assert make.model_rows(target) == before


def test_a_target_without_our_schema_is_refused(source, target):
    with target.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    with pytest.raises(BadInput, match="db upgrade"):
        copy(source, target)


def test_what_fails_leaves_the_target_empty(source, target):
    with target.app_context():
        db.session.execute(text("ALTER TABLE jp_entries ADD CONSTRAINT never CHECK (jp < 0)"))
        db.session.commit()
        empty = make.model_rows(target)
    with pytest.raises(Failed, match="never"):
        copy(source, target)
    assert make.model_rows(target) == empty


def test_waiting_jobs_are_not_left_behind_silently(source, target):
    from ekopi import jobs

    with source.app.app_context():
        jobs.enqueue("nightly.run")
        db.session.commit()
    with pytest.raises(Failed, match="leave-jobs"):
        copy(source, target)
    copy(source, target, leave_jobs=True)
    assert make.model_rows(target) == make.model_rows(source.app)


def test_command(source, target):
    done = source.run("db", "copy", address(target))
    assert done.returncode == 0, done.stderr
    assert "persons: 3 baris" in done.stdout
    refused = source.run("db", "copy", "sqlite:///x.db")
    assert refused.returncode == 2 and "Traceback" not in refused.stderr


def test_models_and_schema_are_compared(live):
    with live.app.app_context():
        assert copying.differences_from_models() == []
        db.session.execute(text("ALTER TABLE persons ADD COLUMN stray TEXT"))
        db.session.commit()
        assert "stray" in " ".join(copying.differences_from_models())
    assert live.run("db", "check").returncode == 1
