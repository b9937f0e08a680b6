"""Builders of courses; each goes through the real verbs, with defaults for all a test is not about."""

from __future__ import annotations

import copy
from itertools import count

from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.course_files import CourseFolder
from ekopi.courses.authoring.operations import create_course, import_course
from ekopi.courses.authoring.queries import drafts

_numbers = count(1)


def lesson(kind="text", title="Membaca Masalah", text="Isi materi.", **more):
    """The body of a lesson."""
    body = {**bodies.new_lesson(kind, title), "text": text}
    if kind == "quiz":
        body["quiz"] = {**body["quiz"], **more}
        return body
    return {**body, **more}


def single(stem="Mana yang benar?", right=1, options=("Satu", "Dua", "Tiga"), **more):
    """The body of a single-choice question; `right` is the index of its right option."""
    return {
        "type": "single",
        "points": "1",
        "stem": stem,
        "explanation": "Karena begitu.",
        "options": [
            {"text": text, "right": n == right, "feedback": f"Tanggapan {n}"}
            for n, text in enumerate(options)
        ],
        **more,
    }


def folder(slug=None, modules=None, lessons=None, questions=None, files=None, **settings):
    """A course as a folder would say it: one module with a text and a quiz of two questions.

    `modules` maps keys to (title, requires, lesson keys).
    """
    lessons = lessons or {
        "membaca": lesson(),
        "kuis": lesson("quiz", "Kuis", "", questions=["q1", "q2"], attempts=3),
    }
    questions = {"q1": single(), "q2": single("Dan ini?")} if questions is None else questions
    modules = modules or {"satu": ("Modul Satu", [], list(lessons))}
    body = {
        **bodies.new_course("Kursus Contoh"),
        "summary": "Untuk mencoba.",
        "outcomes": ["mencoba sesuatu"],
        "jp": "2",
        "bank": [{"name": "soal.md", "keys": list(questions)}] if questions else [],
        "modules": [
            {
                "key": key,
                "title": title,
                "requires": list(requires),
                "lessons": [{"key": name, "required": True} for name in names],
            }
            for key, (title, requires, names) in modules.items()
        ],
        **settings,
    }
    name = slug or f"kursus-{next(_numbers)}"
    return CourseFolder(name, body, copy.deepcopy(lessons), copy.deepcopy(questions), files or {})


def course(publish=True, by_id=None, organisation=None, **more):
    """A course of `folder(**more)`, published unless told otherwise."""
    done = import_course(
        folder(**more),
        by_id=by_id,
        organisation_id=organisation.id if organisation else None,
        publish=publish,
        note="Terbitan pertama",
    )
    return done.course


def empty_course(title="Kursus Kosong", by_id=None, **more):
    """A draft with nothing but a title."""
    return create_course(title, by_id=by_id, slug=f"kosong-{next(_numbers)}", **more)


def edit_lesson(course, key, by_id=None, **changes):
    """Changes the draft of one lesson."""
    from ekopi.courses.authoring.operations.lessons import save_lesson

    return save_lesson(drafts.lesson_by_key(course, key), changes, None, by_id)
