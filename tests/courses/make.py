"""Builders of published courses and of learning: rows as publishing leaves them, without publishing.

    course = make.course(lessons=[make.text(), make.quiz(questions=[make.single("a")]), make.field_task()])

Lessons are described by dicts (text(), file(), quiz(), field_task()); `module="dua"` puts one into another module.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from sqlalchemy import func, select

from ekopi.core import clock
from ekopi.core.models import Upload
from ekopi.core.text import fold
from ekopi.courses.authoring.models import (
    Course,
    CourseFile,
    Lesson,
    Module,
    Question,
    QuestionOption,
    QuestionText,
)
from ekopi.courses.learning.models import Enrolment, LessonProgress
from ekopi.credentials.models import JpEdition
from ekopi.extensions import db
from ekopi.revisions.models import Item, Version

_numbers = count(1)


def editions():
    """The rules of JP for all years a test may meet."""
    if db.session.get(JpEdition, "2026") is None:
        first, last = clock.date(2000, 1, 1), clock.date(2100, 12, 31)
        _flushed(
            JpEdition(edition="2026", valid_from=first, valid_to=last, target=Decimal(20), minutes_per_jp=45)
        )


# --- descriptions of lessons and questions -----------------------------------------------------------------


def text(title=None, **more):
    return {
        "kind": "text",
        "title": title or f"Bacaan {next(_numbers)}",
        "html": "<p>Isi bacaan.</p>",
        **more,
    }


def file(title=None, **more):
    return {"kind": "file", "title": title or f"Berkas {next(_numbers)}", **more}


def field_task(title=None, min_words=3, **more):
    settings = {"min_words": min_words}
    return {"kind": "field_task", "title": title or f"Langkah {next(_numbers)}", "settings": settings, **more}


def quiz(title=None, questions=(), pools=(), pass_mark=70, attempts=3, **more):
    """`questions` are descriptions made by single(), multiple() …; `pools` lists of (descriptions, count)."""
    names = ("time_limit", "shuffle", "show_during", "show_after", "show_later")
    settings = {name: more.pop(name) for name in names if name in more}
    asked = list(questions) or [single()]
    return {
        "kind": "quiz",
        "title": title or f"Kuis {next(_numbers)}",
        "asked": asked,
        "pools": [(list(some), number) for some, number in pools],
        "settings": {"pass_mark": pass_mark, "attempts": attempts, **settings},
        **more,
    }


def single(right="b", options="abc", points=1, **more):
    return {"type": "single", "options": options, "right": right, "points": points, **more}


def multiple(right="ab", options="abcd", points=1, **more):
    return {"type": "multiple", "options": options, "right": right, "points": points, **more}


def true_false(answer=True, points=1, **more):
    return {"type": "true_false", "facts": {"answer": answer}, "points": points, **more}


def short_text(*accepted, points=1, **more):
    return {"type": "short_text", "facts": {"accepted": list(accepted)}, "points": points, **more}


def number(answer="12.5", tolerance="0", unit="", points=1, **more):
    facts = {"answer": answer, "tolerance": tolerance, "unit": unit}
    return {"type": "number", "facts": facts, "points": points, **more}


# --- rows --------------------------------------------------------------------------------------------------


def version(kind="lesson", place="course:0", body=None):
    """A published item; gives back its version."""
    item = _flushed(Item(kind=kind, place=place))
    made = _flushed(Version(item_id=item.id, number=1, body=body or {}, hash=f"{next(_numbers):064x}"))
    item.published_id = made.id
    db.session.flush()
    return made


def course(lessons=None, title=None, slug=None, jp="2", requires=None, live=True, **more):
    """A published course. `requires` maps a module's key to the keys of modules to finish first."""
    n = next(_numbers)
    title = title or f"Kursus Nomor {n}"
    made = _flushed(
        Course(
            slug=slug or f"kursus-{n}",
            item_id=version("course").item_id,
            title=title,
            live=live,
            jp=Decimal(jp),
            summary=more.pop("summary", "Belajar dari kasus nyata."),
            outcomes=more.pop("outcomes", ["menulis satu kalimat masalah"]),
            search_text=fold(title),
            publication_number=more.pop("publication_number", 1),
            published_at=more.pop("published_at", clock.now()),
            **more,
        )
    )
    for described in lessons if lessons is not None else [text(), text()]:
        lesson(made, requires=requires, **described)
    return made


