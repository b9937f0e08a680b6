"""Forms of the studio."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ekopi.core.forms import BaseForm, OnceForm
from ekopi.courses.authoring import bodies, changes
from ekopi.courses.authoring.bodies import Body
from ekopi.courses.authoring.question_types import decimals, plain_decimal

POOL = re.compile(r"(\d{1,3})\s*(?:dari|of)?\s*:\s*(.+)\Z")


def listed(names: Mapping) -> list[SelectChoice]:
    """Choices of a field from values and their names, in this order."""
    return [SelectChoice(value, name) for value, name in names.items()]


class Checks(SelectMultipleField):
    """Checkboxes in a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class NewCourseForm(OnceForm):
    title = StringField(_l("Judul Kursus"), [InputRequired(), Length(max=bodies.TITLE_LIMIT)])
    slug = StringField(
        _l("Alamat"),
        [Optional(), Length(max=bodies.KEY_LIMIT)],
        description=_l(
            "Bagian akhir alamat kursus, misalnya menulis-inovasi. Kosongkan untuk memakai judulnya. Tidak dapat diganti nanti."
        ),  # fmt: skip
    )
    organisation_id = SelectField(_l("Instansi"), coerce=int)


class SettingsForm(BaseForm):
    base = HiddenField()
    title = StringField(_l("Judul Kursus"), [InputRequired(), Length(max=bodies.TITLE_LIMIT)])
    summary = TextAreaField(
        _l("Ringkasan"),
        [Length(max=bodies.SUMMARY_LIMIT)],
        description=_l("Satu atau dua kalimat, paling banyak 300 karakter."),
    )
    outcomes = TextAreaField(
        _l("Hasil Belajar"),
        description=_l("Satu hasil tiap baris; lanjutan dari “Setelah kursus ini, Anda dapat …”."),
    )
    jp = StringField(
        _l("JP"),
        [InputRequired()],
        description=_l("Jam pelajaran yang diberikan, paling banyak dua desimal."),
    )
    language = SelectField(_l("Bahasa Kursus"), choices=listed({"id": "Bahasa Indonesia", "en": "English"}))
    enrolment = RadioField(_l("Pendaftaran"), choices=listed(changes.ENROLMENTS))
    seats = IntegerField(
        _l("Jumlah Tempat"),
        [Optional(), NumberRange(1, 1_000_000)],
        description=_l("Kosongkan bila tidak dibatasi."),
    )

    def validate_jp(self, field):
        number = plain_decimal((field.data or "").replace(",", "."))
        if number is None or not 0 < float(number) < 1000 or decimals(number) > 2:
            raise ValidationError(_("Isi dengan angka lebih dari 0, misalnya 2 atau 2,5."))
        field.data = number

    def settings(self) -> Body:
        """The part of the course's body that this form is about."""
        return {
            "title": self.title.data,
            "summary": " ".join((self.summary.data or "").split()),
            "outcomes": [line.strip() for line in (self.outcomes.data or "").splitlines() if line.strip()],
            "jp": self.jp.data,
            "language": self.language.data,
            "enrolment": self.enrolment.data,
            "seats": self.seats.data,
        }


class WithModuleTitle:
    title = StringField(_l("Judul Modul"), [InputRequired(), Length(max=bodies.TITLE_LIMIT)])


class NewModuleForm(WithModuleTitle, OnceForm):
    """A module begins with its title."""


class ModuleForm(WithModuleTitle, BaseForm):
    requires = Checks(_l("Modul yang Diselesaikan Lebih Dahulu"))


class NewLessonForm(OnceForm):
    title = StringField(_l("Judul Materi"), [InputRequired(), Length(max=bodies.TITLE_LIMIT)])
    kind = SelectField(_l("Jenis"), choices=listed(changes.KINDS))
    module = SelectField(_l("Modul"))


class LessonForm(BaseForm):
    """What all lessons have; `base` is the edition of the draft, `sequence` counts autosaves of one page."""

    base = HiddenField(default="0")
    sequence = HiddenField(default="0")
    title = StringField(_l("Judul Materi"), [InputRequired(), Length(max=bodies.TITLE_LIMIT)])
    minutes = IntegerField(_l("Perkiraan Waktu"), [InputRequired(), NumberRange(1, 600)])
    text = TextAreaField(_l("Isi Materi"))

    def changes(self, body: Body) -> Body:
        """The draft's fields as they were typed."""
        return {"title": self.title.data, "minutes": self.minutes.data, "text": self.text.data or ""}


class TaskForm(LessonForm):
    min_words = IntegerField(_l("Paling Sedikit"), [InputRequired(), NumberRange(0, 2_000)])

    def changes(self, body: Body) -> Body:
        return {**super().changes(body), "task": {"min_words": self.min_words.data}}


