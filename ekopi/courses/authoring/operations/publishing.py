"""Publishing a course and going back to an earlier publication: one transaction each, rendered before it begins to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ekopi.core import audit
from ekopi.core.db import claim
from ekopi.core.errors import Refused
from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.bodies import Body, Fault
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.operations.outline import NotInOutline
from ekopi.courses.authoring.operations.projecting import project
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.queries.drafts import State
from ekopi.courses.authoring.rendering import Faces
from ekopi.revisions import operations as revisions
from ekopi.revisions import queries as published
from ekopi.revisions.models import Item, Publication
from ekopi.revisions.operations import PublishedMeanwhile

SLOW_TEXTS = 3
"""Texts that may fail to render before the rest is not tried: each takes up to two seconds."""


class CannotPublish(Refused):
    """The course as it would be published breaks a rule; `faults` says all of it."""

    code = "cannot-publish"
    status = 422
    message = _l("Kursus ini belum dapat diterbitkan: ada %(count)d hal yang perlu diperbaiki.")
    remedy = _l("Perbaiki isi yang disebut, lalu terbitkan lagi.")

    def __init__(self, faults: list[Fault]):
        super().__init__(count=len(faults))
        self.faults = faults

    def __str__(self):
        return " ".join([self.sentence(), *map(str, self.faults[:5])])


class NoteMissing(Refused):
    """A publication says why, in a few words."""

    code = "note-missing"
    status = 422
    message = _l("Tulis catatan terbitan: apa yang berubah dan mengapa.")


class SeenChanged(Refused):
    """The drafts were saved again after the author looked at the changes."""

    code = "seen-changed"
    message = _l("Draf kursus ini berubah sejak Anda memeriksa perubahannya.")
    remedy = _l("Muat ulang halaman, periksa perubahannya, lalu terbitkan lagi.")


class NotAlone(Refused):
    """What was chosen alone is in no outline or bank that is published, so it would reach nobody."""

    code = "not-published-alone"
    message = _l("“%(title)s” belum ada di susunan yang terbit, jadi tidak dapat terbit sendiri.")
    remedy = _l("Pilih “Semua perubahan”, agar susunannya ikut terbit.")


@dataclass
class Plan:
    """A course as it will be published: checked and rendered, nothing written yet."""

    state: State
    number: int
    """The publication it builds on."""
    body: Body
    lessons: dict[str, Body]
    questions: dict[str, Body]
    faces: Faces
    bodies: dict[int, Body] = field(default_factory=dict)
    """What is published, by item."""
    fresh: set[str] = field(default_factory=set)
    """Keys of lessons whose HTML is written anew."""


def publish_course(
    course: Course,
    note: str,
    by_id: int | None,
    only: Iterable[int] | None = None,
    *,
    seen: str | None = None,
    faces: Faces | None = None,
) -> Publication:
    """Publishes all drafts of a course, or only those of the items named, and what learners see of them.

    `seen` is the `stamp` of the drafts the author looked at. Nobody's progress is touched: lessons that leave
    the outline stay as rows that are not live. Raises CannotPublish, NotAlone, NothingToPublish, NoteMissing,
    SeenChanged, PublishedMeanwhile. `faces` may hold what was rendered already.
    """
    if not note.strip():
        raise NoteMissing()
    state = drafts.state(course)
    if seen is not None and seen != stamp(state):
        raise SeenChanged()
    only = None if only is None else set(only)
    plan = _plan(state, _chosen(state, only), faces)
    for item in state.items():
        if only and item.id in only - plan.bodies.keys():
            body = item.draft.body
            raise NotAlone(title=body.get("title") or bodies.stem_name(body))
    _claim(plan)
    items = [item for item in state.items() if item.id in plan.bodies]
    publication = revisions.publish(course.place, items, note.strip(), by_id, bodies=plan.bodies)
    _finish(plan, publication, "course.published", by_id)
    return publication


def revert_to(
    publication: Publication, course: Course, by_id: int | None, note: str = "", *, seen: int | None = None
) -> Publication:
    """Goes back to an earlier publication by a new one: learners see again what they saw once that one was out.

    Drafts that were worked on since stay drafts, and what came later and is in no outline then keeps its rows.
    `seen` is the number of the publication that was the newest when the author looked. Raises NothingToRestore
    when learners see the same now, CannotPublish, PublishedMeanwhile.
    """
    state = drafts.state(course)
    if seen is not None and seen != course.publication_number:
        raise PublishedMeanwhile()
    plan = _plan(state, drafts.bodies_then(state, publication.number), None)
    _claim(plan)
    note = note.strip() or _("Memulihkan terbitan %(number)d", number=publication.number)
    made = revisions.restore(publication, plan.bodies, note, by_id)
    _finish(plan, made, "course.reverted", by_id)
    return made


def discard_changes(course: Course, item_id: int, edition: int, by_id: int | None) -> None:
    """Sets the draft of one item back to what is published.

    `edition` is the one whose changes the author looked at. Raises SeenChanged when it was saved again since,
    NotInOutline when the item is none of this course or was never published.
    """
    item = next((known for known in published.items_of(course.place) if known.id == item_id), None)
    if item is None or item.published is None:
        raise NotInOutline()
    if claim(item.draft).edition != edition:
        raise SeenChanged()
    revisions.discard(item, by_id)


def stamp(state: State) -> str:
    """Changes whenever a draft of the course is saved or something is published."""
    editions = {str(item.id): item.draft.edition for item in state.items()}
    return revisions.fingerprint({"editions": editions, "number": state.course.publication_number})


def checked(state: State) -> list[Fault]:
    """What keeps the drafts from being published as they are; does not render."""
    body = state.draft
    lessons, asked = state.drafts()
    files = [file["name"] for file in body["files"]]
    return bodies.whole_faults(body, lessons, asked, files=files, names=_names(state))


def _chosen(state: State, wanted: set[int] | None) -> dict[int, Body | None]:
    """The body of each item as it will be published: the draft of what is chosen, else what is there."""
    return {
        item.id: item.draft.body
        if wanted is None or item.id in wanted
        else (item.published.body if item.published else None)
        for item in state.items()
    }


def _names(state: State) -> bodies.Names:
    """What people call the drafts of lessons and questions."""

    def called(kind: str, key: str) -> str:
        rows: Mapping[str, tuple[Any, Item]] = state.lessons if kind == "lesson" else state.questions
        if key not in rows:
            return key
        body = rows[key][1].draft.body
        return (body["title"] if kind == "lesson" else bodies.stem_name(body)) or key

    return called


def _plan(state: State, targets: dict[int, Body | None], faces: Faces | None) -> Plan:
    body = targets[state.item.id]
    if body is None:
        sentence = _("Kursus ini belum pernah terbit; terbitkan juga judul, aturan, dan susunannya.")
        raise CannotPublish([Fault("course", "", (), sentence)])
    listed = {key for _m, _n, key, _r in bodies.lesson_refs(body)}
    bank = set(bodies.bank_keys(body))
    lessons = _wanted(listed, state.lessons, targets)
    asked = _wanted(bank, state.questions, targets)
    names = [file["name"] for file in body["files"]]
    faults = bodies.whole_faults(body, lessons, asked, files=names, names=_names(state))
    if faults:
        raise CannotPublish(faults)
    plan = Plan(
        state,
        state.course.publication_number,
        body,
        lessons,
        asked,
        faces or Faces(state.course.slug, names, body["language"]),
    )
    used = {
        state.item.id,
        *(state.lessons[k][1].id for k in lessons),
        *(state.questions[k][1].id for k in asked),
    }
    plan.bodies = {id: target for id, target in targets.items() if id in used and target is not None}
    _render(plan)
    return plan


def _wanted(
    keys: set[str], rows: Mapping[str, tuple[Any, Item]], targets: dict[int, Body | None]
) -> dict[str, Body]:
    """Bodies to publish of these keys, in the order of the rows; what has none is left out."""
    found = {key: targets[item.id] for key, (_row, item) in rows.items() if key in keys}
    return {key: body for key, body in found.items() if body is not None}


def _render(plan: Plan) -> None:
    """Renders what is new, so that writing finds it ready. Raises CannotPublish with the texts that failed."""
    before = plan.state.item.published
    anew = before is None or before.body["language"] != plan.body["language"]
    faults: list[Fault] = []
    work: list[tuple[str, str, Callable[[str, Body], object], Body]] = []
    for key, body in plan.lessons.items():
        row, item = plan.state.lessons[key]
        if anew or row.version_id is None or item.published is None or item.published.body != body or row.version_id != item.published_id:  # fmt: skip
            plan.fresh.add(key)
            work.append(("lesson", key, plan.faces.lesson, body))
    for key, body in plan.questions.items():
        item = plan.state.questions[key][1]
        if item.published is None or item.published.body != body:
            work.append(("question", key, plan.faces.question, body))
    for kind, key, face, body in work:
        try:
            face(key, body)
        except Refused as refused:
            name = body["title"] if kind == "lesson" else bodies.stem_name(body)
            faults.append(Fault(kind, key, ("text",) if kind == "lesson" else (), str(refused), name))
            if len(faults) >= SLOW_TEXTS:
                break
    if faults:
        raise CannotPublish(faults)


def _claim(plan: Plan) -> None:
    claim(plan.state.course)
    if plan.state.course.publication_number != plan.number:
        raise PublishedMeanwhile()


def _finish(plan: Plan, publication: Publication, verb: str, by_id: int | None) -> None:
    project(plan, publication)
    audit.record(verb, "course", plan.state.course.id, actor_id=by_id, number=publication.number)
