"""Progress is added to what there is, whoever wrote in between; on both databases in one statement."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ekopi.core import clock
from ekopi.courses.learning.models import LessonProgress
from ekopi.courses.learning.operations import progress
from ekopi.courses.learning.operations.progress import Did
from tests.accounts import make as people
from tests.courses import make
from tests.courses.counting import counted


def begun():
    course = make.course([make.text(), make.quiz()])
    return make.enrolment(course, people.person()), make.lessons_of(course)


def row(db, enrolment, lesson):
    return db.session.get(LessonProgress, (enrolment.id, lesson.id))


def test_opening_makes_a_row_and_changes_none(db):
    enrolment, (text, _quiz) = begun()
    progress.keep(enrolment, Did(text.id))
    first = row(db, enrolment, text)
    opened_at = first.opened_at
    assert (first.done_at, first.seconds, first.score, first.version_id) == (None, 0, None, None)
    progress.keep(enrolment, Did(text.id, 60, clock.now(), text.version_id))
    progress.keep(enrolment, Did(text.id))
    assert (first.opened_at, first.seconds, first.version_id) == (opened_at, 60, text.version_id)
    assert first.done_at is not None


def test_time_adds_up_and_the_first_doing_stays(db):
    enrolment, (text, quiz) = begun()
    now = clock.now()
    progress.keep(enrolment, Did(text.id, 30, now, text.version_id))
    progress.keep(enrolment, Did(text.id, 12, now + timedelta(days=1), quiz.version_id))
    kept = row(db, enrolment, text)
    assert (kept.seconds, kept.done_at, kept.version_id) == (42, now, text.version_id)


def test_the_best_score_counts_whatever_comes_first(db):
    enrolment, (_text, quiz) = begun()
    for score, best in ((None, None), ("40", "40"), ("9.5", "40"), (None, "40"), ("100", "100")):
        progress.keep(enrolment, Did(quiz.id, score=Decimal(score) if score else None))
        assert row(db, enrolment, quiz).score == (Decimal(best) if best else None)


def test_several_lessons_and_the_enrolment_are_two_statements(db):
    enrolment, lessons = begun()
    enrolment.last_act_at = clock.now()
    with counted() as sent:
        progress.keep(enrolment, *(Did(lesson.id, 5) for lesson in lessons))
    assert len(sent) == 2, str(sent)
    assert [row(db, enrolment, lesson).seconds for lesson in lessons] == [5, 5]
