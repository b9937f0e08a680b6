"""What is measured: one course of 100 lessons, its learners, a thousand other courses. Made with bulk inserts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert, text, update

from ekopi.accounts.models import Organisation, Person, SignIn
from ekopi.accounts.operations.sign_ins import digest
from ekopi.core import clock
from ekopi.core.text import fold
from ekopi.courses.authoring.models import Course, Lesson, Module, Question, QuestionOption, QuestionText
from ekopi.courses.learning.models import Enrolment, LessonProgress
from ekopi.credentials.models import JpAccount, JpEdition
from ekopi.extensions import db
from ekopi.notifications.models import InboxItem
from ekopi.revisions.models import Item, Version

MODULES, PER_MODULE, QUESTIONS = 10, 10, 10
LESSONS = MODULES * PER_MODULE
HALF = LESSONS // 2
"""Lessons that the measured learner has done."""
CHUNK = 5000
SLUG = "kursus-terukur"
FORM_SECRET = "bench-form"
KINDS = ("text",) * 7 + ("file", "field_task", "quiz")
TITLES = (
    "Membedakan Gejala dari Masalah", "Mendengar Warga di Loket", "Menulis Satu Kalimat Masalah",
    "Peta Pemangku Kepentingan", "Akar Masalah dengan Lima Mengapa", "Belajar dari Daerah Lain",
    "Contoh: Antrean Puskesmas", "Lembar Kerja Masalah", "Langkah Nyata: Masalah di Tempat Saya",
    "Kuis: Memahami Masalah",
)  # fmt: skip
PARAGRAPH = (
    "<p>Pelayanan yang lambat sering tampak sebagai antrean panjang, padahal penyebabnya dapat berada jauh di "
    "belakang loket: formulir yang diisi dua kali, tanda tangan yang menunggu, atau data yang tidak dibagi antarunit. "
    "Catatlah waktu setiap langkah selama satu minggu sebelum mengusulkan <strong>perubahan apa pun</strong>.</p>\n"
)
HTML = "".join(f'<h2 id="isi-bagian-{n}">Bagian {n}</h2>\n' + PARAGRAPH * 3 for n in range(1, 6))
QUIZ = {
    "pass_mark": 70, "attempts": 0, "time_limit": 0, "shuffle": True,
    "show_during": "nothing", "show_after": "marks", "show_later": "answers",
    "questions": [f"soal-{n}" for n in range(1, QUESTIONS + 1)],
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Sizes of what was built. Ids count from 1; learner n has person, sign-in and enrolment n."""

    courses: int
    learners: int
    progress_rows: int

    def token(self, learner: int) -> str:
        return f"bench-token-{learner}"

    def lesson_id(self, kind: str, module: int = 1, nth: int = 0) -> int:
        """The nth lesson of that kind in a module (modules count from 1)."""
        places = [place for place, known in enumerate(KINDS) if known == kind]
        return (module - 1) * PER_MODULE + places[nth] + 1


def build(app: Flask, *, courses: int = 1, learners: int = 1000, progress_rows: int = 1000) -> World:
    """Fills a migrated, empty database. Learner 1 has done half of the course; all other progress is of others.

    `progress_rows` counts all rows of lesson_progress, dealt to learners from the second on, in order.
    """
    with app.app_context():
        _people(learners)
        _courses(courses)
        _outline()
        _questions()
        _learning(learners, progress_rows)
        _counters()
        db.session.commit()
        if db.engine.dialect.name == "postgresql":  # autovacuum would, a minute later
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        db.session.remove()
    return World(courses, learners, progress_rows)


def _put(model, rows) -> None:
    """Bulk inserts, in pieces so that a million rows do not stand in memory at once."""
    some = []
    for row in rows:
        some.append(row)
        if len(some) == CHUNK:
            db.session.execute(insert(model), some)
            some = []
    if some:
        db.session.execute(insert(model), some)


