"""Reads what a request says into the declared shapes; says field by field what cannot be taken."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from ekopi.api.shapes import Shape
from ekopi.core.errors import Refused

LARGEST = 64 * 1024
"""Bytes of a body."""
WORDS = {
    "extra_forbidden": _l("Nama ini tidak dikenal."),
    "missing": _l("Isian ini wajib."),
    "json_invalid": _l("Bukan JSON yang dapat dibaca."),
    "value_error": _l("Isi dengan bilangan bulat."),
    "int_parsing": _l("Isi dengan bilangan bulat."),
    "greater_than_equal": _l("Paling sedikit %(ge)s."),
    "less_than_equal": _l("Paling besar %(le)s."),
    "string_too_short": _l("Paling sedikit %(min_length)s karakter."),
    "string_too_long": _l("Paling banyak %(max_length)s karakter."),
    "too_long": _l("Paling banyak %(max_length)s nilai."),
    "string_pattern_mismatch": _l("Tulisannya tidak sesuai bentuk yang diminta."),
    "day": _l("Tulis tanggal sebagai 2026-08-17."),
    "int_type": _l("Isi dengan bilangan bulat."),
    "literal_error": _l("Pilih salah satu: %(expected)s."),
}
"""Kind of error of pydantic -> what it means."""


class Unreadable(Refused):
    """A parameter or a field cannot be taken. `errors` are {"field", "message"}."""

    code = "invalid"
    status = 422
    message = _l("Ada bagian permintaan yang tidak dapat diterima.")

    def __init__(self, errors: list[dict[str, str]]):
        super().__init__()
        self.errors = errors


class NotJson(Refused):
    """A body of another kind."""

    code = "not-json"
    status = 415
    message = _l("Kirim isinya sebagai application/json.")


class TooLarge(Refused):
    """A body beyond what any operation needs."""

    code = "too-large"
    status = 413
    message = _l("Isi permintaan paling besar 64 kB.")


def query(shape: type[Shape] | None):
    """The parameters of the address. Raises Unreadable, also for names that are not declared."""
    said = {
        name: values if len(values) > 1 else values[0]
        for name, values in request.args.to_dict(flat=False).items()
    }
    if shape is None:
        if said:
            raise Unreadable([{"field": name, "message": str(WORDS["extra_forbidden"])} for name in said])
        return None
    return _read(lambda: shape.model_validate(said))


def body(shape: type[Shape]):
    """The JSON that was sent. Raises NotJson, TooLarge, Unreadable."""
    if request.mimetype != "application/json":
        raise NotJson()
    if (request.content_length or 0) > LARGEST:
        raise TooLarge()
    sent = request.get_data(cache=True)
    return _read(lambda: shape.model_validate_json(sent))


def _read(reader):
    try:
        return reader()
    except ValidationError as wrong:
        raise Unreadable([_told(error) for error in wrong.errors(include_input=False)[:20]]) from wrong


def _told(error) -> dict[str, str]:
    words = WORDS.get(error["type"])
    said = (
        str(words) % error.get("ctx", {}) if words else _("Nilainya tidak sesuai: %(why)s", why=error["msg"])
    )
    field = ".".join(str(part) for part in error["loc"])
    return {"field": field, "message": said}
