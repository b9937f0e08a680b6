"""Reads of learning. The course and lesson pages cost the same for 10 and for 100 lessons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from json import loads

from flask import url_for
from sqlalchemy import Select, Text, and_, bindparam, case, cast, func, null, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload, undefer
from sqlalchemy.types import TypeDecorator

from ekopi.accounts.models import Person
from ekopi.courses.assessment.models import Attempt, Slot
from ekopi.courses.authoring.models import Course, Lesson, Module, QuestionText
from ekopi.courses.learning.models import HOLDING, LEARNING, Enrolment, FieldTask, LessonProgress
from ekopi.courses.learning.walk import Step, Walk
from ekopi.extensions import db
from ekopi.revisions.models import Version

COUNTED = 1000
"""Learners a course page counts; a page must not cost more the more people learn."""


# --- the pages of every learner: their statements are put together once, when the module is read -----------


@dataclass
class CoursePage:
    """A published course with what one person has in it."""

    course: Course
    enrolment: Enrolment | None
    learners: int
    """People who learn in it or completed it, counted up to COUNTED + 1, or to the seats where there are more of them."""

    @property
    def more(self) -> bool:
        """Whether the number is only where counting stopped."""
        return self.learners > COUNTED and (self.course.seats or 0) <= COUNTED


@dataclass
class LessonPage:
    """A live lesson with its HTML, its course, and this person's enrolment."""

    course: Course
    lesson: Lesson | None
    enrolment: Enrolment | None


def _with_enrolment(query: Select) -> Select:
    """Joins the newest enrolment of `person_id` in the course `slug`; the holding one is always the newest."""
    mine = aliased(Enrolment)
    newest = (
        select(func.max(mine.id))
        .where(mine.course_id == Course.id, mine.person_id == bindparam("person_id"))
        .correlate(Course)
        .scalar_subquery()
    )
    return (
        query.select_from(Course)
        .outerjoin(Enrolment, Enrolment.id == newest)
        .where(Course.slug == bindparam("slug"), Course.live, Course.deleted_at.is_(None))
    )


def _learners(most: int) -> Select:
    some = (
        select(Enrolment.id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Course.slug == bindparam("slug"), Enrolment.state.in_(LEARNING))
        .limit(most)
        .subquery()
    )
    return select(func.count()).select_from(some)


COURSE_PAGE = _with_enrolment(
    select(Course, Enrolment, _learners(most=COUNTED + 1).scalar_subquery())
).options(joinedload(Course.organisation))
LESSON = _with_enrolment(select(Course, Lesson, Enrolment)).outerjoin(
    Lesson, and_(Lesson.course_id == Course.id, Lesson.id == bindparam("lesson_id"), Lesson.live)
)
LESSON_PAGE = LESSON.options(undefer(Lesson.html))


def course_page(slug: str, person_id: int | None) -> CoursePage | None:
    """The course with its organisation, this person's enrolment (the newest when all ended), the number of learners."""
    row = db.session.execute(COURSE_PAGE, {"slug": slug, "person_id": person_id}).first()
    if row is None:
        return None
    page = CoursePage(*row)
    seats = page.course.seats or 0
    if page.learners > COUNTED and seats > COUNTED:  # how many seats are left is said exactly
        page.learners = db.session.scalar(_learners(most=seats), {"slug": slug}) or 0
    return page


def lesson_page(slug: str, lesson_id: int, person_id: int, *, shown: bool = True) -> LessonPage | None:
    """None when there is no such course; without a lesson when the course does not hold it (any more).

    The HTML is read only where the lesson is shown.
    """
    row = db.session.execute(
        LESSON_PAGE if shown else LESSON, {"slug": slug, "lesson_id": lesson_id, "person_id": person_id}
    ).first()
    return LessonPage(*row) if row else None


@dataclass
class QuestionPage(LessonPage):
    """A question of one try at a quiz; without a try or a slot when there is no such one."""

    attempt: Attempt | None
    slot: Slot | None
    question: QuestionText | None
    total: int | None
    """How many questions the try holds."""


