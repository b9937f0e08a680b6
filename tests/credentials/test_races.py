"""Eight real processes at once, on both databases: everything is given once, nothing is lost.

Each race has a control without the constraint or the lock, which must show the fault; otherwise the race
would prove nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import func, select, text

from ekopi.credentials import queries
from ekopi.credentials.models import Certificate, JpAccount, JpEntry
from tests.accounts import make as accounts
from tests.credentials import make
from tests.living import ROOT, Live

pytestmark = pytest.mark.slow
RACERS = 8
PAUSE = 0.4
_sources = count(1)


class Race:
    """A committed database and eight processes that wait for the same command."""

    def __init__(self, live: Live):
        self.live = live
        command = [sys.executable, "-m", "tests.credentials.racer", live.url, str(live.data_dir)]
        self.racers = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(RACERS)
        ]
        assert [self._answer(racer) for racer in self.racers] == ["ready"] * RACERS
        self.holder_id = 0

    def run(self, verb: str, person_id: int, sources: list[int]) -> list:
        """All racers do the verb at once; their answers."""
        for racer, source in zip(self.racers, sources, strict=True):
            order = {"verb": verb, "person_id": person_id, "source_id": source, "pause": PAUSE}
            racer.stdin.write(json.dumps(order) + "\n")
        for racer in self.racers:
            racer.stdin.flush()
        return [self._answer(racer) for racer in self.racers]

    def person(self) -> int:
        from ekopi.extensions import db

        with self.live.app.app_context():
            made = accounts.person().id
            db.session.commit()
            return made

    def ask(self, query):
        from ekopi.extensions import db

        with self.live.app.app_context():
            return db.session.execute(query).all()

    def do(self, act):
        from ekopi.extensions import db

        with self.live.app.app_context():
            act(db)
            db.session.commit()

    def stop(self) -> None:
        for racer in self.racers:
            racer.stdin.close()
            racer.wait(20)
            racer.stdout.close()
        self.live.stop()

    @staticmethod
    def _answer(racer):
        return json.loads(racer.stdout.readline())


@pytest.fixture(scope="module")
def race(template, tmp_path_factory):
    racing = Race(Live(template.clone(), tmp_path_factory.mktemp("race")))
    yield racing
    racing.stop()


def entries_of(race, person_id):
    return race.ask(select(func.count(), func.sum(JpEntry.jp)).where(JpEntry.person_id == person_id))[0]


def balance_of(race, person_id):
    return race.ask(select(JpAccount.balance).where(JpAccount.person_id == person_id))[0][0]


def test_eight_credits_of_one_achievement_are_one(race):
    person = race.person()
    answers = race.run("credit", person, [next(_sources)] * RACERS)
    assert len(set(answers)) == 1
    assert isinstance(answers[0], int)
    assert tuple(entries_of(race, person)) == (1, Decimal("1.25"))
    assert balance_of(race, person) == Decimal("1.25")


def test_eight_credits_of_one_person_all_count(race):
    person = race.person()
    answers = race.run("credit", person, [next(_sources) for _ in range(RACERS)])
    assert len(set(answers)) == RACERS
    assert all(isinstance(answer, int) for answer in answers)
    assert tuple(entries_of(race, person)) == (RACERS, Decimal("1.25") * RACERS)
    assert balance_of(race, person) == Decimal("1.25") * RACERS
    with race.live.app.app_context():
        assert queries.unbalanced() == []


def test_eight_issues_are_one_certificate(race):
    person, source = race.person(), next(_sources)
    answers = race.run("issue", person, [source] * RACERS)
    assert len(set(answers)) == 1
    assert isinstance(answers[0], int)
    assert race.ask(select(Certificate.state).where(Certificate.source_id == source)) == [("valid",)]


def test_eight_reissues_are_one_new_certificate(race):
    person, source = race.person(), next(_sources)

    def issue(db):
        make.certificate(db.session.get(accounts.Person, person), source_id=source)

    race.do(issue)
    answers = race.run("reissue", person, [source] * RACERS)
    assert sorted(isinstance(a, int) and a > 0 for a in answers) == [False] * (RACERS - 1) + [True]
    assert answers.count(0) == RACERS - 1
    states = race.ask(
        select(Certificate.state).where(Certificate.source_id == source).order_by(Certificate.id)
    )
    assert states == [("replaced",), ("valid",)]


def test_control_a_careless_sum_loses_credits(race):
    """Without the row being written first, credits of one person are lost."""
    person = race.person()
    race.do(lambda db: db.session.add(JpAccount(person_id=person, year=2026, balance=Decimal(0))))
    answers = race.run("credit_carelessly", person, [1] * RACERS)
    assert answers == [0] * RACERS
    assert balance_of(race, person) < Decimal("1.25") * RACERS


def test_control_without_the_index_more_than_one_certificate(race):
    race.do(lambda db: db.session.execute(text("DROP INDEX uq_certificates_valid")))
    person, source = race.person(), next(_sources)
    race.run("issue", person, [source] * RACERS)
    states = race.ask(select(Certificate.state).where(Certificate.source_id == source))
    assert len(states) > 1


def test_control_without_the_unique_key_more_than_one_credit(race):
    race.do(without_unique_credit)
    person = race.person()
    race.run("credit", person, [next(_sources)] * RACERS)
    assert entries_of(race, person)[0] > 1


def without_unique_credit(db) -> None:
    """The table as it is, but for the key that makes a credit unique."""
    name = "uq_jp_entries_person_id_source_kind_source_id"
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(text(f"ALTER TABLE jp_entries DROP CONSTRAINT {name}"))
        return
    made = db.session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'jp_entries'"))
    start = made.index(f"CONSTRAINT {name}")
    end = made.index(")", start) + 1
    left = made[:start].rstrip().removesuffix(",") + made[end:]
    assert "reversal_of_id" in left
    db.session.execute(text("DROP TABLE jp_entries"))
    db.session.execute(text(left))
