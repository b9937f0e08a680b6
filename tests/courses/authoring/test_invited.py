"""Courses for invited people only are in no list, and known to their learners and authors alone."""

from __future__ import annotations

from ekopi.accounts import queries as accounts
from ekopi.accounts.loading import Visitor
from ekopi.courses.authoring import policy, queries
from ekopi.extensions import db as database
from tests.accounts import make as people
from tests.courses.authoring import make


def test_a_course_by_link_is_in_no_list_and_no_search(db):
    open_one = make.course(title="Menata Arsip Terbuka")
    asked = make.course(title="Menata Arsip Disetujui", enrolment="approval")
    make.course(title="Menata Arsip Undangan", enrolment="link")
    found = database.session.scalars(queries.live_courses("menata arsip")).all()
    assert {course.id for course in found} == {open_one.id, asked.id}
    assert {course.id for course in queries.newest_courses(9)} == {open_one.id, asked.id}
    assert database.session.scalars(queries.live_courses("undangan")).all() == []


def somebody(*roles):
    return accounts.person(people.person(roles=roles).id)


def test_who_may_know_of_a_course_by_link(db):
    place = people.organisation()
    linked = make.course(organisation=place, enrolment="link")
    learner = somebody()
    author = somebody(("author", "organisation", place.id))
    elsewhere = somebody(("author", "organisation", people.organisation().id))
    admin = somebody(("admin", "platform", 0))
    open_one = make.course()
    learner, author, elsewhere, admin = (accounts.person(p.id) for p in (learner, author, elsewhere, admin))
    assert policy.may_know(learner, linked, True) and policy.may_know(author, linked, False)
    assert policy.may_know(admin, linked, False)
    assert not policy.may_know(learner, linked, False) and not policy.may_know(elsewhere, linked, False)
    assert not policy.may_know(Visitor(), linked, False)
    assert policy.may_know(Visitor(), open_one, False)
