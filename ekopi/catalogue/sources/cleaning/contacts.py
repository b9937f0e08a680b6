"""Personal contact data are masked before anything is kept: telephone, mail address, NIP, NIK.

Offices' own numbers go with them: from the text alone they cannot be told apart.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

CONTACT = "[kontak disamarkan]"
NUMBER = "[nomor identitas disamarkan]"

_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,80}(?:@|\s?(?:\[at\]|\(at\))\s?|&#0*64;|%40)"
    r"(?:[A-Za-z0-9-]{1,63}(?:\.|\s?(?:\[dot\]|\(dot\))\s?)){1,6}[A-Za-z]{2,24}\b",
    re.I,
)
# Before it no digit, letter or part of a number; "NIP.1986…" is met, "112.7508333333333333" is a place.
_FREE = r"(?<![\w/=-])(?<!\d[.,])"
_MOBILE = re.compile(
    r"(?<![\da-f/=])(?<!\d[.,])(?:\+\s?62|\(\+62\)|0062|62|0)[\s().-]{0,2}8[\s.-]?\d{1,2}(?:[\s.-]{0,2}\d){6,10}(?!\d)|(?<=wa\.me/)\+?\d{9,15}|(?<=phone=)\+?\d{9,15}"
)  # fmt: skip
_FIXED = re.compile(
    r"(?<![\w/.])(?:\((?:\+62|0)\s?\d{2,4}\)|\+62[\s.-]?\d{2,3})[\s.-]{0,2}\d{3,4}[\s.-]?\d{2,5}(?:[\s.-]?\d{1,4})?(?!\d)|(?<![\w/.])0\d{2,3}\s?[-–]\s?\d{5,8}(?!\d)"
)  # fmt: skip
_CALLED = re.compile(
    r"(\b(?:telp|tlp|telepon|telpon|tel|hp|handphone|no\.?\s?hp|wa|whatsapp|fax|faks|faksimile|sms|call\s?center|hubungi|contact\s?person|cp)\b[\s.:/()-]{0,4}(?:nomor|no|ke)?[\s.:]{0,3})(\+?\d[\d\s().-]{4,20}\d)", re.I
)  # fmt: skip
_NIP = re.compile(
    _FREE
    + r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[\s.-]?(?:19|20)\d{4}[\s.-]?[12][\s.-]?\d{3}(?!\d)"
)
_NIK = re.compile(
    _FREE
    + r"(?:[1-9]\d{15}|[1-9]\d{5}[\s.-]\d{6}[\s.-]\d{4}|(?!(?:19|20)\d\d\D(?:19|20)\d\d\D)[1-9]\d{3}[\s-]\d{4}[\s-]\d{4}[\s-]\d{4})(?!\d)"
)
_EIGHTEEN = re.compile(_FREE + r"\d{18}(?!\d)")
_PACKED = re.compile(
    r"(data:[a-z]+/[a-z0-9.+-]+(?:;[a-z0-9=.-]+)*;base64,[A-Za-z0-9+/=\s%]+|picture:[0-9a-f]{64})", re.I
)
_SUSPECT = re.compile(r"@|\d{5}|\[at\]|\(at\)|&#0*64;|%40|\d[\s().-]{1,3}\d{2}")
_KEYS = re.compile(
    r"(?:nik|nip|nippppk|ni_pppk|npwp|e_?mail|surel|alamat_(?:e_?mail|surel|rumah)|(?:no|nomor|nomer)?_?(?:hp|telp|tlp|telepon|telpon|wa|whatsapp|handphone|kontak|ponsel|nip|nik)|phone(?:_number)?|mobile|kontak|cp|contact(?:_person)?|narahubung|password|kata_sandi)(?:_(?:pic|inovator|inisiator|penanggung_jawab|operator|admin|pengusul|tim|instansi|opd|1|2))?\Z"
)  # fmt: skip
_NOT_KEY = re.compile(r"[\W_]+")


def masked(text: str) -> str:
    """The text with contact data masked; a packed picture and its name are left alone."""
    if not _SUSPECT.search(text):
        return text
    if ";base64," not in text and "picture:" not in text:
        return _masked(text)
    parts = _PACKED.split(text)
    return "".join(part if number % 2 else _masked(part) for number, part in enumerate(parts))


def _masked(text: str) -> str:
    if "@" in text or "at]" in text or "at)" in text or "64;" in text or "%40" in text or "AT" in text:
        text = _MAIL.sub(CONTACT, text)
    text = _NIP.sub(NUMBER, text)
    text = _EIGHTEEN.sub(NUMBER, text)
    text = _MOBILE.sub(CONTACT, text)
    text = _NIK.sub(NUMBER, text)
    return _CALLED.sub(_if_number, _FIXED.sub(CONTACT, text))


def contacts_in(text: str) -> list[str]:
    """What `masked` would take out of the text, as it stands there; each once."""
    met: list[str] = []

    def take(match: re.Match[str]) -> str:
        met.append(match[0].strip())
        return CONTACT

    def take_number(match: re.Match[str]) -> str:
        if _if_number(match) != match[0]:
            met.append(match[2].strip())
        return match[0]

    for part in _PACKED.split(text)[::2]:
        for pattern in (_MAIL, _NIP, _EIGHTEEN, _MOBILE, _NIK, _FIXED):
            part = pattern.sub(take, part)
        _CALLED.sub(take_number, part)
    return list(dict.fromkeys(met))


def _if_number(match: re.Match[str]) -> str:
    digits = sum(c.isdigit() for c in match[2])
    return match[1] + CONTACT if 6 <= digits <= 15 else match[0]


def masked_whole(value: Any, key: str = "") -> Any:
    """The same shape with every text masked, and whole values under keys such as "nip", "no_hp", "email"."""
    if isinstance(value, str):
        if key and value and _KEYS.match(_folded(key)):
            return CONTACT
        return masked(value)
    if isinstance(value, dict):
        return {name: masked_whole(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [masked_whole(part, key) for part in value]
    if isinstance(value, int) and not isinstance(value, bool) and key and _KEYS.match(_folded(key)):
        return CONTACT
    return value


@lru_cache(maxsize=2_000)
def _folded(key: str) -> str:
    return _NOT_KEY.sub("_", key.strip()).strip("_").lower()
