"""Enrolling by a program: the verb of the page, and never twice."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from ekopi.core.models import AuditEntry, FormToken
from ekopi.courses.learning.models import Enrolment
from ekopi.extensions import db as database
from tests.accounts import make as people
from tests.api import make
from tests.client import Client
from tests.courses import make as courses

NUMBER = select(func.count(Enrolment.id))


def test_enrolling_is_what_the_button_does(program, person):
    course = courses.course()
    answer = program.post("/enrolments", {"course": course.slug})
    assert (answer.status_code, answer.json["state"]) == (201, "active")
    assert answer.location == f"http://127.0.0.1:8000/api/v1/enrolments/{answer.json['id']}"
    assert program.get(answer.location).json == answer.json
    again = program.post("/enrolments", {"course": course.slug})
    assert (again.status_code, again.json) == (200, answer.json)
    assert database.session.scalar(NUMBER) == 1


def test_where_authors_decide_it_is_asked(program):
    course = courses.course(enrolment="approval")
    assert program.post("/enrolments", {"course": course.slug}).json["state"] == "asked"


def test_refusals_of_the_verb_are_problems(program):
    full = courses.course(seats=1)
    courses.enrolment(full, people.person(), seat=1)
    answer = program.post("/enrolments", {"course": full.slug})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.json["code"] == "course-full"
    assert database.session.scalar(NUMBER) == 1


def test_an_invitation_opens_its_course(program):
    course = courses.course(enrolment="link", link_token="kunci-undangan")
    for body in ({"course": course.slug}, {"course": course.slug, "invitation": "salah"}):
        assert program.post("/enrolments", body).status_code == 404
    body = {"course": course.slug, "invitation": "kunci-undangan"}
    assert program.post("/enrolments", body).status_code == 201


@pytest.mark.parametrize(
    ("body", "fields"),
    [({}, ["course"]), ({"course": 7}, ["course"]), ({"course": "A B"}, ["course"]), ([], [""]),
     ({"course": "a", "lain": 1}, ["lain"]), ({"course": "a\x00b"}, ["course"])],
)  # fmt: skip
def test_bodies_that_cannot_be_taken(program, body, fields):
    answer = program.post("/enrolments", body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert [one["field"] for one in answer.json["errors"]] == fields


def test_bodies_that_are_no_json(program):
    send = program.client.post
    for data, kind, status in (
        (b"{", "application/json", 422), (b"null", "application/json", 422), (b"", "application/json", 422), (b"\xff\xfe", "application/json", 422), (b"[" * 60_000, "application/json", 422),
        (b"course=a", "application/x-www-form-urlencoded", 415), (b"x" * 70_000, "application/json", 413),
    ):  # fmt: skip
        answer = send(f"{make.ROOT}/enrolments", data=data, content_type=kind, headers=program.headers)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_the_same_key_is_the_same_deed(program):
    course = courses.course()
    first = program.post("/enrolments", {"course": course.slug}, Idempotency_Key="a1")
    again = program.post("/enrolments", {"course": course.slug}, Idempotency_Key="a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json and again.location == first.location
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert database.session.scalar(NUMBER) == 1


def test_a_key_for_another_body_is_refused(program):
    one, other = courses.course(), courses.course()
    program.post("/enrolments", {"course": one.slug}, Idempotency_Key="a1")
    answer = program.post("/enrolments", {"course": other.slug}, Idempotency_Key="a1")
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency-key-reused")
    assert program.post("/enrolments", {"course": one.slug}, Idempotency_Key="x" * 256).status_code == 422


def test_a_key_is_its_persons_own(client, program):
    course = courses.course()
    other = make.Program(client, make.token(people.person())[1])
    first = program.post("/enrolments", {"course": course.slug}, Idempotency_Key="a1")
    second = other.post("/enrolments", {"course": course.slug}, Idempotency_Key="a1")
    assert second.status_code == 201 and second.json["id"] != first.json["id"]


def test_what_was_refused_leaves_the_key_free(program):
    course = courses.course(seats=1)
    held = courses.enrolment(course, people.person(), seat=1)
    body = {"course": course.slug}
    assert program.post("/enrolments", body, Idempotency_Key="a1").status_code == 409
    held.state, held.seat = "left", None
    assert program.post("/enrolments", body, Idempotency_Key="a1").status_code == 201


@pytest.mark.slow
@pytest.mark.parametrize("key", ["sama", None])
def test_several_at_once_make_one(live, key):
    """With the key each gets the answer of the first; without it the verb itself makes one, and all are led to it.

    Who comes in the same moment is told 201 too: nothing was there when it was asked for.
    """
    many = 4
    with live.app.app_context():
        person, course = people.person(), courses.course()
        bearer, slug = make.token(person)[1], course.slug
        database.session.commit()
    barrier, answers = Barrier(many), []

    def run():
        with live.app.app_context():
            program = make.Program(Client(live.app), bearer)
            program.get("/me")
            barrier.wait(30)
            headers = {"Idempotency_Key": key} if key else {}
            answer = program.post("/enrolments", {"course": slug}, **headers)
            answers.append((answer.status_code, answer.json.get("id")))
            database.session.remove()

    threads = [Thread(target=run) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == many and len({made for _status, made in answers}) == 1, answers
    statuses = {status for status, _made in answers}
    assert 201 in statuses and statuses <= ({201} if key else {200, 201})
    with live.app.app_context():
        assert database.session.scalar(NUMBER) == 1
        enrolled = select(func.count(AuditEntry.id)).where(AuditEntry.verb == "learning.enrolled")
        assert database.session.scalar(enrolled) == 1
        assert database.session.scalar(select(func.count()).select_from(FormToken)) == (1 if key else 0)