def lesson(course, kind="text", module="satu", requires=None, live=True, **described):
    """One more published lesson at the end of the course."""
    n = next(_numbers)
    place = (
        db.session.scalar(select(func.count()).select_from(Lesson).where(Lesson.course_id == course.id)) + 1
    )
    settings = dict(described.get("settings") or {})
    if kind == "quiz":
        settings["questions"] = [question(course, **one).key for one in described.get("asked", [])]
        settings["pools"] = [
            {"questions": [question(course, **one).key for one in some], "count": number}
            for some, number in described.get("pools", [])
        ]
    body = version("lesson", course.place)
    made = _flushed(
        Lesson(
            course_id=course.id,
            module_id=_module(course, module, (requires or {}).get(module, [])).id,
            key=described.get("key") or f"materi-{n}",
            kind=kind,
            item_id=body.item_id,
            version_id=body.id,
            live=live,
            title=described.get("title") or f"Materi {n}",
            minutes=described.get("minutes", 8),
            required=described.get("required", True),
            position=place,
            html=described.get("html", ""),
            settings=settings,
        )
    )
    course.lesson_count, course.minutes = place, course.minutes + made.minutes
    db.session.flush()
    return made


def _module(course, key, requires):
    known = db.session.scalars(select(Module).where(Module.course_id == course.id, Module.key == key)).first()
    if known:
        return known
    place = (
        db.session.scalar(select(func.count()).select_from(Module).where(Module.course_id == course.id)) + 1
    )
    return _flushed(
        Module(
            course_id=course.id,
            key=key,
            title=f"Bagian {key}",
            live=True,
            position=place,
            requires=list(requires),
        )
    )


def question(course, type="single", options="", right="", facts=None, points=1, key=None, **more):
    """A published question of the course's bank; options are letters, `right` those that are right."""
    n = next(_numbers)
    body = version("question", course.place)
    made = _flushed(
        Question(
            course_id=course.id,
            key=key or f"soal-{n}",
            type=type,
            item_id=body.item_id,
            position=n,
            live=True,
        )
    )
    face(made, body, type, options, right, facts, points, **more)
    return made


def face(question, version, type, options="", right="", facts=None, points=1, stem=None, explanation=None):
    """The rendered face of one version. Texts say what they are, so that a page can be searched for them."""
    n = version.id
    _flushed(
        QuestionText(
            version_id=n,
            question_id=question.id,
            type=type,
            points=Decimal(points),
            stem_html=stem or f"<p>Pertanyaan soal {n}?</p>",
            explanation_html=explanation or f"<p>Penjelasan-{n}.</p>",
            key_facts=dict(facts or {}),
        )
    )
    for place, letter in enumerate(options, start=1):
        _flushed(
            QuestionOption(
                version_id=n,
                key=letter,
                position=place,
                html=f"Pilihan {letter} soal {n}",
                right=letter in right,
                feedback_html=f"Tanggapan-{letter}-{n}",
            )
        )


def republish(question, right):
    """A second version of a question with options, published now, with other right ones."""
    old = db.session.get(QuestionText, _item(question).published_id)
    letters = db.session.scalars(
        select(QuestionOption.key).where(QuestionOption.version_id == old.version_id)
    ).all()
    made = _flushed(Version(item_id=question.item_id, number=2, body={"a": 1}, hash=f"{next(_numbers):064x}"))
    face(question, made, old.type, "".join(letters), right, points=old.points)
    _item(question).published_id = made.id
    db.session.flush()
    return made


def _item(question):
    return db.session.get(Item, question.item_id)


def course_file(course, name="files/peta.txt", data=b"isi berkas"):
    """A file of the course, on the disk of the test's data folder."""
    from ekopi.core import files

    upload = files.keep(data, name=name.rpartition("/")[2], kind="document", owner_id=None)
    _flushed(CourseFile(course_id=course.id, name=name, upload_id=upload.id))
    return db.session.get(Upload, upload.id)


def enrolment(course, person, state="active", **more):
    """An enrolment in the given state."""
    now = clock.now()
    if state == "completed":
        more.setdefault("completed_at", now)
        more.setdefault("completed_publication", course.publication_number)
    if state == "refused":
        more.setdefault("reason", "Bukan sasaran kursus ini.")
    return _flushed(Enrolment(course_id=course.id, person_id=person.id, state=state, **more))


def done(enrolment, *lessons, at=None, score=None):
    """Marks lessons as done, without completing anything."""
    for one in lessons:
        _flushed(
            LessonProgress(
                enrolment_id=enrolment.id,
                lesson_id=one.id,
                done_at=at or clock.now(),
                version_id=one.version_id,
                score=score,
            )
        )


def opened(enrolment, *lessons):
    """Marks lessons as opened, not done."""
    for one in lessons:
        _flushed(LessonProgress(enrolment_id=enrolment.id, lesson_id=one.id, seconds=0))


def lessons_of(course):
    """The lessons of a course in order."""
    return list(
        db.session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position))
    )


def _flushed(row):
    db.session.add(row)
    db.session.flush()
    return row
