"""Candidates and pairs in the database: what is found, and how much is asked for it."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from ekopi.catalogue import matching
from ekopi.catalogue.matching import candidates, evaluation
from ekopi.catalogue.models import MatchKey
from ekopi.extensions import db as database
from tests.catalogue.matching.make import BOAT, COFFEE, compared, facts, record, records


@contextmanager
def statements():
    """The statements that are sent meanwhile; executing one for many rows counts once."""
    sent: list[str] = []
    connection = database.session.connection()

    def note(connection, cursor, statement, *rest):
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


def found(*made) -> dict[tuple[int, int], str]:
    return {(p.a_id, p.b_id): p.decision for p in matching.pairs([r.id for r in made])}


@pytest.mark.parametrize(
    ("case", "first", "second"),
    [
        ("another telling", facts(summary=BOAT), facts("PERAHU BIDAN: Kehamilan di Atas Air", summary=BOAT)),
        ("acronym and long form", facts("SERTU (Seribu Tungku Sehat)", summary=BOAT), facts("Seribu Tungku Sehat", summary=BOAT)),
        ("a slip in every second word", facts("Pustaka Lapak Ojek", summary=BOAT), facts("Pustaka Lapka Ojek", summary=BOAT)),
        ("year and agency not said", facts(summary=BOAT), facts(year=None, agency=None, summary=BOAT)),
        ("one agency of the country", facts(region=None, agency="PT Taspen", summary=BOAT), facts(region=None, agency="PT Taspen", summary=BOAT)),
    ],
)  # fmt: skip
def test_what_is_one_is_found_and_joined(db, case, first, second):
    a, b = record(first), record(second, "sinovik")
    others = records(
        [facts(f"Lelang Kopi {name}", summary=COFFEE) for name in ("Pagi", "Senja", "Gayo")], "iga"
    )
    assert found(a, b, *others)[a.id, b.id] == "joined"


def test_an_older_record_is_found_by_a_later_one(db):
    old = record(facts(summary=BOAT))
    assert found(old) == {}
    new = record(facts(summary=BOAT), "sinovik")
    assert found(new) == {(old.id, new.id): "joined"}


def test_titles_may_differ_when_place_and_text_are_one(db):
    a = record(facts("Mesin Cetak Akta di Rumah Sakit", summary=BOAT))
    b = record(facts("Akta Lahir Sebelum Pulang", summary=BOAT), "iga")
    assert found(a, b) == {(a.id, b.id): "proposed"}


def test_pairs_that_are_apart_are_not_given(db):
    a = record(facts("Kota Layak Anak", region="51.71", agency=None))
    b = record(facts("Kota Layak Anak", region="33.72", agency=None), "sinovik")
    assert found(a, b) == {}


def test_a_changed_record_leaves_its_old_keys(db):
    old = record(facts(summary=BOAT))
    assert found(old) == {}
    old.title, old.title_key, old.words = "Lelang Kopi", "lelang kopi", "tengkulak"
    db.session.flush()
    assert found(old) == {}
    new = record(facts(summary=BOAT, agency=None), "sinovik")
    assert found(new) == {}
    count = select(func.count()).where(MatchKey.record_id == old.id)
    assert db.session.scalar(count) == len(candidates.left_by(old))


def test_synthetic_records_meet_their_kind_only(db):
    real = record(facts(summary=BOAT))
    made = record(facts(summary=BOAT), "sinovik", synthetic=True)
    again = record(facts(summary=BOAT), "iga", synthetic=True)
    assert found(real, made, again) == {(made.id, again.id): "joined"}


def test_each_pair_is_given_once_likeliest_first(db):
    made = records([facts(summary=BOAT), facts(summary=BOAT, year=2023), facts("Bidan Perahu", summary=BOAT)])
    given = list(matching.pairs([r.id for r in made] * 2))
    assert len(given) == len({(p.a_id, p.b_id) for p in given}) == 3
    assert all(p.a_id < p.b_id for p in given)
    assert [p.score for p in given] == sorted((p.score for p in given), reverse=True)


def test_nothing_and_unknown_ids_give_nothing(db):
    assert list(matching.pairs([])) == []
    assert list(matching.pairs([987_654_321])) == []


def test_what_too_many_share_is_no_key_and_candidates_are_few(db, monkeypatch):
    monkeypatch.setattr(candidates, "TOO_MANY", 12)
    monkeypatch.setattr(candidates, "MOST", 5)
    crowd = records([facts("Posyandu Remaja", region=f"35.{n:02}") for n in range(1, 30)])
    twins = records([facts("Posyandu Remaja", region="35.78", summary=BOAT) for _ in range(9)], "sinovik")
    near = found(*crowd, *twins)
    own = candidates.of(twins[:1])[twins[0].id]
    assert len(own) == 5  # by the keys of their place
    assert set(own) <= {r.id for r in twins}
    assert all(a in {r.id for r in twins} for a, _b in near)


def test_questions_do_not_grow_with_records_nor_with_the_catalogue(db):
    def asked(made) -> int:
        with statements() as sent:
            list(matching.pairs([r.id for r in made]))
        return len(sent)

    assert asked([record(facts(summary=BOAT), "iga")]) == 4  # there is nothing to compare it with
    few = asked(records([facts(f"Perahu Bidan {n}", summary=BOAT) for n in ("Satu", "Dua")]))
    records([facts(f"Lelang Kopi Gayo {n}") for n in range(40)], "iga")
    many = asked(records([facts(f"Perahu Bidan {n}", summary=BOAT) for n in range(60)], "sinovik"))
    assert few == many == 5


def test_candidates_miss_next_to_nothing_that_the_score_would_find(db):
    """End to end on the labelled pairs that are one, among all others at once."""
    labelled = [pair for pair in evaluation.pairs() if pair["same"]]
    sides = [pair[name] for pair in labelled for name in ("a", "b")]
    made = records([one["facts"] for one in sides])
    wanted = {
        (made[2 * at].id, made[2 * at + 1].id)
        for at, pair in enumerate(labelled)
        if compared(pair["a"]["facts"], pair["b"]["facts"]).decision != "apart"
    }
    given = found(*made)
    assert len(wanted) > 200
    assert len(wanted & given.keys()) >= 0.98 * len(wanted)
