"""What Beranda shows to agency admins: offers that wait for their answer, and the yearly question."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import url_for

from ekopi.accounts.queries import person_by_email
from ekopi.catalogue import waiting
from ekopi.catalogue.operations import caring, owning
from ekopi.catalogue.queries import caring as queries
from ekopi.core import clock
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.counting import counted


class World:
    """A regency with a unit, its admin; an innovation of the unit, and one of somebody else."""

    def __init__(self):
        self.regency = people.organisation("Pemerintah Kabupaten Sukamaju", kind="regency")
        self.unit = people.organisation("Dinas Kesehatan Sukamaju", parent=self.regency)
        self.other = people.organisation("Dinas Perhubungan Lain")
        self.admin = people.person(roles=[("agency_admin", "organisation", self.regency.id)])
        self.other_admin = people.person(roles=[("agency_admin", "organisation", self.other.id)])
        self.learner = people.person(organisation=self.unit)
        self.owned, self.foreign = make.innovation("Perahu Bidan"), make.innovation("Halte Teduh")
        caring.hand_over(self.owned, self.unit, by_id=None)
        caring.hand_over(self.foreign, self.other, by_id=None)

    def offer(self, kind="hand_over"):
        return owning.offer(self.foreign, self.unit, kind, by_id=self.other_admin.id)


def loaded(person):
    """As requests have a person: with the roles."""
    return person_by_email(person.email)


@pytest.fixture
def w(db):
    yield World()
    clock.shift(None)


def test_an_offer_waits_until_it_is_answered(client, w):
    offered = w.offer()
    page = client.sign_in(w.admin).get("/beranda")
    assert "Halte Teduh" in page.text and f"/katalog/{w.foreign.id}/perawat" in client.page.links
    assert "Dinas Perhubungan Lain meminta Dinas Kesehatan Sukamaju mengambil alih perawatannya." in page.text
    assert client.get(f"/katalog/{w.foreign.id}/perawat").status_code == 200
    owning.accept(offered, w.foreign, w.unit, by_id=w.admin.id)
    assert "mengambil alih perawatannya" not in client.get("/beranda").text


def test_each_kind_of_offer_says_what_is_asked(app, w):
    w.offer("co_owner")
    with app.test_request_context():
        (card,) = waiting.offers(loaded(w.admin))
        assert card.fine == "Dinas Perhubungan Lain meminta Dinas Kesehatan Sukamaju turut merawatnya."
        assert card.url == url_for("catalogue.owners", innovation_id=w.foreign.id)


def test_offers_of_what_does_not_live_or_to_what_is_gone_do_not_wait(app, w):
    w.offer()
    admin = loaded(w.admin)
    with app.test_request_context():
        w.foreign.state = "withdrawn"
        assert waiting.offers(admin) == []
        w.foreign.state = "living"
        assert len(waiting.offers(admin)) == 1
        w.unit.delete()
        assert waiting.offers(admin) == []


def test_the_question_waits_from_thirty_days_before_until_it_is_answered(client, w):
    client.sign_in(w.admin)
    assert "jawaban tahunannya" not in client.get("/beranda").text
    clock.shift(timedelta(days=337))
    client.sign_in(w.admin)  # the first sign-in is over by then
    page = client.get("/beranda").text
    assert "Inovasi Pemerintah Kabupaten Sukamaju menunggu jawaban tahunannya." in page
    assert "1 inovasi" in page
    address = f"/katalog/instansi/{w.regency.id}/utang"
    assert address in client.page.links and "Perahu Bidan" in client.get(address).text
    caring.answer(w.owned, "growing", by_id=w.admin.id)
    assert "jawaban tahunannya" not in client.get("/beranda").text


def test_a_card_for_each_place_counts_what_stands_below_it(app, db, w):
    people.role(w.admin, "agency_admin", "organisation", w.other.id)
    clock.shift(timedelta(days=400))
    with app.test_request_context():
        cards = waiting.questions(loaded(w.admin))
    assert [(card.fine.split(" menunggu")[0], card.chip) for card in cards] == [
        ("Inovasi Dinas Perhubungan Lain", "1 inovasi"),
        ("Inovasi Pemerintah Kabupaten Sukamaju", "1 inovasi"),
    ]


def test_nothing_waits_for_those_below_beside_or_without_the_role(app, db, w):
    w.offer()
    clock.shift(timedelta(days=400))
    unit_curator = people.person(roles=[("curator", "organisation", w.unit.id)])
    with app.test_request_context():
        assert waiting.offers(loaded(w.other_admin)) == []
        for person in (w.learner, unit_curator):
            assert waiting.offers(loaded(person)) == [] == waiting.questions(loaded(person))


def test_ten_cost_as_many_queries_as_one(app, db, w):
    w.offer()
    clock.shift(timedelta(days=400))

    def read(person):
        person = loaded(person)
        with counted() as log:
            found = waiting.offers(person), waiting.questions(person)
        return len(found[0]), len(log)

    with app.test_request_context():
        assert read(w.admin) == (1, 2)
        for number in range(12):
            more = make.innovation(f"Inovasi Lain {number}")
            caring.hand_over(more, w.other, by_id=None)
            owning.offer(more, w.unit, "hand_over", by_id=None)
        assert read(w.admin) == (queries.MOST_OFFERS, 2)
        assert read(w.learner) == (0, 0)