def _people(learners: int) -> None:
    now = clock.now()
    numbers = range(1, learners + 1)
    _put(
        Organisation,
        (
            {"id": n, "path": f"/{n}/", "kind": "regency", "name": f"Pemerintah Kabupaten Contoh {n}"}
            for n in range(1, 21)
        ),
    )
    _put(
        Person,
        (
            {
                "id": n,
                "email": f"peserta{n}@contoh.go.id",
                "name": f"Rina Wulandari {n}",
                "state": "active",
                "confirmed_at": now,
            }
            for n in numbers
        ),
    )
    _put(SignIn, ({"id": n, "token_hash": digest(f"bench-token-{n}"), "person_id": n} for n in numbers))
    year = clock.today().year
    if db.session.get(JpEdition, "2026") is None:
        span = {"valid_from": clock.date(2000, 1, 1), "valid_to": clock.date(2100, 12, 31)}
        _put(JpEdition, [{"edition": "2026", "target": Decimal(20), "minutes_per_jp": 45, **span}])
    _put(
        JpAccount,
        ({"person_id": n, "year": year, "balance": Decimal(6)} for n in range(1, min(learners, 1000) + 1)),
    )
    facts = {"accepted": True, "course": "Kursus Terukur", "slug": SLUG}
    _put(
        InboxItem,
        ({"person_id": 1, "kind": "enrolment-decided", "key": str(n), "facts": facts} for n in range(1, 6)),
    )


def _courses(courses: int) -> None:
    now = clock.now()
    _items("course", courses, first=1)
    titles = [
        "Kursus Terukur" if n == 1 else f"{TITLES[n % len(TITLES)].removeprefix('Kuis: ')} {n}"
        for n in range(1, courses + 1)
    ]
    _put(
        Course,
        (
            {
                "id": n, "slug": SLUG if n == 1 else f"kursus-{n}", "item_id": n, "organisation_id": n % 20 + 1,
                "live": True, "title": title, "jp": Decimal(12), "minutes": 8 * LESSONS, "lesson_count": LESSONS,
                "summary": "Dari masalah di loket sampai perubahan yang dapat ditiru daerah lain, dengan kasus nyata dan lembar kerja.",
                "outcomes": ["menulis satu kalimat masalah", "menguji usulan dalam dua minggu", "menulis agar dapat ditiru"],
                "search_text": fold(title + " " + " ".join(TITLES)), "publication_number": 1,
                "published_at": now - timedelta(minutes=n),
            }
            for n, title in enumerate(titles, start=1)
        ),
    )  # fmt: skip


def _items(kind: str, count: int, *, first: int, place: str = "course:1") -> None:
    """Items with one published version each; an item and its version bear the same id."""
    numbers = range(first, first + count)
    _put(
        Item,
        ({"id": n, "kind": kind, "place": f"course:{n}" if kind == "course" else place} for n in numbers),
    )
    _put(
        Version,
        (
            {"id": n, "item_id": n, "number": 1, "body": {}, "hash": hashlib.sha256(b"%d" % n).hexdigest()}
            for n in numbers
        ),
    )
    db.session.execute(
        update(Item).where(Item.id >= first, Item.id < first + count).values(published_id=Item.id),
        execution_options={"synchronize_session": False},
    )


LESSON_ITEMS, QUESTION_ITEMS = 1_000_001, 2_000_001
"""Where the ids of items of lessons and of questions begin."""


def _outline() -> None:
    _items("lesson", LESSONS, first=LESSON_ITEMS)
    _put(
        Module,
        (
            {
                "id": n, "course_id": 1, "key": f"modul-{n}", "live": True, "title": f"Tahap {n}: {TITLES[n - 1]}",
                "position": n, "requires": [f"modul-{n - 1}"] if n > 1 else [],
            }
            for n in range(1, MODULES + 1)
        ),
    )  # fmt: skip
    settings = {
        "quiz": QUIZ,
        "field_task": {"min_words": 40},
        "file": {"name": "lembar-kerja.pdf", "size": 120_000, "token": "x"},
    }
    _put(
        Lesson,
        (
            {
                "id": n + 1, "course_id": 1, "module_id": n // PER_MODULE + 1, "key": f"materi-{n + 1}",
                "kind": KINDS[n % PER_MODULE], "item_id": LESSON_ITEMS + n, "version_id": LESSON_ITEMS + n, "live": True,
                "title": TITLES[n % PER_MODULE], "minutes": 8, "position": n + 1,
                "html": HTML if KINDS[n % PER_MODULE] == "text" else PARAGRAPH,
                "settings": settings.get(KINDS[n % PER_MODULE], {}),
            }
            for n in range(LESSONS)
        ),
    )  # fmt: skip


