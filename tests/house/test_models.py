"""Rules of the tables."""

from __future__ import annotations

import re

from sqlalchemy import inspect as inspect_engine
from sqlalchemy.orm import configure_mappers

from ekopi.core.registry import all_of
from ekopi.extensions import Base, db

PERSONAL_WORDS = re.compile(r"(^|_)(email|nip|address|phone|device)($|_)")


def mappers():
    configure_mappers()
    return list(Base.registry.mappers)


def test_models_inherit_the_one_base_and_name_their_table(app):
    for mapper in mappers():
        assert issubclass(mapper.class_, Base)
        assert "__tablename__" in mapper.class_.__dict__, mapper.class_


def test_nothing_is_loaded_behind_our_back(app):
    lazy = [str(r) for m in mappers() for r in m.relationships if r.lazy != "raise_on_sql"]
    assert not lazy


def test_no_table_bears_a_name_of_the_job_engine(app, template):
    """On SQLite the engine's tables live beside ours; its names are read from a migrated database."""
    with app.app_context():
        ours = set(db.metadata.tables)
        there = set(inspect_engine(db.engine).get_table_names())
    assert ours <= there
    assert not {t for t in ours if t.startswith(("workflow", "dbos", "operation_"))}
    assert not ours & {"notifications", "queues", "streams", "event_dispatch_kv", "schedules"}


def test_every_state_column_has_a_check(app):
    missing = []
    for table in db.metadata.tables.values():
        for column in table.columns:
            if column.name == "state":
                checks = [str(c.sqltext) for c in table.constraints if hasattr(c, "sqltext")]
                if not any("state IN" in check for check in checks):
                    missing.append(table.name)
    assert not missing


def personal_columns() -> set[str]:
    """Columns that point at a person or hold a personal fact."""
    found = set()
    for table in db.metadata.tables.values():
        for column in table.columns:
            points = any(key.column.table.name == "persons" for key in column.foreign_keys)
            actor = column.name in {"person_id", "actor_id", "owner_id"} or column.name.endswith("by_id")
            name = f"{table.name}.{column.name}"
            if points or actor or PERSONAL_WORDS.search(column.name) or name == "persons.name":
                found.add(name)
    return found


def test_every_column_that_names_a_person_is_declared(app):
    declared = {column for area in all_of("privacy").values() for column in area.COLUMNS}
    assert personal_columns() <= declared, sorted(personal_columns() - declared)


def test_no_declared_column_is_gone(app):
    columns = {f"{t.name}.{c.name}" for t in db.metadata.tables.values() for c in t.columns}
    declared = {column for area in all_of("privacy").values() for column in area.COLUMNS}
    assert declared <= columns, sorted(declared - columns)
