"""`ekopi index`, the nightly words, and what the doctor says of the index."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from ekopi.core import registry
from ekopi.search import commands, health, operations, queries, tasks
from ekopi.search.models import SearchDocument, SearchWord
from ekopi.search.operations import Document
from tests.search.make import KIND, put


@pytest.fixture
def index(app, db):
    return lambda *words: app.test_cli_runner().invoke(args=["index", *words])


def finding():
    (one,) = health.findings()
    return one


def test_it_writes_anew_says_how_far_it_is_and_learns(index, things, monkeypatch):
    monkeypatch.setattr(operations, "BATCH", 2)
    monkeypatch.setattr(commands, "TOLD_EVERY", 4)
    things.kept = {key: Document(key, "Perahu Bidan") for key in range(1, 8)}
    put("Kapal", key=50)
    said = index()
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        f"{KIND}: 4 …",
        f"{KIND}: 7 selesai, 2 kata dikenal.",
    ]
    assert [key for key, _score in queries.best(queries.parse("perahu"), KIND)] == list(range(1, 8))
    assert queries.meant(queries.parse("prahu"), KIND) == "perahu"
    assert index(KIND).output == f"{KIND}: 4 …\n{KIND}: 7 selesai, 2 kata dikenal.\n"


def test_a_kind_that_nobody_knows_is_bad_input(index, things):
    said = index("kapal")
    assert said.exit_code == 2 and KIND in said.output


def test_nothing_to_index_is_said(index, monkeypatch):
    monkeypatch.setitem(registry._kept, "search", {})
    put("Perahu")
    said = index()
    assert (said.exit_code, said.output) == (0, "Belum ada yang dapat diindeks.\n")
    assert queries.find(queries.parse("perahu")) == []


def test_the_night_learns_words(db, things):
    assert registry.all_of("nightly")["search.words"] is tasks.learn
    put("Perahu")
    tasks.learn()
    assert db.session.scalars(select(SearchWord.word)).all() == ["perahu"]


def test_the_doctor_is_content_with_an_index_that_is_right(db, things):
    assert registry.all_of("doctor")["index"] is health.findings
    assert finding().level == "baik"
    things.kept = {key: Document(key, f"Perahu {key}") for key in range(1, 120)} | {120: None}
    operations.put_all(KIND, things.documents(range(1, 121)))
    assert (finding().level, "119" in finding().sentence) == ("baik", True)


@pytest.mark.parametrize(
    "fault",
    [
        lambda: put("Kapal", key=3),
        lambda: put("Perahu 118", "kapal", key=118),
        lambda: put("Perahu 118", key=118, weight=0.5),
        lambda: operations.drop(KIND, 119),
        lambda: put("Perahu 120", key=120),
    ],
)
def test_the_doctor_sees_what_differs(db, things, fault):
    things.kept = {key: Document(key, f"Perahu {key}") for key in range(1, 120)} | {120: None}
    operations.put_all(KIND, things.documents(range(1, 121)))
    fault()
    assert (finding().level, finding().name) == ("peringatan", "index")
    assert "ekopi index" in finding().remedy


def test_the_doctor_sees_lost_triggers(db, things):
    """SQLite only: PostgreSQL generates its columns, there is nothing to lose."""
    on_sqlite = db.session.connection().dialect.name == "sqlite"
    if on_sqlite:
        db.session.execute(text("DROP TRIGGER search_documents_put"))
    things.kept = {1: Document(1, "Perahu")}
    put("Perahu")
    assert db.session.scalar(select(SearchDocument.key)) == 1
    assert finding().level == ("peringatan" if on_sqlite else "baik")
