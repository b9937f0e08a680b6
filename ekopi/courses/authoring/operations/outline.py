"""The draft outline: modules and lessons added, renamed, moved, taken out and put back.

Each verb works on the newest draft (claimed), so that two authors moving different lessons do not clash.
Rows of modules and lessons are identities: taking a lesson out of the draft removes none of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from ekopi.core.db import claim
from ekopi.core.errors import Invalid, Refused, Stale
from ekopi.core.text import slug as slug_of
from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.bodies import Body
from ekopi.courses.authoring.models import Course, Lesson, Module
from ekopi.courses.authoring.queries import drafts
from ekopi.extensions import db
from ekopi.revisions import operations as revisions
from ekopi.revisions import queries as items
from ekopi.revisions.models import Item

MODULE_SETTINGS = ("title", "requires")


class NotInOutline(Refused):
    code = "not-in-outline"
    status = 404
    message = _l("Bagian ini tidak ada lagi di susunan kursus.")
    remedy = _l("Muat ulang halaman untuk melihat susunan terbaru.")


class KindChanged(Refused):
    code = "kind-changed"
    message = _l("Materi “%(key)s” sudah terbit dengan jenis lain, sehingga jenisnya tidak dapat diganti.")
    remedy = _l("Pakai kunci baru untuk materi dengan jenis yang baru.")


class KeyTaken(Invalid):
    code = "key-taken"
    message = _l("Kunci “%(key)s” sudah dipakai di kursus ini.")


def add_module(course: Course, title: str, by_id: int | None) -> str:
    """A new module at the end; its key is made of the title. Gives back the key."""

    def change(body: Body) -> str:
        key = _free_key(title, {module["key"] for module in body["modules"]}, "modul")
        body["modules"].append({"key": key, "title": title.strip(), "requires": [], "lessons": []})
        return key

    key = _change(course, change, by_id)
    module_row(course, key)
    return key


def change_module(
    course: Course, key: str, title: str, requires: list[str], base: str, by_id: int | None
) -> None:
    """Renames a module and sets which modules one finishes first; unknown ones are dropped.

    `base` is the `module_stamp` the author began from. Raises Stale with both versions.
    """

    def change(body: Body) -> None:
        module = body["modules"][_module_index(body, key)]
        known = {other["key"] for other in body["modules"]} - {key}
        wanted = [other for other in dict.fromkeys(requires) if other in known]
        theirs = {name: module[name] for name in MODULE_SETTINGS}
        mine = {"title": title.strip(), "requires": wanted}
        if base != module_stamp(module) and mine != theirs:
            raise Stale(mine=mine, theirs=theirs)
        module |= mine

    _change(course, change, by_id)


def module_stamp(module: Body) -> str:
    """Changes when the module's title or prerequisites do; its lessons do not count."""
    return revisions.fingerprint({name: module[name] for name in MODULE_SETTINGS})[:16]


def move_module(course: Course, key: str, step: int, by_id: int | None) -> None:
    """Moves a module up (-1) or down (1); at the end of the list it stays."""

    def change(body: Body) -> None:
        _swap(body["modules"], _module_index(body, key), step)

    _change(course, change, by_id)


def remove_module(course: Course, key: str, by_id: int | None) -> tuple[int, Body]:
    """Takes a module and its lessons out of the draft; gives back where it stood and what it was, for undo."""

    def change(body: Body) -> tuple[int, Body]:
        index = _module_index(body, key)
        module = body["modules"].pop(index)
        for other in body["modules"]:
            other["requires"] = [wanted for wanted in other["requires"] if wanted != key]
        return index, module

    return _change(course, change, by_id)


def restore_module(course: Course, module: Body, position: int, by_id: int | None) -> None:
    """Puts a removed module back; lessons that were listed elsewhere since stay there."""

    def change(body: Body) -> None:
        if any(other["key"] == module["key"] for other in body["modules"]):
            return
        listed = {key for _m, _n, key, _r in bodies.lesson_refs(body)}
        known = {other["key"] for other in body["modules"]}
        back = copy.deepcopy(module)
        back["lessons"] = [lesson for lesson in back["lessons"] if lesson["key"] not in listed]
        back["requires"] = [wanted for wanted in back["requires"] if wanted in known]
        body["modules"].insert(position, back)

    _change(course, change, by_id)


