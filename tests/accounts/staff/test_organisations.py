"""Admins: the tree of organisations looked through, made, changed, moved, deleted, brought back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ekopi.accounts import policy, queries
from ekopi.accounts.models import Organisation
from ekopi.accounts.operations import by_staff, organisations
from ekopi.core import clock
from tests.accounts import make


@pytest.fixture
def admin(client, platform_admin):
    client.sign_in(platform_admin)
    return platform_admin


def named(db, name) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def test_the_tree_is_walked_and_searched(client, admin, agencies):
    top = client.get("/kelola/instansi")
    assert "Pemerintah Kabupaten Sleman" in top.text
    assert "Dinas Kesehatan" not in top.text
    below = client.get(f"/kelola/instansi/{agencies.sleman.id}")
    assert "Dinas Kesehatan" in below.text
    assert "<dt>Anggota Terkonfirmasi</dt><dd>1</dd>" in below.text
    assert "<dt>Menunggu Konfirmasi</dt><dd>1</dd>" in below.text
    found = client.get("/kelola/instansi?q=KESEHATAN")
    assert "di bawah Pemerintah Kabupaten Sleman" in found.text
    assert "Pemerintah Kabupaten Sleman" in client.get(f"/kelola/instansi/{agencies.unit.id}").text


def test_a_hundred_units_cost_as_many_queries_as_one(client, admin, agencies, count_queries):
    with count_queries() as few:
        client.get(f"/kelola/instansi/{agencies.sleman.id}")
    for _one in range(100):
        make.organisation(parent=agencies.sleman, kind="unit")
    with count_queries() as many:
        client.get(f"/kelola/instansi/{agencies.sleman.id}")
    assert len(many) == len(few) <= 8


def test_an_organisation_and_a_unit_are_made(client, admin, db, trail):
    make.region("34.04", "Kabupaten Sleman", kind="regency", parent=make.region())
    client.get("/kelola/instansi/baru")
    fields = {"name": "Pemerintah Kabupaten Sleman", "short_name": "Pemkab", "kind": "regency", "region": "kabupaten  sleman",
              "mail_domains": "slemankab.go.id, @Sleman.go.id\nslemankab.go.id"}  # fmt: skip
    client.submit(fields, has="name")
    made = named(db, "Pemerintah Kabupaten Sleman")
    assert (made.path, made.region_code, made.mail_domains) == (
        f"/{made.id}/", "34.04", ["slemankab.go.id", "sleman.go.id"],
    )  # fmt: skip
    client.get(f"/kelola/instansi/baru?induk={made.id}")
    client.submit({"name": "Dinas Kesehatan"}, has="name")
    unit = named(db, "Dinas Kesehatan")
    assert (unit.kind, unit.path) == ("unit", f"/{made.id}/{unit.id}/")
    assert len(trail("organisation.created")) == 2


def test_the_same_form_sent_twice_makes_one(client, admin, db):
    client.get("/kelola/instansi/baru")
    form = client.page
    first = client.submit({"name": "Badan Baru"}, has="name")
    client.page, client.path = form, "/kelola/instansi/baru"
    assert client.submit({"name": "Badan Baru"}, has="name").location == first.location
    assert named(db, "Badan Baru")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Isi nama instansi."),
        ({"name": "x" * 201}, "Nama paling panjang 200 karakter."),
        ({"name": "PEMERINTAH kabupaten bantul"}, "Nama ini sudah dipakai di tempat yang sama."),
        ({"name": "Baru", "mail_domains": "bukan domain"}, "bukan domain surel"),
        ({"name": "Baru", "mail_domains": "gmail.com"}, "dipakai siapa saja"),
        ({"name": "Baru", "region": "Atlantis"}, "Tidak ada wilayah seperti itu."),
    ],
)
def test_bad_input_is_explained(client, admin, agencies, fields, sentence):
    client.get("/kelola/instansi/baru")
    answer = client.submit(fields, has="name")
    assert answer.status_code == 422
    assert sentence in answer.text


def test_an_organisation_is_changed(client, admin, agencies, trail):
    client.get(f"/kelola/instansi/{agencies.unit.id}/ubah")
    client.submit(
        {"name": "Dinas Kesehatan dan Sosial", "mail_domains": "dinkes.slemankab.go.id"}, has="name"
    )
    assert agencies.unit.name == "Dinas Kesehatan dan Sosial"
    assert agencies.unit.kind == "unit"
    assert "dinkes.slemankab.go.id" in client.get(f"/kelola/instansi/{agencies.unit.id}/ubah").text
    assert len(trail("organisation.changed")) == 1


def test_a_subtree_moves_and_its_admins_with_it(client, admin, agencies, trail, db):
    leaf = make.organisation("Puskesmas", parent=agencies.unit, kind="unit")
    client.get(f"/kelola/instansi/{agencies.unit.id}/pindahkan")
    client.submit({"parent": "Pemerintah Kabupaten Bantul"}, has="parent")
    assert agencies.unit.path == f"{agencies.bantul.path}{agencies.unit.id}/"
    assert leaf.path == f"{agencies.unit.path}{leaf.id}/"
    assert policy.may_administer(queries.person(agencies.other_admin.id), leaf)
    assert not policy.may_administer(queries.person(agencies.admin.id), leaf)
    assert len(trail("organisation.moved")) == 1
    client.get(f"/kelola/instansi/{agencies.unit.id}/pindahkan")
    client.submit({"parent": ""}, has="parent")
    assert (agencies.unit.parent_id, leaf.path) == (None, f"/{agencies.unit.id}/{leaf.id}/")


def test_no_circle(client, admin, agencies):
    for parent in ("Dinas Kesehatan", "Pemerintah Kabupaten Sleman"):
        client.get(f"/kelola/instansi/{agencies.sleman.id}/pindahkan")
        answer = client.submit({"parent": parent}, has="parent")
        assert answer.status_code == 422
        assert "ke bawah dirinya sendiri" in answer.text
    assert agencies.sleman.parent_id is None


def test_an_organisation_with_people_or_units_stays(client, admin, agencies, post):
    for used in (agencies.sleman, agencies.unit):
        answer = post(f"/kelola/instansi/{used.id}/hapus")
        assert answer.status_code == 409
        assert "masih memiliki anggota atau unit di bawahnya" in answer.text
        assert used.deleted_at is None


def test_deleting_is_undone_by_the_toast_and_from_the_list(client, admin, db, trail):
    made = make.organisation("Badan Sementara")
    client.get(f"/kelola/instansi/{made.id}")
    client.submit(action="/hapus$")
    assert made.deleted_at
    assert "Badan Sementara" not in client.get("/kelola/instansi?q=sementara").text.replace(
        'value="sementara"', ""
    )
    client.submit(action="/pulihkan$")
    assert made.deleted_at is None
    organisations.delete(made)
    assert "Badan Sementara" in client.get("/kelola/instansi?tampil=terhapus").text
    client.submit(action="/pulihkan$")
    assert made.deleted_at is None
    assert [len(trail(f"organisation.{verb}")) for verb in ("deleted", "restored")] == [2, 2]


def test_what_cannot_be_restored(agencies, platform_admin, trail):
    above = make.organisation("Atas")
    below = make.organisation("Bawah", parent=above)
    organisations.delete(below)
    organisations.delete(above)
    with pytest.raises(by_staff.NotRestored):
        by_staff.restore_organisation(below, platform_admin)
    by_staff.restore_organisation(above, platform_admin)
    by_staff.restore_organisation(above, platform_admin)
    assert len(trail("organisation.restored")) == 1, "what is there already is not brought back again"
    make.organisation("Bawah", parent=above)
    with pytest.raises(organisations.NameTaken):
        by_staff.restore_organisation(below, platform_admin)
    old = make.organisation("Lama")
    organisations.delete(old)
    clock.shift(by_staff.UNDO * 1.1)
    try:
        with pytest.raises(by_staff.NotRestored):
            by_staff.restore_organisation(old, platform_admin)
    finally:
        clock.shift(None)


def test_nothing_is_made_below_what_is_deleted(client, admin, agencies):
    gone = make.organisation()
    organisations.delete(gone)
    assert client.get(f"/kelola/instansi/baru?induk={gone.id}").status_code == 404
    assert client.get("/kelola/instansi/baru?induk=x").status_code == 404
    for path in ("", "/ubah", "/pindahkan"):
        assert client.get(f"/kelola/instansi/{gone.id}{path}").status_code == 404


@pytest.mark.parametrize("roles", [[], [("agency_admin", "organisation", 1)], [("auditor", "platform", 0)]])
def test_only_admins_of_the_platform_come_in(client, db, post, roles):
    target = make.organisation()
    base = f"/kelola/instansi/{target.id}"
    pages = ["/kelola/instansi", "/kelola/instansi/baru", base, f"{base}/ubah", f"{base}/pindahkan"]
    for path in pages:
        assert client.get(path).location.startswith("/masuk")
    client.sign_in(make.person(roles=roles))
    assert [client.get(path).status_code for path in pages] == [403] * 5
    assert [post(f"{base}/{act}").status_code for act in ("hapus", "pulihkan")] == [403] * 2
    assert target.deleted_at is None
