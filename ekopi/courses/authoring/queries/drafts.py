"""What the studio reads: drafts beside what is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, false, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from ekopi.accounts.models import Organisation, Person
from ekopi.accounts.queries import LABEL
from ekopi.core import clock
from ekopi.core.db import UNDO_DAYS
from ekopi.core.models import AuditEntry
from ekopi.courses.authoring import policy
from ekopi.courses.authoring.bodies import Body, bank_keys, lesson_refs
from ekopi.courses.authoring.models import Course, CourseFile, Lesson, Module, Question
from ekopi.extensions import db
from ekopi.revisions import queries as revisions
from ekopi.revisions.models import Draft, Item, Version


@dataclass
class State:
    """A course with everything that belongs to it, drafts and published versions loaded."""

    course: Course
    item: Item
    lessons: dict[str, tuple[Lesson, Item]] = field(default_factory=dict)
    questions: dict[str, tuple[Question, Item]] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)

    @property
    def draft(self) -> Body:
        """The draft of title, settings and outline."""
        return self.item.draft.body

    def items(self) -> list[Item]:
        """The course's own item, then those of its lessons and questions."""
        return [
            self.item,
            *(item for _row, item in self.lessons.values()),
            *(item for _row, item in self.questions.values()),
        ]

    def drafts(self) -> tuple[dict[str, Body], dict[str, Body]]:
        """Draft bodies of the lessons in the draft outline, and of the questions in the draft bank, by key."""
        body = self.draft
        lessons = {key: self.lessons[key][1].draft.body for _m, _n, key, _r in lesson_refs(body)}
        return lessons, {key: self.questions[key][1].draft.body for key in bank_keys(body)}

    def published(self) -> tuple[Body | None, dict[str, Body], dict[str, Body]]:
        """Bodies of what is published: course, lessons and questions by key."""
        if self.item.published is None:
            return None, {}, {}
        body = self.item.published.body
        lessons = {key: self.lessons[key][1].published for _m, _n, key, _r in lesson_refs(body)}
        asked = {key: self.questions[key][1].published for key in bank_keys(body)}
        return (
            body,
            {key: version.body for key, version in lessons.items() if version},
            {key: version.body for key, version in asked.items() if version},
        )


def state(course: Course) -> State:
    """Everything of a course. Six queries, whatever its size."""
    items = {item.id: item for item in revisions.items_of(course.place)}
    lessons = db.session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.id))
    asked = db.session.scalars(select(Question).where(Question.course_id == course.id).order_by(Question.id))
    modules = db.session.scalars(select(Module).where(Module.course_id == course.id))
    return State(
        course,
        items[course.item_id],
        {lesson.key: (lesson, items[lesson.item_id]) for lesson in lessons},
        {question.key: (question, items[question.item_id]) for question in asked},
        {module.key: module for module in modules},
    )


def bodies_then(state: State, number: int) -> dict[int, Body | None]:
    """The published body of every item, by its id, as it was once publication `number` was out. Two queries.

    None for what was not published yet; 0 is the time before the first publication.
    """
    then = revisions.versions_then(state.course.place, number)
    versions = revisions.versions(id for id in then.values() if id)
    found: dict[int, Body | None] = bodies_now(state)
    for item_id, version_id in then.items():
        found[item_id] = versions[version_id].body if version_id else None
    return found


def bodies_now(state: State) -> dict[int, Body | None]:
    """The published body of every item, by its id; None for what is not published."""
    return {item.id: item.published.body if item.published else None for item in state.items()}


def any_course(slug: str) -> Course | None:
    """A course whether published or not, with its organisation; deleted ones are not found."""
    return db.session.scalars(
        select(Course)
        .where(Course.slug == slug, Course.deleted_at.is_(None))
        .options(selectinload(Course.organisation))
    ).first()


def course_by_slug(slug: str) -> Course | None:
    """The course of that slug in any state, deleted ones too."""
    return db.session.scalars(select(Course).where(Course.slug == slug)).first()


def slug_taken(slug: str) -> bool:
    """Whether a course has this slug, also a deleted one."""
    return bool(db.session.scalar(select(exists().where(Course.slug == slug))))


def lesson_by_key(course: Course, key: str) -> Lesson | None:
    """A lesson of the course, in the outline or not."""
    return db.session.scalars(select(Lesson).where(Lesson.course_id == course.id, Lesson.key == key)).first()


def question_by_key(course: Course, key: str) -> Question | None:
    """A question of the course, in the bank or not."""
    return db.session.scalars(
        select(Question).where(Question.course_id == course.id, Question.key == key)
    ).first()


def module_by_key(course: Course, key: str) -> Module | None:
    """A module of the course, in the outline or not."""
    return db.session.scalars(select(Module).where(Module.course_id == course.id, Module.key == key)).first()


def item(item_id: int) -> Item:
    """An item with draft and published version."""
    return revisions.items([item_id])[0]


def course_files(course: Course) -> list[CourseFile]:
    """Rows of the published files."""
    query = select(CourseFile).where(CourseFile.course_id == course.id)
    return list(db.session.scalars(query.order_by(CourseFile.name)))


