"""A course as a folder: course.toml, lessons/<key>.md, questions/<name>.md, files/<name> (docs/course-format.md).

`read` collects every fault of a folder before it refuses; `write` is canonical: what it wrote is read and
written again byte for byte. Neither touches the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ekopi.core.archives import ArchiveRefused, Tree
from ekopi.core.errors import Refused
from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.bodies import Body
from ekopi.courses.authoring.course_files import manifest, questions

MANIFEST = "course.toml"
LESSON_FILE = re.compile(r"lessons/([^/]+)\.md\Z")
QUESTION_FILE = re.compile(r"questions/([A-Za-z0-9][A-Za-z0-9._-]{0,99}\.md)\Z")
TEXT_FILE_LIMIT = 512 * 1024
"""Bytes of one Markdown file."""
FAULTS_LIMIT = 200
"""More are not listed; whoever has mended these sees the rest."""


@dataclass(frozen=True)
class FileFault:
    """One thing to mend in a course folder; `line` is None where the whole file is meant."""

    file: str
    line: int | None
    sentence: str

    def __str__(self) -> str:
        if self.line is None:
            return f"{self.file}: {self.sentence}"
        return _(
            "%(file)s baris %(line)d: %(sentence)s", file=self.file, line=self.line, sentence=self.sentence
        )


class CourseRefused(Refused):
    """The folder is not a course that could be taken; `faults` says everything that is wrong with it."""

    code = "course-refused"
    status = 422
    message = _l("Folder kursus ini belum dapat diterima: ada %(count)d hal yang perlu diperbaiki.")
    remedy = _l("Perbaiki berkas yang disebut, lalu coba lagi.")

    def __init__(self, faults: list[FileFault]):
        super().__init__(count=len(faults))
        self.faults = faults


@dataclass
class CourseFolder:
    """A course read from a folder, free of faults. The files themselves stay where `files` points."""

    slug: str
    course: Body
    lessons: dict[str, Body]
    questions: dict[str, Body]
    files: dict[str, Path] = field(default_factory=dict)


def read(tree: Tree) -> CourseFolder:
    """The course in a folder. Raises CourseRefused with every fault found, by file and line."""
    reading = _Reading(tree)
    folder = reading.folder()
    if reading.faults:
        unique = list(dict.fromkeys(reading.faults))
        unique.sort(key=lambda fault: (fault.file != MANIFEST, fault.file, fault.line or 0))
        raise CourseRefused(unique[:FAULTS_LIMIT])
    return folder


def write(
    slug: str, course: Body, lessons: Mapping[str, Body], asked: Mapping[str, Body]
) -> Iterator[tuple[str, str]]:
    """Names and texts of a course's files, without those of files/. `asked` are the questions by key."""
    keys = [key for _m, _n, key, _r in bodies.lesson_refs(course)]
    yield MANIFEST, manifest.write(slug, course, {key: lessons[key] for key in keys})
    for key in keys:
        if lessons[key]["text"]:
            yield f"lessons/{key}.md", lessons[key]["text"] + "\n"
    for part in course["bank"]:
        if part["keys"]:
            yield f"questions/{part['name']}", questions.write_file((key, asked[key]) for key in part["keys"])


