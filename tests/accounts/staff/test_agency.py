"""Agency admins: the list, one person, claims confirmed and refused, ends and their undoing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from ekopi.accounts.models import Membership
from ekopi.accounts.operations import by_staff, memberships
from ekopi.core import clock
from ekopi.credentials.models import JpEdition
from ekopi.credentials.operations import ledger
from ekopi.notifications.models import InboxItem
from tests.accounts import make


@pytest.fixture
def edition(db):
    year = clock.today().year
    made = db.session.get(JpEdition, str(year))
    if made is None:
        first, last = clock.today().replace(month=1, day=1), clock.today().replace(month=12, day=31)
        made = JpEdition(
            edition=str(year), valid_from=first, valid_to=last, target=Decimal(20), minutes_per_jp=45
        )
        db.session.add(made)
        db.session.flush()
    return made


def test_the_list_shows_the_own_people_with_their_jp(client, agencies, edition):
    ledger.credit(agencies.member, "enrolment", 1, Decimal("12.5"), {"course": "Menulis Inovasi"})
    client.sign_in(agencies.admin)
    page = client.get("/kelola/orang")
    assert "Sari Wulandari" in page.text
    assert "Dewi Klaim" in page.text
    assert "Tono Lain" not in page.text
    assert ">12,5 <" in page.text
    assert 'value="12.50" max="20.00"' in page.text
    assert "Menunggu Konfirmasi (1)" in page.text


def test_search_unit_and_state_filter_the_list(client, agencies):
    other = make.organisation("Dinas Pertanian", parent=agencies.sleman, kind="unit")
    make.person("Wahyu Tani", organisation=other, email="wahyu@tani.go.id")
    left = make.membership(make.person("Lama Pergi"), agencies.unit, state="ended")
    client.sign_in(agencies.admin)
    assert "Wahyu Tani" in client.get("/kelola/orang?q=WAHYU").text
    assert "Sari Wulandari" not in client.get("/kelola/orang?q=wahyu@tani").text
    assert "Tidak Ada yang Cocok" in client.get("/kelola/orang?q=%25").text, "a percent sign means itself"
    assert "Sari Wulandari" not in client.get(f"/kelola/orang?unit={other.id}").text
    assert "Sari Wulandari" in client.get(f"/kelola/orang?unit={agencies.sleman.id}").text
    assert "Sari Wulandari" not in client.get("/kelola/orang?keadaan=menunggu").text
    assert "Dewi" not in client.get("/kelola/orang?keadaan=terkonfirmasi").text
    assert left.person_id and "Lama Pergi" in client.get("/kelola/orang?keadaan=berakhir").text
    assert "Lama Pergi" not in client.get("/kelola/orang").text
    assert client.get("/kelola/orang?keadaan=aneh").status_code == 404
    assert client.get("/kelola/orang?unit=x").status_code == 404
    assert client.get(f"/kelola/orang?unit={agencies.bantul.id}").status_code == 404


def test_a_hundred_people_cost_as_many_queries_as_one(client, agencies, edition, count_queries):
    client.sign_in(agencies.admin)
    with count_queries() as few:
        client.get("/kelola/orang")
    for number in range(100):
        made = make.person(f"Orang {number:03}", organisation=agencies.unit)
        ledger.credit(made, "enrolment", 100 + number, Decimal(1), {})
    with count_queries() as many:
        page = client.get("/kelola/orang")
    assert "Orang 010" in page.text
    assert len(many) == len(few) <= 10


def test_long_lists_have_pages_that_hold_everybody_once(client, agencies):
    names = {f"Orang {number:03}" for number in range(45)}
    for name in names:
        make.person(name, organisation=agencies.unit)
    client.sign_in(agencies.admin)
    seen, path = [], f"/kelola/orang?unit={agencies.unit.id}&q=orang"
    while path:
        page = client.get(path)
        seen += [name for name in names if f">{name}<" in page.text]
        assert f"unit={agencies.unit.id}" in path
        path = next((link for link in client.page.links if "setelah=" in link), None)
    assert sorted(seen) == sorted(names)


def test_one_person_is_shown_with_a_masked_nip_and_the_opening_is_noted(client, agencies, trail, db):
    from ekopi.accounts.operations import account

    account.set_nip(agencies.member, "198609262015051001")
    client.sign_in(agencies.admin)
    page = client.get(f"/kelola/orang/{agencies.member.id}")
    assert "•••••••••••••••001" in page.text
    assert "198609262015051001" not in page.text
    (row,) = trail("person.viewed")
    assert (row.actor_id, row.subject_id) == (agencies.admin.id, str(agencies.member.id))
    client.sign_in(agencies.member)
    assert "Ratna Agensi" in client.get("/akun/dibuka-petugas").text


def test_a_claim_shows_neither_nip_nor_jp_before_it_is_confirmed(client, agencies, edition):
    from ekopi.accounts.operations import account

    account.set_nip(agencies.claimer, "198609262015051001")
    ledger.credit(agencies.claimer, "enrolment", 5, Decimal("7.25"), {})
    client.sign_in(agencies.admin)
    page = client.get(f"/kelola/orang/{agencies.claimer.id}")
    assert "001" not in page.text
    assert "7,25" not in page.text
    assert "7,25" not in client.get("/kelola/orang").text


def test_a_claim_is_confirmed_with_one_press(client, agencies, trail, db):
    client.sign_in(agencies.admin)
    client.get("/kelola/orang?keadaan=menunggu")
    answer = client.submit(action="/kelola/orang/konfirmasi")
    assert answer.location == "/kelola/orang?keadaan=menunggu"
    assert agencies.claim.state == "confirmed"
    assert agencies.claim.decided_by_id == agencies.admin.id
    assert len(trail("membership.confirmed")) == 1
    assert "1 keanggotaan dikonfirmasi." in client.get("/kelola/orang").text
    told = db.session.scalars(select(InboxItem.kind).where(InboxItem.person_id == agencies.claimer.id)).all()
    assert told == ["accounts.membership-decided"]


def test_several_claims_are_confirmed_at_once(client, agencies, trail, post):
    more = [make.membership(make.person(), agencies.sleman, state="claimed") for _one in range(3)]
    client.sign_in(agencies.admin)
    post("/kelola/orang/konfirmasi", keanggotaan=[m.id for m in [agencies.claim, *more]])
    assert {m.state for m in [agencies.claim, *more]} == {"confirmed"}
    assert len(trail("membership.confirmed")) == 4
    assert "4 keanggotaan dikonfirmasi." in client.get("/kelola/orang").text


def test_what_another_admin_decided_first_stays_and_is_said_kindly(client, agencies, trail, post):
    second = make.person("Kedua", roles=[("agency_admin", "organisation", agencies.unit.id)])
    memberships.confirm(agencies.claim, second)
    client.sign_in(agencies.admin)
    assert post("/kelola/orang/konfirmasi", keanggotaan=agencies.claim.id).status_code == 302
    assert "1 keanggotaan sudah diputuskan sebelumnya" in client.get("/kelola/orang").text
    assert len(trail("membership.confirmed")) == 1
    assert agencies.claim.decided_by_id == second.id
    late = post(
        f"/kelola/orang/{agencies.claimer.id}/keanggotaan/{agencies.claim.id}/tolak",
        reason="Bukan pegawai kami.",
    )
    assert late.status_code == 409
    assert agencies.claim.state == "confirmed"
    assert "sudah diputuskan sebelumnya" in late.text


def test_nothing_chosen_and_too_many_chosen_are_said(client, agencies, post):
    client.sign_in(agencies.admin)
    post("/kelola/orang/konfirmasi")
    page = client.get("/kelola/orang?keadaan=menunggu")
    assert "Centang paling sedikit satu orang, lalu tekan Konfirmasi yang Dipilih." in page.text
    assert page.text.count("Konfirmasi yang Dipilih") == 2, "the sentence names the button as it is called"
    post("/kelola/orang/konfirmasi", keanggotaan=list(range(1, 103)))
    assert "paling banyak 100 klaim" in client.get("/kelola/orang").text


def test_a_claim_is_refused_with_a_reason(client, agencies, db):
    client.sign_in(agencies.admin)
    path = f"/kelola/orang/{agencies.claimer.id}/keanggotaan/{agencies.claim.id}/tolak"
    client.get(path)
    assert (
        "Tulis alasan dengan 10 sampai 300 karakter." in client.submit({"reason": "Tidak"}, has="reason").text
    )
    assert agencies.claim.state == "claimed"
    assert client.submit({"reason": "Anda tercatat di unit lain."}, has="reason").status_code == 302
    assert (agencies.claim.state, agencies.claim.reason) == ("ended", "Anda tercatat di unit lain.")
    shown = client.get("/kelola/orang?keadaan=berakhir")
    assert "Anda tercatat di unit lain." in shown.text
    client.submit(action="/pulihkan")
    assert (agencies.claim.state, agencies.claim.reason, agencies.claim.decided_at) == ("claimed", "", None)


def test_a_membership_is_ended_and_the_end_taken_back(client, agencies, trail, db):
    membership = db.session.scalars(
        select(Membership).where(Membership.person_id == agencies.member.id)
    ).one()
    client.sign_in(agencies.admin)
    client.get("/kelola/orang?keadaan=terkonfirmasi")
    client.submit(action="/akhiri$")
    assert membership.state == "ended"
    assert "Keanggotaan diakhiri." in client.get("/kelola/orang").text
    assert client.submit(action="/pulihkan").status_code == 302
    assert (membership.state, membership.ended_at, membership.decided_by_id) == (
        "confirmed",
        None,
        agencies.admin.id,
    )
    assert [len(trail(f"membership.{verb}")) for verb in ("ended", "reopened")] == [1, 1]


def test_what_cannot_be_reopened(agencies, db):
    membership = db.session.scalars(
        select(Membership).where(Membership.person_id == agencies.member.id)
    ).one()
    with pytest.raises(memberships.AlreadyDecided):
        by_staff.reopen(membership, "confirmed", agencies.admin)
    memberships.end(membership, agencies.member)
    with pytest.raises(by_staff.NotReopened):
        by_staff.reopen(membership, "confirmed", agencies.admin)
    by_staff.refuse(agencies.claim, "Anda tercatat di unit lain.", agencies.admin)
    with pytest.raises(by_staff.NotReopened):
        by_staff.reopen(agencies.claim, "ended", agencies.admin)
    again = make.membership(agencies.claimer, agencies.unit, state="claimed")
    with pytest.raises(by_staff.LivesAlready):
        by_staff.reopen(agencies.claim, "claimed", agencies.admin)
    by_staff.refuse(again, "Anda tercatat di unit lain.", agencies.admin)
    clock.shift(by_staff.UNDO * 1.1)
    try:
        with pytest.raises(by_staff.NotReopened):
            by_staff.reopen(again, "claimed", agencies.admin)
    finally:
        clock.shift(None)


def test_ending_a_claim_and_refusing_a_member_are_refused(agencies, db):
    with pytest.raises(memberships.AlreadyDecided):
        by_staff.end_membership(agencies.claim, agencies.admin)
    memberships.confirm(agencies.claim, agencies.admin)
    with pytest.raises(memberships.AlreadyDecided):
        by_staff.refuse(agencies.claim, "Anda tercatat di unit lain.", agencies.admin)


def test_people_of_others_do_not_exist(client, agencies, db, post):
    theirs = db.session.scalars(select(Membership).where(Membership.person_id == agencies.stranger.id)).one()
    waiting = make.membership(make.person(), agencies.bantul, state="claimed")
    client.sign_in(agencies.admin)
    assert client.get(f"/kelola/orang/{agencies.stranger.id}").status_code == 404
    for act in ("akhiri", "tolak", "pulihkan"):
        path = f"/kelola/orang/{agencies.stranger.id}/keanggotaan/{theirs.id}/{act}"
        assert post(path, reason="Anda tercatat di unit lain.").status_code == 404
    assert post("/kelola/orang/konfirmasi", keanggotaan=[agencies.claim.id, waiting.id]).status_code == 404
    assert (theirs.state, waiting.state, agencies.claim.state) == ("confirmed", "claimed", "claimed")


def test_ids_swapped_between_parents_do_not_exist(client, agencies, post):
    client.sign_in(agencies.admin)
    path = f"/kelola/orang/{agencies.member.id}/keanggotaan/{agencies.claim.id}/tolak"
    assert client.get(path).status_code == 404
    assert post(path, reason="Anda tercatat di unit lain.").status_code == 404
    assert agencies.claim.state == "claimed"


def test_nobody_decides_on_the_own_claim(client, agencies, post):
    own = make.membership(agencies.admin, agencies.unit, state="claimed")
    client.sign_in(agencies.admin)
    assert post("/kelola/orang/konfirmasi", keanggotaan=own.id).status_code == 403
    assert client.get(f"/kelola/orang/{agencies.admin.id}/keanggotaan/{own.id}/tolak").status_code == 403
    assert own.state == "claimed"


def test_whoever_did_not_prove_the_address_is_not_listed(client, agencies, post):
    pending = make.person("Belum Bukti", state="pending")
    claim = make.membership(pending, agencies.unit, state="claimed")
    client.sign_in(agencies.admin)
    assert "Belum Bukti" not in client.get("/kelola/orang").text
    assert post("/kelola/orang/konfirmasi", keanggotaan=claim.id).status_code == 404


PAGES = ("/kelola/orang", "/kelola/orang/unduh")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("roles", [[], [("author", "platform", 0)], [("auditor", "platform", 0)]])
def test_learners_and_other_roles_stay_outside(client, db, path, roles):
    assert client.get(path).location.startswith("/masuk")
    client.sign_in(make.person(roles=roles))
    assert client.get(path).status_code == 403


def test_a_visitor_and_a_learner_change_nothing(client, agencies, post):
    path = f"/kelola/orang/{agencies.claimer.id}/keanggotaan/{agencies.claim.id}"
    for act in ("akhiri", "tolak", "pulihkan"):
        assert client.post(f"{path}/{act}").status_code in (302, 400)
    client.sign_in(agencies.member)
    for act in ("akhiri", "tolak", "pulihkan"):
        assert post(f"{path}/{act}", reason="Anda tercatat di unit lain.").status_code == 403
    assert post("/kelola/orang/konfirmasi", keanggotaan=agencies.claim.id).status_code == 403
    assert agencies.claim.state == "claimed"


def test_an_admin_of_the_platform_sees_everybody(client, agencies, platform_admin):
    client.sign_in(platform_admin)
    page = client.get("/kelola/orang")
    assert "Tono Lain" in page.text
    assert "Sari Wulandari" in page.text
    assert client.get("/kelola").text.count("/kelola/orang") == 1


def test_an_agency_that_was_deleted_gives_no_reach(client, db):
    gone = make.organisation("Lembaga Bubar")
    admin = make.person(roles=[("agency_admin", "organisation", gone.id)])
    make.membership(make.person("Masih Ada"), gone)
    gone.delete()
    client.sign_in(admin)
    assert "Masih Ada" not in client.get("/kelola/orang").text
