"""The base of all forms: stripped text, messages in the reader's language, refusals shown at their field."""

from __future__ import annotations

import secrets
from copy import copy
from pathlib import Path

from flask_babel import Domain, get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, HiddenField, MultipleFileField, RadioField, SelectFieldBase
from wtforms.validators import DataRequired, InputRequired

from ekopi.core.errors import Invalid

MESSAGES = Domain(
    translation_directories=[str(Path(__file__).parent.parent / "translations")], domain="wtforms"
)


MOST_FIGURES = 9
"""Every number of so many figures fits an INTEGER column of both databases (32 bits on PostgreSQL)."""


def whole(text: str | None, default: int = 0) -> int:
    """The whole number that an address or a form says, in figures 0 to 9; `default` for anything else.

    Never raises: a sign, other scripts' figures ("²", "٣") and numbers of more than 9 figures are no number here.
    """
    if text and len(text) <= MOST_FIGURES and text.isascii() and text.isdecimal():
        return int(text)
    return default


def _stripped(value):
    return value.strip().replace("\x00", "") if isinstance(value, str) else value


def _naming(validator, field):
    """A demand for an answer without words of its own says which field it means; WTForms only says "this field"."""
    if not isinstance(validator, (DataRequired, InputRequired)) or validator.message is not None:
        return validator
    named = copy(validator)
    label = field.label.text
    if isinstance(field, BooleanField):
        named.message = _l("Beri centang: %(field)s.", field=label)
    elif isinstance(field, (RadioField, SelectFieldBase, FileField, MultipleFileField)):
        named.message = _l("Pilih %(field)s.", field=label)
    else:
        named.message = _l("Isi %(field)s.", field=label)
    return named


class BaseForm(FlaskForm):
    """Every form of the house inherits from this."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form, unbound_field, options):
            filters = list(unbound_field.kwargs.get("filters", ()))
            if unbound_field.field_class.__name__ not in {"PasswordField", "FileField", "MultipleFileField"}:
                filters.append(_stripped)
            field = unbound_field.bind(form=form, filters=filters, **options)
            field.validators = [_naming(validator, field) for validator in field.validators]
            return field

        def get_translations(self, form):
            """WTForms' own messages: ours in Indonesian, its originals in English."""
            return MESSAGES.get_translations() if str(get_locale() or "id") == "id" else None

    def refuse(self, refusal: Invalid) -> None:
        """Shows a verb's refusal at the field it names, or above the form."""
        if refusal.field and refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, refusal.sentence()]
        else:
            self.form_errors.append(refusal.sentence())


class OnceForm(BaseForm):
    """A form that creates something; the token makes a second sending harmless (core/once.py)."""

    once = HiddenField(default=lambda: secrets.token_urlsafe(16))
