"""Regions: the shipped tables, their loading, history and time zones."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError

from ekopi.places import operations, queries, reference
from ekopi.places.models import Region


def test_the_migrated_database_holds_every_region(db):
    kinds = dict(
        db.session.execute(
            select(Region.kind, func.count()).where(Region.valid_to.is_(None)).group_by(Region.kind)
        ).all()
    )
    assert kinds["province"] == 38
    assert kinds["regency"] + kinds["city"] == 514
    assert kinds["city"] == 98


def test_every_region_points_to_regions_before_it():
    seen = set()
    for region in reference.shipped_regions():
        assert {region["parent_code"], region["successor_code"]} - {None} <= seen
        assert region["code"] not in seen
        seen.add(region["code"])


def test_loading_again_writes_nothing_and_corrects_what_differs(db):
    shipped = reference.shipped_regions()
    assert operations.refresh_regions(shipped) == 0
    db.session.execute(text("UPDATE regions SET name = 'Salah', zone = 'Asia/Jakarta' WHERE code = '94.01'"))
    db.session.expire_all()
    assert operations.refresh_regions(shipped) == 1
    assert queries.region("94.01").name == "Kabupaten Nabire"
    assert queries.region("94.01").zone == "Asia/Jayapura"


def test_loading_takes_few_statements(db):
    db.session.execute(text("UPDATE regions SET name = name || '!'"))
    said = []
    engine = db.session.connection().engine

    def note(connection, cursor, statement, parameters, context, executemany):
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert operations.refresh_regions(reference.shipped_regions()) == 38 + 514 + 26
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(said) <= 3


def test_a_code_that_ended_leads_to_the_one_in_force(db):
    old = queries.region("92.01")
    assert (old.name, old.valid_to, old.parent_code) == ("Kabupaten Sorong", date(2022, 12, 8), "92")
    assert queries.living("92.01").code == "96.01"
    assert queries.living("96.01").code == "96.01"
    assert queries.living("91.28").code == "94.08"
    assert queries.living("99.99") is None


def test_every_ended_code_has_a_living_successor_of_the_same_name(db):
    ended = db.session.scalars(select(Region).where(Region.valid_to.is_not(None))).all()
    assert Counter(queries.living(old.code).parent_code for old in ended) == {
        "93": 4,
        "94": 8,
        "95": 8,
        "96": 6,
    }
    for old in ended:
        new = queries.living(old.code)
        assert (new.name, new.valid_from, new.valid_to, new.zone) == (old.name, old.valid_to, None, old.zone)
        assert queries.region(new.parent_code).valid_from == old.valid_to


def test_regions_in_force(db):
    def codes(condition):
        rows = select(Region.code).where(condition, Region.valid_to.is_(None)).order_by(Region.code)
        return db.session.scalars(rows).all()

    assert len(codes(Region.kind == "province")) == 38
    assert codes(Region.parent_code == "93") == ["93.01", "93.02", "93.03", "93.04"]
    assert "92.01" not in codes(Region.parent_code == "92")
    assert len(codes(Region.parent_code == "92")) == 7


@pytest.mark.parametrize(
    ("code", "zone"),
    [("11", "Asia/Jakarta"), ("61.71", "Asia/Jakarta"), ("62", "Asia/Jakarta"), ("64", "Asia/Makassar"),
     ("51.71", "Asia/Makassar"), ("82", "Asia/Jayapura"), ("91.01", "Asia/Jayapura")],
)  # fmt: skip
def test_zones_follow_the_province(db, code, zone):
    assert queries.region(code).zone == zone


def test_a_name_that_is_neither_regency_nor_city_is_refused():
    assert reference.kind_of("Kota Administrasi Jakarta Pusat") == "city"
    with pytest.raises(ValueError, match="neither"):
        reference.kind_of("Distrik Federal")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "99", "kind": "kingdom", "parent_code": None},
        {"code": "99.01", "kind": "regency", "parent_code": None},
        {"code": "99", "kind": "province", "parent_code": None, "successor_code": "34"},
        {"code": "99.01", "kind": "regency", "parent_code": "98"},
    ],
)
def test_the_database_refuses_regions_that_cannot_be(db, wrong):
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Region(name="Uji", zone="Asia/Jakarta", **wrong))
