"""Replications by a program: who reads what, and the interest, which is the button of the page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from ekopi.catalogue.models import Replication, ReplicationStep
from ekopi.catalogue.operations import caring, joining, replicating
from ekopi.core import clock
from ekopi.core.models import AuditEntry
from ekopi.extensions import db as database
from ekopi.notifications import queries as inbox
from tests.accounts import make as people
from tests.api import make
from tests.api.counting import counted
from tests.catalogue import make as innovations

NUMBER = select(func.count(Replication.id))


class World:
    """An innovation with an owner and its admin; an organisation that wants it, with a member and an admin."""

    def __init__(self, client):
        self.client = client
        self.origin_place = people.organisation("Dinas Kesehatan Sukamaju")
        self.adopter = people.organisation("Dinas Kesehatan Sukasari")
        self.origin_admin = people.person(roles=[("agency_admin", "organisation", self.origin_place.id)])
        self.admin = people.person(roles=[("agency_admin", "organisation", self.adopter.id)])
        self.member = people.person(organisation=self.adopter)
        self.origin = innovations.innovation("Perahu Bidan")
        caring.hand_over(self.origin, self.origin_place, by_id=None)

    def program(self, person, *scopes) -> make.Program:
        return make.Program(self.client, make.token(person, *scopes)[1])

    def body(self, **more) -> dict:
        return {
            "innovation": self.origin.id,
            "adopter": self.adopter.id,
            "need": "Bidan tidak sampai.",
            **more,
        }

    def ask(self, origin=None, **more) -> Replication:
        said = {"need": "Bidan tidak sampai.", "on": date(2024, 2, 1), "by_id": self.member.id, **more}
        return replicating.interest(origin or self.origin, self.adopter, **said)


@pytest.fixture
def w(client, db):
    return World(client)


# --- reading --------------------------------------------------------------------------------------------------


def test_the_list_is_that_of_the_page(w):
    row = w.ask()
    replicating.agree(row, on=date(2024, 3, 1), by_id=None)
    for person in (w.member, w.admin, w.origin_admin):
        (told,) = w.program(person).get("/replications").json["data"]
        assert (told["id"], told["state"], told["on"]) == (row.id, "agreement", "2024-03-01")
        assert told["innovation"]["title"] == "Perahu Bidan" and told["adopter"]["id"] == w.adopter.id
        assert "need" not in told
        w.client.sign_in(person)
        assert f"/replikasi/{row.id}" in w.client.get("/replikasi").text
    assert w.program(people.person()).get("/replications").json["data"] == []


def test_one_with_its_steps_and_its_outcome(w):
    row = w.ask(adaptation="Motor, bukan perahu.", facilitator=people.organisation("LAN"))
    for number, verb in enumerate((replicating.agree, replicating.approve, replicating.implement), 3):
        verb(row, on=date(2024, number, 1), by_id=None, note=f"Langkah {number}")
    told = {
        "measure": "Kunjungan",
        "unit": "persen",
        "before": 38,
        "after": 71.5,
        "measured_on": "2024-12-01",
    }
    replicating.tell_outcome(row, told, by_id=None)
    whole = w.program(w.admin).get(f"/replications/{row.id}").json
    assert [(step["state"], step["on"]) for step in whole["steps"]] == [
        ("interest", "2024-02-01"), ("agreement", "2024-03-01"), ("approval", "2024-04-01"),
        ("implementation", "2024-05-01"),
    ]  # fmt: skip
    assert whole["steps"][1]["note"] == "Langkah 3" and whole["facilitator"]["name"] == "LAN"
    assert whole["outcome"] == {**told, "note": ""} and whole["adaptation"] == "Motor, bukan perahu."
    assert (whole["result"], whole["ended_at"], whole["end_reason"]) == (None, None, "")


def test_who_takes_no_part_finds_nothing(w):
    row = w.ask()
    plain = people.person(organisation=w.origin_place)  # belongs to the origin, but looks after nothing there
    for person in (people.person(), plain):
        assert w.program(person).get(f"/replications/{row.id}").status_code == 404
    assert w.program(w.member).get("/replications/99999999").status_code == 404


def test_a_merged_origin_is_told_as_it_stands_today(w):
    row, other = w.ask(), innovations.innovation("Perahu Bidan Desa")
    joining.join(other, w.origin, by_id=None)
    assert w.program(w.member).get(f"/replications/{row.id}").json["innovation"]["id"] == other.id


def test_one_that_was_given_up_says_why(w):
    row = w.ask()
    replicating.give_up(row, reason="Anggaran dialihkan.", by_id=None)
    whole = w.program(w.member).get(f"/replications/{row.id}").json
    assert whole["ended_at"] and whole["end_reason"] == "Anggaran dialihkan."


def test_each_scope_opens_its_own(w):
    row = w.ask()
    reading, writing = w.program(w.admin, "replications:read"), w.program(w.admin, "replications:write")
    assert reading.get(f"/replications/{row.id}").status_code == 200
    answer = writing.get(f"/replications/{row.id}")
    assert (answer.status_code, answer.json["code"]) == (403, "scope-missing")
    other = innovations.innovation("Halte Teduh")
    assert reading.post("/replications", w.body(innovation=other.id)).status_code == 403
    assert writing.post("/replications", w.body(innovation=other.id)).status_code == 201
    assert make.Program(w.client).get("/replications").status_code == 401


def test_ten_rows_cost_as_many_queries_as_one(w, db):
    w.ask()
    program = w.program(w.member)
    program.get("/replications")  # the use of the token is noted
    one = counted(db, lambda: program.get("/replications"))
    for number in range(9):
        w.ask(innovations.innovation(f"Inovasi {number}"))
    assert counted(db, lambda: program.get("/replications")) == one <= 4
    assert [len(page) for page in program.walk("/replications?limit=4")] == [4, 4, 2]


# --- the interest ---------------------------------------------------------------------------------------------


def test_an_interest_is_what_the_button_does(w):
    program = w.program(w.member)
    answer = program.post("/replications", w.body(on="2024-02-01", adaptation="Motor."))
    assert (answer.status_code, answer.json["state"], answer.json["on"]) == (201, "interest", "2024-02-01")
    assert answer.location == f"http://127.0.0.1:8000/api/v1/replications/{answer.json['id']}"
    assert program.get(answer.location).json == answer.json
    row = database.session.get(Replication, answer.json["id"])
    assert (row.by_id, row.origin_id, row.adaptation) == (w.member.id, w.origin.id, "Motor.")
    for person in (w.origin_admin, w.admin):
        told = inbox.newest(person.id, 5)
        assert [one.address for one in told if "mereplikasi" in one.sentence] == [f"/replikasi/{row.id}"]
    entry = select(AuditEntry).where(AuditEntry.verb == "replication.asked")
    assert database.session.scalars(entry).one().actor_id == w.member.id


def test_what_json_calls_an_integer_is_one(w):
    body = w.body(adopter=float(w.adopter.id), innovation=float(w.origin.id))
    assert w.program(w.member).post("/replications", body).status_code == 201


def test_without_a_day_it_is_today_where_the_person_is(w):
    answer = w.program(w.member).post("/replications", w.body())
    assert answer.json["on"] == clock.today(w.member.zone).isoformat()


def test_refusals_of_the_verb_are_problems(w):
    program, row = w.program(w.member), w.ask()
    again = program.post("/replications", w.body())
    assert (again.status_code, again.json["code"]) == (409, "already-replicating")
    replicating.give_up(row, reason="Batal.", by_id=None)
    tomorrow = (clock.today() + timedelta(days=2)).isoformat()
    for more, field in (
        ({"on": tomorrow}, "on"),
        ({"need": " \n"}, "need"),
        ({"facilitator": w.adopter.id}, "facilitator"),
    ):
        answer = program.post("/replications", w.body(**more))
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    other = innovations.innovation("Perahu Bidan Desa")
    joining.join(other, w.origin, by_id=None)
    assert program.post("/replications", w.body()).json["code"] == "cannot-replicate"
    other.state = "withdrawn"
    withdrawn = program.post("/replications", w.body(innovation=other.id))
    assert (withdrawn.status_code, withdrawn.json["code"]) == (409, "cannot-replicate")
    assert database.session.scalar(NUMBER) == 1


def test_only_for_an_organisation_of_ones_own(w):
    foreign = people.organisation("Dinas Lain")
    program = w.program(w.member)
    assert program.post("/replications", w.body(adopter=foreign.id)).status_code == 403
    claimed = people.person()
    people.membership(claimed, w.adopter, state="claimed")
    assert w.program(claimed).post("/replications", w.body()).status_code == 403
    assert w.program(w.admin).post("/replications", w.body()).status_code == 201
    assert program.post("/replications", w.body(facilitator=99999999)).status_code == 404


def test_what_one_may_not_know_of_is_not_found(w):
    w.origin.audience = "organisation"
    assert w.program(w.member).post("/replications", w.body()).status_code == 404
    assert w.program(w.member).post("/replications", w.body(innovation=99999999)).status_code == 404
    assert database.session.scalar(NUMBER) == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [({"innovation": "1"}, "innovation"), ({"innovation": True}, "innovation"), ({"adopter": 1.5}, "adopter"), ({"adopter": float("inf")}, "adopter"), ({"adopter": 1e300}, "adopter"),
     ({"need": ""}, "need"), ({"need": "a\x00"}, "need"), ({"need": "a" * 2001}, "need"), ({"need": None}, "need"),
     ({"on": "2024-02-31"}, "on"), ({"on": 1706745600}, "on"), ({"on": "2024-02-01T00:00:00"}, "on"),
     ({"facilitator": 0}, "facilitator"), ({"state": "implementation"}, "state")],
)  # fmt: skip
def test_bodies_that_cannot_be_taken(w, more, field):
    answer = w.program(w.member).post("/replications", w.body(**more))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert [one["field"] for one in answer.json["errors"]] == [field]
    assert database.session.scalar(NUMBER) == 0


def test_the_same_key_is_the_same_interest(w):
    program = w.program(w.member)
    first = program.post("/replications", w.body(), Idempotency_Key="a1")
    again = program.post("/replications", w.body(), Idempotency_Key="a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json and again.headers["Idempotency-Replayed"] == "true"
    assert database.session.scalar(NUMBER) == 1
    assert database.session.scalar(select(func.count(ReplicationStep.id))) == 1
    assert len([one for one in inbox.newest(w.origin_admin.id, 9) if "mereplikasi" in one.sentence]) == 1
