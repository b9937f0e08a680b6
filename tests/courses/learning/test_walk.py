"""The walk: what is open, what comes next, what is missing. Without a database."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from ekopi.core import clock
from ekopi.courses.learning.walk import Step, Walk


def step(n, module="satu", requires=(), done=False, required=True, born=None):
    return Step(
        lesson_id=n, key=f"m{n}", kind="text", title=f"Materi {n}", minutes=5, required=required,
        module_key=module, module_title=f"Bagian {module}", module_requires=list(requires), settings={},
        done_at=clock.now() if done else None, born_at=born,
    )  # fmt: skip


def enrolment(state="active", place=None, completed_at=None):
    return SimpleNamespace(state=state, place_id=place, completed_at=completed_at)


def test_an_empty_course_is_not_finished():
    assert not Walk([]).finished and Walk([], enrolment()).next_step is None


def test_optional_lessons_are_not_needed():
    assert Walk([step(1, done=True), step(2, required=False)]).finished
    assert not Walk([step(1), step(2, required=False, done=True)]).finished


def test_where_nothing_is_required_everything_is_needed():
    assert not Walk([step(1, required=False, done=True), step(2, required=False)]).finished


def test_a_module_waits_for_the_required_lessons_of_another():
    steps = [step(1), step(2, required=False), step(3, "dua", ["satu"])]
    way = Walk(steps, enrolment())
    assert not way.is_open(steps[2]) and [part.key for part in way.waits_for(way.parts[1])] == ["satu"]
    steps[0].done_at = clock.now()
    assert Walk(steps, enrolment()).is_open(steps[2])


def test_a_module_that_is_gone_or_is_itself_holds_nobody_up():
    steps = [step(1, "satu", ["hilang", "satu"])]
    assert Walk(steps, enrolment()).is_open(steps[0])


def test_what_is_done_stays_open():
    steps = [step(1), step(2, "dua", ["satu"], done=True)]
    assert Walk(steps, enrolment()).is_open(steps[1])


def test_a_completed_course_is_open_throughout():
    steps = [step(1), step(2, "dua", ["satu"])]
    assert Walk(steps, enrolment("completed", completed_at=clock.now())).is_open(steps[1])


def test_the_kept_place_comes_first():
    steps = [step(1), step(2), step(3)]
    assert Walk(steps, enrolment(place=2)).next_step is steps[1]


def test_after_the_place_before_what_was_passed_over():
    steps = [step(1), step(2, done=True), step(3)]
    assert Walk(steps, enrolment(place=2)).next_step is steps[2]
    steps[2].done_at = clock.now()
    assert Walk(steps, enrolment(place=3)).next_step is steps[0]


def test_required_lessons_come_before_optional_ones():
    steps = [step(1, required=False), step(2)]
    assert Walk(steps, enrolment()).next_step is steps[1]


def test_a_closed_place_is_not_the_next_step():
    steps = [step(1), step(2, "dua", ["satu"])]
    assert Walk(steps, enrolment(place=2)).next_step is steps[0]


def test_new_lessons_are_those_published_after_completion():
    then = clock.now()
    steps = [
        step(1, done=True),
        step(2, born=then - timedelta(days=1)),
        step(3, born=then + timedelta(days=1)),
    ]
    way = Walk(steps, enrolment("completed", completed_at=then))
    assert way.new_steps == [steps[2]] and way.next_step is None
    assert Walk(steps, enrolment()).new_steps == []
