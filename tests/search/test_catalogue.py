"""What the catalogue puts into the index while it works is exactly what a rebuild makes of it."""

from __future__ import annotations

from sqlalchemy import select

from ekopi.catalogue.operations import projecting
from ekopi.search import health, operations, queries
from ekopi.search.models import SearchDocument
from tests.catalogue import make
from tests.search.make import DEMO, FILES

COLUMNS = [c for c in SearchDocument.__table__.columns if c.name != "id"]


def rows(db):
    return db.session.execute(select(*COLUMNS).order_by(SearchDocument.kind, SearchDocument.key)).all()


def test_an_import_and_a_rebuild_say_the_same(db):
    for key in ("jippnas", "inoland"):
        make.read_file(DEMO / FILES[key], key)
    before = rows(db)
    assert len(before) > 100
    list(operations.rebuild(projecting.KIND))
    assert rows(db) == before
    db.session.execute(SearchDocument.__table__.delete())
    list(operations.rebuild(projecting.KIND))
    assert rows(db) == before
    assert [one.level for one in health.findings()] == ["baik"]
    assert queries.best(queries.parse("perahu bidan"), projecting.KIND)
