"""NIP and NI PPPK: read, checked, encrypted, matched by a keyed hash, masked.

Layout (Perka BKN 22/2007 and 43/2007): YYYYMMDD of birth, then for PNS YYYYMM of the appointment, 1 or 2 for the
sex, three figures; for PPPK YYYY, two figures from 21 on, 1 or 2, three figures. There is no check digit.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import lazy_gettext as _l

from ekopi.core import clock
from ekopi.core.errors import Invalid

if TYPE_CHECKING:  # 6 MB: imported by those who use it, not by every process
    from cryptography.fernet import MultiFernet

LENGTH = 18
YOUNGEST = 18
"""Years at the appointment, UU ASN."""
OLDEST = 60
"""Years at the appointment beyond which a figure must be mistyped."""
FIRST_PPPK = 21


def read(text: str, *, field: str = "nip") -> str:
    """The 18 figures of what was typed; spaces, dots and dashes between them do not matter.

    Raises Invalid with the part that is wrong and what it should be.
    """
    digits = "".join(c for c in text if c not in " .-\u00a0\u2007\u2009")
    if not (digits.isascii() and digits.isdecimal()):
        raise Invalid(field, _l("NIP hanya terdiri atas angka. Hapus huruf atau tanda lain."))
    if len(digits) != LENGTH:
        raise Invalid(
            field, _l("NIP terdiri atas 18 angka; yang Anda isi %(count)s angka."), count=len(digits)
        )
    born = _day(digits[0:4], digits[4:6], digits[6:8])
    if born is None:
        raise Invalid(
            field,
            _l(
                "Delapan angka pertama NIP adalah tanggal lahir (tahun, bulan, tanggal); %(part)s bukan tanggal."
            ),
            part=digits[:8],
        )
    year, kind = int(digits[8:12]), int(digits[12:14])
    today = clock.today()
    if born >= today:
        raise Invalid(field, _l("Tanggal lahir di NIP belum terjadi. Periksa delapan angka pertama."))
    if 1 <= kind <= 12:
        appointed = _day(str(year), digits[12:14], "01")
        if appointed is None or appointed > today:
            raise Invalid(
                field, _l("Angka ke-9 sampai ke-14 NIP adalah bulan pengangkatan; %(part)s belum terjadi."),
                part=digits[8:14],
            )  # fmt: skip
        months = (year - born.year) * 12 + kind - born.month
        # the day of appointment is not in the number: the month in which one turns 18 is allowed
        young, old = months < YOUNGEST * 12, months > OLDEST * 12
    elif kind >= FIRST_PPPK:
        if year > today.year:
            raise Invalid(
                field, _l("Angka ke-9 sampai ke-12 NI PPPK adalah tahun pengangkatan; %(part)s belum terjadi."),
                part=digits[8:12],
            )  # fmt: skip
        young, old = year - born.year < YOUNGEST, year - born.year > OLDEST
    else:
        raise Invalid(
            field,
            _l(
                "Angka ke-13 dan ke-14 NIP adalah bulan pengangkatan (01 sampai 12), "
                "atau 21 ke atas pada NI PPPK; %(part)s bukan keduanya."
            ),
            part=digits[12:14],
        )
    if young:
        raise Invalid(
            field, _l("Menurut NIP itu, usia saat diangkat kurang dari 18 tahun. Periksa angkanya.")
        )
    if old:
        raise Invalid(field, _l("Menurut NIP itu, usia saat diangkat lebih dari 60 tahun. Periksa angkanya."))
    if digits[14] not in "12":
        raise Invalid(field, _l("Angka ke-15 NIP adalah 1 atau 2; yang Anda isi %(part)s."), part=digits[14])
    return digits


def encrypt(digits: str) -> str:
    """What is stored; made with the newest key of EKOPI_DATA_KEY."""
    return _box().encrypt(digits.encode()).decode()


def decrypt(cipher: str | None) -> str | None:
    """The 18 figures, or None when there are none, or when the key they were encrypted with is gone."""
    if not cipher:
        return None
    from cryptography.fernet import InvalidToken

    try:
        return _box().decrypt(cipher.encode()).decode()
    except InvalidToken:
        return None


def match(digits: str) -> str:
    """A keyed hash to find and compare by; equal for equal numbers. Bound to the oldest key, which stays."""
    return hmac.new(b"nip:" + _keys()[-1].encode(), digits.encode(), hashlib.sha256).hexdigest()


def masked(digits: str | None) -> str:
    """What pages show: nothing of birth and sex, only the last three figures."""
    return "•••••••••••••••" + digits[-3:] if digits else ""


def masked_of(person) -> str:
    """The masked NIP of a person, or an empty text."""
    return masked(decrypt(person.nip_cipher))


def _keys() -> list[str]:
    return [key.strip() for key in current_app.extensions["settings"].data_key.split(",")]


def _box() -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(key.encode()) for key in _keys()])


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
