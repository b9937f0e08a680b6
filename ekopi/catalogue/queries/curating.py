"""What waits for a curator, one pair with all that it takes to decide, and what was joined or split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from ekopi.accounts.models import Person
from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.models import Innovation, Joining, MatchDecision, Source, SourceRecord
from ekopi.catalogue.queries import facets
from ekopi.catalogue.queries.history import as_lines
from ekopi.core.paging import Page, page
from ekopi.extensions import db
from ekopi.places.models import Region

COUNTED = 1_000
"""The queue is counted up to here."""
SIZE = 20
"""Rows on one page."""
BANDS = {"tinggi": (0.85, 2.0), "sedang": (0.6, 0.85), "rendah": (-1.0, 0.6)}
"""Likeness in the address -> from which score, and below which."""

A, B = aliased(SourceRecord, name="a"), aliased(SourceRecord, name="b")
ONE, OTHER = aliased(Innovation, name="one"), aliased(Innovation, name="other")
_LIGHT = (
    MatchDecision.id, MatchDecision.score, A.title.label("a_title"), B.title.label("b_title"),
    ONE.agency.label("a_agency"), OTHER.agency.label("b_agency"), A.year.label("a_year"), B.year.label("b_year"),
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What the queue is narrowed by; empty means by nothing."""

    source: str = ""
    province: str = ""
    likeness: str = ""

    def args(self) -> dict[str, str]:
        """The same as parts of an address."""
        said = {"sumber": self.source, "provinsi": self.province, "kemiripan": self.likeness}
        return {name: value for name, value in said.items() if value}


def asked(args: Mapping[str, str]) -> Question:
    """The question of an address; what cannot be meant is left out."""
    province = args.get("provinsi", "")
    known = province.isascii() and province.isdigit() and len(province) == 2
    likeness = args.get("kemiripan", "")
    return Question(
        args.get("sumber", "")[:40], province if known else "", likeness if likeness in BANDS else ""
    )


def queue(question: Question) -> Page:
    """Proposed pairs, the likeliest first; one for each two innovations. Two queries with the names of sources."""
    source_a, source_b = aliased(Source), aliased(Source)
    query = (
        _waiting(question, *_LIGHT, source_a.key.label("a_source"), source_b.key.label("b_source"))
        .join(source_a, source_a.id == A.source_id)
        .join(source_b, source_b.id == B.source_id)
    )
    keys = [MatchDecision.score, MatchDecision.id]
    return page(query, keys, of=lambda row: (row.score, row.id), size=SIZE, scalars=False, descending=True)


