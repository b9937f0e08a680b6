"""Forms of certificates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from ekopi.core.forms import BaseForm
from ekopi.credentials.numbers import parse


class CheckForm(BaseForm):
    """A number to be checked; sent by GET, it changes nothing."""

    class Meta(BaseForm.Meta):
        csrf = False

    nomor = StringField(
        _l("Nomor sertifikat"),
        description=_l("Tertulis di samping kode QR, misalnya EKOPI-2026-7H3K-90QZ-M5AX."),
    )

    def validate_nomor(self, field):
        if not (field.data or "").strip():
            raise ValidationError(_l("Isi nomor sertifikat."))
        if parse(field.data or "") is None:
            raise ValidationError(
                _l(
                    "Nomor ini tidak lengkap atau salah ketik. Salin semua hurufnya dari sertifikat, lalu periksa lagi."
                )
            )


class RevokeForm(BaseForm):
    reason = TextAreaField(
        _l("Alasan pencabutan"),
        [InputRequired(_l("Tulis alasan pencabutan."))],
        description=_l("Ditampilkan di halaman publik sertifikat. Jangan menulis data pribadi."),
    )
    with_jp = BooleanField(
        _l("Batalkan juga JP yang tercatat dari capaian ini"),
        default=True,
        description=_l("Pembatalan dicatat sebagai baris baru; baris lamanya tetap terbaca."),
    )


class ReissueForm(BaseForm):
    name = StringField(
        _l("Nama yang benar"),
        [InputRequired(_l("Tulis nama yang benar."))],
        description=_l("Seperti pada dokumen kepegawaian, dengan gelar bila ada."),
    )
    reason = TextAreaField(
        _l("Alasan penerbitan ulang"),
        [InputRequired(_l("Tulis alasan penerbitan ulang."))],
        description=_l("Ditampilkan di halaman publik sertifikat lama. Jangan menulis data pribadi."),
    )
