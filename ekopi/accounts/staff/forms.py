"""Forms of the staff pages."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from ekopi.accounts import policy, words
from ekopi.accounts.forms import one_line
from ekopi.core.forms import BaseForm, OnceForm

PLACES = {
    "platform": _l("Seluruh EKOPI"),
    "organisation": _l("Satu instansi dan semua unit di bawahnya"),
    "course": _l("Satu kursus"),
}


def listed(names: dict) -> list[SelectChoice]:
    """The choices of a field from values and what they are called."""
    return [SelectChoice(value, name) for value, name in names.items()]


class RefuseForm(BaseForm):
    """Why a claim is refused."""

    reason = TextAreaField(
        _l("Alasan"),
        [DataRequired(_l("Tulis alasannya.")), Length(min=10, max=300, message=_l("Tulis alasan dengan 10 sampai 300 karakter."))],
        description=_l("Orangnya membaca alasan ini di halaman akunnya, misalnya: “Anda tercatat di unit lain.”"),
    )  # fmt: skip


class DownloadForm(BaseForm):
    """Which unit's history of which year."""

    unit = SelectField(_l("Instansi atau Unit"), description=_l("Termasuk semua unit di bawahnya."))
    year = SelectField(_l("Tahun"))


class GrantForm(BaseForm):
    """A role at a place. The fields of the other kinds of place stay empty."""

    kind = SelectField(_l("Peran"), choices=listed(words.ROLES))
    place = RadioField(_l("Berlaku di"), choices=listed(PLACES), default="organisation")
    organisation = StringField(
        _l("Instansi"),
        [Length(max=400, message=_l("Nama instansi terlalu panjang. Pilih dari daftar.")), one_line],
        description=_l(
            "Diisi bila peran berlaku di satu instansi. Ketik beberapa huruf, lalu pilih dari daftar."
        ),
    )
    course = StringField(
        _l("Kursus"),
        [Length(max=100, message=_l("Bagian alamat kursus terlalu panjang.")), one_line],
        description=_l(
            "Diisi bila peran berlaku di satu kursus: bagian akhir alamatnya, misalnya menulis-inovasi."
        ),
    )

    def validate_place(self, field):
        allowed = policy.PLACES_OF.get(self.kind.data)
        if allowed and field.data not in allowed:
            places = ", ".join(str(PLACES[place]) for place in allowed)
            raise ValidationError(_l("Peran ini hanya dapat berlaku di: %(places)s.", places=places))

    def validate_organisation(self, field):
        if self.place.data == "organisation" and not field.data:
            raise ValidationError(_l("Pilih instansi dari daftar."))

    def validate_course(self, field):
        if self.place.data == "course" and not field.data:
            raise ValidationError(_l("Isi bagian akhir alamat kursusnya."))


class OrganisationForm(BaseForm):
    """What an organisation is called and proved by."""

    name = StringField(
        _l("Nama"),
        [DataRequired(_l("Isi nama instansi.")), Length(max=200, message=_l("Nama paling panjang 200 karakter.")), one_line],
        description=_l("Nama resmi lengkap, misalnya Dinas Kesehatan Kabupaten Sleman."),
    )  # fmt: skip
    short_name = StringField(
        _l("Nama Singkat"), [Length(max=40, message=_l("Nama singkat paling panjang 40 karakter.")), one_line],
        description=_l("Misalnya: Dinkes."),
    )  # fmt: skip
    kind = SelectField(_l("Jenis"), choices=listed(words.ORGANISATIONS))
    region = StringField(
        _l("Wilayah"), [Length(max=100, message=_l("Nama wilayah paling panjang 100 karakter.")), one_line],
        description=_l("Kode Kemendagri atau nama, misalnya 34.04 atau Kabupaten Sleman. Menentukan zona waktu anggota baru."),
    )  # fmt: skip
    mail_domains = TextAreaField(
        _l("Domain Surel"),
        [Length(max=1000, message=_l("Daftar domain paling panjang 1.000 karakter."))],
        description=_l(
            "Satu domain per baris, misalnya slemankab.go.id. Anggota dengan surel ini terkonfirmasi tanpa menunggu."
        ),
    )

    def domains(self) -> list[str]:
        """The domains, however they are set apart."""
        return [domain for domain in re.split(r"[\s,;]+", self.mail_domains.data or "") if domain]


class NewOrganisationForm(OnceForm, OrganisationForm):
    """A new one; sent twice, it is made once."""


class MoveForm(BaseForm):
    parent = StringField(
        _l("Induk yang Baru"),
        [Length(max=400, message=_l("Nama instansi terlalu panjang. Pilih dari daftar.")), one_line],
        description=_l(
            "Ketik beberapa huruf, lalu pilih dari daftar. Kosongkan untuk menaruhnya di tingkat teratas."
        ),
    )


def a_year_of_ours(form, field):
    """Years that a reader can mean; at the ends of the calendar there is no day before or after."""
    if field.data and not 2000 <= field.data.year <= 2100:
        raise ValidationError(_l("Isi tahun antara 2000 dan 2100."))


class TrailForm(BaseForm):
    """What the trail is filtered by; sent by GET, so that a view of it has an address."""

    class Meta(BaseForm.Meta):
        csrf = False

    orang = StringField(
        _l("Nama atau Surel"), [Length(max=100, message=_l("Nama atau surel paling panjang 100 karakter."))]
    )
    perbuatan = SelectField(_l("Perbuatan"), validators=[Optional()])
    hal = SelectField(_l("Mengenai"), validators=[Optional()])
    dari = DateField(_l("Dari Tanggal"), validators=[Optional(), a_year_of_ours])
    sampai = DateField(_l("Sampai Tanggal"), validators=[Optional(), a_year_of_ours])

    def validate_sampai(self, field):
        if field.data and self.dari.data and field.data < self.dari.data:
            raise ValidationError(_l("Tanggal akhir harus sama dengan atau setelah tanggal awal."))
