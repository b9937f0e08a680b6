"""Two authors at once, in transactions of their own, on both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from ekopi.core.errors import Refused, Stale
from ekopi.core.models import AuditEntry
from ekopi.courses.authoring import queries
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.operations import delete_course, publish_course, revert_to, undelete_course
from ekopi.courses.authoring.operations.outline import add_module, move_lesson
from ekopi.courses.authoring.queries import drafts
from ekopi.extensions import db
from ekopi.revisions import queries as revisions
from ekopi.revisions.models import Item
from tests.courses.authoring import make

AT_ONCE = 6
pytestmark = pytest.mark.slow


@pytest.fixture
def slug(live):
    with live.app.app_context():
        lessons = {f"l{n}": make.lesson(text=f"awal {n}") for n in range(AT_ONCE)}
        course = make.course(lessons=lessons, questions={})
        db.session.commit()
        return course.slug


def together(live, work, count=AT_ONCE):
    """Runs `work(n)` in threads that start at the same moment; gives back what each returned or was refused with."""
    gate = threading.Barrier(count)

    def one(n):
        with live.app.app_context():
            try:
                gate.wait(10)
                answer = work(n)
                db.session.commit()
                return answer
            except Refused as refused:
                db.session.rollback()
                return refused

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_publications_come_one_after_the_other(live, slug):
    def publish(n):
        course = drafts.any_course(slug)
        key = f"l{n}"
        make.edit_lesson(course, key, text=f"baru {n}")
        db.session.commit()
        only = [drafts.lesson_by_key(course, key).item_id]
        return publish_course(course, f"oleh {n}", None, only=only).number

    answers = together(live, publish)
    won = sorted(answer for answer in answers if isinstance(answer, int))
    assert won and won == list(range(2, len(won) + 2))
    assert {answer.code for answer in answers if not isinstance(answer, int)} <= {"published-meanwhile"}
    with live.app.app_context():
        course = queries.course(slug)
        assert course.publication_number == len(won) + 1
        assert [p.number for p in revisions.publications(course.place)] == list(range(len(won) + 1, 0, -1))
        for n, answer in enumerate(answers):
            row = drafts.lesson_by_key(course, f"l{n}")
            page = queries.lesson_page(course, row.id)
            assert (f"baru {n}" in page.html) == isinstance(answer, int)
            assert row.version_id == db.session.scalar(
                select(Item.published_id).where(Item.id == row.item_id)
            )


def test_all_at_once_gives_one_publication(live, slug):
    with live.app.app_context():
        make.edit_lesson(drafts.any_course(slug), "l0", text="sekali saja")
        db.session.commit()
    answers = together(live, lambda n: publish_course(drafts.any_course(slug), "sama", None).number)
    assert [answer for answer in answers if isinstance(answer, int)] == [2]
    codes = {answer.code for answer in answers if not isinstance(answer, int)}
    assert codes <= {"published-meanwhile", "nothing-to-publish"}


def test_going_back_at_once_happens_once(live, slug):
    """All saw publication 2; one goes back to 1, the others are told that somebody was first."""
    with live.app.app_context():
        course = drafts.any_course(slug)
        make.edit_lesson(course, "l0", text="kedua")
        publish_course(course, "kedua", None)
        db.session.commit()

    def back(n):
        course = drafts.any_course(slug)
        first = revisions.publication(course.place, 1)
        return revert_to(first, course, None, f"oleh {n}", seen=2).number

    answers = together(live, back)
    assert [answer for answer in answers if isinstance(answer, int)] == [3]
    assert {answer.code for answer in answers if not isinstance(answer, int)} == {"published-meanwhile"}
    with live.app.app_context():
        course = queries.course(slug)
        assert [p.number for p in revisions.publications(course.place)] == [3, 2, 1]
        page = queries.lesson_page(course, drafts.lesson_by_key(course, "l0").id)
        assert "awal 0" in page.html


def test_a_deleted_course_comes_back_once(live, slug):
    with live.app.app_context():
        delete_course(drafts.any_course(slug), None)
        db.session.commit()
    answers = together(live, lambda n: undelete_course(drafts.course_by_slug(slug), None))
    assert answers.count(None) == 1
    assert {answer.code for answer in answers if answer is not None} == {"course-not-deleted"}
    with live.app.app_context():
        course = drafts.any_course(slug)
        trail = select(AuditEntry.id).where(
            AuditEntry.verb == "course.restored", AuditEntry.subject_id == str(course.id)
        )
        assert len(db.session.scalars(trail).all()) == 1


def test_one_of_two_savings_from_the_same_edition_wins(live, slug):
    from ekopi.courses.authoring.operations.lessons import save_lesson

    def save(n):
        lesson = drafts.lesson_by_key(drafts.any_course(slug), "l0")
        return save_lesson(lesson, {"text": f"dari {n}"}, 1, None).body["text"]

    answers = together(live, save)
    won = [answer for answer in answers if isinstance(answer, str)]
    assert len(won) == 1
    assert sum(isinstance(answer, Stale) for answer in answers) == AT_ONCE - 1
    assert {answer.theirs["text"] for answer in answers if isinstance(answer, Stale)} == set(won)


def test_changes_of_the_outline_do_not_overwrite_each_other(live, slug):
    def change(n):
        course = drafts.any_course(slug)
        return add_module(course, f"Modul {n}", None) if n % 2 else move_lesson(course, "l0", 1, None)

    answers = together(live, change)
    assert not [answer for answer in answers if isinstance(answer, Refused)]
    with live.app.app_context():
        body = drafts.state(db.session.scalar(select(Course).where(Course.slug == slug))).draft
        assert len(body["modules"]) == 1 + AT_ONCE // 2
        assert [lesson["key"] for lesson in body["modules"][0]["lessons"]].index("l0") == 3


def test_a_removed_question_comes_back_once(live):
    """Each of them finds the bank without it and lists it: only one may."""
    from ekopi.courses.authoring.operations.lessons import add_question, remove_question

    with live.app.app_context():
        course = make.course(lessons={"l": make.lesson()})
        remove_question(course, "q1", None)
        db.session.commit()
        slug = course.slug
    text = "## q1\ntype: true_false\nanswer: true\n\nBenarkah?"
    answers = together(live, lambda n: add_question(drafts.any_course(slug), text, None).key)
    assert [answer for answer in answers if isinstance(answer, str)] == ["q1"]
    assert {answer.code for answer in answers if not isinstance(answer, str)} == {"key-taken"}
    with live.app.app_context():
        assert drafts.state(drafts.any_course(slug)).draft["bank"][0]["keys"] == ["q2", "q1"]
