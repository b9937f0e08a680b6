"""What the bodies of a course's items hold, and which rules they keep before they may be published.

course    title, summary, outcomes, jp ("2.5"), language, enrolment, seats, modules (key, title, requires,
          lessons: key, required), bank (name of a question file, keys), files (name, token, media_type, size,
          sha256 of what is kept, source: sha256 of what came in)
lesson    kind, title, minutes, text; quiz, file or task by its kind
question  type, points ("1"), stem, explanation; options, answer, tolerance, unit, accepted by its type
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from ekopi.core.text import TEXT_LIMIT, excerpt, plain
from ekopi.courses.authoring import question_types
from ekopi.courses.authoring.models import LESSON_KINDS

Body = dict[str, Any]
Names = Callable[[str, str], str]
"""What people call a lesson or question, by kind and key."""
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
KEY_LIMIT = 80
FILE_NAME = re.compile(r"files/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
FILE_LINK = re.compile(r"\]\(<?(files/[^)>\s]+)")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
LANGUAGES = ("id", "en")
ENROLMENTS = ("open", "approval", "link")
SHOW_DURING = ("nothing", "answers")
SHOW_AFTER = ("nothing", "score", "marks", "answers")
QUIZ_DEFAULTS: Body = {
    "pass_mark": 70,
    "attempts": 3,
    "time_limit": 0,
    "shuffle": True,
    "questions": [],
    "pools": [],
    "show_during": "nothing",
    "show_after": "marks",
    "show_later": "answers",
}
NEW_QUESTION = "baru"
"""The address of the page for a new question; no question can have it as its key."""
RESERVED_SLUGS = {"baru", "tim", "ajukan", "jadwal", "impor", "berkas", "belajar"}
TITLE_LIMIT, SUMMARY_LIMIT, OUTCOME_LIMIT = 200, 300, 300
STEM_SHOWN = 70
"""Characters of a question's stem that name it in lists and sentences."""
MODULES_LIMIT, LESSONS_LIMIT, QUESTIONS_LIMIT, FILES_LIMIT = 50, 300, 1_000, 300


@dataclass(frozen=True)
class Fault:
    """One thing to mend. `kind` is course, lesson or question, `key` which one.

    A fault of the course's outline has the key of the module or lesson it is about, one of its settings none.
    """

    kind: str
    key: str
    path: tuple[str | int, ...]
    """Where in the body, for example ("modules", 2, "requires") or ("quiz", "pass_mark")."""
    sentence: str
    name: str = ""
    """What people call the module, lesson or question; the sentence does not say it."""

    def __str__(self):
        return f"{self.name}: {self.sentence}" if self.name else self.sentence


def new_course(title: str) -> Body:
    """The body of a course that has nothing but a title."""
    return {
        "title": title,
        "summary": "",
        "outcomes": [],
        "jp": "1",
        "language": "id",
        "enrolment": "open",
        "seats": None,
        "modules": [],
        "bank": [],
        "files": [],
    }


def new_lesson(kind: str, title: str) -> Body:
    """The body of an empty lesson of one kind."""
    body: Body = {"kind": kind, "title": title, "minutes": 10, "text": ""}
    if kind == "quiz":
        body["quiz"] = {**QUIZ_DEFAULTS, "questions": [], "pools": []}
    elif kind == "field_task":
        body["task"] = {"min_words": 40}
    elif kind == "file":
        body["file"] = ""
    return body


def lesson_refs(course: Body) -> Iterator[tuple[int, int, str, bool]]:
    """Module index, index in the module, key and required flag of every lesson, in order."""
    for m, module in enumerate(course["modules"]):
        for n, lesson in enumerate(module["lessons"]):
            yield m, n, lesson["key"], lesson["required"]


def module_of(course: Body, key: str) -> Body | None:
    """The module of that key in the outline."""
    return next((module for module in course["modules"] if module["key"] == key), None)


def bank_keys(course: Body) -> list[str]:
    """Keys of all questions, in the order of their files."""
    return [key for part in course["bank"] for key in part["keys"]]


def stem_name(body: Body) -> str:
    """The words a question is known by: the beginning of its stem."""
    return excerpt(plain(body["stem"][: 10 * STEM_SHOWN]), STEM_SHOWN)