def _question_page() -> Select:
    others = aliased(Slot)
    total = select(func.max(others.number)).where(others.attempt_id == Attempt.id).correlate(Attempt)
    return (
        _with_enrolment(
            select(Course, Lesson, Enrolment, Attempt, Slot, QuestionText, total.scalar_subquery())
        )
        .outerjoin(
            Lesson, and_(Lesson.course_id == Course.id, Lesson.id == bindparam("lesson_id"), Lesson.live)
        )
        .outerjoin(
            Attempt,
            and_(
                Attempt.enrolment_id == Enrolment.id,
                Attempt.lesson_id == Lesson.id,
                Attempt.number == bindparam("number"),
            ),
        )
        .outerjoin(Slot, and_(Slot.attempt_id == Attempt.id, Slot.number == bindparam("slot")))
        .outerjoin(QuestionText, QuestionText.version_id == Slot.version_id)
    )


QUESTION_TO_KEEP = _question_page()
QUESTION_PAGE = QUESTION_TO_KEEP.options(selectinload(QuestionText.options))


def question_page(
    slug: str, lesson_id: int, person_id: int, number: int, slot: int, *, shown: bool
) -> QuestionPage | None:
    """Everything of a question but its answer; its options (a second query) only where it is shown."""
    row = db.session.execute(
        QUESTION_PAGE if shown else QUESTION_TO_KEEP,
        {"slug": slug, "lesson_id": lesson_id, "person_id": person_id, "number": number, "slot": slot},
    ).first()
    return QuestionPage(*row) if row else None


class _Keys(TypeDecorator):
    """A JSON list of keys, read once for all rows that say the same: each lesson brings its module's."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value, dialect):
        return _read_keys(value)


@lru_cache(maxsize=4096)
def _read_keys(text: str) -> Sequence[str]:
    return tuple(loads(text))


def _outline(with_birth: bool) -> Select:
    """The outline of `course_id` with the progress of `enrolment_id`; columns in the order of a Step."""
    first = aliased(Version)
    query = (
        select(
            Lesson.id,
            Lesson.key,
            Lesson.kind,
            Lesson.title,
            Lesson.minutes,
            Lesson.required,
            Module.key,
            Module.title,
            cast(Module.requires, _Keys),
            case((Lesson.kind == "quiz", Lesson.settings)),
            LessonProgress.done_at,
            LessonProgress.score,
            func.coalesce(LessonProgress.seconds, 0),
            first.made_at if with_birth else null(),
        )
        .join(Module, Module.id == Lesson.module_id)
        .outerjoin(
            LessonProgress,
            and_(
                LessonProgress.lesson_id == Lesson.id,
                LessonProgress.enrolment_id == bindparam("enrolment_id"),
            ),
        )
        .where(Lesson.course_id == bindparam("course_id"), Lesson.live)
        .order_by(Lesson.position)
    )
    if with_birth:
        query = query.outerjoin(first, and_(first.item_id == Lesson.item_id, first.number == 1))
    return query


OUTLINE, OUTLINE_OF_COMPLETED = _outline(with_birth=False), _outline(with_birth=True)


def walk(course_id: int, enrolment: Enrolment | None) -> Walk:
    """The outline with this learner's progress, in one query."""
    completed = enrolment is not None and enrolment.state == "completed"
    rows = db.session.execute(
        OUTLINE_OF_COMPLETED if completed else OUTLINE,
        {"course_id": course_id, "enrolment_id": enrolment.id if enrolment else None},
    )
    return Walk([Step(*row) for row in rows], enrolment)


# --- single enrolments --------------------------------------------------------------------------------------


def enrolment_of(course_id: int, person_id: int) -> Enrolment | None:
    """The enrolment that holds: asked, active or completed."""
    return db.session.scalars(
        select(Enrolment).where(
            Enrolment.course_id == course_id,
            Enrolment.person_id == person_id,
            Enrolment.state.in_(HOLDING),
        )
    ).first()


def enrolments_of(person_id: int) -> Select[Enrolment]:
    """A query of all enrolments of a person with their courses, whatever became of them; not yet ordered."""
    return (
        select(Enrolment)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.person_id == person_id, Course.deleted_at.is_(None))
        .options(contains_eager(Enrolment.course))
    )


def own_enrolment(person_id: int, enrolment_id: int) -> Enrolment | None:
    """One of this person's enrolments, with its course."""
    return db.session.scalars(enrolments_of(person_id).where(Enrolment.id == enrolment_id)).first()


