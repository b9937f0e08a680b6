"""Certificate numbers such as EKOPI-2026-7H3K-90QZ-M5A2: eleven random characters and a check character.

The alphabet is Crockford's base32 (no I, L, O, U), so each random character carries 5 bits: 55 in all.
The check character makes the weighted sum of the year's digits and the twelve characters zero in the field of
32 elements. The weights are powers of a generator, all different and none zero. So one wrong character changes
the sum by weight · difference, and two swapped ones by (weight + weight') · (a + b): never zero, as a field has
no zero divisors. Both mistakes are always caught (tests/credentials/test_numbers.py tries them all).
"""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = 11
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_FOLDED = str.maketrans("OIL", "011")
_PLAIN = re.compile(r"(?:EK0P1)?([0-9]{4})([0-9A-HJKMNP-TV-Z]{12})")
_BETWEEN = re.compile(r"[\s\-‐-―−._/]+")
_POLYNOMIAL = 0b100101  # x⁵ + x² + 1: primitive, so 2 generates all 31 elements that are not zero


def new_number(year: int) -> str:
    """A fresh random number for a certificate of this year."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return _written(str(year), body + check_character(str(year), body))


def parse(text: str) -> str | None:
    """The number as it is printed, from what somebody typed; None when it cannot be one.

    Takes any case, spaces and dashes, O for 0, I and L for 1, and a missing "EKOPI". A mistyped character or
    two swapped neighbours make it None.
    """
    plain = _BETWEEN.sub("", text[:100]).upper().translate(_FOLDED)
    shape = _PLAIN.fullmatch(plain)
    if not shape:
        return None
    year, rest = shape.groups()
    if check_character(year, rest[:-1]) != rest[-1]:
        return None
    return _written(year, rest)


def check_character(year: str, body: str) -> str:
    """The character that follows `body` in a number of this year."""
    total = 0
    for char in year + body:
        total = _doubled(total ^ _VALUE[char])
    return ALPHABET[total]


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value & 0b100000 else value


def _written(year: str, rest: str) -> str:
    return f"EKOPI-{year}-{rest[:4]}-{rest[4:8]}-{rest[8:]}"
