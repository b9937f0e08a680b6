"""Line by line, with a little of what stays around each change."""

from __future__ import annotations

import time

from ekopi.revisions.diff import lines


def test_equal_texts_have_no_difference():
    assert lines("a\nb", "a\nb") == []
    assert lines("", "") == []


def test_a_changed_line_is_deleted_and_inserted():
    assert lines("a\nb\nc", "a\nB\nc") == [("same", "a"), ("del", "b"), ("ins", "B"), ("same", "c")]


def test_from_nothing_and_to_nothing():
    assert lines("", "a") == [("ins", "a")]
    assert lines("a", "") == [("del", "a")]


def test_long_unchanged_stretches_are_shortened():
    old = "\n".join(str(n) for n in range(30))
    parts = lines(old, old + "\nbaru")
    assert parts == [("same", "…"), ("same", "28"), ("same", "29"), ("ins", "baru")]


def test_both_sides_of_a_difference_can_be_put_together_again():
    old, new = "a\nb\nc\nd", "b\nx\nd\ne"
    parts = lines(old, new)
    assert [text for mark, text in parts if mark != "ins"] == old.split("\n")
    assert [text for mark, text in parts if mark != "del"] == new.split("\n")


def test_a_huge_text_takes_no_long_time():
    old = "\n".join(str(n % 7) for n in range(20_000))
    began = time.monotonic()
    parts = lines(old, old + "\nz")
    assert time.monotonic() - began < 2
    assert parts[-1] == ("ins", "z")
