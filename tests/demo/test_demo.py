"""The demo keeps every rule that the product keeps, and makes every role worth trying."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from ekopi.accounts import passwords, queries
from ekopi.accounts.models import Consent, Membership, Organisation, Person
from ekopi.core import audit, clock
from ekopi.courses.assessment import marking
from ekopi.courses.assessment.models import Answer, Attempt
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.authoring.models import Course, Lesson
from ekopi.courses.learning import policy
from ekopi.courses.learning.models import Enrolment, FieldTask, LessonProgress
from ekopi.courses.learning.queries import walk
from ekopi.credentials import queries as credentials
from ekopi.credentials.models import Certificate, JpEntry
from ekopi.demo import people, seeding, texts
from ekopi.extensions import db
from ekopi.notifications.models import InboxItem
from tests.operating.make import model_rows

ROLES = {
    "peserta": None, "inovator": "innovator", "pendamping": "coach", "penulis": "author", "kurator": "curator",
    "koordinator": "coordinator", "instansi": "agency_admin", "admin": "admin",
}  # fmt: skip


def every(table) -> list:
    return list(db.session.scalars(select(table)))


def person(key: str) -> Person:
    return queries.person_by_email(f"{key}@demo.ekopi.id")


def test_accounts_of_the_contract(demo):
    for key, role in ROLES.items():
        found = person(key)
        assert found.is_active and found.demo and f"{key}@demo.ekopi.id" in demo.said
        assert [r.kind for r in found.roles] == ([role] if role else [])
    assert passwords.fits("Belajar-Inovasi-2026", person("peserta").password_hash)
    assert person("admin").holds("admin", "platform", 0)
    place = queries.organisation(person("instansi").roles[0].place_id)
    assert place.name == "Pemerintah Kabupaten Tirta Mulya"
    assert "http://127.0.0.1:" in demo.said


def test_people_and_organisations(demo):
    everybody = every(Person)
    assert len(everybody) == 208 and all(p.demo for p in everybody)
    assert len({p.name for p in everybody}) == 208
    assert {p.zone for p in everybody} == set(clock.ZONES)
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 208
    assert all(o.path.endswith(f"/{o.id}/") for o in every(Organisation))
    states = Counter(m.state for m in every(Membership))
    assert states == {"confirmed": 208 - people.WAITING, "claimed": people.WAITING}
    told = {item.kind for item in every(InboxItem) if item.person_id == person("instansi").id}
    assert told == {"accounts.membership-claimed", "still-running", "care-offered"}


def test_everything_lies_in_the_past_and_in_order(demo):
    now = clock.now()
    for enrolment in every(Enrolment):
        assert enrolment.asked_at <= (enrolment.last_act_at or enrolment.asked_at) <= now
        assert enrolment.completed_at is None or enrolment.asked_at < enrolment.completed_at <= now
    asked = {e.id: e.asked_at for e in every(Enrolment)}
    came = {p.id: p.created_at for p in every(Person)}
    assert all(came[e.person_id] <= e.asked_at for e in every(Enrolment))
    for row in every(LessonProgress):
        assert asked[row.enrolment_id] <= row.opened_at <= (row.done_at or now) <= now
        if row.done_at:
            assert row.seconds <= (row.done_at - row.opened_at).total_seconds() + 1
    for attempt in every(Attempt):
        assert (
            attempt.started_at < attempt.closed_at <= (attempt.due_at or now) <= now or attempt.due_at < now
        )
    months = {e.completed_at.strftime("%Y-%m") for e in every(Enrolment) if e.completed_at}
    assert len(months) >= 6


def test_completed_means_certificate_means_entry(demo):
    completed = {e.id: e for e in every(Enrolment) if e.state == "completed"}
    papers = defaultdict(list)
    for paper in every(Certificate):
        assert paper.source_kind == "enrolment" and paper.facts["demo"] is True
        papers[paper.source_id].append(paper)
    credited = {e.source_id: e for e in every(JpEntry) if e.source_kind == "enrolment"}
    assert completed.keys() == papers.keys() == credited.keys()
    assert len(completed) > 80
    for key, entry in credited.items():
        at = completed[key].completed_at
        assert entry.person_id == completed[key].person_id and at <= entry.at < at + timedelta(seconds=5)
        assert at <= min(p.issued_at for p in papers[key]) < at + timedelta(seconds=5)
    assert credentials.unbalanced() == []
    states = Counter(p.state for p in every(Certificate))
    assert states["revoked"] == states["replaced"] == 1
    revoked = next(p for p in every(Certificate) if p.state == "revoked")
    assert any(e.reversal_of_id == credited[revoked.source_id].id for e in every(JpEntry))
    assert all(e.jp in (Decimal(13), Decimal(2)) for e in credited.values())


def test_who_finished_is_completed_and_nobody_else(demo):
    for enrolment in every(Enrolment):
        way = walk(enrolment.course_id, enrolment)
        assert way.finished == (enrolment.state == "completed")
        done = [step.done for step in way.steps]
        assert done == sorted(done, reverse=True), "a lesson was done before one it waits for"
        place = way.step(enrolment.place_id)
        assert place is not None and way.is_open(place)


def test_scores_are_what_marking_says(demo):
    attempts = every(Attempt)
    given = {(a.attempt_id, a.slot): a.value for a in every(Answer)}
    loaded = db.session.scalars(select(Attempt).options(selectinload(Attempt.slots))).all()
    questions = authoring.quiz_questions({slot.version_id for attempt in loaded for slot in attempt.slots})
    best: dict[tuple, Decimal] = {}
    for attempt in loaded:
        earned = possible = Fraction(0)
        for slot in attempt.slots:
            question = questions[slot.version_id]
            earned += marking.exact_credit(question, given[attempt.id, slot.number]) * Fraction(
                question.points
            )
            possible += Fraction(question.points)
            assert slot.credit == marking.credit(question, given[attempt.id, slot.number])
            assert sorted(slot.order) == sorted(choice.key for choice in marking.choices(question))
        assert abs(float(attempt.score) - float(earned / possible * 100)) < 0.01
        assert attempt.passed == (attempt.score >= attempt.rules["pass_mark"])
        assert not attempt.rules["attempts"] or attempt.number <= attempt.rules["attempts"]
        key = (attempt.enrolment_id, attempt.lesson_id)
        best[key] = max(best.get(key, Decimal(0)), attempt.score)
    quizzes = {lesson.id for lesson in every(Lesson) if lesson.kind == "quiz"}
    for row in every(LessonProgress):
        if row.lesson_id in quizzes:
            assert row.score == best[row.enrolment_id, row.lesson_id]
    assert any(not a.passed for a in attempts) and any(a.number > 1 for a in attempts)


def test_field_tasks_are_long_enough(demo):
    lessons = {lesson.id: lesson for lesson in every(Lesson)}
    tasks = every(FieldTask)
    assert {lessons[t.lesson_id].key for t in tasks} == set(texts.TEXTS)
    for task in tasks:
        missing = policy.words_missing(task, lessons[task.lesson_id])
        assert (missing == 0) == (task.sent_at is not None), lessons[task.lesson_id].key
        assert "{" not in task.text


def test_the_accounts_stand_where_they_are_useful(demo):
    courses = {course.id: course for course in every(Course)}
    assert all(course.live and course.demo for course in courses.values())
    jp = {course.slug: course.jp for course in courses.values()}
    assert jp == {"laboratorium-inovasi": Decimal(13), "menulis-inovasi": Decimal(2)}
    mine = {courses[e.course_id].slug: e for e in every(Enrolment) if e.person_id == person("peserta").id}
    way = walk(mine["laboratorium-inovasi"].course_id, mine["laboratorium-inovasi"])
    assert way.next_step.module_key == "diagnose-masalah" and not mine["laboratorium-inovasi"].completed_at
    assert mine["menulis-inovasi"].state == "active"
    year = clock.today().year
    assert credentials.balance(person("inovator").id, year) == Decimal(2)
    (paper,) = [c for c in every(Certificate) if c.person_id == person("inovator").id]
    unit = "Dinas Kependudukan dan Pencatatan Sipil, Pemerintah Kabupaten Tirta Mulya"
    assert paper.state == "valid" and paper.facts["organisation"] == unit


def test_trail_reads_well(demo):
    entries = every(audit.AuditEntry)
    assert {e.verb for e in entries} >= {"learning.enrolled", "learning.completed", "certificate.revoked"}
    with demo.app.test_request_context():
        lines = audit.sentences(entries)
    assert not [line for line in lines if "%(" in line or ": learning." in line or "enrolment 1" in line]


def test_nothing_of_the_trail_is_of_today(demo):
    newest = max(entry.at for entry in every(audit.AuditEntry))
    assert clock.now() - newest > timedelta(minutes=30), "a row took the time of the filling"


def test_a_second_run_changes_nothing(filled):
    before = model_rows(filled.app)
    done = filled.command()
    assert done.exit_code == 0 and "Mengisi" not in done.output and "peserta@demo.ekopi.id" in done.output
    assert model_rows(filled.app) == before
    assert "EKOPI_DEMO=1" in (filled.data_dir / "ekopi.env").read_text()


def test_refused_at_a_public_address(empty):
    before = model_rows(empty.app)
    done = empty.command(EKOPI_BASE_URL="https://ekopi.example.go.id")
    assert done.exit_code == 2 and "127.0.0.1" in done.output
    assert model_rows(empty.app) == before and not (empty.data_dir / "ekopi.env").exists()


def test_refused_among_other_data(empty):
    with empty.app.app_context():
        db.session.add(Person(email="somebody@contoh.go.id", name="Orang Lain"))
        db.session.commit()
        db.session.remove()
    before = model_rows(empty.app)
    done = empty.command()
    assert done.exit_code == 1 and "sudah berisi" in done.output
    assert model_rows(empty.app) == before


@pytest.mark.slow
def test_what_fails_leaves_nothing(empty, monkeypatch):
    def broken(learners, now):
        raise RuntimeError("power is gone")

    monkeypatch.setattr(seeding, "_correct", broken)
    before = model_rows(empty.app)
    try:
        empty.command()
    except RuntimeError:
        pass
    else:
        raise AssertionError("the failure was swallowed")
    assert model_rows(empty.app) == before
    assert not [name for _f, _d, names in os.walk(empty.data_dir / "files") for name in names]


def test_names_are_the_same_for_everybody():
    import random

    assert people.names(random.Random(1)) == people.names(random.Random(1))
    assert len(people.names(random.Random(2))) == people.LEARNERS
