"""Forms of the catalogue."""

from __future__ import annotations

import json

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ekopi.catalogue.fields import FIELDS, TITLE_LIMIT
from ekopi.catalogue.operations.writing import WRITTEN
from ekopi.core.forms import BaseForm, OnceForm

LONGEST = 20_000
HINTS = {
    "summary": _l("Dua atau tiga kalimat: apa yang dilakukan, untuk siapa, hasilnya apa."),
    "problem": _l("Keadaan sebelumnya, dengan angka bila ada."),
    "goal": _l("Apa yang hendak dicapai, sampai kapan."),
    "novelty": _l("Apa yang berbeda dari cara lama."),
    "how": _l("Langkah demi langkah, siapa mengerjakan apa."),
    "impact": _l("Angka sebelum dan sesudah, dari mana angka itu berasal."),
    "resources": _l("Orang, biaya, alat, dan aturan yang dipakai."),
    "sustainability_plan": _l("Bagaimana inovasi ini bertahan bila pejabat atau anggarannya berganti."),
    "replication_keys": _l("Syarat, biaya, aturan, dan kegagalan yang perlu diketahui peniru."),
}


class WritingForm(BaseForm):
    """The texts of an innovation. `base` has writing.mark of each when the form was opened, as JSON."""

    title = StringField(FIELDS["title"].label, validators=[Length(max=TITLE_LIMIT)])
    base = HiddenField()
    back_to_sources = SelectMultipleField(
        _l("Kembali ke isian sumber"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def marks(self) -> dict[str, str]:
        """What stood there when the writer began; nothing for what cannot be read."""
        try:
            said = json.loads(self.base.data or "{}")
        except ValueError:
            return {}
        return {name: str(said[name]) for name in WRITTEN if name in said} if isinstance(said, dict) else {}

    def texts(self) -> dict[str, str]:
        """What was typed; fields that were not sent are left out."""
        return {name: self[name].data or "" for name in WRITTEN if self[name].raw_data}


for _name in WRITTEN:
    if _name != "title":
        setattr(
            WritingForm,
            _name,
            TextAreaField(FIELDS[_name].label, description=HINTS[_name], validators=[Length(max=LONGEST)]),
        )


class QueueForm(BaseForm):
    """What the curator's queue is narrowed by; its fields stand in the address."""

    class Meta(BaseForm.Meta):
        csrf = False

    sumber = SelectField(_l("Sumber"), validate_choice=False)
    provinsi = SelectField(_l("Provinsi"), validate_choice=False)
    kemiripan = SelectField(
        _l("Kemiripan"), validate_choice=False,
        choices=[
            SelectChoice("", _l("Semua")), SelectChoice("tinggi", _l("Tinggi (85% ke atas)")),
            SelectChoice("sedang", _l("Sedang (60–85%)")), SelectChoice("rendah", _l("Rendah (di bawah 60%)")),
        ],
    )  # fmt: skip


class SplitForm(BaseForm):
    """Which source records become an innovation of their own."""

    records = SelectMultipleField(
        _l("Catatan yang Dipisahkan"), coerce=int, widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Catatan yang dipilih menjadi inovasi tersendiri; sisanya tetap di sini."),
    )  # fmt: skip


class AddressForm(BaseForm):
    """Where a source is read from, and how often."""

    address = StringField(
        _l("Alamat"), validators=[Length(max=500)],
        description=_l("Alamat https yang menjawab dengan JSON. Kosongkan bila sumber hanya dibaca dari berkas."),
    )  # fmt: skip
    schedule = SelectField(
        _l("Jadwal"),
        choices=[
            SelectChoice("", _l("Tanpa jadwal")), SelectChoice("daily", _l("Setiap hari")),
            SelectChoice("weekly", _l("Setiap minggu")),
        ],
    )  # fmt: skip


class RecordsForm(OnceForm):
    """A file of records of one source."""

    file = FileField(_l("Berkas Catatan"))
    whole = BooleanField(
        _l("Berkas ini memuat seluruh isi sumber"),
        description=_l(
            "Catatan yang tidak ada di dalamnya akan ditandai hilang dari sumbernya; tidak ada yang dihapus."
        ),
    )

    def validate_file(self, field):
        if not field.data or not field.data.filename:
            raise ValidationError(_l("Pilih berkas yang akan dibaca."))


class SaveSearchForm(OnceForm):
    """The name of a search that is kept; what is asked stands in the address."""

    name = StringField(
        _l("Nama Pencarian"), validators=[DataRequired(), Length(max=80)],
        description=_l("Agar Anda mengenalinya di daftar dan di notifikasi."),
    )  # fmt: skip