def quiz_keys(quiz: Body) -> list[str]:
    """Keys of the questions a quiz may ask, fixed ones first."""
    return [*quiz["questions"], *(key for pool in quiz["pools"] for key in pool["questions"])]


def texts_of(body: Any) -> Iterator[str]:
    """Every text in a body, however deep."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, Mapping):
        for value in body.values():
            yield from texts_of(value)
    elif isinstance(body, (list, tuple)):
        for value in body:
            yield from texts_of(value)


def is_key(text: str) -> bool:
    """Kebab-case, at most 80 letters."""
    return len(text) <= KEY_LIMIT and bool(KEY.match(text))


def _key_sentence(key: str) -> str:
    return _(
        "Kunci “%(key)s” hanya boleh berisi huruf kecil, angka, dan tanda hubung, paling panjang 80 karakter.",
        key=key[:80],
    )


def whole_faults(
    course: Body,
    lessons: Mapping[str, Body],
    questions: Mapping[str, Body],
    *,
    files: Iterable[str],
    names: Names | None = None,
) -> list[Fault]:
    """Everything that keeps a course from being published; the bodies are well-formed already.

    `lessons` and `questions` by key, as they would be published; `files` the names one may refer to. `names`
    tells how people call lessons and questions; without it they are called by their keys, as in a course folder.
    """
    known_files = set(files)
    called = names or (lambda _kind, key: key)
    bank = set(bank_keys(course))
    faults = list(course_faults(course))
    for m, n, key, _required in lesson_refs(course):
        if key not in lessons:
            where = ("modules", m, "lessons", n, "key")
            sentence = _("Materi ini belum ada isinya.")
            faults.append(Fault("course", key, where, sentence, called("lesson", key)))
    listed = {key for _m, _n, key, _r in lesson_refs(course)}
    for key, body in lessons.items():
        if key not in listed:
            continue
        faults += lesson_faults(key, body, known_files, called)
        for path, wanted in _quiz_paths(body):
            if wanted not in bank or wanted not in questions:
                stem = called("question", wanted)
                sentence = _("Soal “%(stem)s” tidak ada di bank soal.", stem=stem)
                faults.append(Fault("lesson", key, path, sentence, body["title"].strip() or key))
    for key in bank_keys(course):
        if key in questions:
            faults += question_faults(key, questions[key], known_files)
    return faults


def course_faults(body: Body) -> Iterator[Fault]:
    """Rules of title, settings and outline."""

    def fault(path, sentence):
        return Fault("course", "", path if isinstance(path, tuple) else (path,), sentence)

    for name, limit in (("title", TITLE_LIMIT), ("summary", SUMMARY_LIMIT)):
        if not body[name].strip():
            yield fault(name, _("Isi judul kursus.") if name == "title" else _("Isi ringkasan kursus."))
        elif len(body[name]) > limit:
            yield fault(name, _("Terlalu panjang: paling banyak %(limit)d karakter.", limit=limit))
    for n, outcome in enumerate(body["outcomes"]):
        if not outcome.strip() or len(outcome) > OUTCOME_LIMIT:
            sentence = _("Tiap hasil belajar berisi 1 sampai %(limit)d karakter.", limit=OUTCOME_LIMIT)
            yield fault(("outcomes", n), sentence)
    if not Decimal("0") < Decimal(body["jp"]) < 1000:
        yield fault("jp", _("JP harus lebih dari 0 dan kurang dari 1.000."))
    if body["language"] not in LANGUAGES:
        yield fault("language", _("Bahasa harus “id” atau “en”."))
    if body["enrolment"] not in ENROLMENTS:
        yield fault("enrolment", _("Cara pendaftaran harus “open”, “approval”, atau “link”."))
    if body["seats"] is not None and not 1 <= body["seats"] <= 1_000_000:
        yield fault("seats", _("Jumlah tempat harus 1 sampai 1.000.000, atau dikosongkan."))
    if any(CONTROLS.search(text) for text in texts_of(body)):
        yield fault("title", _("Ada karakter kendali yang tidak dapat ditampilkan. Ketik ulang teksnya."))
    yield from _outline_faults(body["modules"])
    if len(bank_keys(body)) > QUESTIONS_LIMIT:
        yield fault("bank", _("Bank soal paling banyak berisi %(limit)d soal.", limit=QUESTIONS_LIMIT))


def _outline_faults(modules: list[Body]) -> Iterator[Fault]:
    if not modules:
        yield Fault("course", "", ("modules",), _("Kursus memerlukan paling sedikit satu modul."))
    if len(modules) > MODULES_LIMIT or sum(len(m["lessons"]) for m in modules) > LESSONS_LIMIT:
        sentence = _("Terlalu banyak: paling banyak %(modules)d modul dan %(lessons)d materi.",
                     modules=MODULES_LIMIT, lessons=LESSONS_LIMIT)  # fmt: skip
        yield Fault("course", "", ("modules",), sentence)
    keys: set[str] = set()
    lesson_keys: set[str] = set()
    needs = {module["key"]: list(module["requires"]) for module in modules}
    for m, module in enumerate(modules):
        for path, sentence in _module_faults(module, keys, lesson_keys, needs):
            name = module["title"].strip()[:TITLE_LIMIT] or module["key"]
            key = "" if path[:1] == ("lessons",) else module["key"]
            yield Fault("course", key, ("modules", m, *path), sentence, name)


def _module_faults(
    module: Body, keys: set[str], lesson_keys: set[str], needs: dict[str, list[str]]
) -> Iterator[tuple[tuple, str]]:
    """Rules of one module; `keys` and `lesson_keys` gather those of the modules before it."""
    key = module["key"]
    if not is_key(key):
        yield ("key",), _key_sentence(key)
    elif key in keys:
        yield ("key",), _("Kunci modul “%(key)s” dipakai lebih dari sekali.", key=key)
    keys.add(key)
    if not 0 < len(module["title"].strip()) <= TITLE_LIMIT:
        yield ("title",), _("Judul modul berisi 1 sampai %(limit)d karakter.", limit=TITLE_LIMIT)
    if not module["lessons"]:
        yield (), _("Modul ini belum berisi materi.")
    for n, lesson in enumerate(module["lessons"]):
        place, lesson_key = ("lessons", n, "key"), lesson["key"]
        if not is_key(lesson_key):
            yield place, _key_sentence(lesson_key)
        elif lesson_key in lesson_keys:
            yield place, _("Kunci materi “%(key)s” dipakai lebih dari sekali.", key=lesson_key)
        lesson_keys.add(lesson_key)
    for wanted in module["requires"]:
        if wanted not in needs:
            yield ("requires",), _("Modul prasyarat “%(key)s” tidak ada.", key=wanted)
    if _reaches(needs, key):
        yield ("requires",), _("Prasyarat modul ini berputar kembali ke modul itu sendiri.")


def _reaches(needs: dict[str, list[str]], start: str) -> bool:
    seen: set[str] = set()
    waiting = list(needs[start])
    while waiting:
        key = waiting.pop()
        if key == start:
            return True
        if key not in seen:
            seen.add(key)
            waiting += needs.get(key, [])
    return False


def lesson_faults(key: str, body: Body, files: set[str], names: Names) -> Iterator[Fault]:
    """Rules of one lesson; `names` knows the questions of a quiz."""

    def fault(path, sentence):
        name = body["title"].strip()[:TITLE_LIMIT] or key
        return Fault("lesson", key, path if isinstance(path, tuple) else (path,), sentence, name)

    kind = body["kind"]
    if kind not in LESSON_KINDS:
        yield fault(
            "kind", _("Jenis materi harus salah satu dari: %(kinds)s.", kinds=", ".join(LESSON_KINDS))
        )
        return
    if not 0 < len(body["title"].strip()) <= TITLE_LIMIT:
        yield fault("title", _("Judul materi berisi 1 sampai %(limit)d karakter.", limit=TITLE_LIMIT))
    if not 1 <= body["minutes"] <= 600:
        yield fault("minutes", _("Perkiraan waktu harus 1 sampai 600 menit."))
    if kind in ("text", "field_task") and not body["text"].strip():
        yield fault("text", _("Materi ini belum ada isinya."))
    if len(body["text"]) > TEXT_LIMIT:
        yield fault("text", _("Teksnya terlalu panjang: paling banyak %(limit)d karakter. Bagi menjadi beberapa materi.", limit=TEXT_LIMIT))  # fmt: skip
    if any(CONTROLS.search(text) for text in texts_of(body)):
        yield fault("text", _("Ada karakter kendali yang tidak dapat ditampilkan. Ketik ulang teksnya."))
    for name in _missing_files(body["text"], files):
        yield fault("text", _("Berkas “%(name)s” tidak ada di kursus ini.", name=name))
    if kind == "file" and body["file"] not in files:
        if body["file"]:
            yield fault("file", _("Berkas “%(name)s” tidak ada di kursus ini.", name=body["file"]))
        else:
            yield fault("file", _("Pilih berkas yang dibagikan materi ini."))
    if kind == "field_task" and not 0 <= body["task"]["min_words"] <= 2_000:
        yield fault(("task", "min_words"), _("Jumlah kata minimum harus 0 sampai 2.000."))
    if kind == "quiz":
        found = _quiz_faults(body["quiz"], names)
        yield from (fault(("quiz", *path), sentence) for path, sentence in found)


def _missing_files(text: str, files: set[str] | None) -> list[str]:
    return [] if files is None else sorted(set(FILE_LINK.findall(text)) - files)


def _quiz_faults(quiz: Body, names: Names) -> Iterator[tuple[tuple, str]]:
    if not 1 <= quiz["pass_mark"] <= 100:
        yield ("pass_mark",), _("Nilai lulus harus 1 sampai 100.")
    if not 0 <= quiz["attempts"] <= 100:
        yield ("attempts",), _("Banyaknya percobaan harus 0 (tanpa batas) sampai 100.")
    if not 0 <= quiz["time_limit"] <= 600:
        yield ("time_limit",), _("Batas waktu harus 0 (tanpa batas) sampai 600 menit.")
    for name, allowed in (
        ("show_during", SHOW_DURING),
        ("show_after", SHOW_AFTER),
        ("show_later", SHOW_AFTER),
    ):
        if quiz[name] not in allowed:
            yield (name,), _("Harus salah satu dari: %(values)s.", values=", ".join(allowed))
    if not quiz_keys(quiz):
        yield ("questions",), _("Kuis memerlukan paling sedikit satu soal.")
    seen: set[str] = set()
    for path, key in _quiz_paths({"kind": "quiz", "quiz": quiz}):
        if key in seen:
            stem = names("question", key)
            yield path[1:], _("Soal “%(stem)s” dipilih lebih dari sekali dalam kuis ini.", stem=stem)
        seen.add(key)
    for n, pool in enumerate(quiz["pools"]):
        if not 1 <= pool["count"] <= len(pool["questions"]):
            yield ("pools", n, "count"), _("Banyaknya soal acak harus 1 sampai %(limit)d, yaitu jumlah soal pilihannya.", limit=len(pool["questions"]))  # fmt: skip


def _quiz_paths(body: Body) -> Iterator[tuple[tuple, str]]:
    if body["kind"] != "quiz":
        return
    for key in body["quiz"]["questions"]:
        yield ("quiz", "questions"), key
    for n, pool in enumerate(body["quiz"]["pools"]):
        for key in pool["questions"]:
            yield ("quiz", "pools", n, "questions"), key


def question_faults(key: str, body: Body, files: set[str] | None) -> Iterator[Fault]:
    """Rules of one question: those of all, then those of its type. Without `files` links are not looked at."""
    found: list[tuple[tuple[str | int, ...], str]] = [] if is_key(key) else [((), _key_sentence(key))]
    if key == NEW_QUESTION:
        found.append(
            ((), _("Kunci “baru” dipakai alamat halaman soal baru. Pilih kunci lain, misalnya baru-1."))
        )
    if any(CONTROLS.search(text) for text in texts_of(body)):
        found.append(((), _("Ada karakter kendali yang tidak dapat ditampilkan. Ketik ulang teksnya.")))
    for text in texts_of(body):
        for missing in _missing_files(text, files):
            found.append(((), _("Berkas “%(name)s” tidak ada di kursus ini.", name=missing)))
    for path, sentence in [*found, *question_types.faults(body)]:
        yield Fault("question", key, path, sentence, stem_name(body) or key)
