"""Personal data of learning and quizzes: exported whole, erased where nothing needs to stay."""

from __future__ import annotations

from sqlalchemy import select

from ekopi.core.registry import all_of
from ekopi.courses.assessment import privacy as quizzes
from ekopi.courses.assessment.models import Answer
from ekopi.courses.learning import operations, privacy, queries
from ekopi.courses.learning.models import FieldTask
from tests.accounts import make as people
from tests.courses import make


def learned(title):
    course = make.course(
        [make.text(title=title), make.quiz(questions=[make.short_text("inti")]), make.field_task()]
    )
    person = people.person()
    enrolment = make.enrolment(course, person)
    _text, quiz, task = make.lessons_of(course)
    attempt = operations.start_quiz(course, enrolment, quiz)
    operations.save_answer(enrolment, attempt, 1, 1, {"text": f"jawaban {title}"})
    operations.save_field_task(enrolment, task, f"tulisan {title}", 0)
    return person, enrolment


def test_both_areas_are_registered(app):
    assert {"courses.learning", "courses.assessment"} <= set(all_of("privacy"))


def test_the_copy_holds_what_is_mine_and_nothing_of_others(db):
    (mine, _e), _other = learned("milikku"), learned("orang-lain")
    copy = str({**privacy.export(mine.id), **quizzes.export(mine.id)})
    assert "tulisan milikku" in copy and "jawaban milikku" in copy and "orang-lain" not in copy


def test_erasing_empties_what_was_written_and_only_that(db):
    (mine, enrolment), (other, _e) = learned("milikku"), learned("orang-lain")
    quizzes.erase(mine.id)
    privacy.erase(mine.id)
    db.session.expire_all()
    assert db.session.scalars(select(FieldTask.text)).all() == ["tulisan orang-lain"]
    values = list(db.session.scalars(select(Answer.value)))
    assert {"text": "jawaban orang-lain"} in values and {"text": "jawaban milikku"} not in values
    assert enrolment.state == "left" and queries.enrolment_of(enrolment.course_id, other.id) is None
    assert "milikku" not in str(quizzes.export(mine.id))