def _questions() -> None:
    """Ten single-choice questions; option a is right in each."""
    numbers = range(1, QUESTIONS + 1)
    version = {n: QUESTION_ITEMS + n - 1 for n in numbers}
    _items("question", QUESTIONS, first=QUESTION_ITEMS)
    _put(
        Question,
        (
            {
                "id": n,
                "course_id": 1,
                "key": f"soal-{n}",
                "type": "single",
                "item_id": version[n],
                "position": n,
                "live": True,
            }
            for n in numbers
        ),
    )
    _put(
        QuestionText,
        (
            {
                "version_id": version[n], "question_id": n, "type": "single", "points": Decimal(1),
                "stem_html": f"<p>Manakah kalimat yang menyatakan masalah, bukan usulan, pada kasus {n}?</p>",
                "explanation_html": PARAGRAPH,
            }
            for n in numbers
        ),
    )  # fmt: skip
    _put(
        QuestionOption,
        (
            {
                "version_id": version[n], "key": key, "position": place, "right": key == "a",
                "html": f"Warga menunggu rata-rata {place * 20} menit untuk satu surat keterangan.",
                "feedback_html": "Kalimat ini menyebut siapa yang terkena dan seberapa besar.",
            }
            for n in numbers
            for place, key in enumerate("abcd", start=1)
        ),
    )  # fmt: skip


def _learning(learners: int, progress_rows: int) -> None:
    now = clock.now()
    _put(
        Enrolment,
        (
            {
                "id": n, "course_id": 1, "person_id": n, "state": "active",
                "place_id": HALF + 1 if n == 1 else None, "last_act_at": now if n == 1 else None,
            }
            for n in range(1, learners + 1)
        ),
    )  # fmt: skip
    others = progress_rows - HALF
    if others > (learners - 1) * LESSONS:
        raise ValueError("more rows of progress than learners and lessons give")
    _put(LessonProgress, (_done(1, lesson) for lesson in range(1, HALF + 1)))
    # half a course each while that is enough: a learner in the middle is the usual one
    share = HALF if others <= (learners - 1) * HALF else LESSONS
    _put(LessonProgress, (_done(2 + n // share, 1 + n % share) for n in range(others)))


def _done(enrolment: int, lesson: int) -> dict:
    version = LESSON_ITEMS + lesson - 1
    return {
        "enrolment_id": enrolment,
        "lesson_id": lesson,
        "done_at": clock.now(),
        "seconds": 240,
        "version_id": version,
    }


def learners_without_progress(world: World) -> range:
    """Learners who have done nothing yet, so that each may do a lesson for the first time."""
    return range(2 + -(-max(0, world.progress_rows - HALF) // HALF), world.learners + 1)


def _counters() -> None:
    """On PostgreSQL the next id comes after those given here."""
    if db.engine.dialect.name != "postgresql":
        return
    for model in (Organisation, Person, SignIn, Item, Version, Course, Module, Lesson, Question, Enrolment):
        table = model.__tablename__
        db.session.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        )


# --- signing in without the form ------------------------------------------------------------------------------


def cookie(app: Flask, world: World, learner: int) -> str:
    """The Cookie header of a signed-in learner; all learners share one secret of forms."""
    kept = {"_user_id": world.token(learner), "_fresh": True, "csrf_token": FORM_SECRET}
    signed = app.session_interface.get_signing_serializer(app).dumps(kept)
    return f"{app.config['SESSION_COOKIE_NAME']}={signed}"


def form_token(app: Flask) -> str:
    """The csrf_token that fits these cookies."""
    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(FORM_SECRET)
