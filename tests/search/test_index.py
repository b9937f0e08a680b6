"""The index follows its things: in their transaction, exactly, whoever writes at the same time."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from ekopi.core import registry
from ekopi.core.db import claim
from ekopi.places.models import Region
from ekopi.search import operations, queries
from ekopi.search.models import SearchDocument, SearchWord
from ekopi.search.operations import Document
from tests.search import make
from tests.search.make import KIND, put


def found(question, **more):
    return [key for key, _score in queries.best(queries.parse(question), KIND, **more)]


def rows(db):
    """Everything that is kept, without the ids of the index itself."""
    columns = [c for c in SearchDocument.__table__.columns if c.name != "id"]
    return db.session.execute(select(*columns).order_by(SearchDocument.kind, SearchDocument.key)).all()


def check_fts(db):
    """FTS5 compares its words with those of the table; raises when they differ."""
    if db.session.connection().dialect.name == "sqlite":
        db.session.execute(text("INSERT INTO search_words(search_words, rank) VALUES ('integrity-check', 1)"))


def test_a_thing_is_found_changed_and_dropped(db):
    put("Perahu Bidan", "pemeriksaan kehamilan", key=1)
    put("Bank Sampah", key=2)
    assert found("bidan") == found("hamil") == [1]
    put("Perahu Perawat", "pemeriksaan kehamilan", key=1)
    assert (found("bidan"), found("perawat")) == ([], [1])
    operations.drop(KIND, 1)
    operations.drop(KIND, 99)
    assert (found("perawat"), found("sampah")) == ([], [2])
    check_fts(db)


def test_a_thing_of_another_kind_with_the_same_key_is_another(db):
    put("Perahu", key=1)
    put("Sampan", key=1, kind="test-other")
    operations.drop("test-other", 1)
    assert (found("perahu"), found("sampan")) == ([1], [])


def test_the_index_goes_back_with_its_thing(db):
    put("Perahu Bidan", key=1)
    with pytest.raises(ZeroDivisionError), db.session.begin_nested():
        put("Kapal Bidan", key=1)
        put("Sampan", key=2)
        operations.drop(KIND, 1)
        raise ZeroDivisionError
    assert (found("perahu"), found("kapal"), found("sampan")) == ([1], [], [])
    check_fts(db)


def test_many_at_once_the_last_of_a_key_wins(db):
    documents = [Document(1, "Perahu"), Document(2, "Sampan"), Document(1, "Kapal")]
    assert operations.put_all(KIND, documents) == 2
    assert operations.put_all(KIND, []) == 0
    assert (found("perahu"), found("kapal"), found("sampan")) == ([], [1], [2])


def test_who_may_see_is_said_wholly_or_not_at_all(db):
    for audience, id in (("public", 3), ("person", 0), ("everyone", 1)):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            put("Perahu", audience=audience, audience_id=id)


@pytest.mark.parametrize("title", ["Perahu \0 Bidan", "Perahu \ud800 Bidan", "Perahu Bidan 🦆" + "x" * 9_000])
def test_titles_that_a_database_refuses_are_mended(db, title):
    put(title, title)
    kept = db.session.scalar(select(SearchDocument.title))
    assert kept.startswith("Perahu ") and len(kept) <= operations.LONGEST_TITLE
    assert found("perahu bidan") == [1]


def rebuilt(kind=KIND):
    return list(operations.rebuild(kind))


def test_a_rebuild_gives_exactly_the_same(db, things):
    things.kept = {document.key: document for document in make.corpus()}
    operations.put_all(KIND, make.corpus())
    before = rows(db)
    assert len(before) == len(make.corpus()) > 250
    assert rebuilt()[-1] == len(before)
    assert rows(db) == before
    db.session.execute(SearchDocument.__table__.delete())
    rebuilt()
    assert rows(db) == before
    check_fts(db)


def test_a_rebuild_mends_what_is_wrong(db, things, monkeypatch):
    monkeypatch.setattr(operations, "BATCH", 3)
    things.kept = {key: Document(key, f"Perahu {key}") for key in range(1, 11)}
    things.kept[5] = None  # merged into another
    put("Kapal", key=2)  # changed behind the index's back
    put("Kapal", key=5)
    put("Kapal", key=40)  # gone since
    put("Kapal", key=7, kind="test-other")
    assert rebuilt() == [3, 6, 9, 10, 10]
    assert sorted(found("perahu")) == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert found("kapal") == []
    assert db.session.scalars(select(SearchDocument.key).filter_by(kind="test-other")).all() == [7]
    operations.forget_unknown()
    assert db.session.scalars(select(SearchDocument.key).filter_by(kind="test-other")).all() == []
    check_fts(db)


def test_words_are_learnt_of_public_titles_only(db):
    put("Perahu Bidan untuk Ibu: perahu 2024", "pemeriksaan", key=1)
    put("Rahasia Perahu", key=2, audience="organisation", audience_id=3)
    db.session.add(SearchWord(kind=KIND, word="usang", uses=3))
    assert operations.learn(KIND) == 2
    kept = db.session.execute(select(SearchWord.word, SearchWord.uses).order_by(SearchWord.word)).all()
    assert kept == [("bidan", 1), ("perahu", 2)]


LINGER = 1.0
"""Seconds."""

# --- several at once, on committed databases --------------------------------------------------------------------


def in_thread(app, act):
    """Starts `act` in its own session; `join` gives back what it raised."""
    fault = []

    def run():
        from ekopi.extensions import db

        with app.app_context():
            try:
                act(db)
            except BaseException as error:
                fault.append(error)
            finally:
                db.session.remove()

    thread = Thread(target=run)
    thread.start()

    def join():
        thread.join(60)
        assert not thread.is_alive() and not fault, fault

    return join


@pytest.mark.slow
def test_two_writers_leave_what_the_last_of_them_wrote(live):
    """Both put the same things again and again; afterwards each row is whole, and the words belong to it."""
    names = ("Perahu", "Kapal")

    def write(name):
        def act(db):
            for turn in range(15):
                put(f"{name} {turn}", f"{name.lower()}an", key=1)
                operations.put_all(KIND, [Document(key, f"{name} {turn}") for key in range(2, 6)])
                db.session.commit()

        return act

    for join in [in_thread(live.app, write(name)) for name in names]:
        join()
    with live.app.app_context():
        from ekopi.extensions import db

        kept = rows(db)
        assert [row.key for row in kept] == [1, 2, 3, 4, 5]
        by_name = {name: sorted(found(name)) for name in names}
        assert sorted(by_name["Perahu"] + by_name["Kapal"]) == [1, 2, 3, 4, 5]
        for row in kept:
            assert row.key in by_name[row.title.split()[0]]
        check_fts(db)
        db.session.rollback()


class Places:
    """Some regions as things to be found; a rebuild says when it has read them, and lingers before it writes."""

    def __init__(self):
        self.read, self.go_on = Event(), Event()

    def keys(self, after, limit):
        from ekopi.extensions import db

        codes = db.session.scalars(select(Region.code).where(Region.code.startswith("90"))).all()
        return sorted(int(code) for code in codes if int(code) > after)[:limit]

    def documents(self, keys):
        from ekopi.extensions import db

        codes = [str(key) for key in keys]
        found = db.session.execute(select(Region.code, Region.name).where(Region.code.in_(codes))).all()
        self.read.set()
        self.go_on.wait(LINGER)
        return [Document(int(code), name) for code, name in found]


@pytest.mark.slow
def test_a_rebuild_never_writes_what_was_true_before(live, monkeypatch):
    """A thing is renamed while the rebuild, having read it, is about to write: the new name is what is found."""
    area = Places()
    monkeypatch.setitem(registry._kept["search"], KIND, area)
    with live.app.app_context():
        from ekopi.extensions import db

        db.session.add(Region(code="901", name="Perahu", kind="province", zone="Asia/Jakarta"))
        put("Perahu", key=901)
        db.session.commit()

    def rebuild(db):
        for _done in operations.rebuild(KIND):
            db.session.commit()

    def rename(db):
        area.read.wait(30)
        started = time.monotonic()
        region = claim(db.session.get(Region, "901"))
        region.name = "Kapal"
        put("Kapal", key=901)
        db.session.commit()
        waited.append(time.monotonic() - started)

    waited: list[float] = []
    joins = [in_thread(live.app, rebuild), in_thread(live.app, rename)]
    for join in joins:
        join()
    assert waited[0] > LINGER / 2, "it was renamed between reading and writing"
    with live.app.app_context():
        assert (found("perahu"), found("kapal")) == ([], [901])
