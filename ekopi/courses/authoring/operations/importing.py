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
    into: Course | None = None,
    faces: Faces | None = None,
) -> Imported:
    """Makes the drafts of the course say what the folder says; with `publish` learners see it at once.

    The slug decides which course it is; with `into` it must be that one. Organisation and demo count for a new
    course only. Raises CourseRefused (files that are not taken, kinds that cannot change), CourseDeleted.
    """
    faces = faces or rendered(folder)
    course = drafts.course_by_slug(folder.slug)
    if course is not None and course.deleted_at is not None:
        raise courses.CourseDeleted(slug=folder.slug)
    if into is not None and course is not into:
        sentence = _("Slug “%(slug)s” bukan milik kursus ini (“%(own)s”).", slug=folder.slug, own=into.slug)
        raise CourseRefused([FileFault(MANIFEST, None, sentence)])
    created = course is None
    if course is None:
        title = folder.course["title"]
        body = bodies.new_course(title)
        course = courses.create_course(
            title, by_id=by_id, slug=folder.slug, organisation_id=organisation_id, demo=demo, body=body
        )
    claim(course)
    done = Imported(course, created)
    try:
        _write(folder, done, by_id)
        if publish:
            _publish(done, note, by_id, faces)
    except BaseException:
        forget_files(done)
        raise
    return done


def forget_files(imported: Imported) -> None:
    """Removes the stored bytes of an import that is rolled back; nothing of it stays behind."""
    for path in imported.kept:
        path.unlink(missing_ok=True)
    imported.kept.clear()


def _write(folder: CourseFolder, done: Imported, by_id: int | None) -> None:
    state = drafts.state(done.course)
    faults: list[FileFault] = []
    entries = _files(folder, state, done, faults)
    _lessons(folder, state, done, faults, by_id)
    if faults:
        raise CourseRefused(faults)
    _questions(folder, state, done, by_id)
    before = state.draft
    body = {**folder.course, "files": entries}
    if before != body:
        if not done.created:
            done.changes.insert(0, Change("course", folder.slug, CHANGED))
        revisions.save_draft(state.item, body, None, by_id)
    if done.created:
        done.changes.insert(0, Change("course", folder.slug, NEW))
    if done.changes:
        audit.record("course.imported", "course", done.course.id, actor_id=by_id, changes=len(done.changes))


def _files(folder: CourseFolder, state: State, done: Imported, faults: list[FileFault]) -> list[Body]:
    """Entries of the files; content that the course has already is not stored again."""
    before = {entry["name"]: entry for entry in state.draft["files"]}
    known = {digest: entry for entry in before.values() for digest in (entry["source"], entry["sha256"])}
    entries = []
    for name, path in sorted(folder.files.items()):
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        old = before.get(name)
        if old and digest in (old["source"], old["sha256"]):
            entries.append(old)
            continue
        if digest in known:
            entries.append({**known[digest], "name": name})
        else:
            try:
                entry, upload = lessons.keep_file(data, name, owner_id=None)
            except Refused as refused:
                faults.append(FileFault(name, None, str(refused)))
                continue
            done.kept.append(files.path_of(upload))
            known[digest] = known[entry["sha256"]] = entry
            entries.append(entry)
        done.changes.append(Change("file", name, CHANGED if old else NEW))
    done.changes += [Change("file", name, REMOVED) for name in before if name not in folder.files]
    return entries


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