def states_in(course_ids: list[int], person_id: int | None) -> dict[int, str]:
    """For a list of courses: in which of them this person holds an enrolment, and its state."""
    if person_id is None or not course_ids:
        return {}
    rows = db.session.execute(
        select(Enrolment.course_id, Enrolment.state).where(
            Enrolment.person_id == person_id,
            Enrolment.course_id.in_(course_ids),
            Enrolment.state.in_(HOLDING),
        )
    )
    return {row.course_id: row.state for row in rows}


def applicants(course_id: int) -> Select:
    """A query of those who ask to be let in, with their persons; not yet ordered."""
    return (
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.course_id == course_id, Enrolment.state == "asked")
        .options(contains_eager(Enrolment.person))
    )


def applicant(course_id: int, enrolment_id: int) -> Enrolment | None:
    """One enrolment of this course, whatever became of it, with its person."""
    return db.session.scalars(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.course_id == course_id)
        .options(joinedload(Enrolment.person))
    ).first()


def field_task(enrolment_id: int, lesson_id: int) -> FieldTask | None:
    """What the learner wrote in a langkah nyata; only ever read for the learner."""
    return db.session.get(FieldTask, (enrolment_id, lesson_id))


def courses_with_applicants() -> list[tuple[Course, int]]:
    """Published courses where people wait to be let in, with their organisation, and how many wait; one query."""
    waiting = (
        select(Enrolment.course_id, func.count().label("number"))
        .where(Enrolment.state == "asked")
        .group_by(Enrolment.course_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Course, waiting.c.number)
        .join(waiting, waiting.c.course_id == Course.id)
        .where(Course.live, Course.deleted_at.is_(None))
        .options(joinedload(Course.organisation))
        .order_by(Course.title)
    )
    return [(row.Course, row.number) for row in rows]


@dataclass
class NextStep:
    """The one thing to go on with."""

    slug: str
    course_title: str
    lesson_id: int
    title: str
    kind: str
    minutes: int
    """Estimated minutes of the lesson."""
    done: int
    total: int
    module: int
    """Number of its module."""
    module_title: str

    @property
    def url(self) -> str:
        return url_for("learning.lesson", slug=self.slug, lesson_id=self.lesson_id)


MOST_RUNNING = 12
"""Active courses that are read at once; hardly anybody learns in so many."""
LATEST = (
    select(Enrolment, Course)
    .join(Course, Course.id == Enrolment.course_id)
    .where(
        Enrolment.person_id == bindparam("person_id"),
        Enrolment.state == "active",
        Course.live,
        Course.deleted_at.is_(None),
    )
    .order_by(func.coalesce(Enrolment.last_act_at, Enrolment.asked_at).desc(), Enrolment.id.desc())
    .limit(MOST_RUNNING)
)


@dataclass
class Running:
    """What a person learns now: where to go on, and the other courses, that of the latest act first."""

    step: NextStep | None
    others: list[Course]


def running(person_id: int) -> Running:
    """The active courses of a person, up to MOST_RUNNING; one goes on in that of the latest act. Two queries."""
    rows = db.session.execute(LATEST, {"person_id": person_id}).all()
    if not rows:
        return Running(None, [])
    step = _next_step(*rows[0])
    return Running(step, [course for _enrolment, course in rows[1 if step else 0 :]])


def _next_step(enrolment: Enrolment, course: Course) -> NextStep | None:
    way = walk(course.id, enrolment)
    step = way.next_step
    if step is None:
        return None
    part = way.part(step)
    return NextStep(
        slug=course.slug,
        course_title=course.title,
        lesson_id=step.lesson_id,
        title=step.title,
        kind=step.kind,
        minutes=step.minutes,
        done=way.done_count,
        total=len(way.steps),
        module=part.number,
        module_title=part.title,
    )


def names_of(enrolment_ids: list[str]) -> dict[str, str]:
    """The course of each enrolment, for sentences of the trail."""
    rows = db.session.execute(
        select(Enrolment.id, Course.title)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.id.in_([int(i) for i in enrolment_ids]))
    )
    return {str(id): title for id, title in rows}


def lesson_titles(lesson_ids: list[str]) -> dict[str, str]:
    """Titles of lessons, for sentences of the trail."""
    rows = db.session.execute(
        select(Lesson.id, Lesson.title, Lesson.key).where(Lesson.id.in_([int(i) for i in lesson_ids]))
    )
    return {str(id): title or key for id, title, key in rows}
