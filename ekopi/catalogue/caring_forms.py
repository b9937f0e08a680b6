"""Forms of those who look after innovations, and of those who take them over."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as Left

from ekopi.core.forms import BaseForm

REASON = 2_000
"""Characters of a reason, of lessons, of a note."""
NAME = 400
NO_DAY = _l("Isi tanggal dengan lengkap, misalnya 17-08-2026.")


def _told(label, hint: object = "", *, required: bool = False, most: int = REASON):
    checks = [InputRequired()] if required else []
    return TextAreaField(label, description=hint, validators=[*checks, Length(max=most)])


def _organisation(label, hint: object = "", *, required: bool = False):
    hint = hint or _l("Ketik beberapa huruf, lalu pilih dari daftar.")
    checks = [InputRequired()] if required else []
    return StringField(label, description=hint, validators=[*checks, Length(max=NAME)])


def _day(label):
    return DateField(label, validators=[InputRequired(NO_DAY)])


class StoppedForm(BaseForm):
    """Why an innovation stopped and what others learn of it; the link in the letter says the answer itself."""

    reason = _told(
        _l("Mengapa Berhenti"), _l("Misalnya anggaran tidak ada lagi, atau digantikan layanan lain.")
    )
    lessons = _told(_l("Pelajaran untuk yang Lain"), _l("Apa yang sebaiknya diketahui peniru sebelum mulai."))


class AnswerForm(StoppedForm):
    """Whether an innovation still runs."""

    answer = RadioField(
        _l("Masih Berjalan?"),
        choices=[
            SelectChoice("continuing", _l("Berlanjut")), SelectChoice("growing", _l("Berkembang")),
            SelectChoice("stopped", _l("Berhenti")),
        ],
        validators=[InputRequired(_l("Pilih salah satu jawaban."))],
    )  # fmt: skip


class CareForm(BaseForm):
    """Which organisation is to look after an innovation, and how."""

    organisation = _organisation(_l("Instansi"), required=True)
    kind = RadioField(_l("Peran"), validators=[InputRequired(_l("Pilih perannya."))])


class InterestForm(BaseForm):
    """An organisation wants what another has."""

    adopter = SelectField(_l("Instansi Penerima"))
    need = _told(
        _l("Kebutuhan"),
        _l("Masalah apa di instansi Anda yang hendak dijawab dengan inovasi ini?"),
        required=True,
    )
    adaptation = _told(_l("Rencana Penyesuaian"), _l("Apa yang perlu diubah agar cocok di tempat Anda."))
    facilitator = _organisation(
        _l("Instansi Fasilitator"),
        _l("Instansi yang mendampingi. Ketik beberapa huruf, lalu pilih dari daftar."),
    )
    on = _day(_l("Tanggal"))


class StepForm(BaseForm):
    """The next step of a replication."""

    on = _day(_l("Tanggal"))
    note = _told(_l("Catatan"))
    file = FileField(
        _l("Dokumen"),
        description=_l("Misalnya surat kesepakatan yang sudah ditandatangani: PDF, DOCX, atau gambar."),
    )
    result = StringField(
        _l("Catatan Katalog Milik Instansi Penerima"),
        description=_l("Alamat atau nomor inovasi hasil replikasi di katalog ini, bila sudah ada."),
        validators=[Length(max=300)],
    )


class AdaptationForm(BaseForm):
    adaptation = _told(_l("Penyesuaian"), _l("Apa yang diubah dari aslinya, dan mengapa."))


class OutcomeForm(BaseForm):
    """What a replication brought, by the origin's own indicator."""

    measure = StringField(
        _l("Indikator"), description=_l("Sama dengan indikator instansi asal, misalnya lama menunggu."),
        validators=[InputRequired(), Length(max=200)],
    )  # fmt: skip
    unit = StringField(_l("Satuan"), validators=[Length(max=40)])
    before = StringField(_l("Sebelum"), validators=[InputRequired(), Length(max=20)])
    after = StringField(_l("Sesudah"), validators=[InputRequired(), Length(max=20)])
    measured_on = DateField(_l("Diukur pada"), validators=[Left()])
    note = _told(_l("Catatan"))


class GiveUpForm(BaseForm):
    reason = _told(_l("Alasan"), required=True)
