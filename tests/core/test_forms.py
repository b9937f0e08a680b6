"""The base of all forms: a field that must be filled in is named."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from wtforms import BooleanField, FileField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from ekopi.core.forms import BaseForm


class Sample(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    name = StringField("Nama Lengkap", [DataRequired()])
    password = PasswordField("Kata Sandi", [InputRequired()])
    agency = SelectField(
        "Instansi", [InputRequired()], choices=[SelectChoice("", "–"), SelectChoice("1", "LAN")]
    )
    paper = FileField("Surat Tugas", [InputRequired()])
    sure = BooleanField("Saya mengerti", [InputRequired()])
    own = StringField("Alasan", [DataRequired("Tulis alasannya.")])


def said(app, **typed) -> dict:
    with app.test_request_context(method="POST", data=typed):
        form = Sample()
        assert not form.validate()
        return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def test_each_says_its_name(app):
    assert said(app) == {
        "name": ["Isi Nama Lengkap."],
        "password": ["Isi Kata Sandi."],
        "agency": ["Pilih Instansi."],
        "paper": ["Pilih Surat Tugas."],
        "sure": ["Beri centang: Saya mengerti."],
        "own": ["Tulis alasannya."],
    }


def test_what_is_filled_in_is_not_asked_for(app):
    left = said(app, name="Sari", password=" ", agency="1", own="   ")
    assert set(left) == {"paper", "sure", "own"}


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_name_is_there_in_either_language(app, language):
    with app.test_request_context(method="POST"), force_locale(language):
        form = Sample()
        form.validate()
        assert "Nama Lengkap" in str(form.name.errors[0])


def test_forms_do_not_share_what_was_named(app):
    """The rule of the class stays as it was written; each form names its own field."""
    with app.test_request_context(method="POST"):
        first = Sample()
        first.name.label.text = "Nama Panggilan"
        second = Sample()
        second.validate()
    assert str(second.name.errors[0]) == "Isi Nama Lengkap."
