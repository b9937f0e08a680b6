"""The demo's innovations: all five sources came in, what is one was joined, a curator has something to decide."""

from __future__ import annotations

import re
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from ekopi.accounts.models import Organisation
from ekopi.catalogue.models import (
    Innovation,
    MatchDecision,
    Replication,
    Run,
    RunningAnswer,
    Source,
    SourceRecord,
)
from ekopi.core import clock
from ekopi.demo import catalogue
from ekopi.extensions import db
from ekopi.search.models import SearchDocument

README = (catalogue.FOLDER / "README.md").read_text(encoding="utf-8")


def holders() -> dict[tuple[str, str], int]:
    """Innovation by source and number; records of IGA without a number by the word in front of their title."""
    rows = db.session.execute(
        select(Source.key, SourceRecord.external_id, SourceRecord.title, SourceRecord.innovation_id).join(
            Source
        )
    ).all()
    found = {(key, number): innovation for key, number, _title, innovation in rows}
    found |= {(key, title.split(" (")[0]): innovation for key, _n, title, innovation in rows}
    return found


def table(heading: str) -> list[list[tuple[str, str]]]:
    """The records of each line of a table in the README."""
    part = README.split(f"## {heading}")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [
        [(key, number or name) for key, number, name in re.findall(r"(\w+) (?:`([^`]+)`|“([^”]+)”)", line)]
        for line in lines
    ]


def test_all_came_in(demo):
    runs = db.session.scalars(select(Run)).all()
    assert [(run.state, run.refused) for run in runs] == [("done", 0)] * 6
    assert sum(run.new for run in runs) == 289 and max(run.ended_at for run in runs) < clock.now()
    living = db.session.scalars(select(Innovation).where(Innovation.state == "living")).all()
    assert len(living) == 255 and all(one.title and one.excerpt for one in living)
    assert set(db.session.scalars(select(SearchDocument.key).where(SearchDocument.kind == "innovation"))) == {
        one.id for one in living
    }


def test_what_is_one_was_joined_or_waits_for_a_curator(demo):
    found, lines = holders(), table("Records of one innovation")
    asked = proposed()
    assert len(lines) == 25
    apart = [line for line in lines if len({found[record] for record in line}) != 1]
    assert len(apart) <= 4
    for line in apart:
        innovations = sorted({found[record] for record in line})
        assert all((one, other) in asked for one, other in pairwise(innovations)), line


def test_what_only_looks_alike_was_not(demo):
    found, lines = holders(), table("Look alike, but are not the same")
    assert len(lines) == 8
    assert [line for line in lines if len({found[record] for record in line}) != len(line)] == []


def test_the_queue_has_work_in_it(demo):
    found, lines = holders(), table("For a curator to decide")
    assert len(lines) == 6 and len(proposed()) >= 3
    favoured = re.findall(r"\| (apart|join|open) \|$", README.split("## For a curator to decide")[1], re.M)
    for line, favour in zip(lines, favoured, strict=True):
        assert favour == "join" or len({found[record] for record in line}) == 2, line


def proposed() -> set[tuple[int, int]]:
    """Pairs of innovations of which a curator is asked whether they are one."""
    a, b = aliased(SourceRecord), aliased(SourceRecord)
    rows = db.session.execute(
        select(a.innovation_id, b.innovation_id)
        .select_from(MatchDecision)
        .join(a, a.id == MatchDecision.a_id)
        .join(b, b.id == MatchDecision.b_id)
        .where(MatchDecision.decision == "proposed")
    )
    return {(min(pair), max(pair)) for pair in rows}


def test_owners_answers_and_replications(demo):
    owned = db.session.execute(
        select(Organisation.name).join(Innovation, Innovation.owner_id == Organisation.id)
    ).all()
    assert sorted(name for (name,) in owned) == [
        "Dinas Kependudukan dan Pencatatan Sipil", "Dinas Kependudukan dan Pencatatan Sipil",
        "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "Dinas Perikanan", "Kelurahan Teluk Bening",
        "Pusat Inovasi Administrasi Negara", "RSUD Bukit Arum", "RSUD Tirta Mulya",
    ]  # fmt: skip
    answers = db.session.scalars(select(RunningAnswer)).all()
    assert len(answers) == 19 and all(a.answer == "stopped" and a.reason and a.lessons for a in answers)
    made = db.session.scalars(select(Replication).options(joinedload(Replication.origin))).all()
    assert len(made) == 3
    finished = [one for one in made if one.state == "implementation"]
    assert len(finished) == 2 and all(one.outcome["after"] for one in finished)
    counted = db.session.scalars(select(Innovation.replications).where(Innovation.replications > 0)).all()
    assert counted == [1, 1]
