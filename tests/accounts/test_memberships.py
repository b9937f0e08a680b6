"""Memberships: claims, proof by the mail's domain, decisions, the pages of one's own."""

import pytest
from sqlalchemy import func, select, text

from ekopi.accounts import queries
from ekopi.accounts.models import Membership
from ekopi.accounts.operations import memberships
from ekopi.accounts.operations.organisations import OrganisationGone
from ekopi.notifications.models import InboxItem
from tests.accounts import make
from tests.courses.counting import counted


def told(db, person):
    return db.session.scalars(select(InboxItem.kind).where(InboxItem.person_id == person.id)).all()


def test_a_listed_domain_proves_it(db):
    top = make.organisation(mail_domains=["slemankab.go.id"])
    unit = make.organisation(parent=top)
    inside, outside = make.person(email="sari@slemankab.go.id"), make.person(email="sari@evilslemankab.go.id")
    assert memberships.claim(inside, unit).state == "confirmed"
    assert memberships.claim(outside, unit).state == "claimed"


def test_a_claim_tells_those_who_decide(db):
    top = make.organisation()
    unit = make.organisation(parent=top)
    above = make.person(roles=[("agency_admin", "organisation", top.id)])
    beside = make.person(roles=[("agency_admin", "organisation", make.organisation().id)])
    who = make.person()
    claim = memberships.claim(who, unit)
    assert told(db, above) == ["accounts.membership-claimed"]
    assert told(db, beside) == []
    memberships.confirm(claim, above)
    assert (claim.state, claim.decided_by_id) == ("confirmed", above.id)
    assert told(db, who) == ["accounts.membership-decided"]


def test_the_notice_leads_to_those_who_wait(client, db):
    place = make.organisation()
    admin = make.person(roles=[("agency_admin", "organisation", place.id)])
    memberships.claim(make.person("Dewi Klaim"), place)
    client.sign_in(admin)
    client.get("/notifikasi")
    answer = client.submit(action="/buka$")
    assert answer.location == "/kelola/orang?keadaan=menunggu"
    assert "Dewi Klaim" in client.get(answer.location).text


def test_the_notice_leads_nowhere_once_the_role_is_taken(client, db):
    from ekopi.accounts.operations import roles

    place = make.organisation()
    admin = make.person(roles=[("agency_admin", "organisation", place.id)])
    memberships.claim(make.person(), place)
    roles.revoke(queries.roles_of(admin.id)[0], None)
    client.sign_in(admin)
    assert "menunggu konfirmasi Anda" in client.get("/notifikasi").text
    assert client.submit(action="/buka$").location == "/notifikasi"


def test_an_unproved_address_proves_nothing(db):
    place = make.organisation(mail_domains=["slemankab.go.id"])
    admin = make.person(roles=[("agency_admin", "organisation", place.id)])
    claim = memberships.claim(make.person(email="sari@slemankab.go.id", state="pending"), place)
    assert claim.state == "claimed"
    assert told(db, admin) == []


def test_nobody_joins_what_was_deleted_meanwhile(client, db):
    who, place = make.person(), make.organisation("Pemkab Sleman")
    db.session.connection().execute(text("UPDATE organisations SET deleted_at = created_at"))
    with pytest.raises(OrganisationGone):
        memberships.claim(who, place)
    assert db.session.scalar(select(func.count(Membership.id))) == 0


def test_a_claim_refused_meanwhile_is_not_settled(db, meanwhile):
    """The address is confirmed while an agency admin refuses the claim."""
    place = make.organisation(mail_domains=["slemankab.go.id"])
    who = make.person(email="sari@slemankab.go.id")
    claim = make.membership(who, place, state="claimed")
    done = meanwhile(
        "FROM memberships",
        "UPDATE memberships SET state = 'ended', ended_at = claimed_at WHERE id = :id",
        id=claim.id,
    )
    memberships.settle_claims(who)
    assert done and claim.state == "ended"


def test_decided_once(db):
    by, claim = make.person(), make.membership(state="claimed")
    memberships.end(claim, by, "Bukan pegawai kami")
    assert claim.reason == "Bukan pegawai kami"
    with pytest.raises(memberships.AlreadyDecided):
        memberships.confirm(claim, by)
    with pytest.raises(memberships.AlreadyDecided):
        memberships.end(claim, by)


