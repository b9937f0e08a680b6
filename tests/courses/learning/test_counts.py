"""How many statements a page costs: within its limit, and the same for 10 and 100 lessons."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from ekopi.accounts.models import Person
from ekopi.core import clock
from ekopi.courses.learning import operations, queries
from ekopi.courses.learning.models import Enrolment
from ekopi.extensions import db
from tests.accounts import make as people
from tests.courses import make
from tests.courses.counting import counted

COURSE, LESSON, LIST, NEXT = 5, 3, 5, 2
FINISH, QUESTION, ANSWER, REVIEW = 6, 4, 8, 7
PAGE = 1
"""A save of the page itself also keeps which page it came from."""
"""Most statements. Requests are counted with the one of the sign-in; pages of the usual frame also count notices."""


@pytest.fixture(autouse=True)
def rules(db):
    make.editions()


def walked(lessons, enrolled=True, kind=make.text):
    course = make.course([kind(module=f"m{n // 5}") for n in range(lessons)])
    person = people.person()
    if enrolled:
        enrolment = make.enrolment(course, person)
        make.done(enrolment, *make.lessons_of(course)[: lessons // 2])
    return course, person


def cost(client, person, address):
    client.sign_in(person)
    client.get(address)
    with counted() as sent:
        assert client.get(address).status_code == 200
    return sent


@pytest.mark.parametrize("enrolled", [True, False])
def test_course_page(client, enrolled):
    sizes = []
    for lessons in (10, 100):
        course, person = walked(lessons, enrolled)
        sent = cost(client, person, f"/kursus/{course.slug}")
        assert len(sent) <= COURSE, sent
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]


def test_course_page_of_a_completed_course(client):
    for lessons in (10, 100):
        course, person = walked(lessons)
        enrolment = queries.enrolment_of(course.id, person.id)
        for lesson in make.lessons_of(course)[lessons // 2 :]:
            operations.finish_lesson(course, enrolment, lesson)
        assert enrolment.state == "completed"
        sent = cost(client, person, f"/kursus/{course.slug}")
        assert len(sent) <= COURSE, sent


@pytest.mark.parametrize("kind", [make.text, make.file])
def test_lesson_page(client, kind):
    sizes = []
    for lessons in (10, 100):
        course, person = walked(lessons, kind=kind)
        lesson = make.lessons_of(course)[5]
        sent = cost(client, person, f"/kursus/{course.slug}/belajar/{lesson.id}")
        assert len(sent) <= LESSON, sent
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("kind", [make.quiz, make.field_task])
def test_lesson_pages_with_something_of_the_learners_own(client, kind):
    course, person = walked(20, kind=kind)
    lesson = make.lessons_of(course)[5]
    sent = cost(client, person, f"/kursus/{course.slug}/belajar/{lesson.id}")
    assert len(sent) <= LESSON + 1, sent


def test_the_list_costs_the_same_for_one_and_for_twenty_courses(client):
    person, sizes = people.person(), []
    for more in (1, 19):
        for _n in range(more):
            make.course(lessons=[], organisation_id=people.organisation().id)
        sent = cost(client, person, "/kursus")
        assert len(sent) <= LIST, sent
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]


def test_the_next_step_costs_two(db):
    for lessons in (10, 100):
        _course, person = walked(lessons)
        person_id = person.id
        db.session.commit()
        db.session.expunge_all()
        with counted() as sent:
            assert queries.running(person_id).step
        assert len(sent) == NEXT, sent


def test_a_question_page_costs_the_same_for_one_and_for_thirty_questions(client):
    sizes = []
    for number in (1, 30):
        course = make.course([make.quiz(questions=[make.single() for _n in range(number)])])
        person = people.person()
        enrolment = make.enrolment(course, person)
        (lesson,) = make.lessons_of(course)
        operations.start_quiz(course, enrolment, lesson)
        base = f"/kursus/{course.slug}/belajar/{lesson.id}/kuis/1"
        sizes.append([len(cost(client, person, base + end)) for end in ("", "/1")])
    assert sizes[0] == sizes[1] and sizes[0][0] <= REVIEW and sizes[0][1] <= QUESTION, sizes


@pytest.mark.parametrize("script", [True, False], ids=["as it changes", "as a form"])
def test_an_answer_costs_the_same_for_one_and_for_thirty_questions(client, script):
    sizes = []
    for number in (1, 30):
        course = make.course([make.quiz(questions=[make.single() for _n in range(number)])])
        person = people.person()
        (lesson,) = make.lessons_of(course)
        operations.start_quiz(course, make.enrolment(course, person), lesson)
        client.sign_in(person)
        address = f"/kursus/{course.slug}/belajar/{lesson.id}/kuis/1/1"
        client.get(address)
        form = next(one for one in client.page.forms if "sequence" in one["fields"])
        given = {**form["fields"], "jawaban": "a", "sequence": 1}
        with counted() as sent:
            done = client.post(address + ("/simpan" if script else ""), data=given)
        assert done.status_code == (200 if script else 302)
        sizes.append(len(sent))
    assert sizes[0] == sizes[1] <= ANSWER + PAGE * script, str(sent)


def test_finishing_a_lesson_costs_the_same_for_10_and_for_100_lessons(client):
    sizes = []
    for lessons in (10, 100):
        course, person = walked(lessons)
        client.sign_in(person)
        lesson = make.lessons_of(course)[lessons // 2]
        client.get(f"/kursus/{course.slug}/belajar/{lesson.id}")
        with counted() as sent:
            assert client.submit(action="/belajar/").status_code == 302
        sizes.append(len(sent))
    assert sizes[0] == sizes[1] <= FINISH, sent


@pytest.mark.parametrize("seats, shown", [(None, "1.000+ peserta"), (2000, "1.002 peserta")])
def test_learners_are_counted_up_to_a_thousand_or_to_the_seats(client, seats, shown):
    course = make.course(seats=seats)
    crowd = [
        {"email": f"banyak{n}-{course.slug}@contoh.go.id", "name": "Sari", "state": "active", "confirmed_at": clock.now()}
        for n in range(queries.COUNTED + 2)
    ]  # fmt: skip
    ids = db.session.scalars(insert(Person).returning(Person.id), crowd).all()
    rows = [{"course_id": course.id, "person_id": person_id, "state": "active"} for person_id in ids]
    db.session.execute(insert(Enrolment), rows)
    page = client.get(f"/kursus/{course.slug}").text
    assert shown in page
    client.sign_in(people.person())
    page = client.get(f"/kursus/{course.slug}").text
    assert ("Tersisa 998 dari 2000 tempat" in page) == bool(seats), page
