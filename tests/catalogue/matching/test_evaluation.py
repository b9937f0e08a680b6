"""The labelled set that ships, its figures, and the report."""

from __future__ import annotations

import collections
import itertools
import re

import pytest

from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.matching import evaluation
from tests.catalogue.matching import build_labelled


@pytest.fixture(scope="module")
def pairs():
    return list(evaluation.pairs())


def test_there_are_two_hundred_of_each_named_marked_and_halved(pairs):
    assert len({pair["id"] for pair in pairs}) == len(pairs)
    count = collections.Counter((pair["same"], pair["origin"]) for pair in pairs)
    for same in (True, False):
        assert sum(count[same, origin] for origin in ("real", "constructed")) >= 200
        assert count[same, "real"] >= 40
        halves = collections.Counter(pair["half"] for pair in pairs if pair["same"] is same)
        assert set(halves) == {"tuning", "judging"} and min(halves.values()) >= 100
    for pair in pairs:
        for name in ("a", "b"):
            assert pair[name]["facts"]["title"] and pair[name]["facts"].keys() <= FIELDS.keys(), pair["id"]


def test_no_contact_data_is_in_it(pairs):
    for pair, name in itertools.product(pairs, ("a", "b")):
        said = " ".join(str(value) for value in pair[name]["facts"].values())
        assert not re.search(r"@\w|\b0\d{2,3}[- ]?\d{6,}|\b08\d{8,}|\b\d{16,18}\b", said), pair["id"]


def test_no_hard_negative_of_either_half_is_joined():
    for half in ("tuning", "judging"):
        wrong = [p.id for p in evaluation.judged(half) if not p.same and p.likeness.decision == "joined"]
        assert wrong == []


def test_four_of_five_are_joined_and_nineteen_of_twenty_are_found():
    found = [p.likeness.decision for p in evaluation.judged("judging") if p.same]
    assert found.count("joined") >= 0.80 * len(found)
    assert found.count("apart") <= 0.05 * len(found)


def test_the_interval_is_wilson_s():
    low, high = evaluation.interval(8, 20)
    assert (round(low, 4), round(high, 4)) == (0.2188, 0.6134)
    assert evaluation.interval(0, 0) == (0.0, 1.0)
    assert evaluation.interval(0, 160)[0] == 0.0 and 0.02 < evaluation.interval(0, 160)[1] < 0.03


def test_the_report_says_precision_recall_and_errors_by_name(monkeypatch):
    said = evaluation.report()
    assert re.search(r"digabungkan +presisi 1\.000 \[0\.\d{3}–1\.000\] (\d+)/\1", said)
    assert "Salah digabungkan: 0" in said
    monkeypatch.setattr(evaluation.score, "PROPOSED", 1.1)
    monkeypatch.setattr(evaluation.score, "_sure", lambda *said: True)
    worse = evaluation.report()
    assert re.search(r"Salah digabungkan: [1-9]", worse) and "made-other-" in worse


def test_constructed_pairs_can_be_built_anew():
    """Of the demo's records as they are now; the file that ships is a drawing of its day."""
    rows = build_labelled.build()
    assert rows == build_labelled.build()
    count = collections.Counter(row["case"] for row in rows)
    shipped = collections.Counter(
        pair["case"] for pair in evaluation.pairs() if pair["origin"] == "constructed"
    )
    assert count.keys() == shipped.keys()
    assert sum(row["same"] for row in rows) >= 150