def clean_text(text: str) -> str:
    """Text as it is kept: plain line ends, no empty lines at either end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


class _Reading:
    """One reading of a tree; faults gather as it goes."""

    def __init__(self, tree: Tree):
        self.tree = tree
        self.faults: list[FileFault] = []
        self.question_lines: dict[str, tuple[str, int]] = {}

    def fault(self, file: str, line: int | None, sentence: str) -> None:
        self.faults.append(FileFault(file, line, sentence))

    def folder(self) -> CourseFolder:
        empty = CourseFolder("", {}, {}, {})
        if MANIFEST not in self.tree:
            self.fault(MANIFEST, None, _("Berkas ini tidak ada; folder kursus dimulai dari sini."))
            return empty
        slug, course, lessons, lines, faults = manifest.parse(self.text(MANIFEST))
        for line, sentence in faults:
            self.fault(MANIFEST, line, sentence)
        if not course:
            return empty
        self.lines = lines
        if slug in bodies.RESERVED_SLUGS:
            sentence = _("Slug “%(slug)s” dipakai oleh halaman EKOPI sendiri: pakai slug lain.", slug=slug)
            self.fault(MANIFEST, lines.of(("slug",)), sentence)
        elif not bodies.is_key(slug):
            sentence = _("Slug “%(slug)s” tidak dapat dipakai: pakai huruf kecil, angka, dan tanda hubung.", slug=slug[:80])  # fmt: skip
            self.fault(MANIFEST, lines.of(("slug",)), sentence)
        files = {name: self.tree[name] for name in self.tree if bodies.FILE_NAME.match(name)}
        if len(files) > bodies.FILES_LIMIT:
            self.fault(
                "files", None, _("Terlalu banyak berkas: paling banyak %(limit)d.", limit=bodies.FILES_LIMIT)
            )
        self.read_lessons(lessons)
        asked = self.read_questions(course)
        self.check_names(lessons)
        course["files"] = []
        for found in bodies.whole_faults(course, lessons, asked, files=files):
            file, line = self.place(found, course)
            # A text that has no file is named: its line of the manifest says little.
            named = file == MANIFEST and found.path == ("text",)
            self.fault(file, line, str(found) if named else found.sentence)
        return CourseFolder(slug, course, lessons, asked, files)

    def text(self, name: str) -> str:
        """A text file; what is no text or too large is a fault and reads as empty."""
        if self.tree[name].stat().st_size > TEXT_FILE_LIMIT:
            self.fault(name, None, _("Berkas ini terlalu besar: paling besar %(size)d kB.", size=TEXT_FILE_LIMIT // 1024))  # fmt: skip
            return ""
        try:
            return self.tree.text(name)
        except ArchiveRefused as refused:
            self.fault(name, None, str(refused))
            return ""

    def read_lessons(self, lessons: dict[str, Body]) -> None:
        for key, body in lessons.items():
            name = f"lessons/{key}.md"
            body["text"] = clean_text(self.text(name)) if name in self.tree else ""

    def read_questions(self, course: Body) -> dict[str, Body]:
        course["bank"] = []
        asked: dict[str, Body] = {}
        for name in self.tree:
            if not (found := QUESTION_FILE.match(name)):
                continue
            parsed, outside = questions.parse(self.text(name))
            for line, sentence in outside:
                self.fault(name, line, sentence)
            if not parsed and not outside:
                self.fault(name, None, _("Berkas ini tidak berisi soal."))
            keys = []
            for one in parsed:
                if one.key in asked:
                    self.fault(
                        name, one.line, _("Kunci soal “%(key)s” dipakai lebih dari sekali.", key=one.key[:80])
                    )
                for line, sentence in one.faults:
                    self.fault(name, line, sentence)
                keys.append(one.key)
                asked[one.key] = one.body
                self.question_lines[one.key] = (name, one.line)
            if keys:
                course["bank"].append({"name": found[1], "keys": keys})
        return asked

    def check_names(self, lessons: dict[str, Body]) -> None:
        """A file that nothing would read is a slip: a wrong name, or a lesson left out of the outline."""
        for name in self.tree:
            lesson = LESSON_FILE.match(name)
            if name == MANIFEST or bodies.FILE_NAME.match(name) or QUESTION_FILE.match(name):
                continue
            if lesson and lesson[1] not in lessons:
                self.fault(
                    name, None, _("Tidak ada materi berkunci “%(key)s” di course.toml.", key=lesson[1])
                )
            elif name.startswith("files/"):
                self.fault(name, None, _("Nama berkas hanya boleh berisi huruf, angka, titik, garis bawah, dan tanda hubung, langsung di folder files."))  # fmt: skip
            elif not lesson:
                self.fault(name, None, _("Berkas ini bukan bagian dari folder kursus. Pindahkan atau hapus."))

    def place(self, fault: bodies.Fault, course: Body) -> tuple[str, int | None]:
        """File and line a fault of a body is about."""
        if fault.kind == "question":
            return self.question_lines.get(fault.key, ("questions", None))
        if fault.kind == "course":
            return MANIFEST, self.lines.of(fault.path)
        if fault.path == ("text",):
            name = f"lessons/{fault.key}.md"
            if name in self.tree:
                return name, self.line_in(name, fault.sentence)
        at = next(((m, n) for m, n, key, _r in bodies.lesson_refs(course) if key == fault.key), None)
        return MANIFEST, self.lines.of(("modules", at[0], "lessons", at[1], *fault.path)) if at else None

    def line_in(self, name: str, sentence: str) -> int | None:
        """The line that uses the file a sentence complains of."""
        for number, line in enumerate(self.text(name).split("\n"), start=1):
            if any(f"“{used}”" in sentence for used in bodies.FILE_LINK.findall(line)):
                return number
        return None
