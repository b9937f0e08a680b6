"""Several at once, on committed databases: the schema decides, and the others get a sentence, never a 500."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, text

from ekopi.accounts import queries
from ekopi.accounts.models import Membership, Person
from ekopi.accounts.operations import roles, tokens
from ekopi.extensions import db
from tests.accounts import make
from tests.client import Client

pytestmark = pytest.mark.slow
MANY = 6


def at_once(app, prepare, act, many=MANY):
    """Each of `many` browsers prepares, waits for the others, and acts; gives the answers of `act`."""
    barrier, answers = Barrier(many), [None] * many

    def run(number):
        with app.app_context():
            client = Client(app)
            try:
                prepare(client, number)
                barrier.wait(30)
                answers[number] = act(client, number)
            except BaseException as fault:
                barrier.abort()
                answers[number] = fault
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    faults = [answer for answer in answers if isinstance(answer, BaseException)]
    assert not faults, faults
    return answers


def made(live, build):
    """Builds rows, commits them, gives what `build` returned (ids)."""
    with live.app.app_context():
        result = build()
        db.session.commit()
        return result


def counted(live, query):
    with live.app.app_context():
        return db.session.scalar(query)


def test_one_address_registered_by_many(live):
    fields = {
        "name": "Sari Wulandari",
        "email": "s.w@contoh.id",
        "password": "pisau roti jendela",
        "accept": "y",
    }
    answers = at_once(
        live.app, lambda client, n: client.get("/daftar"), lambda client, n: client.submit(fields).status_code
    )
    assert answers == [302] * MANY
    assert counted(live, select(func.count(Person.id))) == 1


def claims(live):
    def build():
        place, who = make.organisation("Pemkab Sleman"), make.person()
        return place.id, who.id

    place_id, who_id = made(live, build)

    def prepare(client, n):
        client.sign_in(db.session.get(Person, who_id))
        client.get("/akun/keanggotaan")

    answers = at_once(
        live.app, prepare,
        lambda client, n: client.submit({"organisation": "Pemkab Sleman"}, has="organisation").status_code,
    )  # fmt: skip
    living = select(func.count(Membership.id)).where(Membership.organisation_id == place_id)
    return sorted(answers), counted(live, living)


def test_one_membership_claimed_by_many_tabs(live):
    answers, living = claims(live)
    assert answers == [302] + [422] * (MANY - 1)
    assert living == 1


def test_control_without_its_key_the_claim_is_made_twice(live):
    with live.app.app_context():
        db.session.execute(text("DROP INDEX uq_memberships_active"))
        db.session.commit()
    answers, living = claims(live)
    assert living > 1
    assert answers.count(302) > 1


def test_one_nip_given_by_many(live):
    ids = made(live, lambda: [make.person().id for _ in range(MANY)])

    def prepare(client, n):
        client.sign_in(db.session.get(Person, ids[n]))
        client.get("/akun/nip")

    answers = at_once(
        live.app,
        prepare,
        lambda client, n: client.submit({"nip": "198609262015051001"}, has="nip").status_code,
    )
    assert sorted(answers) == [302] + [422] * (MANY - 1)
    assert counted(live, select(func.count(Person.id)).where(Person.nip_hash.isnot(None))) == 1


def test_one_link_used_by_many(live):
    token = made(live, lambda: tokens.make(make.person(state="pending").id, "confirm"))
    answers = at_once(
        live.app,
        lambda client, n: client.get(f"/daftar/konfirmasi/{token}"),
        lambda client, n: client.submit().status_code,
    )
    assert sorted(answers) == [302] + [410] * (MANY - 1)


def test_admins_who_take_each_others_role(live):
    def build():
        return [make.person(roles=[("admin", "platform", 0)]).id for _ in range(MANY)]

    ids = made(live, build)

    def act(client, n):
        role = queries.roles_of(ids[n])[0]
        try:
            roles.revoke(role, None)
            db.session.commit()
        except roles.LastAdmin:
            db.session.rollback()
            return "last"
        return "taken"

    answers = at_once(live.app, lambda client, n: None, act)
    assert sorted(answers) == ["last"] + ["taken"] * (MANY - 1)
    assert counted(live, select(func.count()).select_from(Person)) == MANY
    with live.app.app_context():
        assert queries.active_admins() == 1
