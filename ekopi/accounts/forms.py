"""Forms of registering, signing in and the own account."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ekopi.accounts import notices, passwords, words
from ekopi.core.forms import BaseForm, OnceForm

NAME = re.compile(r"[^\W\d_]([^\W\d_]|[ .,'’`()/\u0300-\u036f-])*")
"""Some keyboards write é as e with a combining mark (U+0300 to U+036F)."""


def address_rules():
    return [
        DataRequired(_l("Isi alamat surel Anda.")),
        Length(max=254, message=_l("Alamat surel paling panjang 254 karakter.")),
        Email(_l("Tulis alamat surel yang lengkap, misalnya nama@instansi.go.id."), allow_smtputf8=False),
    ]


def name_rules():
    return [
        DataRequired(_l("Isi nama lengkap Anda.")),
        Length(min=2, max=150, message=_l("Nama terdiri atas 2 sampai 150 karakter.")),
        a_name,
    ]


def a_name(form, field):
    """Letters of any script with what stands between them in names and titles; letters greet people by it."""
    # "²" and "½" count as characters of words
    figures = any(c.isnumeric() and not c.isalpha() for c in field.data)
    if figures or not NAME.fullmatch(field.data):
        raise ValidationError(
            _l("Nama hanya memuat huruf, spasi, titik, koma, petik, dan tanda hubung; mulailah dengan huruf.")
        )


def one_line(form, field):
    if any(ord(c) < 32 for c in field.data or ""):
        raise ValidationError(_l("Tulis dalam satu baris."))


def organisation_field():
    return StringField(
        _l("Instansi"),
        description=_l(
            "Ketik beberapa huruf, lalu pilih dari daftar. Kosongkan bila instansi Anda belum ada."
        ),
        validators=[Length(max=400, message=_l("Nama instansi terlalu panjang. Pilih dari daftar."))],
    )


def position_field():
    return StringField(
        _l("Jabatan"),
        description=_l("Misalnya: Analis Kebijakan Ahli Muda."),
        validators=[Length(max=150, message=_l("Jabatan paling panjang 150 karakter.")), one_line],
    )


def new_password_field(label=None):
    return PasswordField(
        label or _l("Kata Sandi"),
        description=_l(
            "Paling sedikit 12 karakter, tanpa nama atau alamat surel Anda. Beberapa kata acak mudah diingat."
        ),
        validators=[
            InputRequired(_l("Isi kata sandi.")),
            Length(max=passwords.MOST, message=_l("Kata sandi paling panjang 128 karakter.")),
        ],
    )


class SignInForm(BaseForm):
    email = StringField(_l("Surel"), validators=[DataRequired(_l("Isi alamat surel Anda.")), Length(max=254)])
    password = PasswordField(
        _l("Kata Sandi"), validators=[InputRequired(_l("Isi kata sandi Anda.")), Length(max=512)]
    )
    next = HiddenField()


class RegisterForm(BaseForm):
    name = StringField(
        _l("Nama Lengkap"),
        description=_l("Seperti pada sertifikat, dengan gelar bila ada."),
        validators=name_rules(),
    )
    email = StringField(
        _l("Surel"),
        description=_l(
            "Gunakan surel dinas bila ada. Keanggotaan langsung terkonfirmasi bila domain surel itu terdaftar untuk instansi Anda."
        ),
        validators=address_rules(),
    )
    password = new_password_field()
    organisation = organisation_field()
    position = position_field()
    accept = BooleanField(
        _l("Saya sudah membaca dan menyetujui pemberitahuan privasi"),
        validators=[InputRequired(_l("Setujui pemberitahuan privasi untuk mendaftar."))],
    )
    notice_version = HiddenField(default=notices.PRIVACY_VERSION)
    next = HiddenField()


class ForgottenForm(BaseForm):
    email = StringField(_l("Surel"), validators=address_rules())


class NewPasswordForm(BaseForm):
    password = new_password_field(_l("Kata Sandi Baru"))


class ButtonForm(BaseForm):
    """Only a button; the form carries the CSRF token."""


class ProveForm(BaseForm):
    password = PasswordField(
        _l("Kata Sandi Anda"), validators=[InputRequired(_l("Isi kata sandi Anda.")), Length(max=512)]
    )
    next = HiddenField()


class NameForm(BaseForm):
    name = StringField(
        _l("Nama Lengkap"),
        description=_l("Tercetak pada sertifikat berikutnya. Sertifikat yang sudah terbit tidak berubah."),
        validators=name_rules(),
    )


class EmailForm(BaseForm):
    email = StringField(
        _l("Alamat Surel Baru"),
        description=_l("Kami kirim tautan ke alamat ini. Alamat lama berlaku sampai tautan itu dibuka."),
        validators=address_rules(),
    )


class PasswordForm(BaseForm):
    old = PasswordField(_l("Kata Sandi Sekarang"), validators=[Length(max=512)])
    new = new_password_field(_l("Kata Sandi Baru"))
    next = HiddenField()


class NipForm(BaseForm):
    nip = StringField(
        _l("NIP atau NI PPPK"),
        description=_l("18 angka, boleh dengan spasi. Kosongkan untuk menghapus."),
        validators=[Length(max=60, message=_l("NIP terdiri atas 18 angka."))],
    )


class PreferencesForm(BaseForm):
    zone = SelectField(_l("Zona Waktu"), choices=[SelectChoice(*zone) for zone in words.ZONES])
    language = SelectField(_l("Bahasa"), choices=[SelectChoice(*known) for known in words.LANGUAGES.items()])


class TokenForm(OnceForm):
    name = StringField(
        _l("Nama Token"),
        description=_l("Agar Anda mengenalinya lagi, misalnya “Aplikasi kepegawaian”."),
        validators=[
            DataRequired(_l("Isi nama token.")),
            Length(max=80, message=_l("Nama token paling panjang 80 karakter.")),
        ],
    )
    scopes = SelectMultipleField(
        _l("Yang Boleh Dilakukan"),
        description=_l("Pilih hanya yang diperlukan. Yang terbuka untuk umum tidak memerlukan izin."),
        choices=[SelectChoice(*scope) for scope in words.SCOPES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    days = SelectField(
        _l("Berlaku Selama"),
        coerce=int,
        default=90,
        choices=[
            SelectChoice(30, _l("30 hari")),
            SelectChoice(90, _l("90 hari")),
            SelectChoice(180, _l("180 hari")),
            SelectChoice(365, _l("Satu tahun")),
        ],
    )


class MembershipForm(BaseForm):
    organisation = organisation_field()
    position = position_field()


class EraseForm(BaseForm):
    sure = BooleanField(
        _l("Saya mengerti bahwa akun tidak dapat dikembalikan"),
        validators=[InputRequired(_l("Beri centang untuk menghapus akun."))],
    )
