"""A course folder becomes drafts: new rows where a key is new, updates where it is known, nothing where equal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import gettext as _

from ekopi.core import audit, files
from ekopi.core.db import claim
from ekopi.core.errors import Refused
from ekopi.core.models import Upload
from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.bodies import Body
from ekopi.courses.authoring.course_files import MANIFEST, CourseFolder, CourseRefused, FileFault
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.operations import courses, lessons, outline
from ekopi.courses.authoring.operations.publishing import SLOW_TEXTS, publish_course
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.queries.drafts import State
from ekopi.courses.authoring.rendering import Faces
from ekopi.revisions import operations as revisions
from ekopi.revisions import queries as items
from ekopi.revisions.models import Publication
from ekopi.revisions.operations import NothingToPublish

NEW, CHANGED, REMOVED = "new", "changed", "removed"


@dataclass(frozen=True)
class Change:
    """What an import did to one thing. `kind` is course, lesson, question or file."""

    kind: str
    key: str
    what: str


@dataclass
class Ready:
    """A folder with all its slow work done: texts rendered, files checked and stored. No row is written yet."""

    faces: Faces
    entries: list[Body]
    """Files of the course's body, by name."""
    stored: list[Upload] = field(default_factory=list)
    """Rows to add for the files that are new."""


@dataclass
class Imported:
    """The course after an import, what changed in its drafts, and the publication if there was one."""

    course: Course
    created: bool
    changes: list[Change] = field(default_factory=list)
    publication: Publication | None = None
    kept: list[Path] = field(default_factory=list)
    """Files stored by this import; `forget_files` removes them when it is rolled back."""


def rendered(folder: CourseFolder) -> Faces:
    """Everything of the folder rendered, before anything is written. Raises CourseRefused."""
    faces = Faces(folder.slug, folder.files, folder.course["language"])
    faults = []
    for name, face, key, body in _texts(folder, faces):
        try:
            face(key, body)
        except Refused as refused:
            faults.append(FileFault(name, None, str(refused)))
            if len(faults) >= SLOW_TEXTS:
                break
    if faults:
        raise CourseRefused(faults)
    return faces


def _texts(folder: CourseFolder, faces: Faces) -> Iterator[tuple]:
    for key, body in folder.lessons.items():
        yield f"lessons/{key}.md", faces.lesson, key, body
    names = {key: f"questions/{part['name']}" for part in folder.course["bank"] for key in part["keys"]}
    for key, body in folder.questions.items():
        yield names[key], faces.question, key, body


def import_course(
    folder: CourseFolder,
    *,
    by_id: int | None,
    organisation_id: int | None = None,
    publish: bool = False,
    note: str = "",
    demo: bool = False,
    ready: Ready | None = None,
) -> Imported:
    """Makes the drafts of the course say what the folder says; with `publish` learners see it at once.

    The slug decides which course it is. Organisation and demo count for a new course only. `ready` may hold the
    slow work; without it that is done here, before the first row is written. Raises CourseRefused (files that
    are not taken, kinds that cannot change), CourseDeleted; the stored files are removed then.
    """
    ready = ready or prepare(folder, files_known(folder.slug))
    try:
        done = _begin(folder, by_id, organisation_id, demo)
        done.kept = [files.path_of(upload) for upload in ready.stored]
        _write(folder, done, ready, by_id)
        if publish:
            _publish(done, note, by_id, ready.faces)
    except BaseException:
        for upload in ready.stored:
            files.forget(upload)
        raise
    return done


def files_known(slug: str) -> list[Body]:
    """The files that the draft of this course has already; none when there is no such course."""
    course = drafts.course_by_slug(slug)
    return items.draft(course.item_id).body["files"] if course is not None else []


def prepare(folder: CourseFolder, known: list[Body]) -> Ready:
    """Renders all texts, checks and stores the files; asks and tells the database nothing. Raises CourseRefused.

    Content that is among `known` already is not stored again.
    """
    ready = Ready(rendered(folder), [])
    try:
        _store_files(folder, known, ready)
    except BaseException:
        for upload in ready.stored:
            files.forget(upload)
        raise
    return ready


def forget_files(imported: Imported) -> None:
    """Removes the stored bytes of an import that is rolled back; nothing of it stays behind."""
    for path in imported.kept:
        path.unlink(missing_ok=True)
    imported.kept.clear()


