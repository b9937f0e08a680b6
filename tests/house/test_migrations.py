"""Migrations: one line of them, equal to the models, up and down with rows in the tables, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from ekopi.core import audit, migrating
from ekopi.extensions import db
from ekopi.operating.copying import is_ours
from tests.living import make_app

FOLDER = Path(__file__).parents[2] / "migrations"


def revisions():
    return list(ScriptDirectory(str(FOLDER)).walk_revisions())


def test_one_head_and_numbered_names():
    script = ScriptDirectory(str(FOLDER))
    assert len(script.get_heads()) == 1
    for revision in revisions():
        assert re.fullmatch(r"\d{4}", revision.revision)
        assert Path(revision.path).name.startswith(f"{revision.revision}_")
        assert revision.doc, "a migration says what it is for"


def test_migrations_never_import_the_house():
    for path in (FOLDER / "versions").glob("*.py"):
        assert not re.search(r"^(from|import) ekopi", path.read_text(), re.M), path.name


# neither library reads an index over an expression back from SQLite
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_models_equal_the_schema(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": is_ours, "compare_type": True, "render_as_batch": True}
        )
        assert compare_metadata(context, db.metadata) == []


def test_every_step_down_and_up_again_with_rows_in_it(template, tmp_path):
    """Rows that survive a way down are still there after the way up; nothing is silently emptied."""
    from tests.accounts import make

    app = make_app(template.clone(), tmp_path)
    with app.app_context():
        make.person(name="Ada", email="ada@contoh.id")
        audit.record("test.done", "person", 1)
        db.session.commit()
        db.session.remove()
        steps = [r.revision for r in revisions()]  # newest first
        for lower in steps[1:]:
            migrating.downgrade(lower)
            with db.engine.connect() as connection:
                assert connection.scalar(text("SELECT count(*) FROM persons")) == 1
        migrating.upgrade()
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM audit_entries")) == 1
        migrating.downgrade("base")
        with db.engine.connect() as connection:
            left = set(inspect(connection).get_table_names()) & set(db.metadata.tables)
            assert not left
        migrating.upgrade()
        with db.engine.connect() as connection:
            assert set(db.metadata.tables) <= set(inspect(connection).get_table_names())
        db.engine.dispose()
