"""Several at once on committed databases: one answer, one hand-over, one step, one interest; never a 500."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from ekopi.accounts.models import Person
from ekopi.catalogue.models import CareOffer, Innovation, Replication, ReplicationStep, RunningAnswer
from ekopi.catalogue.operations import asking, caring, owning, replicating
from ekopi.core import clock
from ekopi.extensions import db
from ekopi.mail.models import Letter
from tests.accounts import make as people
from tests.accounts.test_races import MANY, at_once, counted, made
from tests.catalogue import make

pytestmark = pytest.mark.slow


def built() -> dict:
    """Ids of an innovation that was asked about, its admins, and a member of another organisation."""
    ours, theirs = people.organisation(), people.organisation()
    admin = people.person(roles=[("agency_admin", "organisation", ours.id)])
    their_admin = people.person(roles=[("agency_admin", "organisation", theirs.id)], organisation=theirs)
    innovation = make.innovation("Perahu Bidan")
    caring.hand_over(innovation, ours, by_id=None)
    innovation.review_due = clock.today() + timedelta(days=3)
    db.session.flush()
    return {
        "innovation": innovation.id, "ours": ours.id, "theirs": theirs.id, "admin": admin.id,
        "their_admin": their_admin.id,
    }  # fmt: skip


def sign_in(client, person_id: int) -> None:
    client.sign_in(db.session.get_one(Person, person_id))


def test_one_link_answered_by_many(live):
    def build():
        ids = built()
        list(asking.ask())
        ids["word"] = asking.token(db.session.get_one(Innovation, ids["innovation"]), ids["admin"])
        return ids

    ids = made(live, build)
    path = f"/katalog/{ids['innovation']}/masih-berjalan/berlanjut/{ids['admin']}/{ids['word']}"
    answers = at_once(
        live.app, lambda client, n: client.get(path), lambda client, n: client.submit().status_code
    )
    assert sorted(answers) == [302] + [410] * (MANY - 1)
    assert counted(live, select(func.count(RunningAnswer.id))) == 1


def test_the_nightly_question_run_twice_at_once_writes_one_letter(live):
    made(live, built)

    def ask(client, number):
        for _asked in asking.ask():
            db.session.commit()

    at_once(live.app, lambda client, n: None, ask, many=2)
    assert counted(live, select(func.count(Letter.id)).where(Letter.key.startswith("still-running"))) == 1


def test_an_offer_accepted_refused_and_withdrawn_at_once_has_one_end(live):
    def build():
        ids = built()
        innovation = db.session.get_one(Innovation, ids["innovation"])
        to = db.session.get_one(people.Organisation, ids["theirs"])
        ids["offer"] = owning.offer(innovation, to, "hand_over", by_id=ids["admin"]).id
        return ids

    ids = made(live, build)
    path = f"/katalog/{ids['innovation']}/perawat"
    ways = ("terima", "tolak", "tarik")

    def prepare(client, number):
        sign_in(client, ids["admin"] if number % 3 == 2 else ids["their_admin"])
        client.get(path)

    answers = at_once(
        live.app, prepare, lambda client, n: client.submit(action=f"/{ways[n % 3]}$").status_code
    )
    assert sorted(answers)[0] == 302 and sorted(answers).count(302) == 1
    assert set(answers) <= {302, 403, 409}  # 403: it was handed over before the old owner withdrew
    state = counted(live, select(CareOffer.state))
    owner = counted(live, select(Innovation.owner_id))
    assert (state == "accepted") == (owner == ids["theirs"])


def test_one_interest_and_one_agreement(live):
    ids = made(live, built)

    def interested(client, number):
        sign_in(client, ids["their_admin"])
        client.get(f"/katalog/{ids['innovation']}/tiru")

    answers = at_once(
        live.app, interested,
        lambda client, n: client.submit({"need": "Perlu.", "on": "2024-02-01"}, has="need").status_code,
    )  # fmt: skip
    assert sorted(answers) == [302] + [409] * (MANY - 1)
    number = counted(live, select(Replication.id))

    def agreeing(client, _number):
        sign_in(client, ids["admin"])
        client.get(f"/replikasi/{number}/kesepakatan")

    answers = at_once(
        live.app, agreeing, lambda client, n: client.submit({"on": "2024-02-02"}, has="on").status_code
    )
    assert sorted(answers) == [302] + [409] * (MANY - 1)
    assert counted(live, select(func.count(ReplicationStep.id))) == 2


def test_giving_up_and_going_on_at_once_leave_one_of_both(live):
    def build():
        ids = built()
        innovation = db.session.get_one(Innovation, ids["innovation"])
        adopter = db.session.get_one(people.Organisation, ids["theirs"])
        of = replicating.interest(
            innovation, adopter, need="Perlu.", on=date(2024, 2, 1), by_id=ids["their_admin"]
        )
        replicating.agree(of, on=date(2024, 2, 2), by_id=None)
        replicating.approve(of, on=date(2024, 2, 3), by_id=None)
        return {**ids, "of": of.id}

    ids = made(live, build)

    def prepare(client, number):
        sign_in(client, ids["their_admin"])
        client.get(f"/replikasi/{ids['of']}/{'implementasi' if number % 2 else 'hentikan'}")

    def act(client, number):
        if number % 2:
            return client.submit({"on": "2024-02-04"}, has="on").status_code
        return client.submit({"reason": "Batal."}, has="reason").status_code

    answers = at_once(live.app, prepare, act)
    assert sorted(answers) == [302] + [409] * (MANY - 1)
    ended = counted(live, select(Replication.ended_at))
    state = counted(live, select(Replication.state))
    assert (ended is None) == (state == "implementation")
    assert counted(live, select(Innovation.replications)) == (1 if ended is None else 0)
