"""How many pairs wait for a curator: of one record the likeliest few, however many records are nearly equal."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from ekopi.catalogue.models import Joining, MatchDecision, SourceRecord
from ekopi.catalogue.operations import joining, pairing
from tests.accounts import make as people
from tests.catalogue import make

TITLE = "Pemeriksaan Kehamilan di Atas Perahu Sungai"
LESS = "Pemeriksaan Kehamilan Warga Kampung Seberang"
SAID = {
    "wilayah": "Kabupaten Kapuas",
    "provinsi": "Kalimantan Tengah",
    "institusi": "Dinas Kesehatan Kabupaten Kapuas",
    "ringkasan": "Ibu hamil di tujuh kampung sungai diperiksa bidan di atas perahu yang singgah mengikuti jadwal pasang "
    "surut, sehingga kasus berisiko dibicarakan dengan rumah sakit pada sore yang sama.",
}


@pytest.fixture(autouse=True)
def _regions(db):
    make.regions()


def read(*titles):
    """Records of one source and year with one text: never joined by rule, the likelier the more alike their titles."""
    items = [make.item(title, **SAID) for title in titles]
    run = make.read(items)
    assert run.joined == 0
    return run, [make.record(item["no_registrasi"]).id for item in items]


def waiting(db) -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(MatchDecision.a_id, MatchDecision.b_id)
        .where(MatchDecision.decision == "proposed")
        .order_by(MatchDecision.a_id, MatchDecision.b_id)
    )
    return [(a, b) for a, b in rows]


def test_many_nearly_equal_records_do_not_flood_the_queue(db):
    run, ids = read(*[TITLE] * 24)
    of_each = Counter(id for pair in waiting(db) for id in pair)
    assert max(of_each.values()) == pairing.MOST_PROPOSED == 5
    assert len(of_each) > 20, "next to nobody is left out"
    assert run.proposed == len(waiting(db)) <= 24 * 5 / 2 < 24 * 23 / 2
    later, more = read(*[TITLE] * 24)
    of_each = Counter(id for pair in waiting(db) for id in pair)
    assert max(of_each.values()) == 5 and later.proposed <= 24 * 5 / 2


def test_a_likelier_pair_takes_the_place_of_a_less_likely_one(db, monkeypatch):
    monkeypatch.setattr(pairing, "MOST_PROPOSED", 1)
    _run, (less, one) = read(LESS, TITLE)
    assert waiting(db) == [(less, one)]
    run, (twin,) = read(TITLE)
    assert waiting(db) == [(one, twin)] and run.proposed == 1
    run, (another,) = read(TITLE)
    assert sorted(waiting(db)) == sorted([(one, twin), (less, another)]), "equally likely pushes nothing out"


def test_what_had_no_place_is_asked_once_there_is_room(db, monkeypatch):
    monkeypatch.setattr(pairing, "MOST_PROPOSED", 1)
    _run, (less, one, twin) = read(LESS, TITLE, TITLE)
    assert waiting(db) == [(one, twin)]
    pairing.match([less])
    assert waiting(db) == [(one, twin)]
    curator = people.person("Kurator")
    holders = [make.innovation_of(number) for number in numbers(db, (one, twin))]
    joining.keep_apart(*holders, by_id=curator.id)
    found = pairing.match([less])
    assert found.proposed == 1 and len(waiting(db)) == 1 and waiting(db)[0][0] == less


def test_what_a_person_brought_back_stays_and_takes_no_place(db, monkeypatch):
    monkeypatch.setattr(pairing, "MOST_PROPOSED", 1)
    curator = people.person("Kurator")
    _run, (less, one) = read(LESS, TITLE)
    kept, other = (make.innovation_of(number) for number in numbers(db, (less, one)))
    joining.join(kept, other, by_id=curator.id)
    joining.undo(db.session.scalars(select(Joining)).one(), by_id=curator.id)
    assert waiting(db) == [(less, one)]
    _run, (twin,) = read(TITLE)
    assert waiting(db) == [(less, one), (one, twin)]
    pairing.match([less, one, twin])
    assert waiting(db) == [(less, one), (one, twin)]


def numbers(db, ids) -> list[str]:
    """Numbers at the source, in the order of the ids."""
    known = dict(db.session.execute(select(SourceRecord.id, SourceRecord.external_id)).all())
    return [known[id] for id in ids]