def waiting(question: Question) -> int:
    """How many pairs wait, at most COUNTED + 1."""
    some = _waiting(question, MatchDecision.id).limit(COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def next_id(question: Question, after: tuple[float, int]) -> int | None:
    """The pair that comes after this score and id in the queue, else the first of the queue."""
    order = (MatchDecision.score.desc(), MatchDecision.id.desc())
    score, id = after
    later = or_(MatchDecision.score < score, and_(MatchDecision.score == score, MatchDecision.id < id))
    waiting = _waiting(question, MatchDecision.id).where(MatchDecision.id != id).order_by(*order).limit(1)
    return db.session.scalar(waiting.where(later)) or db.session.scalar(waiting)


def _waiting(question: Question, *columns: Any) -> Select:
    """Proposed pairs of two living innovations that are not made up; of several for the same two the likeliest."""
    query = (
        select(*columns)
        .select_from(MatchDecision)
        .join(A, A.id == MatchDecision.a_id)
        .join(B, B.id == MatchDecision.b_id)
        .join(ONE, ONE.id == A.innovation_id)
        .join(OTHER, OTHER.id == B.innovation_id)
        .where(
            MatchDecision.decision == "proposed", ONE.id != OTHER.id, ONE.state == "living",
            OTHER.state == "living", ~ONE.synthetic, ~OTHER.synthetic, ~_likelier(),
        )
    )  # fmt: skip
    if question.source:
        of = select(Source.id).where(Source.key == question.source).scalar_subquery()
        query = query.where(or_(A.source_id == of, B.source_id == of))
    if question.province:
        query = query.where(or_(_within(ONE, question.province), _within(OTHER, question.province)))
    if question.likeness:
        least, below = BANDS[question.likeness]
        query = query.where(MatchDecision.score >= least, MatchDecision.score < below)
    return query


def _within(innovation, province: str) -> ColumnElement[bool]:
    code = innovation.region_code
    return or_(code == province, code.startswith(f"{province}."))


def _likelier() -> ColumnElement[bool]:
    """Whether another pair of records stands for the same two innovations and comes first."""
    again, a, b = aliased(MatchDecision), aliased(SourceRecord), aliased(SourceRecord)
    both = (ONE.id, OTHER.id)
    first = or_(
        again.score > MatchDecision.score,
        and_(again.score == MatchDecision.score, again.id > MatchDecision.id),
    )
    return (
        exists()
        .where(
            a.innovation_id.in_(both), b.innovation_id.in_(both), a.innovation_id != b.innovation_id,
            again.a_id == a.id, again.b_id == b.id, again.decision == "proposed", first,
        )
        .correlate(MatchDecision, ONE, OTHER)
    )  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """A field of two records in words; "" where one is silent."""

    label: str
    a: str
    b: str


@dataclass
class Pair:
    """A proposed or decided pair. `a` and `b` are the records, `one` and `other` their innovations today."""

    decision: MatchDecision
    a: SourceRecord
    b: SourceRecord
    one: Innovation
    other: Innovation
    records: dict[int, int]
    """How many records each of the innovations has."""
    by: str = ""
    differ: list[Compared] = field(default_factory=list)
    alike: list[Compared] = field(default_factory=list)
    alone: list[Compared] = field(default_factory=list)
    """Fields that only one of them fills."""

    @property
    def open(self) -> bool:
        """Whether it can be answered."""
        living = self.one.state == "living" and self.other.state == "living"
        return self.decision.decision == "proposed" and self.one.id != self.other.id and living


def decision(pair_id: int) -> MatchDecision | None:
    """One pair as it is written."""
    return db.session.get(MatchDecision, pair_id)


def pair(pair_id: int) -> Pair | None:
    """All that the page of a pair shows; three queries."""
    row = db.session.execute(
        select(MatchDecision, A, B, ONE, OTHER, Person.name)
        .join(A, A.id == MatchDecision.a_id)
        .join(B, B.id == MatchDecision.b_id)
        .join(ONE, ONE.id == A.innovation_id)
        .join(OTHER, OTHER.id == B.innovation_id)
        .outerjoin(Person, Person.id == MatchDecision.by_id)
        .where(MatchDecision.id == pair_id)
        .options(
            joinedload(A.source), joinedload(B.source), defer(A.payload), defer(B.payload),
            joinedload(ONE.owner), joinedload(OTHER.owner),
        )
    ).first()  # fmt: skip
    if row is None:
        return None
    counted = db.session.execute(
        select(SourceRecord.innovation_id, func.count())
        .where(SourceRecord.innovation_id.in_([row[3].id, row[4].id]))
        .group_by(SourceRecord.innovation_id)
    )
    found = Pair(*row[:5], records={id: number for id, number in counted if id}, by=row[5] or "")
    _compare(found)
    return found


def _compare(of: Pair) -> None:
    codes = {code for record in (of.a, of.b) if (code := record.facts.get("region_code"))}
    regions = facets.region_names(codes) if codes else {}
    for name, known in FIELDS.items():
        a, b = (_words(name, record.facts.get(name), regions) for record in (of.a, of.b))
        if not a and not b:
            continue
        shelf = of.alike if a == b else of.differ if a and b else of.alone
        shelf.append(Compared(str(known.label), a, b))


def _words(name: str, value: Any, regions: dict[str, str]) -> str:
    return regions.get(value, value or "") if name == "region_code" else as_lines(name, value)


# --- what was joined and split ----------------------------------------------------------------------------

KEPT, GONE = aliased(Innovation, name="kept"), aliased(Innovation, name="gone")


@dataclass(frozen=True)
class Decided:
    """A join or split. An innovation that the rule joined before it had words is called as its record, in `title`."""

    joining: Joining
    kept: Innovation
    gone: Innovation
    title: str
    by: str
    """Who decided; "" for the rule."""


def joinings(who: str) -> Page:
    """Joins and splits, the newest first, as Decided. `who`: "orang", "aturan" or "" for both."""
    query = (
        select(Joining.id, Joining, KEPT, GONE, Person.name)
        .join(KEPT, KEPT.id == Joining.kept_id)
        .join(GONE, GONE.id == Joining.other_id)
        .outerjoin(Person, Person.id == Joining.by_id)
        .where(~KEPT.synthetic)
    )
    if who == "orang":
        query = query.where(Joining.by_id.is_not(None))
    elif who == "aturan":
        query = query.where(Joining.by_id.is_(None))
    found = page(query, [Joining.id], of=lambda row: (row.id,), size=SIZE, scalars=False, descending=True)
    firsts = {row[1].id: row[1].record_ids[0] for row in found.items if row[1].record_ids}
    titles = dict(_titles(firsts.values()))
    found.items = [
        Decided(done, kept, gone, gone.title or titles.get(firsts.get(done.id, 0), ""), by or "")
        for _id, done, kept, gone, by in found.items
    ]
    return found


def _titles(record_ids: Iterable[int]) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(SourceRecord.id, SourceRecord.title).where(SourceRecord.id.in_(record_ids))
    )
    return [(row.id, row.title) for row in rows]


def joining(joining_id: int) -> Joining | None:
    """One join or split."""
    return db.session.get(Joining, joining_id)


def records_of(innovation_id: int) -> list[SourceRecord]:
    """The records of an innovation with their sources; one query."""
    return list(
        db.session.scalars(
            select(SourceRecord)
            .join(SourceRecord.source)
            .where(SourceRecord.innovation_id == innovation_id)
            .order_by(SourceRecord.id)
            .options(contains_eager(SourceRecord.source), defer(SourceRecord.payload))
        )
    )


def provinces() -> list[tuple[str, str]]:
    """Codes and names of the provinces in force."""
    rows = db.session.execute(
        select(Region.code, Region.name)
        .where(Region.kind == "province", Region.valid_to.is_(None))
        .order_by(Region.code)
    )
    return [(code, name) for code, name in rows]


def split_of(innovation_id: int) -> int | None:
    """The split by which this innovation came to be."""
    return db.session.scalar(
        select(func.max(Joining.id)).where(Joining.kind == "split", Joining.other_id == innovation_id)
    )