@dataclass(frozen=True)
class Shelf:
    """One line of the studio's list: a course, its draft title, whether learners see all of it."""

    course: Course
    title: str
    pending: bool
    """A draft differs from what is published (always so before the first publication)."""


def written_by(person: Person, limit: int = 200) -> list[Shelf]:
    """Courses the person may write, newest first. One query beside those of the person's places."""
    query = (
        select(Course, Draft.body, _pending())
        .join(Draft, Draft.item_id == Course.item_id)
        .where(Course.deleted_at.is_(None), visible_to(person))
        .options(joinedload(Course.organisation))
        .order_by(Course.created_at.desc(), Course.id.desc())
        .limit(limit)
    )
    return [Shelf(course, body["title"], bool(found)) for course, body, found in db.session.execute(query)]


def unfinished_of(person: Person, limit: int = 5) -> list[Shelf]:
    """Courses with something unpublished that the person began or wrote last, newest first. One query."""
    query = (
        select(Course, Draft.body)
        .join(Draft, Draft.item_id == Course.item_id)
        .where(
            Course.deleted_at.is_(None),
            visible_to(person),
            or_(_pending(person.id), and_(Course.created_by_id == person.id, _pending())),
        )
        .order_by(Course.created_at.desc(), Course.id.desc())
        .limit(limit)
    )
    return [Shelf(course, body["title"], True) for course, body in db.session.execute(query)]


@dataclass(frozen=True)
class Deleted:
    """A deleted course that can still be brought back, and who deleted it (None: a command)."""

    course: Course
    title: str
    by_id: int | None

    @property
    def until(self) -> datetime:
        """From this moment on it stays deleted."""
        assert self.course.deleted_at is not None
        return self.course.deleted_at + timedelta(days=UNDO_DAYS)


def deleted_of(person: Person, limit: int = 200) -> list[Deleted]:
    """Deleted courses the person may bring back, the last deleted first. Two queries at most.

    Who deleted a course stands in the trail.
    """
    rows = db.session.execute(
        select(Course, Draft.body)
        .join(Draft, Draft.item_id == Course.item_id)
        .where(Course.deleted_at > clock.now() - timedelta(days=UNDO_DAYS), visible_to(person))
        .order_by(Course.deleted_at.desc(), Course.id.desc())
        .limit(limit)
    ).all()
    if not rows:
        return []
    trail = db.session.execute(
        select(AuditEntry.subject_id, AuditEntry.actor_id)
        .where(
            AuditEntry.subject_kind == "course",
            AuditEntry.subject_id.in_([str(course.id) for course, _body in rows]),
            AuditEntry.verb == "course.deleted",
        )
        .order_by(AuditEntry.id)
    )
    by = {row.subject_id: row.actor_id for row in trail}
    return [Deleted(course, body["title"], by.get(str(course.id))) for course, body in rows]


def visible_to(person: Person):
    """The WHERE twin of policy.may_edit."""
    if policy.may_edit_all(person):
        return Course.id.is_not(None)
    held = [role for role in person.held_roles() if role.kind == "author"]
    courses = [role.place_id for role in held if role.place_kind == "course"]
    places = [role.place_id for role in held if role.place_kind == "organisation"]
    own = aliased(Organisation)
    below = [
        exists().where(own.id.in_(places), Organisation.path.startswith(own.path)) if places else false()
    ]
    inside = select(Organisation.id).where(*below)
    return or_(Course.id.in_(courses), Course.organisation_id.in_(inside))


def _pending(by_id: int | None = None):
    """Whether something of a course is not published yet; with `by_id` what this person saved last."""
    return or_(_changed(Course.item_id, by_id), _any_changed(Lesson, by_id), _any_changed(Question, by_id))


def _changed(item_id, by_id):
    published = aliased(Version)
    mine, item_row = aliased(Draft), aliased(Item)
    query = (
        select(mine.item_id)
        .join(item_row, item_row.id == mine.item_id)
        .outerjoin(published, published.id == item_row.published_id)
        .where(mine.item_id == item_id, or_(published.id.is_(None), mine.body != published.body))
        .correlate(Course, Lesson, Question)
    )
    return (query if by_id is None else query.where(mine.saved_by_id == by_id)).exists()


def _any_changed(kind, by_id):
    # What is not live differs in the outline or the bank, so the course's own body says so already.
    return (
        select(kind.id)
        .where(kind.course_id == Course.id, kind.live, _changed(kind.item_id, by_id))
        .correlate(Course)
        .exists()
    )


def organisations_for(person: Person) -> list[tuple[int, str]]:
    """Ids and labels of the organisations a new course of this person may belong to, by name.

    The label names the parent too: two organisations may have the same name.
    """
    parent = aliased(Organisation)
    query = (
        select(Organisation.id, Organisation.name, parent.name)
        .outerjoin(parent, parent.id == Organisation.parent_id)
        .where(Organisation.deleted_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
    if not policy.may_edit_all(person):
        held = [role for role in person.held_roles() if role.kind == "author"]
        places = [role.place_id for role in held if role.place_kind == "organisation"]
        own = aliased(Organisation)
        query = query.where(exists().where(own.id.in_(places), Organisation.path.startswith(own.path)))
    return [
        (id, f"{name}{LABEL}{above}" if above else name)
        for id, name, above in db.session.execute(query.limit(1000))
    ]
