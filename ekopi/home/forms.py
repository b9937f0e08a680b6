"""Forms of home."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from ekopi.core.forms import BaseForm


class AppearanceForm(BaseForm):
    """Language and theme; what is not sent stays as it is."""

    language = SelectField(
        _l("Bahasa"),
        choices=[SelectChoice("id", "Bahasa Indonesia"), SelectChoice("en", "English")],
        validators=[Optional()],
    )
    theme = SelectField(
        _l("Tema"),
        choices=[
            SelectChoice("", _l("Perangkat")),
            SelectChoice("light", _l("Terang")),
            SelectChoice("dark", _l("Gelap")),
        ],
        validators=[Optional()],
    )
