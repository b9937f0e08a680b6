"""Starting, answering, checking and submitting tries at a quiz."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from ekopi.core import clock
from ekopi.courses.assessment import operations, queries, sheets
from ekopi.courses.assessment.errors import (
    AnswerLocked,
    AttemptClosed,
    NoAttemptsLeft,
    NotAnswered,
    QuizNotReady,
    TimeOver,
)
from ekopi.courses.assessment.models import Answer, Attempt, Slot
from ekopi.courses.authoring.models import Question
from tests.accounts import make as people
from tests.courses import make

RIGHT, WRONG = {"options": ["b"]}, {"options": ["a"]}


def begun(questions=None, **quiz):
    """A course with one quiz, an enrolment in it, and an open try."""
    course = make.course([make.quiz(questions=questions or [make.single()], **quiz)])
    enrolment = make.enrolment(course, people.person())
    (lesson,) = make.lessons_of(course)
    return operations.start(enrolment.id, lesson), lesson, enrolment


@pytest.fixture(autouse=True)
def right_time():
    yield
    clock.shift(None)


def later(**by):
    clock.shift(timedelta(**by))


def test_starting_twice_gives_the_open_try(db):
    attempt, lesson, enrolment = begun()
    assert operations.start(enrolment.id, lesson).id == attempt.id
    assert attempt.number == 1 and attempt.state == "open" and attempt.due_at is None


def test_no_more_tries_than_allowed(db):
    attempt, lesson, enrolment = begun(attempts=2)
    operations.submit(attempt)
    second = operations.start(enrolment.id, lesson)
    assert second.number == 2
    operations.submit(second)
    with pytest.raises(NoAttemptsLeft):
        operations.start(enrolment.id, lesson)


def test_zero_means_no_limit(db):
    attempt, lesson, enrolment = begun(attempts=0)
    for _try in range(5):
        operations.submit(operations.start(enrolment.id, lesson))
    assert operations.start(enrolment.id, lesson).number == 6


def test_one_open_try_and_one_of_each_number_by_the_schema(db):
    attempt, lesson, enrolment = begun()
    copy = {"enrolment_id": enrolment.id, "lesson_id": lesson.id, "quiz_version_id": lesson.version_id}
    for number in (1, 2):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(Attempt(**copy, number=number, rules={}, seed=1))


def test_an_unpublished_quiz_cannot_be_begun(db):
    course = make.course([make.quiz(questions=[make.single()])])
    (lesson,) = make.lessons_of(course)
    db.session.scalars(select(Question).where(Question.course_id == course.id)).one().live = False
    db.session.flush()
    with pytest.raises(QuizNotReady):
        operations.start(make.enrolment(course, people.person()).id, lesson)


def test_the_seed_alone_decides_questions_and_order(db):
    pool = [make.single() for _n in range(8)]
    course = make.course(
        [make.quiz(questions=[make.single(options="abcdef")], pools=[(pool, 3)], shuffle=True)]
    )
    (lesson,) = make.lessons_of(course)
    rules = operations.rules_of(lesson)
    drawn = [operations._draw(lesson, rules, seed) for seed in range(30)]
    assert drawn == [operations._draw(lesson, rules, seed) for seed in range(30)]
    assert all(len(one) == 4 and len({version for version, _order in one}) == 4 for one in drawn)
    assert len({str(one) for one in drawn}) > 20


def test_without_shuffle_the_authors_order_stays(db):
    attempt, lesson, enrolment = begun([make.single(options="abcd"), make.multiple(), make.true_false()])
    assert [slot.order for slot in attempt.slots] == [list("abcd"), list("abcd"), ["a", "b"]]
    assert [slot.number for slot in attempt.slots] == [1, 2, 3]


def test_a_try_is_judged_by_the_versions_and_rules_it_began_with(db):
    attempt, lesson, enrolment = begun([make.single(right="b")], pass_mark=50)
    make.republish(
        db.session.scalars(select(Question).where(Question.course_id == lesson.course_id)).one(), "a"
    )
    lesson.settings = {**lesson.settings, "pass_mark": 100}
    operations.save_answer(attempt, 1, 1, RIGHT)
    operations.submit(attempt)
    assert (attempt.score, attempt.passed) == (Decimal(100), True)
    second = operations.start(enrolment.id, lesson)
    operations.save_answer(second, 1, 1, RIGHT)
    operations.submit(second)
    assert (second.score, second.passed) == (Decimal(0), False)


def test_answers_are_appended_and_the_newest_counts(db):
    attempt, *_ = begun()
    for sequence, value in enumerate([WRONG, RIGHT, WRONG, RIGHT], start=1):
        operations.save_answer(attempt, 1, sequence, value)
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 4
    assert queries.answer(attempt.id, 1).value == RIGHT
    assert operations.submit(attempt).score == 100


def test_a_late_or_repeated_save_changes_nothing_and_shows_what_counts(db):
    attempt, *_ = begun()
    operations.save_answer(attempt, 1, 5, RIGHT)
    for sequence in (1, 4, 5):
        kept = operations.save_answer(attempt, 1, sequence, WRONG)
        assert (kept.sequence, kept.value) == (5, RIGHT)
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 1


def test_a_form_sent_as_a_whole_is_the_newest(db):
    attempt, *_ = begun()
    operations.save_answer(attempt, 1, 5, RIGHT)
    assert operations.save_answer(attempt, 1, None, WRONG).sequence == 6


def test_an_answer_stands_only_where_a_question_stands(db):
    attempt, *_ = begun()
    with pytest.raises(AttemptClosed):
        operations.save_answer(attempt, 9, 1, RIGHT)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Answer(attempt_id=attempt.id, slot=9, sequence=1, value=RIGHT))


def test_an_older_save_that_arrives_late_never_counts(db):
    """Also when the newest save said the same as the one before: its higher sequence is kept."""
    attempt, *_ = begun()
    operations.save_answer(attempt, 1, 1, RIGHT)
    assert operations.save_answer(attempt, 1, 3, RIGHT).sequence == 3
    late = operations.save_answer(attempt, 1, 2, WRONG)
    assert (late.sequence, late.value) == (3, RIGHT)


def test_a_sequence_is_kept_once_by_the_schema(db):
    attempt, *_ = begun()
    operations.save_answer(attempt, 1, 1, RIGHT)
    db.session.expunge_all()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Answer(attempt_id=attempt.id, slot=1, sequence=1, value=WRONG))


def test_the_score_weighs_points_and_rounds_half_up(db):
    attempt, *_ = begun([make.single(points=1), make.multiple(right="abc", options="abcd", points=2)])
    operations.save_answer(attempt, 1, 1, RIGHT)
    operations.save_answer(attempt, 2, 1, {"options": ["a", "b"]})
    operations.submit(attempt)
    assert attempt.score == Decimal("77.78")  # (1 + 2 · 2/3) of 3
    credits = db.session.scalars(
        select(Slot.credit).where(Slot.attempt_id == attempt.id).order_by(Slot.number)
    )
    assert list(credits) == [Decimal(1), Decimal("0.67")]


@pytest.mark.parametrize(("mark", "passed"), [(50, True), (51, False)])
def test_passing_begins_at_the_mark(db, mark, passed):
    attempt, *_ = begun([make.single(), make.single()], pass_mark=mark)
    operations.save_answer(attempt, 1, 1, RIGHT)
    assert operations.submit(attempt).passed is passed


def test_submitting_twice_marks_once(db):
    attempt, *_ = begun()
    operations.submit(attempt)
    closed_at = attempt.closed_at
    later(minutes=5)
    assert operations.submit(attempt).closed_at == closed_at
    with pytest.raises(AttemptClosed):
        operations.save_answer(attempt, 1, 1, RIGHT)


def test_answers_are_taken_until_the_grace_ends(db):
    attempt, *_ = begun(time_limit=10)
    assert attempt.due_at - attempt.started_at == timedelta(minutes=10)
    later(minutes=10, seconds=25)
    operations.save_answer(attempt, 1, 1, RIGHT)
    later(minutes=10, seconds=35)
    with pytest.raises(TimeOver):
        operations.save_answer(attempt, 1, 2, WRONG)
    operations.submit(attempt)
    assert (attempt.state, attempt.score) == ("overdue", Decimal(100))


def test_only_tries_past_their_grace_are_overdue(db):
    attempt, *_ = begun(time_limit=10)
    begun()
    assert queries.overdue(clock.now()) == []
    assert queries.overdue(attempt.due_at + timedelta(seconds=30)) == []
    assert queries.overdue(attempt.due_at + timedelta(seconds=31)) == [attempt]


def test_checking_locks_the_answer(db):
    attempt, *_ = begun(show_during="answers")
    with pytest.raises(NotAnswered):
        operations.check_slot(attempt, 1)
    operations.save_answer(attempt, 1, 1, WRONG)
    assert operations.check_slot(attempt, 1).credit == 0
    with pytest.raises(AnswerLocked):
        operations.save_answer(attempt, 1, 2, RIGHT)
    assert operations.submit(attempt).score == 0


def test_nothing_is_checked_where_the_quiz_does_not_show_answers(db):
    attempt, *_ = begun(show_during="nothing")
    operations.save_answer(attempt, 1, 1, RIGHT)
    with pytest.raises(AttemptClosed):
        operations.check_slot(attempt, 1)
    assert db.session.get(Slot, (attempt.id, 1)).locked_at is None


# --- what may be shown -------------------------------------------------------------------------------------


def tried(passed=False, state="submitted", after="score", later="answers"):
    return Attempt(state=state, passed=passed, rules={"show_after": after, "show_later": later})


@pytest.mark.parametrize(
    ("tries", "allowed", "level"),
    [
        ([tried()], 3, "score"),
        ([tried(), tried(), tried()], 3, "answers"),
        ([tried(), tried(passed=True)], 3, "answers"),
        ([tried(), tried()], 0, "score"),
        ([tried(), tried(), tried(state="open", passed=None)], 3, "score"),
        ([tried(), tried(), tried()], 5, "score"),
    ],
)
def test_more_is_shown_only_when_no_other_try_could_profit(tries, allowed, level):
    assert sheets.level_after(tries[0], tries, allowed) == level


def test_an_open_try_shows_nothing(db):
    assert sheets.level_after(tried(state="open", passed=None), [tried(passed=True)], 0) == "nothing"


def shown(level):
    attempt, *_ = begun(
        [
            make.single(right="b"),
            make.multiple(right="ab"),
            make.true_false(),
            make.short_text("inti"),
            make.number(),
        ]
    )
    values = [WRONG, {"options": ["a", "c"]}, RIGHT, {"text": "salah"}, {"text": "1"}]
    for slot, value in enumerate(values, start=1):
        operations.save_answer(attempt, slot, 1, value)
    operations.submit(attempt)
    kept = queries.attempt(attempt.enrolment_id, attempt.lesson_id, 1)
    return sheets.sheets(kept, level)


@pytest.mark.parametrize("level", ["nothing", "score"])
def test_below_marks_a_sheet_tells_nothing_about_right_and_wrong(app, db, level):
    with app.test_request_context():
        for sheet in shown(level):
            assert (sheet.verdict, sheet.right_text, sheet.explanation) == ("", "", "")
            assert all(pick.verdict == "" and pick.feedback == "" for pick in sheet.picks)


def test_marks_tell_about_what_was_chosen_only(app, db):
    with app.test_request_context():
        all_sheets = shown("marks")
        assert [sheet.verdict for sheet in all_sheets] == ["wrong", "wrong", "wrong", "wrong", "wrong"]
        for sheet in all_sheets:
            assert (sheet.right_text, sheet.explanation) == ("", "")
            assert all(pick.verdict == "" and not pick.feedback for pick in sheet.picks if not pick.chosen)
        assert [pick.verdict for pick in all_sheets[1].picks] == ["right", "", "wrong", ""]


def test_answers_tell_everything(app, db):
    with app.test_request_context():
        first, second, _third, text, number = shown("answers")
        assert [pick.verdict for pick in first.picks] == ["wrong", "right", ""]
        assert all(pick.feedback for pick in first.picks)
        assert (text.right_text, number.right_text) == ("inti", "12,5")
        assert "Penjelasan" in first.explanation


def test_a_try_that_another_tab_closed_meanwhile_stays_as_it_was_closed(db):
    attempt, *_ = begun()
    operations.save_answer(attempt, 1, 1, WRONG)
    assert attempt.state == "open"
    earlier = clock.now() - timedelta(minutes=5)
    # on the table, so that the loaded row goes on saying "open", as in a tab that read it before
    closed = {"state": "submitted", "closed_at": earlier, "score": Decimal(100), "passed": True}
    db.session.execute(update(Attempt.__table__).where(Attempt.__table__.c.id == attempt.id).values(**closed))
    assert operations.close(attempt) is False
    assert (attempt.closed_at, attempt.score) == (earlier, 100)
