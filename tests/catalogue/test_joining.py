"""Joining, splitting and undoing: what sources and persons said is never lost, old ids lead to the living one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ekopi.catalogue.merging import merged
from ekopi.catalogue.models import (
    CoOwner,
    FieldChoice,
    Innovation,
    InnovationTerm,
    Joining,
    MatchDecision,
    SourceRecord,
    SourceRecordVersion,
)
from ekopi.catalogue.operations import joining, pairing, projecting
from ekopi.core import clock
from ekopi.core.models import AuditEntry
from ekopi.search.models import SearchDocument
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.racing import race

BOAT = {
    "wilayah": "Kabupaten Kapuas",
    "provinsi": "Kalimantan Tengah",
    "institusi": "Dinas Kesehatan Kabupaten Kapuas",
}
WORDS = (
    "Ibu hamil di tujuh kampung sungai diperiksa bidan di atas perahu yang singgah mengikuti jadwal pasang surut, "
    "sehingga kasus berisiko dibicarakan dengan rumah sakit pada sore yang sama."
)


@pytest.fixture(autouse=True)
def _time():
    yield
    clock.shift(None)


@pytest.fixture
def curator(db):
    return people.person("Kurator")


def boats(db):
    """One innovation in two sources, which the rule joins; and the record numbers."""
    make.regions()
    make.read([make.item("PERAHU BIDAN (Pemeriksaan Kehamilan di Atas Air)", "N1", ringkasan=WORDS, **BOAT)])
    run = make.read(
        [{"id": "7", "judul": "Perahu Bidan: Pemeriksaan Kehamilan di Atas Air", "instansi": BOAT["institusi"],
          "wilayah": BOAT["wilayah"], "provinsi": BOAT["provinsi"], "tahun": "2021", "ringkasan": WORDS}],
        "sinovik",
    )  # fmt: skip
    assert run.joined == 1
    return make.record("N1"), make.record("7", "sinovik")


def two(db):
    """Two innovations that have nothing to do with each other."""
    return make.innovation("Klinik Rapor Tanah", penghargaan="Top 45"), make.innovation(
        "Dapur Balita Gunung", id="N2"
    )


def shown(innovation) -> dict:
    """What an innovation says, with the origin of each field."""
    records = db_records(innovation)
    spoken = projecting.spoken_for({innovation.id})[innovation.id]
    return {
        field: (c.value, c.record_id, c.by_id)
        for field, c in merged(records, spoken.choices.values()).items()
    }


def db_records(innovation):
    [found] = projecting.claimed([innovation.id])
    return found.records


def whole(db, innovation) -> tuple:
    """All that can be told apart of an innovation, times aside."""
    [row] = projecting.claimed([innovation.id])
    columns = {
        c.name: getattr(row, c.name) for c in Innovation.__table__.columns if c.name not in ("updated_at",)
    }
    terms = db.session.execute(
        select(InnovationTerm.scheme, InnovationTerm.code).where(InnovationTerm.innovation_id == row.id)
    ).all()
    document = db.session.execute(
        select(SearchDocument.title_words, SearchDocument.words, SearchDocument.weight).where(
            SearchDocument.key == row.id
        )
    ).first()
    carers = db.session.scalars(select(CoOwner.organisation_id).where(CoOwner.innovation_id == row.id)).all()
    return columns, sorted(tuple(t) for t in terms), document and tuple(document), sorted(carers), shown(row)


def decision(db, one, other) -> str | None:
    a, b = sorted((one.id, other.id))
    return db.session.scalar(
        select(MatchDecision.decision).where(MatchDecision.a_id == a, MatchDecision.b_id == b)
    )


def test_the_rule_joins_what_is_surely_one(db):
    first, second = boats(db)
    assert first.innovation_id == second.innovation_id
    done = db.session.scalars(select(Joining)).one()
    assert (done.kind, done.record_ids, done.by_id) == ("join", [second.id], None)
    assert decision(db, first, second) == "joined"
    assert joining.living_id(done.other_id) == first.innovation_id
    living = db.session.scalars(select(Innovation).where(Innovation.state == "living")).one()
    sources = db.session.scalars(
        select(InnovationTerm.code).where(
            InnovationTerm.innovation_id == living.id, InnovationTerm.scheme == "source"
        )
    ).all()
    assert sorted(sources) == ["jippnas", "sinovik"]
    assert db.session.scalars(select(SearchDocument.key)).all() == [living.id]


def test_a_person_joins_and_the_other_leads_to_the_kept_one(db, curator):
    kept, other = two(db)
    joining.join(kept, other, by_id=curator.id)
    assert (other.state, other.merged_into_id, kept.state) == ("merged", kept.id, "living")
    assert {r.innovation_id for r in db.session.scalars(select(SourceRecord))} == {kept.id}
    assert db.session.scalars(select(SearchDocument.key)).all() == [kept.id]
    assert db.session.scalar(select(func.count()).where(InnovationTerm.innovation_id == other.id)) == 0
    third = make.innovation("Sekolah Tukang Rumah Tahan Gempa")
    joining.join(third, kept, by_id=curator.id)
    assert (
        joining.living_id(other.id) == joining.living_id(kept.id) == joining.living_id(third.id) == third.id
    )
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.actor_id == curator.id)).all()
    assert verbs == ["innovation.joined"] * 2


def test_what_is_merged_cannot_be_joined_again(db, curator):
    kept, other = two(db)
    joining.join(kept, other, by_id=curator.id)
    third = make.innovation("Sekolah Tukang Rumah Tahan Gempa")
    for one, two_ in ((third, other), (other, third), (third, third)):
        with pytest.raises(joining.NotLiving):
            joining.join(one, two_, by_id=curator.id)
    with pytest.raises(joining.NotLiving):
        joining.keep_apart(third, other, by_id=curator.id)


def test_undoing_a_join_restores_both_exactly(db, curator):
    kept, other = two(db)
    db.session.add(
        FieldChoice(
            innovation_id=other.id, field="award", value={"is": "Top 99"}, record_id=None, by_id=curator.id
        )
    )
    db.session.add(
        FieldChoice(
            innovation_id=kept.id,
            field="title",
            value={"is": "Rapor Tanah"},
            record_id=None,
            by_id=curator.id,
        )
    )
    projecting.project([kept.id, other.id])
    before = whole(db, kept), whole(db, other)
    done = joining.join(kept, other, by_id=curator.id)
    assert shown(kept)["award"][0] == "Top 99" and shown(kept)["title"][0] == "Rapor Tanah"
    assert whole(db, kept) != before[0] and whole(db, other) != before[1]
    joining.undo(done, by_id=curator.id)
    assert (whole(db, kept), whole(db, other)) == before
    assert done.undone_by_id == curator.id
    with pytest.raises(joining.CannotUndo):
        joining.undo(done, by_id=curator.id)


def test_who_looks_after_either_looks_after_both_until_it_is_undone(db, curator):
    kept, other = two(db)
    one, second, third = (people.organisation() for _n in range(3))
    other.owner_id = one.id
    db.session.add_all(
        [
            CoOwner(innovation_id=other.id, organisation_id=second.id),
            CoOwner(innovation_id=kept.id, organisation_id=third.id),
        ]
    )
    projecting.project([kept.id, other.id])
    before = whole(db, kept), whole(db, other)
    done = joining.join(kept, other, by_id=curator.id)
    assert kept.owner_id == one.id and whole(db, kept)[3] == [second.id, third.id]
    joining.undo(done, by_id=curator.id)
    assert (whole(db, kept), whole(db, other)) == before


def test_the_other_s_owner_stands_beside_the_kept_one_s(db, curator):
    kept, other = two(db)
    one, second = people.organisation(), people.organisation()
    kept.owner_id, other.owner_id = one.id, second.id
    done = joining.join(kept, other, by_id=curator.id)
    assert kept.owner_id == one.id and whole(db, kept)[3] == [second.id]
    joining.undo(done, by_id=curator.id)
    assert whole(db, kept)[3] == []


def test_join_edit_read_again_split_loses_nothing(db, curator):
    """Invariant 4 of the data model: every record is as its source said it, whatever happened between."""
    first, second = boats(db)
    words = (first.payload, first.facts), (second.payload, second.facts)
    holder = db.session.get_one(Innovation, first.innovation_id)
    db.session.add(
        FieldChoice(
            innovation_id=holder.id,
            field="title",
            value={"is": "Perahu Bidan"},
            record_id=None,
            by_id=curator.id,
        )
    )
    projecting.project([holder.id])
    assert holder.title == "Perahu Bidan"
    clock.shift(timedelta(hours=1))
    run = make.read(
        [{**second.payload, "ringkasan": "Kini sebelas kampung.", "penghargaan": "Top 45"}], "sinovik"
    )
    assert run.changed == 1
    second = make.record("7", "sinovik")
    assert second.innovation_id == holder.id and shown(holder)["award"][0] == "Top 45"
    assert holder.title == "Perahu Bidan", "a source's later word does not overwrite a person's"
    version = db.session.scalars(select(SourceRecordVersion)).one()
    assert (version.payload, version.facts) == words[1]
    made = joining.split(holder, [second.id], by_id=curator.id)
    first, second = make.record("N1"), make.record("7", "sinovik")
    assert (first.innovation_id, second.innovation_id) == (holder.id, made.id)
    assert (first.payload, first.facts) == words[0]
    assert made.title.startswith("Perahu Bidan: ") and made.excerpt == "Kini sebelas kampung."
    assert "award" not in shown(holder) and holder.title == "Perahu Bidan"
    assert decision(db, first, second) == "apart"
    run = make.read([{**second.payload, "ringkasan": WORDS}], "sinovik")
    assert run.changed == 1 and run.joined == run.proposed == 0
    assert make.record("7", "sinovik").innovation_id == made.id, "the rule does not take a split back"


def test_undoing_a_split_makes_one_again(db, curator):
    first, second = boats(db)
    holder = db.session.get_one(Innovation, first.innovation_id)
    before = whole(db, holder)
    made = joining.split(holder, [second.id], by_id=curator.id)
    done = db.session.scalars(select(Joining).where(Joining.kind == "split")).one()
    joining.undo(done, by_id=curator.id)
    assert whole(db, holder) == before
    assert made.state == "merged" and joining.living_id(made.id) == holder.id
    assert decision(db, first, second) == "joined"


def test_splitting_takes_some_of_its_own_records(db, curator):
    first, second = boats(db)
    holder = db.session.get_one(Innovation, first.innovation_id)
    stranger = make.innovation("Dapur Balita Gunung")
    foreign = db_records(stranger)[0].id
    for chosen in ([], [first.id, second.id], [foreign], [first.id, foreign], [10**9]):
        with pytest.raises(joining.NotItsRecords):
            joining.split(holder, chosen, by_id=curator.id)


def test_an_undone_join_waits_for_a_person(db, curator):
    """Neither these two nor a third that resembles both brings them together again by rule."""
    first, second = boats(db)
    joining.undo(db.session.scalars(select(Joining)).one(), by_id=curator.id)
    first, second = make.record("N1"), make.record("7", "sinovik")
    assert first.innovation_id != second.innovation_id and decision(db, first, second) == "proposed"
    found = pairing.match([first.id, second.id])
    assert (found.joined, found.proposed) == (0, 0) and decision(db, first, second) == "proposed"
    make.read(
        [{"no": 1, "id_inovasi": "I1", "judul_inovasi": "PERAHU BIDAN (Pemeriksaan Kehamilan di Atas Air)", "pemda": "Kabupaten Kapuas",
          "admin_opd": "Dinas Kesehatan", "tanggal_penerapan": "2021-02-03", "deskripsi": WORDS}], "iga",
    )  # fmt: skip
    third = make.record("I1", "iga")
    assert third.innovation_id in (first.innovation_id, second.innovation_id)
    assert make.record("N1").innovation_id != make.record("7", "sinovik").innovation_id


def test_what_was_kept_apart_stays_apart(db, curator):
    first, second = boats(db)
    joining.undo(db.session.scalars(select(Joining)).one(), by_id=curator.id)
    one, other = make.innovation_of("N1"), make.innovation_of("7", "sinovik")
    joining.keep_apart(one, other, by_id=curator.id)
    assert decision(db, first, second) == "apart"
    pairing.match([first.id, second.id])
    assert decision(db, first, second) == "apart" and one.state == other.state == "living"
    joining.join(one, other, by_id=curator.id)
    assert decision(db, first, second) == "joined", "a person may think again"


def test_a_newer_join_is_undone_before_an_older_one(db, curator):
    kept, other = two(db)
    older = joining.join(kept, other, by_id=curator.id)
    third = make.innovation("Sekolah Tukang Rumah Tahan Gempa")
    newer = joining.join(third, kept, by_id=curator.id)
    with pytest.raises(joining.CannotUndo):
        joining.undo(older, by_id=curator.id)
    joining.undo(newer, by_id=curator.id)
    joining.undo(older, by_id=curator.id)
    assert [i.state for i in (kept, other, third)] == ["living"] * 3


def test_matching_again_finds_what_stood_alone_and_changes_nothing_twice(db, monkeypatch):
    with monkeypatch.context() as without:
        without.setattr(pairing.matching, "pairs", lambda ids: iter(()))
        make.regions()
        make.read(
            [make.item("PERAHU BIDAN (Pemeriksaan Kehamilan di Atas Air)", "N1", ringkasan=WORDS, **BOAT)]
        )
        make.read(
            [{"id": "7", "judul": "Perahu Bidan: Pemeriksaan Kehamilan di Atas Air", "instansi": BOAT["institusi"],
              "wilayah": BOAT["wilayah"], "tahun": "2021", "ringkasan": WORDS}], "sinovik",
        )  # fmt: skip
        make.read([make.item(f"Layanan Nomor {n} Kampung Tengah", f"M{n}") for n in range(3)])
    monkeypatch.setattr(pairing, "BATCH", 2)
    steps = [found for _last, found in pairing.match_alone()]
    assert sum(found.looked_at for found in steps) >= 4 and all(found.looked_at <= 2 for found in steps)
    assert make.record("N1").innovation_id == make.record("7", "sinovik").innovation_id
    assert sum(found.joined for found in steps) == 1
    assert db.session.scalars(select(SearchDocument.key)).all().count(make.record("N1").innovation_id) == 1
    again = [found for _last, found in pairing.match_alone()]
    assert sum(found.joined + found.proposed for found in again) == 0


def test_proposals_that_no_longer_hold_leave_the_queue(db):
    one, other = two(db)
    a, b = sorted(r.id for i in (one, other) for r in db_records(i))
    db.session.add(MatchDecision(a_id=a, b_id=b, score=0.6, reasons=[], decision="proposed"))
    db.session.flush()
    pairing.match([a])
    assert db.session.scalars(select(MatchDecision)).all() == []


def join_by_ids(kept_id, other_id, by_id):
    joining.join(
        db_of().session.get_one(Innovation, kept_id),
        db_of().session.get_one(Innovation, other_id),
        by_id=by_id,
    )
    return "joined"


def undo_by_id(joining_id, by_id):
    joining.undo(db_of().session.get_one(Joining, joining_id), by_id=by_id)
    return "undone"


def db_of():
    from ekopi.extensions import db

    return db


def test_two_curators_at_once_join_once_and_undo_once(live):
    """In both directions at the same moment: one joins, the other is told that something has changed."""
    with live.app.app_context():
        curator = people.person("Kurator").id
        pairs = [
            (make.innovation(f"Klinik {n} Rapor").id, make.innovation(f"Dapur {n} Balita").id)
            for n in range(4)
        ]
        db_of().session.commit()
    outcomes = race(live, join_by_ids, [[(a, b, curator), (b, a, curator)] for a, b in pairs])
    assert [sorted(one) for one in outcomes] == [["innovation-not-living", "joined"]] * 4
    with live.app.app_context():
        done = db_of().session.scalars(select(Joining.id).order_by(Joining.id)).all()
        db_of().session.remove()
    assert len(done) == 4
    outcomes = race(live, undo_by_id, [[(id, curator), (id, curator)] for id in done])
    assert [sorted(one) for one in outcomes] == [["joining-cannot-be-undone", "undone"]] * 4
    with live.app.app_context():
        assert set(db_of().session.scalars(select(Innovation.state))) == {"living"}
