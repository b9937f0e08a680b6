"""Admins: all accounts, one of them, disabling, letters, sign-ins, roles."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ekopi.accounts.models import Role, SignIn
from ekopi.accounts.operations import by_staff, roles, sign_ins
from tests.accounts import make


@pytest.fixture
def admin(client, platform_admin):
    client.sign_in(platform_admin)
    return platform_admin


def living(db, person) -> int:
    return len(
        db.session.scalars(
            select(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
        ).all()
    )


def test_accounts_are_found_by_name_address_and_state(client, admin):
    make.person("Sari Wulandari", email="sari@contoh.go.id")
    make.person("Belum Bukti", state="pending")
    make.person("Sudah Pergi", state="erased", email="terhapus-9@ekopi.invalid")
    page = client.get("/kelola/pengguna")
    assert "Sari Wulandari" in page.text
    assert "Sudah Pergi" not in page.text
    assert "Belum Bukti" not in client.get("/kelola/pengguna?q=SARI@contoh").text
    only = client.get("/kelola/pengguna?keadaan=belum-terkonfirmasi")
    assert "Belum Bukti" in only.text
    assert "Sari Wulandari" not in only.text
    assert client.get("/kelola/pengguna?keadaan=aneh").status_code == 404


def test_a_hundred_accounts_cost_as_many_queries_as_one(client, admin, count_queries):
    with count_queries() as few:
        client.get("/kelola/pengguna")
    home = make.organisation()
    for _one in range(100):
        make.person(organisation=home)
    with count_queries() as many:
        client.get("/kelola/pengguna")
    assert len(many) == len(few) <= 6


def test_one_account_shows_memberships_roles_and_sign_ins(client, admin, agencies, trail):
    roles.grant(agencies.member, "author", "organisation", agencies.sleman.id, admin)
    sign_ins.begin(agencies.member)
    page = client.get(f"/kelola/pengguna/{agencies.member.id}")
    assert "Dinas Kesehatan" in page.text
    assert "Penulis Kursus" in page.text
    assert "Pemerintah Kabupaten Sleman" in page.text
    assert "Diberikan Gita Admin" in page.text
    assert "<dt>Sesi Aktif</dt><dd>1</dd>" in page.text
    assert [row.actor_id for row in trail("person.viewed")] == [admin.id]
    client.get(f"/kelola/pengguna/{admin.id}")
    assert len(trail("person.viewed")) == 1, "opening one's own record is not noted"


def test_roles_of_a_person_cost_the_same_queries_however_many(client, admin, agencies, count_queries):
    path = f"/kelola/pengguna/{agencies.member.id}"
    roles.grant(agencies.member, "author", "organisation", agencies.sleman.id, admin)
    with count_queries() as few:
        client.get(path)
    for _one in range(20):
        roles.grant(agencies.member, "coach", "organisation", make.organisation().id, admin)
    with count_queries() as many:
        client.get(path)
    assert len(many) == len(few)


def test_disabling_ends_the_sign_ins_and_can_be_undone(client, admin, trail, db):
    person = make.person()
    sign_ins.begin(person)
    client.get(f"/kelola/pengguna/{person.id}")
    client.submit(action="/nonaktifkan$")
    assert (person.state, living(db, person)) == ("disabled", 0)
    client.get(f"/kelola/pengguna/{person.id}")
    client.submit(action="/aktifkan$")
    assert person.state == "active"
    assert [len(trail(f"account.{verb}")) for verb in ("disabled", "enabled")] == [1, 1]


def test_two_admins_disable_the_same_account(client, admin, trail, post):
    person = make.person()
    by_staff.disable(person, admin)
    answer = post(f"/kelola/pengguna/{person.id}/nonaktifkan")
    assert answer.status_code == 409
    assert "sudah berubah" in answer.text
    assert len(trail("account.disabled")) == 1
    by_staff.enable(person, admin)
    assert post(f"/kelola/pengguna/{person.id}/aktifkan").status_code == 409


def test_nobody_disables_the_own_account(client, admin, post):
    assert "/nonaktifkan" not in client.get(f"/kelola/pengguna/{admin.id}").text
    answer = post(f"/kelola/pengguna/{admin.id}/nonaktifkan")
    assert answer.status_code == 409
    assert "Akun sendiri tidak dapat dinonaktifkan." in answer.text


def test_the_confirmation_is_sent_again(client, admin, letters, trail, post):
    person = make.person(state="pending", email="baru@contoh.go.id")
    client.get(f"/kelola/pengguna/{person.id}")
    client.submit(action="/kirim-konfirmasi$")
    assert len(letters("baru@contoh.go.id")) == 1
    assert len(trail("account.confirmation-resent")) == 1
    for _one in range(4):
        post(f"/kelola/pengguna/{person.id}/kirim-konfirmasi")
    answer = post(f"/kelola/pengguna/{person.id}/kirim-konfirmasi")
    assert answer.status_code == 409
    assert "folder spam" in answer.text
    assert len(letters("baru@contoh.go.id")) == 5
    assert post(f"/kelola/pengguna/{make.person().id}/kirim-konfirmasi").status_code == 409


def test_all_sign_ins_of_a_person_end(client, admin, trail, db):
    person = make.person()
    for _one in range(3):
        sign_ins.begin(person)
    client.get(f"/kelola/pengguna/{person.id}")
    client.submit(action="/akhiri-sesi$")
    assert living(db, person) == 0
    assert "3 sesi diakhiri." in client.get("/kelola/pengguna").text
    assert len(trail("account.sign-ins-ended-by-staff")) == 1


def test_ending_ones_own_sign_ins_keeps_this_one(client, admin, db, post):
    sign_ins.begin(admin)
    post(f"/kelola/pengguna/{admin.id}/akhiri-sesi")
    assert living(db, admin) == 1
    assert client.get("/kelola/pengguna").status_code == 200


def test_a_role_is_given_at_an_organisation(client, admin, agencies, trail, db):
    sign_ins.begin(agencies.member)
    path = f"/kelola/pengguna/{agencies.member.id}/peran/beri"
    client.get(path)
    answer = client.submit(
        {"kind": "agency_admin", "place": "organisation", "organisation": "Pemerintah Kabupaten Sleman"},
        has="kind",
    )
    assert answer.status_code == 302
    role = db.session.scalars(select(Role).where(Role.person_id == agencies.member.id)).one()
    assert (role.kind, role.place_kind, role.place_id, role.granted_by_id) == (
        "agency_admin", "organisation", agencies.sleman.id, admin.id,
    )  # fmt: skip
    assert living(db, agencies.member) == 0, "the sign-ins end, so that the role holds at once"
    assert len(trail("role.granted.agency_admin")) == 1
    client.get(path)
    again = client.submit(
        {"kind": "agency_admin", "place": "organisation", "organisation": "Pemerintah Kabupaten Sleman"},
        has="kind",
    )
    assert again.status_code == 422
    assert "Peran ini sudah dipegang di tempat yang sama." in again.text
    assert len(trail("role.granted.agency_admin")) == 1


def test_roles_at_the_platform_and_in_a_course(client, admin, agencies, db):
    from tests.courses import make as courses

    course = courses.course(slug="menulis-inovasi")
    path = f"/kelola/pengguna/{agencies.member.id}/peran/beri"
    client.get(path)
    assert client.submit({"kind": "auditor", "place": "platform"}, has="kind").status_code == 302
    client.get(path)
    assert (
        client.submit(
            {"kind": "author", "place": "course", "course": "menulis-inovasi"}, has="kind"
        ).status_code
        == 302
    )
    places = db.session.execute(
        select(Role.kind, Role.place_kind, Role.place_id)
        .where(Role.person_id == agencies.member.id)
        .order_by(Role.id)
    ).all()
    assert places == [("auditor", "platform", 0), ("author", "course", course.id)]
    assert client.get(f"/kelola/pengguna/{agencies.member.id}").text.count("Cabut<") == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"kind": "admin", "place": "organisation", "organisation": "Dinas Kesehatan"},
            "hanya dapat berlaku di: Seluruh EKOPI",
        ),
        ({"kind": "agency_admin", "place": "platform"}, "hanya dapat berlaku di: Satu instansi"),
        (
            {"kind": "agency_admin", "place": "organisation", "organisation": ""},
            "Pilih instansi dari daftar.",
        ),
        (
            {"kind": "agency_admin", "place": "organisation", "organisation": "Dinas Entah"},
            "belum ada di daftar",
        ),
        ({"kind": "author", "place": "course", "course": ""}, "Isi bagian akhir alamat kursusnya."),
        ({"kind": "author", "place": "course", "course": "tidak-ada"}, "Tidak ada kursus dengan alamat itu."),
        ({"kind": "raja", "place": "platform"}, 'id="kind-e"'),
    ],
)
def test_a_role_that_cannot_be_given_is_explained(client, admin, agencies, db, fields, sentence):
    client.get(f"/kelola/pengguna/{agencies.member.id}/peran/beri")
    answer = client.submit(fields, has="kind")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(select(Role).where(Role.person_id == agencies.member.id)).all() == []


def test_a_role_is_taken_and_stays_in_the_history(client, admin, agencies, trail, db):
    role = roles.grant(agencies.member, "author", "organisation", agencies.sleman.id, admin)
    sign_ins.begin(agencies.member)
    client.get(f"/kelola/pengguna/{agencies.member.id}")
    client.submit(action="/cabut$")
    assert role.ended_by_id == admin.id
    assert living(db, agencies.member) == 0
    assert "Dicabut Gita Admin" in client.get(f"/kelola/pengguna/{agencies.member.id}").text
    assert len(trail("role.revoked.author")) == 1


def test_two_admins_take_the_same_role(client, admin, agencies, trail, post):
    role = roles.grant(agencies.member, "author", "organisation", agencies.sleman.id, admin)
    roles.revoke(role, admin)
    answer = post(f"/kelola/pengguna/{agencies.member.id}/peran/{role.id}/cabut")
    assert answer.status_code == 409
    assert "sudah dicabut" in answer.text
    assert len(trail("role.revoked.author")) == 1


def test_the_last_admin_stays(client, admin, db, post):
    role = db.session.scalars(select(Role).where(Role.person_id == admin.id)).one()
    answer = post(f"/kelola/pengguna/{admin.id}/peran/{role.id}/cabut")
    assert answer.status_code == 409
    assert "admin terakhir" in answer.text


def test_a_role_of_somebody_else_does_not_exist_here(client, admin, agencies, post):
    role = roles.grant(agencies.member, "author", "organisation", agencies.sleman.id, admin)
    assert post(f"/kelola/pengguna/{agencies.claimer.id}/peran/{role.id}/cabut").status_code == 404
    assert role.ended_at is None


def test_the_list_of_roles(client, admin, agencies, count_queries):
    with count_queries() as few:
        page = client.get("/kelola/peran")
    assert "Gita Admin" in page.text
    assert "Seluruh EKOPI" in page.text
    only = client.get("/kelola/peran?peran=admin&q=gita")
    assert "Ratna Agensi" not in only.text
    assert client.get("/kelola/peran?peran=raja").status_code == 404
    for _one in range(50):
        make.person(roles=[("coach", "organisation", agencies.unit.id)])
    with count_queries() as many:
        client.get("/kelola/peran")
    assert len(many) == len(few)


def test_erased_and_unknown_people_do_not_exist(client, admin, post):
    erased = make.person(state="erased")
    for number in (erased.id, 99_999_999):
        assert client.get(f"/kelola/pengguna/{number}").status_code == 404
        assert client.get(f"/kelola/pengguna/{number}/peran/beri").status_code == 404
        for act in ("nonaktifkan", "aktifkan", "kirim-konfirmasi", "akhiri-sesi"):
            assert post(f"/kelola/pengguna/{number}/{act}").status_code == 404


OUTSIDERS = [
    [], [("agency_admin", "organisation", 1)], [("auditor", "platform", 0)], [("admin", "organisation", 1)],
]  # fmt: skip


@pytest.mark.parametrize("roles_held", OUTSIDERS)
def test_only_admins_of_the_platform_come_in(client, db, post, roles_held):
    target = make.person()
    pages = [
        "/kelola/pengguna",
        "/kelola/peran",
        f"/kelola/pengguna/{target.id}",
        f"/kelola/pengguna/{target.id}/peran/beri",
    ]
    acts = [
        f"/kelola/pengguna/{target.id}/{act}"
        for act in ("nonaktifkan", "aktifkan", "kirim-konfirmasi", "akhiri-sesi")
    ]
    acts.append(f"/kelola/pengguna/{target.id}/peran/1/cabut")
    for path in pages:
        assert client.get(path).location.startswith("/masuk")
    client.sign_in(make.person(roles=roles_held))
    assert [client.get(path).status_code for path in pages] == [403] * 4
    assert [post(path).status_code for path in acts] == [403] * 5
    assert target.state == "active"