def test_one_living_membership_per_place(db):
    who, place = make.person(), make.organisation()
    first = memberships.claim(who, place)
    with pytest.raises(memberships.MemberAlready):
        memberships.claim(who, place)
    memberships.end(first, who)
    assert memberships.claim(who, place).id != first.id
    assert [m.state for m in queries.memberships_of(who.id)] == ["claimed", "ended"]


def test_home_is_the_newest_confirmed_one(db):
    who = make.person()
    assert queries.home_organisation(who.id) is None
    make.membership(who, make.organisation(), state="claimed")
    assert queries.home_organisation(who.id) is None, "what one only claims is no fact"
    sure = make.membership(who, make.organisation())
    make.membership(who, make.organisation(), state="claimed")
    make.membership(who, make.organisation(), state="ended")
    assert queries.home_organisation(who.id).id == sure.organisation_id


def test_an_organisation_in_full_names_the_one_at_the_top(db):
    top = make.organisation("Pemerintah Kabupaten Tirta Mulya")
    office = make.organisation("Dinas Kesehatan", parent=top)
    unit = make.organisation("Puskesmas Sukamaju", parent=office)
    own = make.organisation("Sekretariat Pemerintah Kabupaten Tirta Mulya", parent=top)
    assert queries.organisation_in_full(unit) == "Puskesmas Sukamaju, Pemerintah Kabupaten Tirta Mulya"
    assert queries.organisation_in_full(top) == top.name
    assert queries.organisation_in_full(own) == own.name, "not twice"
    with counted() as sent:
        named = queries.organisations_in_full([unit, top, own, unit])
    assert len(sent) == 1 and set(named) == {unit.id, top.id, own.id}
    assert named[unit.id] == "Puskesmas Sukamaju, Pemerintah Kabupaten Tirta Mulya"
    with counted() as sent:
        assert queries.organisations_in_full([top]) == {
            top.id: top.name
        } and not queries.organisations_in_full([])
    assert not sent


def test_the_page_claims_and_ends(client, db):
    place = make.organisation("Pemkab Sleman")
    who = make.person()
    client.sign_in(who).get("/akun/keanggotaan")
    answer = client.submit({"organisation": "pemkab sleman", "position": "Bidan"}, has="organisation")
    assert answer.status_code == 302
    page = client.get("/akun/keanggotaan").text
    assert "Menunggu Konfirmasi" in page
    assert "Bidan" in page
    client.submit({"organisation": "Pemkab Sleman"}, has="organisation")
    assert client.page
    answer = client.submit(action="akhiri$")
    assert answer.status_code == 302
    row = db.session.scalars(select(Membership).where(Membership.organisation_id == place.id)).one()
    assert row.state == "ended"


@pytest.mark.parametrize(("typed", "word"), [("", "Pilih instansi"), ("Entah", "belum ada di daftar")])
def test_the_page_refuses_with_a_sentence(client, db, typed, word):
    client.sign_in(make.person()).get("/akun/keanggotaan")
    answer = client.submit({"organisation": typed}, has="organisation")
    assert answer.status_code == 422
    assert word in answer.text


def test_twice_is_a_sentence(client, db):
    who = make.person()
    place = make.organisation("Pemkab Sleman")
    make.membership(who, place)
    client.sign_in(who).get("/akun/keanggotaan")
    answer = client.submit({"organisation": "Pemkab Sleman"}, has="organisation")
    assert answer.status_code == 422
    assert "sudah tercatat" in answer.text


def test_not_somebody_elses(client, db):
    theirs = make.membership()
    client.sign_in(make.person()).get("/akun/keanggotaan")
    token = client.page.forms[-1]["fields"]["csrf_token"]
    answer = client.post(f"/akun/keanggotaan/{theirs.id}/akhiri", data={"csrf_token": token})
    assert answer.status_code == 404
    assert theirs.state == "confirmed"


def test_the_list_costs_the_same_for_one_and_ten(client, db, count_queries):
    few, many = make.person(), make.person()
    make.membership(few)
    for _ in range(10):
        make.membership(many)
    client.sign_in(few)
    with count_queries() as one:
        client.get("/akun/keanggotaan")
    client.sign_in(many)
    with count_queries() as ten:
        client.get("/akun/keanggotaan")
    assert len(one) == len(ten)
