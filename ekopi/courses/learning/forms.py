"""Forms of learning."""

from __future__ import annotations

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from ekopi.core.forms import BaseForm, whole


class RefuseForm(BaseForm):
    """Why somebody is not let into a course."""

    reason = StringField(
        _l("Alasan menolak"),
        [Length(max=300)],
        description=_l("Pemohon membaca alasan ini di notifikasinya."),
    )


class FieldTaskForm(BaseForm):
    """A langkah nyata. `base` is the edition the page showed, `page` a word for the open page itself."""

    text = TextAreaField(_l("Tulisan Anda"))
    base = HiddenField(default="0")
    page = HiddenField(default=lambda: secrets.token_urlsafe(9))
    sequence = HiddenField(default="0")

    def edition(self) -> int:
        """The edition it was written upon; a form without one counts as the first."""
        return whole(self.base.data)