def add_lesson(course: Course, module_key: str, kind: str, title: str, by_id: int | None) -> Lesson:
    """A new, empty lesson at the end of a module. Raises NotInOutline."""
    state = drafts.state(course)
    _module_index(state.draft, module_key)
    key = _free_key(title, set(state.lessons), "materi")
    lesson = lesson_row(
        course, key, bodies.new_lesson(kind, title.strip()), module_row(course, module_key), by_id
    )

    def change(body: Body) -> None:
        module = body["modules"][_module_index(body, module_key)]
        module["lessons"].append({"key": key, "required": True})

    _change(course, change, by_id)
    return lesson


def move_lesson(course: Course, key: str, step: int, by_id: int | None) -> None:
    """Moves a lesson up (-1) or down (1), at a module's edge into the neighbouring module."""

    def change(body: Body) -> None:
        m, n = _lesson_index(body, key)
        here = body["modules"][m]["lessons"]
        if 0 <= n + step < len(here):
            _swap(here, n, step)
        elif 0 <= m + step < len(body["modules"]):
            there = body["modules"][m + step]["lessons"]
            there.insert(len(there) if step < 0 else 0, here.pop(n))

    _change(course, change, by_id)


def require_lesson(course: Course, key: str, required: bool, by_id: int | None) -> None:
    """Says whether a lesson must be done to finish the course."""

    def change(body: Body) -> None:
        m, n = _lesson_index(body, key)
        body["modules"][m]["lessons"][n]["required"] = required

    _change(course, change, by_id)


def remove_lesson(course: Course, key: str, by_id: int | None) -> tuple[str, int]:
    """Takes a lesson out of the draft outline; its content stays. Gives back module and place, for undo."""

    def change(body: Body) -> tuple[str, int]:
        m, n = _lesson_index(body, key)
        body["modules"][m]["lessons"].pop(n)
        return body["modules"][m]["key"], n

    return _change(course, change, by_id)


def restore_lesson(
    course: Course, key: str, by_id: int | None, module_key: str = "", position: int | None = None
) -> None:
    """Lists a lesson again, where it stood or at the end of the last module. Raises NotInOutline."""
    if drafts.lesson_by_key(course, key) is None:
        raise NotInOutline()

    def change(body: Body) -> None:
        if any(listed == key for _m, _n, listed, _r in bodies.lesson_refs(body)):
            return
        if not body["modules"]:
            raise NotInOutline()
        keys = [module["key"] for module in body["modules"]]
        module = body["modules"][keys.index(module_key) if module_key in keys else -1]
        at = len(module["lessons"]) if position is None else position
        module["lessons"].insert(at, {"key": key, "required": True})

    _change(course, change, by_id)


def module_row(course: Course, key: str) -> Module:
    """The identity of a module, made when there is none yet."""
    known = drafts.module_by_key(course, key)
    if known is not None:
        return known
    row = Module(course_id=course.id, key=key, requires=[])
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as clash:
        raise KeyTaken(key=key) from clash
    return row


def lesson_row(course: Course, key: str, body: Body, module: Module, by_id: int | None) -> Lesson:
    """A new lesson with its first draft. Raises KeyTaken when there is one of that key."""
    item = revisions.new_item("lesson", course.place, body, by_id)
    row = Lesson(
        course_id=course.id, module_id=module.id, key=key, kind=body["kind"], item_id=item.id, settings={}
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as clash:
        raise KeyTaken("key", key=key) from clash
    return row


def change_kind(lesson: Lesson, kind: str) -> None:
    """Gives a lesson another kind as long as nobody has seen it. Raises KindChanged."""
    if lesson.kind != kind:
        if lesson.version_id is not None:
            raise KindChanged(key=lesson.key)
        lesson.kind = kind


def _change(course: Course, change: Callable[[Body], object], by_id: int | None):
    draft = claim(items.draft(course.item_id))
    body = copy.deepcopy(draft.body)
    answer = change(body)
    revisions.save_draft(db.session.get_one(Item, course.item_id), body, None, by_id)
    return answer


def _module_index(body: Body, key: str) -> int:
    for index, module in enumerate(body["modules"]):
        if module["key"] == key:
            return index
    raise NotInOutline()


def _lesson_index(body: Body, key: str) -> tuple[int, int]:
    for m, n, listed, _required in bodies.lesson_refs(body):
        if listed == key:
            return m, n
    raise NotInOutline()


def _swap(things: list, index: int, step: int) -> None:
    other = index + step
    if 0 <= other < len(things):
        things[index], things[other] = things[other], things[index]


def _free_key(title: str, taken: set[str], otherwise: str) -> str:
    base = slug_of(title)[:60].strip("-") or otherwise
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key
