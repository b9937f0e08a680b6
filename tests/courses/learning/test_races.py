"""Many at once, in real processes: the last seat, the last try, tabs that send or finish. Each with its control."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from ekopi.core.models import AuditEntry
from ekopi.courses.assessment import operations
from ekopi.courses.assessment.models import Attempt
from ekopi.courses.learning.models import Enrolment, LessonProgress
from ekopi.courses.learning.operations import acts
from ekopi.credentials.models import Certificate, JpAccount, JpEntry
from ekopi.extensions import db
from ekopi.mail.models import Letter
from tests.accounts import make as people
from tests.courses import make, racing

pytestmark = pytest.mark.slow
MANY, ROUNDS = 8, 5


@contextmanager
def committed(live):
    with live.app.app_context():
        make.editions()
        yield
        db.session.commit()


# --- the last seat -----------------------------------------------------------------------------------------


def last_seats(live):
    """Courses of three seats, two of them taken, and eight people who want the third."""
    with committed(live):
        rounds = []
        for _round in range(ROUNDS):
            course = make.course(seats=3)
            for seat in (1, 2):
                make.enrolment(course, people.person(), seat=seat)
            rounds.append([(course.id, people.person().id) for _n in range(MANY)])
    return rounds


def held(live, rounds):
    """How many hold a seat in each course, and how many numbers they share."""
    with live.app.app_context():
        return [
            tuple(
                db.session.execute(
                    select(func.count(), func.count(Enrolment.seat.distinct())).where(
                        Enrolment.course_id == one[0][0], Enrolment.state == "active"
                    )
                ).one()
            )
            for one in rounds
        ]


def test_eight_who_want_the_last_seat(live):
    rounds = last_seats(live)
    for outcomes in racing.race(live, racing.enrol, rounds):
        assert sorted(map(str, outcomes)) == ["3"] + ["course-full"] * (MANY - 1)
    assert held(live, rounds) == [(3, 3)] * ROUNDS


def test_control_without_the_key_a_seat_is_given_twice(live):
    rounds = last_seats(live)
    racing.drop_index(live, "uq_enrolments_seat")
    racing.race(live, racing.enrol, rounds)
    assert any(people > seats for people, seats in held(live, rounds))


def test_eight_tabs_of_one_person_make_one_enrolment(live):
    with committed(live):
        rounds = []
        for _round in range(ROUNDS):
            course, person = make.course(), people.person()
            rounds.append([(course.id, person.id)] * MANY)
    for outcomes in racing.race(live, racing.enrol, rounds):
        assert outcomes == [None] * MANY
    assert held(live, rounds) == [(1, 0)] * ROUNDS


# --- the last try ------------------------------------------------------------------------------------------


def last_tries(live):
    """Learners who have used two of three tries, each with eight tabs that start the third."""
    with committed(live):
        rounds = []
        for _round in range(ROUNDS):
            course = make.course([make.quiz(attempts=3)])
            enrolment = make.enrolment(course, people.person())
            (lesson,) = make.lessons_of(course)
            for _n in range(2):
                operations.submit(operations.start(enrolment.id, lesson))
            rounds.append([(enrolment.id, lesson.id)] * MANY)
    return rounds


def tries(live, rounds):
    with live.app.app_context():
        return [
            db.session.scalar(
                select(func.count()).select_from(Attempt).where(Attempt.enrolment_id == one[0][0])
            )
            for one in rounds
        ]


@pytest.mark.parametrize("act", [racing.start, racing.start_as_learner], ids=["keys alone", "as learner"])
def test_eight_who_start_the_last_try(live, act):
    rounds = last_tries(live)
    assert racing.race(live, act, rounds) == [[3] * MANY] * ROUNDS  # one is made, the others are led to it
    assert tries(live, rounds) == [3] * ROUNDS


def test_control_without_the_keys_there_are_more_tries_than_allowed(live):
    rounds = last_tries(live)
    racing.drop_index(live, "uq_attempts_open")
    racing.drop_unique(live, "attempts", "uq_attempts_enrolment_id_lesson_id_number")
    racing.race(live, racing.start, rounds)
    assert max(tries(live, rounds)) > 3


# --- many tabs that send one try ---------------------------------------------------------------------------


def open_tries(live):
    """Learners with an open try, each with eight tabs that send it."""
    with committed(live):
        rounds = []
        for _round in range(ROUNDS):
            course = make.course([make.quiz(), make.text()])
            enrolment = make.enrolment(course, people.person())
            lesson = make.lessons_of(course)[0]
            attempt = operations.start(enrolment.id, lesson)
            rounds.append([(enrolment.id, lesson.id, attempt.id)] * MANY)
    return rounds


def closings(live, rounds):
    """How often the trail says that each try was closed, and when its row says so."""
    with live.app.app_context():
        closed = (AuditEntry.verb == "learning.attempt-closed", AuditEntry.subject_kind == "lesson")
        return [
            (
                db.session.scalar(
                    select(func.count())
                    .select_from(AuditEntry)
                    .where(*closed, AuditEntry.subject_id == str(one[0][1]))
                ),
                db.session.get(Attempt, one[0][2]).closed_at.isoformat(),
            )
            for one in rounds
        ]


def test_eight_tabs_that_send_one_try_close_it_once(live):
    rounds = open_tries(live)
    outcomes = racing.race(live, racing.submit, rounds)
    kept = closings(live, rounds)
    assert [times for times, _at in kept] == [1] * ROUNDS
    assert outcomes == [[at] * MANY for _times, at in kept]


def test_control_without_the_claim_one_try_is_closed_many_times(live):
    rounds = open_tries(live)
    racing.race(live, racing.submit, rounds, unclaimed=operations)
    assert max(times for times, _at in closings(live, rounds)) > 1


# --- two tabs that finish ----------------------------------------------------------------------------------


def last_lessons(live, same):
    """Learners whose last lesson (or last two) two tabs finish at the same moment."""
    with committed(live):
        rounds = []
        for _round in range(ROUNDS):
            course = make.course([make.text(), make.text(), make.text()], jp="2.5")
            enrolment = make.enrolment(course, people.person())
            lessons = make.lessons_of(course)
            make.done(enrolment, *lessons[: 2 if same else 1])
            make.opened(enrolment, *lessons[2 if same else 1 :])
            rounds.append([(enrolment.id, lessons[2].id), (enrolment.id, lessons[2 if same else 1].id)])
    return rounds


def given(live, rounds):
    """What each learner got: completions, certificates, entries, letters; and the sum in the account."""
    told = []
    with live.app.app_context():
        for one in rounds:
            enrolment = db.session.get(Enrolment, one[0][0])
            mine = {
                AuditEntry: (AuditEntry.verb == "learning.completed")
                & (AuditEntry.subject_id == str(enrolment.id)),
                Certificate: Certificate.source_id == enrolment.id,
                JpEntry: JpEntry.source_id == enrolment.id,
                Letter: Letter.person_id == enrolment.person_id,
            }
            counts = [
                db.session.scalar(select(func.count()).select_from(model).where(condition))
                for model, condition in mine.items()
            ]
            balance = db.session.scalar(
                select(JpAccount.balance).where(JpAccount.person_id == enrolment.person_id)
            )
            told.append((*counts, str(balance)))
    return told


ONCE = (1, 1, 1, 1, "2.50")


@pytest.mark.parametrize("same", [True, False], ids=["the same lesson", "two lessons"])
def test_two_tabs_that_finish_complete_once(live, same):
    rounds = last_lessons(live, same)
    outcomes = racing.race(live, racing.finish, rounds)
    assert all("completed" in one and set(one) <= {"completed", "active"} for one in outcomes)
    assert given(live, rounds) == [ONCE] * ROUNDS
    with live.app.app_context():
        undone = select(func.count()).select_from(LessonProgress).where(LessonProgress.done_at.is_(None))
        assert db.session.scalar(undone) == 0


def test_control_without_the_claim_a_course_is_completed_twice(live):
    rounds = last_lessons(live, True)
    racing.race(live, racing.finish, rounds, unclaimed=acts)
    assert any(one != ONCE for one in given(live, rounds))


def certificates_of(live, rounds):
    with live.app.app_context():
        return [
            db.session.scalar(
                select(func.count()).select_from(Certificate).where(Certificate.source_id == one[0][1])
            )
            for one in rounds
        ]


def achievements(live):
    with committed(live):
        return [[(people.person().id, 7000 + n)] * MANY for n in range(ROUNDS)]


def test_eight_that_issue_the_same_certificate(live):
    rounds = achievements(live)
    for numbers in racing.race(live, racing.issue, rounds):
        assert len(set(numbers)) == 1
    assert certificates_of(live, rounds) == [1] * ROUNDS


def test_control_without_the_key_there_are_two_certificates(live):
    rounds = achievements(live)
    racing.drop_index(live, "uq_certificates_valid")
    racing.race(live, racing.issue, rounds)
    assert max(certificates_of(live, rounds)) > 1
