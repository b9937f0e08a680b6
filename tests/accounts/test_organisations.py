"""The tree of organisations: made, changed, moved, deleted; found by what people type."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import queries
from ekopi.accounts.models import Organisation
from ekopi.accounts.operations import organisations, registration
from ekopi.core.errors import Invalid
from tests.accounts import make


def test_paths_from_the_top(db):
    top = organisations.create(name="Pemkab Sleman", kind="regency", mail_domains=["@SlemanKab.go.id", ""])
    unit = organisations.create(name="Dinas Kesehatan", kind="unit", parent=top)
    assert top.path == f"/{top.id}/"
    assert unit.path == f"/{top.id}/{unit.id}/"
    assert top.mail_domains == ["slemankab.go.id"]
    assert queries.organisations_above(unit) == [top, unit]


def test_moving_takes_all_below_along(db):
    a, b = make.organisation("A"), make.organisation("B")
    unit = make.organisation("Unit", parent=a)
    deep = make.organisation("Seksi", parent=unit)
    organisations.move(unit, b)
    db.session.refresh(deep)
    assert unit.path == f"/{b.id}/{unit.id}/"
    assert deep.path == f"/{b.id}/{unit.id}/{deep.id}/"
    organisations.move(unit, None)
    db.session.refresh(deep)
    assert deep.path == f"/{unit.id}/{deep.id}/"


def test_no_circles(db):
    top = make.organisation()
    unit = make.organisation(parent=top)
    with pytest.raises(organisations.WouldCircle):
        organisations.move(top, unit)
    with pytest.raises(organisations.WouldCircle):
        organisations.move(top, top)


def test_one_name_at_one_place(db):
    top = make.organisation("Pemkab Sleman")
    unit = make.organisation("Dinas Kesehatan", parent=top)
    with pytest.raises(organisations.NameTaken):
        organisations.create(name="pemkab sleman", kind="regency")
    with pytest.raises(organisations.NameTaken):
        organisations.create(name="Dinas Kesehatan", kind="unit", parent=top)
    other = make.organisation("Pemkot Yogyakarta")
    twin = organisations.create(name="Dinas Kesehatan", kind="unit", parent=other)
    with pytest.raises(organisations.NameTaken):
        organisations.move(twin, top)
    organisations.change(unit, name="Dinas Kesehatan", kind="unit", short_name="Dinkes")
    with pytest.raises(organisations.NameTaken):
        organisations.change(other, name="Pemkab Sleman", kind="city")


@pytest.mark.parametrize(
    "domain", ["gmail.com", "go.id", "sleman", "sle man.go.id", "-a.go.id", "a@b.go.id", "<a>.id"]
)
def test_domains_that_prove_nothing(db, domain):
    with pytest.raises(Invalid) as refusal:
        organisations.create(name="Pemkab Sleman", kind="regency", mail_domains=[domain])
    assert refusal.value.field == "mail_domains"


def test_deleted_only_when_empty_and_brought_back(db):
    top = make.organisation("Pemkab Sleman")
    unit = make.organisation(parent=top)
    with pytest.raises(organisations.StillUsed):
        organisations.delete(top)
    member = make.membership(organisation=unit)
    with pytest.raises(organisations.StillUsed):
        organisations.delete(unit)
    member.state, member.ended_at = "ended", member.claimed_at
    organisations.delete(unit)
    assert queries.organisation(unit.id) is None
    organisations.restore(unit)
    assert queries.organisation(unit.id) is unit


def test_found_by_what_is_typed(app, db):
    top = make.organisation("Pemerintah Kabupaten Sleman", short_name="Pemkab Sleman")
    other = make.organisation("Pemerintah Kota Yogyakarta")
    one = make.organisation("Dinas Kesehatan", parent=top)
    make.organisation("Dinas Kesehatan", parent=other)
    find = registration.resolve_organisation
    with app.test_request_context():
        assert find("  pemerintah kabupaten  sleman ") == top
        assert find("Dinas Kesehatan – Pemerintah Kabupaten Sleman") == one
        assert find("") is None
        for text, word in [
            ("Dinas Kesehatan", "Dinas Kesehatan – Pemerintah Kota Yogyakarta"),
            ("kabupaten", "Pemerintah Kabupaten Sleman"),
            ("100%", "belum ada di daftar"),
            ("Kementerian Entah", "belum ada di daftar"),
        ]:
            with pytest.raises(Invalid) as refusal:
                find(text)
            assert word in refusal.value.sentence()
        assert queries.organisation_labels()[0] in {top.name, other.name}


def test_nothing_is_made_below_what_was_deleted(db):
    top = organisations.create(name="Kabupaten Tirta Mulya", kind="regency")
    organisations.delete(top)
    with pytest.raises(organisations.ParentGone):
        organisations.create(name="Dinas Kesehatan", kind="agency", parent=top)


def deleted_behind_our_back(db, gone):
    change = text("UPDATE organisations SET deleted_at = created_at WHERE id = :id")
    db.session.connection().execute(change, {"id": gone.id})


def test_nothing_is_moved_below_what_was_deleted_meanwhile(db):
    top, unit = make.organisation("Kabupaten Tirta Mulya"), make.organisation("Dinas Kesehatan")
    deleted_behind_our_back(db, top)
    with pytest.raises(organisations.ParentGone):
        organisations.move(unit, top)
    assert unit.parent_id is None


def test_what_was_deleted_meanwhile_is_neither_moved_nor_changed(db):
    top, unit = make.organisation("Kabupaten Tirta Mulya"), make.organisation("Dinas Kesehatan")
    deleted_behind_our_back(db, unit)
    for act in (
        lambda: organisations.move(unit, top),
        lambda: organisations.change(unit, name="Dinas Baru", kind="unit"),
        lambda: organisations.delete(unit),
    ):
        with pytest.raises(organisations.OrganisationGone):
            act()
    assert (unit.parent_id, unit.name) == (None, "Dinas Kesehatan")


def test_the_schema_itself_keeps_names_at_the_top_single(db):
    """The check before it cannot see what another writes at the same moment; the key can."""
    organisations.create(name="Kota Sagara", kind="city")
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Organisation(name="Kota Sagara", kind="city", path="/0/"))
