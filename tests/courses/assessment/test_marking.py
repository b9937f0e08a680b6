"""What an answer is worth, for every type of question."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ekopi.courses.assessment import marking
from ekopi.courses.authoring.models import QUESTION_TYPES, QuestionOption, QuestionText


def question(type, options="", right="", **facts):
    made = QuestionText(type=type, points=Decimal(1), stem_html="", key_facts=facts)
    made.options = [
        QuestionOption(key=key, position=n, html=key, right=key in right) for n, key in enumerate(options)
    ]
    return made


def picked(*keys):
    return {"options": list(keys)}


def test_every_type_an_author_may_write_can_be_marked():
    assert set(marking.TYPES) == set(QUESTION_TYPES)


@pytest.mark.parametrize(
    ("value", "share"),
    [(picked("b"), "1"), (picked("a"), "0"), (picked(), "0"), (None, "0"), (picked("a", "b"), "0")],
)
def test_single(value, share):
    assert marking.credit(question("single", "abc", "b"), value) == Decimal(share)


@pytest.mark.parametrize(
    ("keys", "share"),
    [
        ("abc", "1"),
        ("ab", "0.67"),
        ("a", "0.33"),
        ("abd", "0.33"),
        ("ade", "0"),
        ("abcde", "0.33"),
        ("", "0"),
    ],
)
def test_multiple_gives_right_picks_less_wrong_ones(keys, share):
    assert marking.credit(question("multiple", "abcde", "abc"), picked(*keys)) == Decimal(share)


def test_thirds_add_up_to_one_without_rounding():
    third = marking.exact_credit(question("multiple", "abc", "abc"), picked("a"))
    assert third * 3 == 1


@pytest.mark.parametrize(("answer", "right"), [(True, "a"), (False, "b")])
def test_true_false_without_written_options_offers_benar_and_salah(app, answer, right):
    with app.test_request_context():
        asked = question("true_false", answer=answer)
        assert [choice.html for choice in marking.choices(asked)] == ["Benar", "Salah"]
        assert marking.credit(asked, picked(right)) == 1
        assert marking.credit(asked, picked({"a": "b", "b": "a"}[right])) == 0


@pytest.mark.parametrize("text", ["Lima Kali Mengapa", " lima  kali mengapa.", "LIMA KALI MENGAPA?"])
def test_short_text_is_compared_without_case_blanks_and_punctuation(text):
    asked = question("short_text", accepted=["lima kali mengapa", "5 why"])
    assert marking.credit(asked, {"text": text}) == 1


def test_other_short_text_earns_nothing():
    assert marking.credit(question("short_text", accepted=["inti"]), {"text": "int"}) == 0


@pytest.mark.parametrize(
    ("text", "share"),
    [("12,5", 1), ("12.5", 1), (" 12,5 JP ", 1), ("13", 1), ("12", 1), ("13,01", 0), ("11.99", 0), ("dua belas", 0),
     ("12,5,1", 0), ("", 0), ("-12,5", 0), ("+12,5", 1), ("12 5", 0)],
)  # fmt: skip
def test_number_takes_comma_or_point_and_its_tolerance(text, share):
    asked = question("number", answer="12.5", tolerance="0.5", unit="JP")
    assert marking.credit(asked, {"text": text}) == share


@pytest.mark.parametrize("text", ["1250", "1.250", "Rp1.250", "1.250,0", "1,250.00", "1 250"])
def test_number_with_points_between_thousands(text):
    assert marking.credit(question("number", answer="1250", tolerance="0"), {"text": text}) == 1


def test_a_point_may_also_be_decimal_where_it_could_stand_between_thousands():
    assert marking.credit(question("number", answer="1.25", tolerance="0"), {"text": "1.250"}) == 1


def test_clean_keeps_known_options_once_in_the_authors_order():
    asked = question("multiple", "abc", "a")
    assert marking.clean(asked, ["c", "x", "a", "c"]) == {"options": ["a", "c"]}
    assert marking.clean(question("single", "abc", "a"), ["c", "a"]) == {"options": ["a"]}


def test_clean_cuts_long_text_and_takes_out_what_a_database_refuses():
    kept = marking.clean(question("short_text", accepted=["x"]), [], "a\x00b  c" + "d" * 900)
    assert kept["text"].startswith("ab c") and len(kept["text"]) == marking.TEXT_LIMIT
