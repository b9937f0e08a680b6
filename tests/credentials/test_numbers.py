"""Certificate numbers: their shape, what is folded, and that every single mistake is caught."""

from __future__ import annotations

import re
from string import ascii_uppercase, digits

import pytest

from ekopi.credentials.numbers import ALPHABET, RANDOM, check_character, new_number, parse

SAMPLE = "EKOPI-2026-7H3K-90QZ-M5" + "A"


def folded(text: str) -> str:
    return text.translate(str.maketrans("OIL", "011"))


def some_numbers():
    return [new_number(year) for year in (2025, 2026, 2031) for _ in range(15)]


def test_the_shape_and_the_alphabet():
    assert len(set(ALPHABET)) == 32
    assert not set(ALPHABET) & set("ILOU")
    assert re.fullmatch(rf"EKOPI-2026(-[{ALPHABET}]{{4}}){{3}}", new_number(2026))
    assert RANDOM * 5 >= 50


def test_every_random_place_takes_every_character():
    numbers = [new_number(2026)[len("EKOPI-2026-") :].replace("-", "") for _ in range(2000)]
    for place in range(RANDOM):
        assert {number[place] for number in numbers} == set(ALPHABET)
    assert len(set(numbers)) == len(numbers)


def test_a_number_is_read_back():
    for number in some_numbers():
        assert parse(number) == number


def test_every_wrong_character_is_caught():
    """All single errors: every place of a printed number, every other letter and digit (but O for 0, I and L for 1)."""
    tried = 0
    for number in some_numbers():
        for place, right in enumerate(number):
            if right == "-":
                continue
            for wrong in digits + ascii_uppercase:
                if folded(wrong) == folded(right):
                    continue
                tried += 1
                assert parse(number[:place] + wrong + number[place + 1 :]) is None
    assert tried > 30_000


def test_every_swap_of_neighbours_is_caught():
    """All swaps of neighbouring characters, also across a dash."""
    tried = 0
    for number in some_numbers():
        places = [place for place, char in enumerate(number) if char != "-"]
        for one, two in zip(places, places[1:], strict=False):
            if folded(number[one]) == folded(number[two]):
                continue
            chars = list(number)
            chars[one], chars[two] = chars[two], chars[one]
            tried += 1
            assert parse("".join(chars)) is None
    assert tried > 500


@pytest.mark.parametrize("place", range(4 + RANDOM))
def test_every_pair_of_characters_at_every_place_has_its_own_check(place):
    """The proof for all numbers: at each place the 32 characters give 32 check characters, and no swap keeps it."""
    zeros = list("2026" + "0" * RANDOM)

    def check(**changes):
        chars = zeros.copy()
        for where, char in changes.items():
            chars[int(where[1:])] = char
        return check_character("".join(chars[:4]), "".join(chars[4:]))

    assert len({check(**{f"p{place}": char}) for char in ALPHABET}) == len(ALPHABET)
    if place + 1 < len(zeros):
        for one in ALPHABET:
            for two in ALPHABET:
                if one != two:
                    pair = check(**{f"p{place}": one, f"p{place + 1}": two})
                    assert pair != check(**{f"p{place}": two, f"p{place + 1}": one})
    else:  # the last random character and the check character itself
        for one in ALPHABET:
            two = check(**{f"p{place}": one})
            assert one == two or check(**{f"p{place}": two}) != one


def test_what_people_type_is_folded():
    number = new_number(2026)
    rest = number.removeprefix("EKOPI-").replace("-", "")
    assert parse(number.lower()) == number
    assert parse(f"  {number.replace('-', ' ')}  ") == number
    assert parse(number.replace("-", "–")) == number
    assert parse(rest) == number
    assert parse(number.replace("0", "O").replace("1", "l")) == number
    assert parse(number.replace("0", "o").replace("1", "I")) == number


@pytest.mark.parametrize(
    "text",
    ["", "EKOPI", "EKOPI-2026", SAMPLE[:-1], SAMPLE + "7", "2026" + "U" * 12, "x" * 5000, "٢٠٢٦" + "0" * 12],
)
def test_what_cannot_be_a_number_is_none(text):
    assert parse(text) is None
