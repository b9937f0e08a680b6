"""Who looks after an innovation: curators set it, owners offer, the other side accepts; who may what."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ekopi.catalogue.models import CareOffer, CoOwner
from ekopi.catalogue.operations import caring, joining, owning
from ekopi.catalogue.queries import caring as caring_queries
from ekopi.catalogue.queries import innovation as innovations
from ekopi.core.errors import Invalid
from ekopi.notifications import queries as inbox
from tests.accounts import make as people
from tests.catalogue import make


class World:
    """An innovation of ours, and another organisation with an admin of its own."""

    def __init__(self):
        self.ours = people.organisation("Dinas Kesehatan Sukamaju")
        self.theirs = people.organisation("Dinas Perhubungan Lain")
        self.admin = people.person(name="Sari", roles=[("agency_admin", "organisation", self.ours.id)])
        self.their_admin = people.person(
            name="Tono", roles=[("agency_admin", "organisation", self.theirs.id)]
        )
        self.curator = people.person(name="Rosinta", roles=[("curator", "platform", 0)])
        self.innovation = make.innovation("Perahu Bidan")
        caring.hand_over(self.innovation, self.ours, by_id=self.curator.id)
        self.path = f"/katalog/{self.innovation.id}/perawat"


@pytest.fixture
def w(db):
    return World()


def carers(w) -> list[str]:
    return [one.name for one in innovations.carers(caring_queries.with_owner(w.innovation.id))]


def only_offer(db) -> CareOffer:
    return db.session.scalars(select(CareOffer).order_by(CareOffer.id.desc()).limit(1)).one()


# --- verbs ----------------------------------------------------------------------------------------------------


def test_a_co_owner_is_one_after_its_admin_accepted(db, w):
    offered = owning.offer(w.innovation, w.theirs, "co_owner", by_id=w.admin.id)
    assert carers(w) == [w.ours.name]
    (notice,) = inbox.newest(w.their_admin.id, 5)
    assert notice.address == w.path and "turut merawat" in notice.sentence
    owning.accept(offered, w.innovation, w.theirs, by_id=w.their_admin.id)
    assert carers(w) == [w.ours.name, w.theirs.name]
    assert "diterima" in inbox.newest(w.admin.id, 5)[0].sentence
    with pytest.raises(Invalid):
        owning.offer(w.innovation, w.theirs, "co_owner", by_id=w.admin.id)
    owning.leave(w.innovation, w.theirs.id, by_id=w.their_admin.id)
    assert carers(w) == [w.ours.name]
    with pytest.raises(owning.OfferOver):
        owning.leave(w.innovation, w.theirs.id, by_id=w.their_admin.id)


def test_a_hand_over_changes_the_owner_and_ends_other_offers(db, w):
    third = people.organisation("Dinas Ketiga")
    owning.accept(
        owning.offer(w.innovation, w.theirs, "co_owner", by_id=w.admin.id), w.innovation, w.theirs,
        by_id=w.their_admin.id,
    )  # fmt: skip
    waiting = owning.offer(w.innovation, third, "co_owner", by_id=w.admin.id)
    offered = owning.offer(w.innovation, w.theirs, "hand_over", by_id=w.admin.id)
    owning.accept(offered, w.innovation, w.theirs, by_id=w.their_admin.id)
    db.session.expire_all()
    assert carers(w) == [w.theirs.name]
    assert db.session.scalar(select(func.count()).select_from(CoOwner)) == 0
    assert (offered.state, waiting.state) == ("accepted", "withdrawn")


def test_an_offer_is_answered_once(db, w):
    offered = owning.offer(w.innovation, w.theirs, "hand_over", by_id=w.admin.id)
    with pytest.raises(owning.OfferedAlready):
        owning.offer(w.innovation, w.theirs, "co_owner", by_id=w.admin.id)
    owning.refuse(offered, by_id=w.their_admin.id)
    for again in (
        lambda: owning.accept(offered, w.innovation, w.theirs, by_id=w.their_admin.id),
        lambda: owning.refuse(offered, by_id=w.their_admin.id),
        lambda: owning.withdraw(offered, by_id=w.admin.id),
    ):
        with pytest.raises(owning.OfferOver):
            again()
    assert carers(w) == [w.ours.name]
    owning.offer(w.innovation, w.theirs, "hand_over", by_id=w.admin.id)  # asked anew after a refusal


def test_the_database_keeps_one_open_offer_to_an_organisation(db, w):
    owning.offer(w.innovation, w.theirs, "hand_over", by_id=w.admin.id)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(CareOffer(innovation_id=w.innovation.id, organisation_id=w.theirs.id, kind="co_owner"))


def test_what_has_no_owner_or_was_merged_cannot_be_offered(db, w):
    nobodys = make.innovation("Loket Senja")
    with pytest.raises(Invalid):
        owning.offer(nobodys, w.theirs, "co_owner", by_id=w.curator.id)
    with pytest.raises(Invalid):
        owning.offer(w.innovation, w.ours, "hand_over", by_id=w.admin.id)
    offered = owning.offer(w.innovation, w.theirs, "hand_over", by_id=w.admin.id)
    joining.join(nobodys, w.innovation, by_id=w.curator.id)
    with pytest.raises(joining.NotLiving):
        owning.accept(offered, w.innovation, w.theirs, by_id=w.their_admin.id)


# --- pages ----------------------------------------------------------------------------------------------------


def test_the_owner_s_admin_hands_over_and_the_other_admin_accepts(client, db, w):
    client.sign_in(w.admin)
    page = client.get(w.path).text
    assert w.ours.name in page and "Perawat utama, berlaku sekarang" not in page, "that is for curators"
    done = client.submit({"organisation": w.theirs.name, "kind": "hand_over"}, has="organisation")
    assert (done.status_code, done.location) == (302, w.path)
    assert "Menunggu Jawaban" in client.get(w.path).text
    client.sign_in(w.their_admin)
    page = client.get(w.path).text
    assert 'name="organisation"' not in page, "who is asked only answers"
    assert client.submit(action="/terima$").status_code == 302
    db.session.expire_all()
    assert carers(w) == [w.theirs.name]
    client.sign_in(w.admin)
    assert client.get(w.path).status_code == 403


def test_the_one_who_offered_cannot_accept_and_the_one_who_is_asked_cannot_withdraw(client, db, w):
    client.sign_in(w.admin)
    client.get(w.path)
    client.submit({"organisation": w.theirs.name, "kind": "co_owner"}, has="organisation")
    offered = only_offer(db).id
    token = client.get(w.path) and client.page.forms[-1]["fields"]["csrf_token"]
    data = {"csrf_token": token}
    assert client.post(f"{w.path}/tawaran/{offered}/terima", data=data).status_code == 403
    assert client.post(f"{w.path}/tawaran/{offered}/besok", data=data).status_code == 404
    other = make.innovation("Loket Senja")
    assert client.post(f"/katalog/{other.id}/perawat/tawaran/{offered}/tarik", data=data).status_code == 404
    client.sign_in(w.their_admin)
    client.get(w.path)
    data = {"csrf_token": client.page.forms[-1]["fields"]["csrf_token"]}
    assert client.post(f"{w.path}/tawaran/{offered}/tarik", data=data).status_code == 403
    assert only_offer(db).state == "open"
    assert client.post(f"{w.path}/tawaran/{offered}/tolak", data=data).status_code == 302
    assert client.post(f"{w.path}/tawaran/{offered}/terima", data=data).status_code == 409


def test_a_curator_sets_the_first_owner_at_once(client, db, w):
    nobodys = make.innovation("Loket Senja")
    client.sign_in(w.curator)
    path = f"/katalog/{nobodys.id}/perawat"
    page = client.get(path).text
    assert "Belum ada instansi yang merawat" in page and "Mengambil alih perawatan" not in page
    refused = client.submit({"organisation": "Dinas Khayalan", "kind": "set"}, has="organisation")
    assert refused.status_code == 422
    assert (
        client.submit({"organisation": w.theirs.name, "kind": "set"}, has="organisation").status_code == 302
    )
    db.session.refresh(nobodys)
    assert nobodys.owner_id == w.theirs.id
    client.get(path)
    assert (
        client.submit({"organisation": w.theirs.name, "kind": "set"}, has="organisation").status_code == 422
    )


def test_who_is_not_concerned_sees_nothing(client, db, w):
    assert client.get(w.path).location.startswith("/masuk")
    for person in (people.person(), people.person(organisation=w.ours), w.their_admin):
        client.sign_in(person)
        assert client.get(w.path).status_code == 403


def test_who_is_asked_about_a_closed_record_may_answer(client, db, w):
    w.innovation.audience = "organisation"
    owning.offer(w.innovation, w.theirs, "co_owner", by_id=w.admin.id)
    client.sign_in(w.their_admin)
    assert client.get(f"/katalog/{w.innovation.id}-{w.innovation.slug}").status_code == 404
    assert client.get(w.path).status_code == 200
    assert client.submit(action="/terima$").location == "/katalog"
    assert carers(w) == [w.ours.name, w.theirs.name]


def test_a_co_owner_mends_but_gives_nothing_away(client, db, w):
    owning.accept(
        owning.offer(w.innovation, w.theirs, "co_owner", by_id=w.admin.id), w.innovation, w.theirs,
        by_id=w.their_admin.id,
    )  # fmt: skip
    client.sign_in(w.their_admin)
    assert "Tambah atau Serahkan" not in client.get(w.path).text
    client.get(f"/katalog/{w.innovation.id}/masih-berjalan")
    assert client.page is not None
    client.get(w.path)
    assert client.submit(action=f"/lepas/{w.theirs.id}$").status_code == 302
    assert client.get(w.path).status_code == 403
