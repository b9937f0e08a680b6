"""Who may what: by role, by place, by path."""

import pytest

from ekopi.accounts import policy, queries
from ekopi.accounts.loading import Visitor
from ekopi.extensions import db as database
from tests.accounts import make


@pytest.fixture
def tree(db):
    top = make.organisation("Pemkab Sleman")
    middle = make.organisation("Dinas Kesehatan", parent=top)
    low = make.organisation("Puskesmas Turi", parent=middle)
    other = make.organisation("Pemkot Yogyakarta")
    return top, middle, low, other


def read(person):
    database.session.commit()
    return queries.person(person.id)


def test_admins(db):
    assert policy.is_admin(read(make.person(roles=[("admin", "platform", 0)])))
    assert not policy.is_admin(read(make.person(roles=[("auditor", "platform", 0)])))
    assert not policy.is_admin(Visitor())


def test_agency_admins_reach_below_and_not_beside_or_above(tree):
    top, middle, low, other = tree
    who = read(make.person(roles=[("agency_admin", "organisation", middle.id)]))
    assert policy.may_administer(who, middle)
    assert policy.may_administer(who, low)
    assert not policy.may_administer(who, top)
    assert not policy.may_administer(who, other)
    assert not policy.may_administer(who, None)
    admin = read(make.person(roles=[("admin", "platform", 0)]))
    assert all(policy.may_administer(admin, place) for place in (*tree, None))


def test_a_role_of_another_kind_or_place_reaches_nothing(tree):
    top, middle, *_ = tree
    assert not policy.may_administer(read(make.person(roles=[("author", "organisation", top.id)])), middle)
    assert not policy.may_administer(read(make.person(roles=[("agency_admin", "course", top.id)])), middle)


def test_nobody_decides_on_the_own_claim(tree):
    top, *_ = tree
    who = make.person(roles=[("agency_admin", "organisation", top.id)])
    own = make.membership(who, top, state="claimed")
    theirs = make.membership(make.person(), top, state="claimed")
    who = read(who)
    own, theirs = (queries.membership(m.person_id, m.id) for m in (own, theirs))
    assert not policy.may_decide(who, own)
    assert policy.may_decide(who, theirs)
    assert policy.may_end_membership(who, own)


def test_authors(tree):
    top, middle, low, other = tree
    people = [
        make.person(roles=roles)
        for roles in (
            [("author", "platform", 0)],
            [("author", "organisation", middle.id)],
            [("author", "course", 7)],
            [],
            [("admin", "platform", 0)],
        )
    ]
    database.session.commit()
    anywhere, below, course, plain, admin = [queries.person(person.id) for person in people]
    assert policy.may_author(anywhere)
    assert policy.may_author(anywhere, low.id, 9)
    assert policy.may_author(below, low.id)
    assert not policy.may_author(below, top.id)
    assert not policy.may_author(below)
    assert not policy.may_author(below, 999_999)
    assert policy.may_author(course, other.id, 7)
    assert not policy.may_author(course, other.id, 8)
    assert not policy.may_author(plain, low.id, 7)
    assert policy.may_author(admin, low.id)


def test_an_ended_role_opens_nothing(db):
    who = make.person()
    role = make.role(who, "admin")
    role.ended_at = role.granted_at
    assert not policy.is_admin(read(who))
