"""Finishing lessons, observed time, and completion: certificate and JP at once and exactly once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from ekopi.core import clock
from ekopi.core.models import AuditEntry
from ekopi.courses.assessment import operations as assessment
from ekopi.courses.learning import operations, queries
from ekopi.courses.learning.errors import ModuleClosed, NotEnrolled
from ekopi.courses.learning.models import LessonProgress
from ekopi.courses.learning.tasks import close_overdue
from ekopi.credentials.models import Certificate, JpAccount, JpEntry
from ekopi.mail.models import Letter
from ekopi.notifications.models import InboxItem
from tests.accounts import make as people
from tests.courses import make

RIGHT = {"options": ["b"]}


@pytest.fixture(autouse=True)
def rules(db):
    make.editions()
    yield
    clock.shift(None)


def learner(course, **more):
    return make.enrolment(course, people.person(**more))


def total(db, model):
    return db.session.scalar(select(func.count()).select_from(model))


def pass_quiz(course, enrolment, lesson, value=RIGHT):
    attempt = operations.start_quiz(course, enrolment, lesson)
    operations.save_answer(enrolment, attempt, 1, 1, value)
    return operations.submit_quiz(course, enrolment, lesson, attempt)


def test_going_on_marks_done_and_keeps_the_place(db):
    course = make.course([make.text(), make.text(), make.text()])
    enrolment = learner(course)
    first, second, _third = make.lessons_of(course)
    assert operations.finish_lesson(course, enrolment, first) == second.id
    assert enrolment.place_id == second.id
    done = db.session.get(LessonProgress, (enrolment.id, first.id))
    assert done.done_at is not None and done.version_id == first.version_id
    assert db.session.get(LessonProgress, (enrolment.id, second.id)).done_at is None


def test_done_once_stays_as_it_was(db):
    course = make.course()
    enrolment = learner(course)
    first = make.lessons_of(course)[0]
    operations.finish_lesson(course, enrolment, first)
    before = db.session.get(LessonProgress, (enrolment.id, first.id)).done_at
    clock.shift(timedelta(days=1))
    operations.finish_lesson(course, enrolment, first)
    assert db.session.get(LessonProgress, (enrolment.id, first.id)).done_at == before


def test_passing_by_a_quiz_or_a_task_does_not_do_it(db):
    course = make.course([make.quiz(), make.field_task(), make.text()])
    enrolment = learner(course)
    for lesson in make.lessons_of(course)[:2]:
        operations.finish_lesson(course, enrolment, lesson)
    assert queries.walk(course.id, enrolment).done_count == 0


def test_a_closed_module_refuses(db):
    course = make.course(
        [make.text(), make.text(module="dua"), make.quiz(module="dua")], requires={"dua": ["satu"]}
    )
    enrolment = learner(course)
    _first, text, quiz = make.lessons_of(course)
    with pytest.raises(ModuleClosed):
        operations.finish_lesson(course, enrolment, text)
    with pytest.raises(ModuleClosed):
        operations.start_quiz(course, enrolment, quiz)


@pytest.mark.parametrize("state", ["asked", "refused", "left"])
def test_who_is_not_in_the_course_does_nothing_in_it(db, state):
    course = make.course()
    enrolment = make.enrolment(course, people.person(), state=state)
    with pytest.raises(NotEnrolled):
        operations.finish_lesson(course, enrolment, make.lessons_of(course)[0])


def test_observed_time_is_the_gap_between_acts_up_to_ten_minutes(db):
    course = make.course([make.text(), make.text(), make.text(), make.text()])
    enrolment = learner(course)
    lessons = make.lessons_of(course)
    operations.open_lesson(enrolment, lessons[0].id)
    for lesson, minutes in zip(lessons[:3], (3, 30, 9), strict=True):
        clock.shift((clock._shift or timedelta()) + timedelta(minutes=minutes))
        operations.finish_lesson(course, enrolment, lesson)
    seconds = [db.session.get(LessonProgress, (enrolment.id, lesson.id)).seconds for lesson in lessons[:3]]
    assert [round(one / 60) for one in seconds] == [3, 10, 9]


def test_the_last_required_act_completes_with_everything_at_once(db):
    course = make.course([make.text(), make.text(required=False), make.quiz()], title="Kursus A", jp="2.5")
    above = people.organisation("Pemerintah Kabupaten Tirta Mulya")
    organisation = people.organisation("Dinas Kesehatan", parent=above)
    enrolment = learner(course, name="Rina Wulandari", organisation=organisation)
    text, _optional, quiz = make.lessons_of(course)
    operations.finish_lesson(course, enrolment, text)
    assert total(db, Certificate) == 0
    pass_quiz(course, enrolment, quiz)
    assert enrolment.state == "completed" and enrolment.completed_publication == course.publication_number
    certificate = db.session.scalars(select(Certificate)).one()
    assert certificate.facts == {
        "name": "Rina Wulandari", "organisation": "Dinas Kesehatan, Pemerintah Kabupaten Tirta Mulya",
        "course": "Kursus A",
        "course_slug": course.slug, "edition": 1, "jp": "2.5", "score": "100", "pass_mark": 70,
        "completed_on": clock.today("Asia/Jakarta").isoformat(), "issuer": "Lembaga Administrasi Negara",
        "demo": False,
    }  # fmt: skip
    entry = db.session.scalars(select(JpEntry)).one()
    assert (entry.jp, entry.source_kind, entry.source_id) == (Decimal("2.50"), "enrolment", enrolment.id)
    assert entry.evidence["attempts"] == 1 and entry.evidence["publication"] == 1
    assert db.session.scalars(select(JpAccount.balance)).one() == Decimal("2.50")
    kinds = set(db.session.scalars(select(InboxItem.kind).where(InboxItem.person_id == enrolment.person_id)))
    assert "certificate-issued" in kinds
    assert total(db, Letter) == 1
    assert "learning.completed" in set(db.session.scalars(select(AuditEntry.verb)))


def test_a_certificate_names_no_organisation_that_did_not_confirm(db):
    course = make.course([make.text()])
    who = people.person()
    people.membership(who, people.organisation("Pemerintah Kabupaten Tirta Mulya"), state="claimed")
    operations.finish_lesson(course, make.enrolment(course, who), make.lessons_of(course)[0])
    assert db.session.scalars(select(Certificate)).one().facts["organisation"] == ""


def test_a_completed_course_is_not_completed_again(db):
    course = make.course([make.text(), make.text()])
    enrolment = learner(course)
    for lesson in make.lessons_of(course) * 2:
        operations.finish_lesson(course, enrolment, lesson)
    operations.see_to_completion(course, enrolment)
    assert (total(db, Certificate), total(db, JpEntry), total(db, Letter)) == (1, 1, 1)


def test_a_lesson_published_later_undoes_nothing(db):
    course = make.course([make.text()])
    enrolment = learner(course)
    operations.finish_lesson(course, enrolment, make.lessons_of(course)[0])
    course.publication_number = 2
    clock.shift(timedelta(hours=1))
    new = make.lesson(course, title="Materi Segar")
    way = queries.walk(course.id, enrolment)
    assert enrolment.state == "completed" and enrolment.completed_publication == 1
    assert [step.lesson_id for step in way.new_steps] == [new.id]
    operations.finish_lesson(course, enrolment, new)
    assert (enrolment.completed_publication, total(db, Certificate), total(db, JpEntry)) == (1, 1, 1)


def test_taking_the_last_missing_lesson_out_leaves_a_way_to_complete(client, db):
    course = make.course([make.text(), make.text()])
    enrolment = learner(course)
    first, second = make.lessons_of(course)
    operations.finish_lesson(course, enrolment, first)
    second.live = False
    client.sign_in(db.session.get(people.Person, enrolment.person_id))
    client.get(f"/kursus/{course.slug}")
    client.submit(action="/selesai$")
    assert "Kursus Selesai" in client.get(f"/kursus/{course.slug}").text
    assert total(db, Certificate) == 1


def test_a_course_of_no_jp_gives_a_certificate_only(db):
    course = make.course([make.text()], jp="0")
    operations.finish_lesson(course, learner(course), make.lessons_of(course)[0])
    assert (total(db, Certificate), total(db, JpEntry)) == (1, 0)


def test_the_best_score_counts_and_failing_does_not_finish(db):
    course = make.course([make.quiz(questions=[make.single(), make.single()], pass_mark=80), make.text()])
    enrolment = learner(course)
    quiz, _text = make.lessons_of(course)
    pass_quiz(course, enrolment, quiz)
    pass_quiz(course, enrolment, quiz, {"options": ["a"]})
    progress = db.session.get(LessonProgress, (enrolment.id, quiz.id))
    assert (progress.score, progress.done_at) == (Decimal(50), None)


def test_a_passed_quiz_whose_answers_were_shown_is_not_taken_again(db):
    course = make.course([make.quiz(attempts=0), make.quiz(attempts=0, show_later="marks"), make.text()])
    enrolment = learner(course)
    shown, hidden, _text = make.lessons_of(course)
    pass_quiz(course, enrolment, shown)
    pass_quiz(course, enrolment, hidden)
    with pytest.raises(assessment.NoAttemptsLeft):
        operations.start_quiz(course, enrolment, shown)
    assert operations.start_quiz(course, enrolment, hidden).number == 2


def test_an_overdue_try_is_closed_by_the_schedule_and_may_complete_the_course(db):
    course = make.course([make.quiz(time_limit=10)])
    enrolment = learner(course)
    (quiz,) = make.lessons_of(course)
    attempt = operations.start_quiz(course, enrolment, quiz)
    operations.save_answer(enrolment, attempt, 1, 1, RIGHT)
    assert close_overdue() == 0
    clock.shift(timedelta(minutes=11))
    assert close_overdue() == 1
    db.session.expire_all()
    assert (attempt.state, attempt.passed, enrolment.state) == ("overdue", True, "completed")
    assert (close_overdue(), total(db, Certificate)) == (0, 1)


def test_starting_again_after_the_time_closes_the_old_try(db):
    course = make.course([make.quiz(time_limit=10), make.text()])
    enrolment = learner(course)
    quiz, _text = make.lessons_of(course)
    first = operations.start_quiz(course, enrolment, quiz)
    clock.shift(timedelta(minutes=11))
    second = operations.start_quiz(course, enrolment, quiz)
    assert (first.state, second.number, second.state) == ("overdue", 2, "open")


def test_the_job_is_on_the_schedule():
    from ekopi.jobs.declared import JOBS

    assert JOBS["learning.close-overdue"].schedule == "* * * * *"


# --- the next step on /beranda -----------------------------------------------------------------------------


def test_the_next_step_is_in_the_course_of_the_latest_act(db):
    person = people.person()
    old, new = (make.course([make.text(), make.text(module="dua")], title=f"Kursus {n}") for n in "AB")
    for course in (old, new):
        operations.finish_lesson(course, make.enrolment(course, person), make.lessons_of(course)[0])
    going_on = queries.running(person.id)
    step = going_on.step
    assert [course.id for course in going_on.others] == [old.id]
    lesson = make.lessons_of(new)[1]
    assert (step.slug, step.lesson_id, step.done, step.total) == (new.slug, lesson.id, 1, 2)
    assert (step.module, step.module_title, step.minutes) == (2, "Bagian dua", 8)


def test_there_is_no_next_step_without_a_course_that_goes_on(db):
    person = people.person()
    make.enrolment(make.course(), person, state="completed")
    make.enrolment(make.course(), person, state="left")
    make.enrolment(make.course(live=False), person)
    assert queries.running(person.id) == queries.Running(None, [])