def _begin(folder: CourseFolder, by_id: int | None, organisation_id: int | None, demo: bool) -> Imported:
    course = drafts.course_by_slug(folder.slug)
    if course is not None and course.deleted_at is not None:
        raise courses.CourseDeleted(slug=folder.slug)
    if course is not None:
        return Imported(claim(course), False)
    title = folder.course["title"]
    body = bodies.new_course(title)
    course = courses.create_course(
        title, by_id=by_id, slug=folder.slug, organisation_id=organisation_id, demo=demo, body=body
    )
    return Imported(course, True)


def _write(folder: CourseFolder, done: Imported, ready: Ready, by_id: int | None) -> None:
    state = drafts.state(done.course)
    faults: list[FileFault] = []
    _files(ready, state, done)
    _lessons(folder, state, done, faults, by_id)
    if faults:
        raise CourseRefused(faults)
    _questions(folder, state, done, by_id)
    before = state.draft
    body = {**folder.course, "files": ready.entries}
    if before != body:
        if not done.created:
            done.changes.insert(0, Change("course", folder.slug, CHANGED))
        revisions.save_draft(state.item, body, None, by_id)
    if done.created:
        done.changes.insert(0, Change("course", folder.slug, NEW))
    if done.changes:
        audit.record("course.imported", "course", done.course.id, actor_id=by_id, changes=len(done.changes))


def _store_files(folder: CourseFolder, known: list[Body], ready: Ready) -> None:
    before = {entry["name"]: entry for entry in known}
    by_digest = {digest: entry for entry in known for digest in (entry["source"], entry["sha256"])}
    faults = []
    for name, path in sorted(folder.files.items()):
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        old = before.get(name)
        if old and digest in (old["source"], old["sha256"]):
            ready.entries.append(old)
            continue
        if digest not in by_digest:
            try:
                entry, upload = lessons.prepare_file(data, name, owner_id=None)
            except Refused as refused:
                faults.append(FileFault(name, None, str(refused)))
                continue
            ready.stored.append(upload)
            by_digest[digest] = by_digest[entry["sha256"]] = entry
        ready.entries.append({**by_digest[digest], "name": name})
    if faults:
        raise CourseRefused(faults)


def _files(ready: Ready, state: State, done: Imported) -> None:
    """Adds the rows of new files, and tells what differs from the draft as it is now."""
    for upload in ready.stored:
        files.add(upload)
    before = {entry["name"]: entry for entry in state.draft["files"]}
    for entry in ready.entries:
        old = before.pop(entry["name"], None)
        if old != entry:
            done.changes.append(Change("file", entry["name"], CHANGED if old else NEW))
    done.changes += [Change("file", name, REMOVED) for name in before]


def _lessons(
    folder: CourseFolder, state: State, done: Imported, faults: list[FileFault], by_id: int | None
) -> None:
    modules = {
        key: outline.module_row(done.course, module["key"])
        for module in folder.course["modules"]
        for key in [lesson["key"] for lesson in module["lessons"]]
    }
    for key, body in folder.lessons.items():
        if key not in state.lessons:
            outline.lesson_row(done.course, key, body, modules[key], by_id)
            done.changes.append(Change("lesson", key, NEW))
            continue
        row, item = state.lessons[key]
        try:
            outline.change_kind(row, body["kind"])
        except outline.KindChanged as refused:
            faults.append(FileFault(MANIFEST, None, str(refused)))
            continue
        if item.draft.body != body:
            revisions.save_draft(item, body, None, by_id)
            done.changes.append(Change("lesson", key, CHANGED))
    listed = {key for _m, _n, key, _r in bodies.lesson_refs(state.draft)}
    done.changes += [Change("lesson", key, REMOVED) for key in sorted(listed - set(folder.lessons))]


def _questions(folder: CourseFolder, state: State, done: Imported, by_id: int | None) -> None:
    for key, body in folder.questions.items():
        if key not in state.questions:
            lessons.question_row(done.course, key, body, by_id)
            done.changes.append(Change("question", key, NEW))
        elif state.questions[key][1].draft.body != body:
            revisions.save_draft(state.questions[key][1], body, None, by_id)
            done.changes.append(Change("question", key, CHANGED))
    gone = set(bodies.bank_keys(state.draft)) - set(folder.questions)
    done.changes += [Change("question", key, REMOVED) for key in sorted(gone)]


def _publish(done: Imported, note: str, by_id: int | None, faces: Faces) -> None:
    try:
        done.publication = publish_course(
            done.course, note or _("Impor dari folder kursus"), by_id, faces=faces
        )
    except NothingToPublish:
        done.publication = None
