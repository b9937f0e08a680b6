"""Forms of the studio."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from babel.numbers import get_group_symbol
from flask_babel import get_locale
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

POOLS_LIMIT = 100
"""Random groups of one quiz that its form can show."""


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


def _number(said: str | None) -> str | None:
    """A number as bodies keep it, from one with a comma or a point; None when it is none.

    Where the mark stands as the reader's language groups thousands it does so here: 1.000 is a thousand in
    Indonesian, not 1 with three decimals.
    """
    number = said or ""
    group = get_group_symbol(get_locale() or "id")
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+(?:[.,]\d+)?", number, re.ASCII):
        number = number.replace(group, "")
    return plain_decimal(number.replace(",", "."))


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
        number = _number(field.data)
        if number is None:
            raise ValidationError(_("Isi dengan angka, misalnya 2 atau 2,5."))
        if not 0 < float(number) < 1000:
            raise ValidationError(_("Isi dengan angka lebih dari 0 dan kurang dari 1.000."))
        if decimals(number) > 2:
            raise ValidationError(_("Isi dengan paling banyak dua angka di belakang koma, misalnya 2,25."))

    def settings(self) -> Body:
        """The part of the course's body that this form is about."""
        return {
            "title": self.title.data,
            "summary": " ".join((self.summary.data or "").split()),
            "outcomes": [line.strip() for line in (self.outcomes.data or "").splitlines() if line.strip()],
            "jp": _number(self.jp.data),
            "language": self.language.data,
            "enrolment": self.enrolment.data,
            "seats": self.seats.data,
        }


class WithModuleTitle:
    title = StringField(_l("Judul Modul"), [InputRequired(), Length(max=bodies.TITLE_LIMIT)])


class NewModuleForm(WithModuleTitle, OnceForm):
    """A module begins with its title."""


class ModuleForm(WithModuleTitle, BaseForm):
    base = HiddenField()
    requires = Checks(_l("Modul yang Diselesaikan Lebih Dahulu"))


class NewLessonForm(OnceForm):
    title = StringField(_l("Judul Materi"), [InputRequired(), Length(max=bodies.TITLE_LIMIT)])
    kind = SelectField(_l("Jenis"), choices=listed(changes.KINDS))
    module = SelectField(_l("Modul"))


class PageForm(BaseForm):
    """A draft in a page that saves by itself: `base` is the edition of the draft, `sequence` counts autosaves.

    `page` tells one page from another: two tabs of one person are two pages.
    """

    base = HiddenField(default="0")
    sequence = HiddenField(default="0")
    page = HiddenField(default=lambda: secrets.token_urlsafe(16))


class LessonForm(PageForm):
    """What all lessons have."""

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
    questions = Checks(_l("Selalu"))

    @property
    def pools(self) -> list[tuple[IntegerField, Checks]]:
        """How many are taken of each random group, and out of which questions."""
        names = [f"pool_{number}" for number in range(1, POOLS_LIMIT + 1)]
        return [(self[f"{name}_count"], self[name]) for name in names if name in self]

    @property
    def columns(self) -> list[Checks]:
        """Where a question may be ticked: always asked, or in one of the random groups."""
        return [self.questions, *(picks for _count, picks in self.pools)]

    def changes(self, body: Body) -> Body:
        # The author's order stays where the picks stay; what is new comes after it, in the order of the bank.
        before = bodies.quiz_keys(body["quiz"])
        names = ("pass_mark", "attempts", "time_limit", "shuffle", "show_during", "show_after", "show_later")
        quiz = {name: self[name].data for name in names}
        quiz["questions"] = _in_order(self.questions.data or [], before)
        quiz["pools"] = [
            {"questions": _in_order(picks.data, before), "count": count.data}
            for count, picks in self.pools
            if picks.data
        ]
        return {**super().changes(body), "quiz": {name: quiz[name] for name in bodies.QUIZ_DEFAULTS}}


def _in_order(chosen: list[str], before: list[str]) -> list[str]:
    return list(dict.fromkeys([*(key for key in before if key in chosen), *chosen]))


def quiz_form(pools: int) -> type[QuizForm]:
    """The form of a quiz with this many random groups, at most POOLS_LIMIT; one without picks is no group."""
    fields: dict[str, object] = {}
    for number in range(1, min(pools, POOLS_LIMIT) + 1):
        fields[f"pool_{number}_count"] = IntegerField(
            _l("Diambil dari Acak %(number)d", number=number),
            [InputRequired(), NumberRange(1, bodies.QUESTIONS_LIMIT)],
            default=1,
        )
        fields[f"pool_{number}"] = Checks(_l("Acak %(number)d", number=number))
    return type("QuizForm", (QuizForm,), fields)


def typed_pools(typed: Mapping) -> int:
    """How many random groups a sent form has."""
    number = 0
    while f"pool_{number + 1}_count" in typed:
        number += 1
    return number


def pool_fields(pools: list[Body]) -> Body:
    """What the fields of `quiz_form` say of these groups."""
    said: Body = {}
    for number, pool in enumerate(pools, start=1):
        said |= {f"pool_{number}": pool["questions"], f"pool_{number}_count": pool["count"]}
    return said


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


class QuestionForm(WithQuestionText, PageForm):
    """A question of the bank as one text."""


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


class RestoreForm(BaseForm):
    """`seen` is the number of the publication that was the newest when the page was made."""

    seen = HiddenField(default="0")
    note = TextAreaField(
        _l("Catatan Terbitan"),
        [InputRequired(), Length(max=500)],
        description=_l("Apa yang berubah dan mengapa; penulis lain membacanya di riwayat."),
    )


class ButtonForm(BaseForm):
    """A form that is one button: nothing but the token against forgery."""
