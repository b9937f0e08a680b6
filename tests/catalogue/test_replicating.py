"""Four steps of a replication, in order, with their days; counted for the origin, whatever it was joined into."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ekopi.catalogue.models import InnovationTerm, Replication, ReplicationStep, RunningAnswer
from ekopi.catalogue.operations import caring, joining, replicating
from ekopi.catalogue.operations.joining import NotLiving
from ekopi.core import clock
from ekopi.core.errors import Invalid
from ekopi.search.models import SearchDocument
from tests.accounts import make as people
from tests.catalogue import make

DAY = date(2024, 2, 1)


@pytest.fixture
def asked(db):
    origin = make.innovation("Klinik Rapor Tanah")
    return replicating.interest(
        origin, people.organisation(), need="Pupuk dua kali anjuran.", on=DAY, by_id=None
    )


def origin_of(replication):
    from ekopi.catalogue.models import Innovation
    from ekopi.extensions import db

    return db.session.get_one(Innovation, replication.origin_id)


def go_on(replication, until="implementation"):
    for number, (state, verb) in enumerate(
        (("agreement", replicating.agree), ("approval", replicating.approve), ("implementation", replicating.implement)), 1
    ):  # fmt: skip
        verb(replication, on=DAY + timedelta(days=number), by_id=None, note=state)
        if state == until:
            break


def test_all_four_steps(db, asked):
    go_on(asked)
    steps = db.session.scalars(select(ReplicationStep).order_by(ReplicationStep.id)).all()
    assert [s.state for s in steps] == ["interest", "agreement", "approval", "implementation"]
    assert [s.on for s in steps] == [DAY + timedelta(days=n) for n in range(4)]
    assert origin_of(asked).replications == 1
    assert ("replicated", "yes") in set(
        db.session.execute(select(InnovationTerm.scheme, InnovationTerm.code))
    )
    replicating.tell_outcome(
        asked, {"measure": "Biaya pupuk", "before": 6.8, "after": 5.1, "secret": 1}, by_id=None
    )
    assert asked.outcome == {"measure": "Biaya pupuk", "before": 6.8, "after": 5.1}


def test_only_what_runs_counts(db, asked):
    go_on(asked, "approval")
    assert origin_of(asked).replications == 0
    with pytest.raises(replicating.NotItsTurn):
        replicating.tell_outcome(asked, {"measure": "Biaya"}, by_id=None)


@pytest.mark.parametrize("verb", [replicating.approve, replicating.implement])
def test_no_step_is_left_out(db, asked, verb):
    with pytest.raises(replicating.NotItsTurn):
        verb(asked, on=DAY, by_id=None)
    replicating.agree(asked, on=DAY, by_id=None)
    with pytest.raises(replicating.NotItsTurn):
        replicating.agree(asked, on=DAY, by_id=None)


def test_days_go_forward_and_not_beyond_today(db, asked):
    with pytest.raises(Invalid) as refused:
        replicating.agree(asked, on=DAY - timedelta(days=1), by_id=None)
    assert refused.value.field == "on"
    with pytest.raises(Invalid):
        replicating.agree(asked, on=clock.today() + timedelta(days=1), by_id=None)
    assert asked.state == "interest"


def test_one_adopter_replicates_a_thing_once_at_a_time(db, asked):
    from ekopi.accounts.models import Organisation

    adopter = db.session.get_one(Organisation, asked.adopter_id)
    with pytest.raises(replicating.AlreadyReplicating):
        replicating.interest(origin_of(asked), adopter, need="Lagi.", on=DAY, by_id=None)
    with pytest.raises(Invalid):
        replicating.give_up(asked, reason=" ", by_id=None)
    replicating.give_up(asked, reason="Anggaran dialihkan.", by_id=None)
    with pytest.raises(replicating.NotItsTurn):
        replicating.agree(asked, on=DAY, by_id=None)
    replicating.interest(origin_of(asked), adopter, need="Lagi.", on=DAY, by_id=None)
    assert len(db.session.scalars(select(Replication)).all()) == 2


def test_what_runs_is_not_given_up(db, asked):
    go_on(asked)
    with pytest.raises(replicating.NotItsTurn):
        replicating.give_up(asked, reason="Terlambat.", by_id=None)


def test_who_cannot_replicate(db):
    origin, other = make.innovation("Klinik Rapor Tanah"), make.innovation("Dapur Balita Gunung")
    owner, curator = people.organisation(), people.person()
    caring.hand_over(origin, owner, by_id=None)
    with pytest.raises(replicating.CannotReplicate):
        replicating.interest(origin, owner, need="Milik sendiri.", on=DAY, by_id=None)
    with pytest.raises(Invalid):
        replicating.interest(origin, people.organisation(), need=" ", on=DAY, by_id=None)
    joining.join(origin, other, by_id=curator.id)
    with pytest.raises(replicating.CannotReplicate):
        replicating.interest(other, people.organisation(), need="Sudah digabung.", on=DAY, by_id=None)


def test_a_join_brings_replications_along_and_undoing_gives_them_back(db, asked):
    go_on(asked)
    origin, other, curator = origin_of(asked), make.innovation("Dapur Balita Gunung"), people.person()
    done = joining.join(other, origin, by_id=curator.id)
    assert other.replications == 1
    joining.undo(done, by_id=curator.id)
    assert (origin.replications, other.replications) == (1, 0)


def test_an_answer_stands_above_what_sources_say(db):
    found = make.innovation("Klinik Rapor Tanah", keberlanjutan="Berkembang", id="N1")
    assert found.sustainability == "growing"
    with pytest.raises(Invalid):
        caring.answer(found, "stopped", reason="", by_id=None)
    caring.answer(found, "stopped", reason="Alat rusak.", lessons="Sediakan suku cadang.", by_id=None)
    assert (found.sustainability, found.sustainability_on, found.review_due) == (
        "stopped",
        clock.today(),
        None,
    )
    make.read([make.item("Klinik Rapor Tanah", "N1", keberlanjutan="Berlanjut")])
    assert make.innovation_of("N1").sustainability == "stopped"
    assert db.session.scalars(select(SearchDocument.weight)).one() == pytest.approx(0.8)
    caring.answer(found, "continuing", by_id=None)
    assert found.sustainability == "continuing" and found.review_due == clock.today() + timedelta(days=365)
    assert len(db.session.scalars(select(RunningAnswer)).all()) == 2


def test_what_is_merged_is_neither_handed_over_nor_answered_for(db):
    kept, other, curator = (
        make.innovation("Klinik Rapor Tanah"),
        make.innovation("Dapur Balita Gunung"),
        people.person(),
    )
    joining.join(kept, other, by_id=curator.id)
    with pytest.raises(NotLiving):
        caring.hand_over(other, people.organisation(), by_id=None)
    with pytest.raises(NotLiving):
        caring.answer(other, "growing", by_id=None)


def test_what_nobody_answered_for_says_so_and_sinks(db):
    found, other = make.innovation("Klinik Rapor Tanah"), make.innovation("Dapur Balita Gunung")
    overdue = select(InnovationTerm.innovation_id).where(InnovationTerm.code == "overdue")
    assert list(caring.overdue()) == []
    clock.shift(timedelta(days=300))
    try:
        caring.answer(other, "continuing", by_id=None)
        clock.shift(timedelta(days=366))
        before = found.updated_at
        assert list(caring.overdue()) == [1] and list(caring.overdue()) == []
        assert db.session.scalars(overdue).all() == [found.id]
        assert found.updated_at == before, "nobody said anything new"
        weights = dict(db.session.execute(select(SearchDocument.key, SearchDocument.weight)).all())
        assert weights[found.id] == pytest.approx(0.7) and weights[other.id] == 1
        caring.answer(found, "growing", by_id=None)
        assert db.session.scalars(overdue).all() == []
    finally:
        clock.shift(None)