class FileForm(LessonForm):
    file = SelectField(_l("Berkas yang Dibagikan"))

    def changes(self, body: Body) -> Body:
        return {**super().changes(body), "file": self.file.data or ""}


class QuizForm(LessonForm):
    pass_mark = IntegerField(_l("Nilai Lulus"), [InputRequired(), NumberRange(1, 100)])
    attempts = IntegerField(
        _l("Percobaan"), [InputRequired(), NumberRange(0, 100)], description=_l("0 berarti tanpa batas.")
    )
    time_limit = IntegerField(
        _l("Batas Waktu"), [InputRequired(), NumberRange(0, 600)], description=_l("0 berarti tanpa batas.")
    )
    shuffle = BooleanField(_l("Acak urutan soal dan pilihan"))
    show_during = SelectField(_l("Yang Ditampilkan Selama Mengerjakan"), choices=listed(changes.DURING))
    show_after = SelectField(_l("Yang Ditampilkan Sesudah Tiap Percobaan"), choices=listed(changes.AFTER))
    show_later = SelectField(
        _l("Yang Ditampilkan Sesudah Lulus atau Percobaan Habis"), choices=listed(changes.AFTER)
    )
    questions = Checks(_l("Soal yang Selalu Ditanyakan"))
    pools = TextAreaField(
        _l("Soal Acak"),
        description=_l("Satu kelompok tiap baris, misalnya “2 dari: soal-satu, soal-dua, soal-tiga”."),
    )

    def validate_pools(self, field):
        for number, line in enumerate((field.data or "").splitlines(), start=1):
            if line.strip() and not POOL.match(line.strip()):
                sentence = _("Baris %(line)d: tulis seperti “2 dari: soal-satu, soal-dua”.", line=number)
                raise ValidationError(sentence)

    def changes(self, body: Body) -> Body:
        chosen = self.questions.data or []
        # The author's order stays where the picks stay.
        kept = [key for key in body["quiz"]["questions"] if key in chosen]
        names = ("pass_mark", "attempts", "time_limit", "shuffle", "show_during", "show_after", "show_later")
        quiz = {name: self[name].data for name in names}
        quiz["questions"] = kept + [key for key in chosen if key not in kept]
        quiz["pools"] = read_pools(self.pools.data or "")
        return {**super().changes(body), "quiz": {name: quiz[name] for name in bodies.QUIZ_DEFAULTS}}


def read_pools(text: str) -> list[Body]:
    """Groups of random questions from lines such as "2 dari: a, b, c"."""
    found = [POOL.match(line.strip()) for line in text.splitlines() if line.strip()]
    return [
        {"questions": [key.strip() for key in match[2].split(",") if key.strip()], "count": int(match[1])}
        for match in found
        if match
    ]


def write_pools(pools: list[Body]) -> str:
    """The lines `read_pools` takes."""
    return "\n".join(f"{pool['count']} dari: {', '.join(pool['questions'])}" for pool in pools)


LESSON_FORMS: dict[str, type[LessonForm]] = {
    "text": LessonForm,
    "file": FileForm,
    "quiz": QuizForm,
    "field_task": TaskForm,
}


class WithQuestionText:
    text = TextAreaField(_l("Soal"), [InputRequired()])


class NewQuestionForm(WithQuestionText, OnceForm):
    """A question begins with its whole text."""


class QuestionForm(WithQuestionText, BaseForm):
    base = HiddenField(default="0")


class WithFile:
    """A file must be chosen."""

    def validate_file(self, field):
        if not field.data or not field.data.filename:
            raise ValidationError(_("Pilih berkas yang akan diunggah."))


class UploadForm(WithFile, OnceForm):
    file = FileField(
        _l("Berkas"),
        description=_l(
            "Gambar (jpg, png, webp) atau dokumen (pdf, docx, xlsx, pptx, csv, txt), paling besar 20 MB."
        ),
    )


class ImportForm(WithFile, BaseForm):
    file = FileField(_l("Arsip ZIP"), description=_l("Folder kursus yang dimampatkan menjadi ZIP."))
    organisation_id = SelectField(_l("Instansi untuk Kursus Baru"), coerce=int)


class PublishForm(BaseForm):
    seen = HiddenField()
    what = SelectField(_l("Yang Diterbitkan"))
    note = TextAreaField(
        _l("Catatan Terbitan"),
        [InputRequired(), Length(max=500)],
        description=_l("Apa yang berubah dan mengapa; penulis lain membacanya di riwayat."),
    )


class ButtonForm(BaseForm):
    """A form that is one button: nothing but the token against forgery."""
