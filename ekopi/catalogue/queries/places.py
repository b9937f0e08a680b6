"""Places and what the catalogue has of them. Every read tells only of what its reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select
from sqlalchemy.orm import aliased, joinedload

from ekopi.accounts.models import Organisation
from ekopi.catalogue import policy
from ekopi.catalogue.models import Innovation, Replication
from ekopi.catalogue.queries.replicated import Passed, replicated
from ekopi.extensions import db
from ekopi.places import queries as regions
from ekopi.places.models import Region

SHOWN = 8
"""Innovations that a page lists before it leads to the catalogue."""
YEARS = 10
"""Years of the chart, up to the newest; older ones are only in the catalogue."""
MOST_ORGANISATIONS = 30
ISLANDS = (
    ("Sumatera", "12"), ("Jawa", "3"), ("Bali dan Nusa Tenggara", "5"), ("Kalimantan", "6"), ("Sulawesi", "7"),
    ("Maluku", "8"), ("Papua", "9"),
)  # fmt: skip
"""Names of islands and the figures that the codes of their provinces begin with, from west to east."""


@dataclass(frozen=True)
class Tally:
    """How many innovations there are, and how many of them have stopped."""

    innovations: int = 0
    stopped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.innovations + other.innovations, self.stopped + other.stopped)


@dataclass(frozen=True)
class Counted:
    """A region with what it has; a province counts its regencies and cities too."""

    region: Region
    tally: Tally


@dataclass
class Map:
    """The provinces in force by island, and what belongs to none of them."""

    islands: list[tuple[str, list[Counted]]]
    nowhere: Tally

    def sums(self) -> list[tuple[str, int]]:
        """(island, innovations), the most first."""
        sums = [(name, sum(one.tally.innovations for one in found)) for name, found in self.islands]
        return sorted(sums, key=lambda pair: -pair[1])

    @property
    def most(self) -> int:
        """The most that one province has."""
        return max((one.tally.innovations for _name, found in self.islands for one in found), default=0)

    @property
    def total(self) -> int:
        return sum(number for _name, number in self.sums()) + self.nowhere.innovations


@dataclass(frozen=True)
class Split:
    """A region that became another on a day: what it was, what it is, both with their provinces."""

    old: Region
    new: Region
    old_province: Region | None
    new_province: Region | None
    on: date


@dataclass
class PlacePage:
    """All that the page of one region shows."""

    region: Region
    province: Region | None
    tally: Tally
    own: Tally
    """Of the province itself, without its regencies and cities."""
    below: list[Counted] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    years: list[tuple[int, int]] = field(default_factory=list)
    """(year, innovations), the oldest first, without gaps; at most YEARS, none where there is only one."""
    newest: list[Innovation] = field(default_factory=list)
    stopped: list[Innovation] = field(default_factory=list)
    given: list[Passed] = field(default_factory=list)
    taken: list[Passed] = field(default_factory=list)
    more: tuple[bool, bool] = (False, False)
    """Whether more was given, and taken, than is listed."""
    organisations: list[Organisation] = field(default_factory=list)

    @property
    def best_year(self) -> int | None:
        """The year with the most; None where several have as many."""
        most = max((number for _year, number in self.years), default=0)
        best = [year for year, number in self.years if number == most]
        return best[0] if len(best) == 1 else None

    @property
    def offspring(self) -> list[Region]:
        """Of a province: the provinces that were taken from it, each once."""
        return _once(split.new_province for split in self._moved() if split.old_province == self.region)

    @property
    def origins(self) -> list[Region]:
        """Of a province: the provinces that it was taken from."""
        return _once(split.old_province for split in self._moved() if split.new_province == self.region)

    def _moved(self) -> list[Split]:
        return [split for split in self.splits if split.old_province != split.new_province]


def _once(found: Iterable[Region | None]) -> list[Region]:
    return list({region.code: region for region in found if region}.values())


def country(person) -> Map:
    """All provinces with their counts; two queries, whatever there is."""
    tallies = _tallies(person)
    whole: dict[str, Tally] = defaultdict(Tally)
    for code, tally in tallies.items():
        if code:
            whole[code.split(".")[0]] += tally
    provinces = db.session.scalars(regions.in_force("province").order_by(Region.code)).all()
    islands = [
        (name, [Counted(one, whole[one.code]) for one in provinces if one.code[0] in figures])
        for name, figures in ISLANDS
    ]
    return Map([(name, found) for name, found in islands if found], tallies.get(None, Tally()))


def _tallies(person, codes: Collection[str] | None = None) -> dict[str | None, Tally]:
    """What each region has by itself, of these codes or of all; one query that reads an index alone."""
    stopped = func.sum(case((Innovation.sustainability == "stopped", 1), else_=0))
    query = select(Innovation.region_code, func.count(), stopped).where(policy.visible_to(person))
    if codes is not None:
        query = query.where(Innovation.region_code.in_(codes))
    rows = db.session.execute(query.group_by(Innovation.region_code))
    return {code: Tally(number, int(ended or 0)) for code, number, ended in rows}


def place(code: str) -> tuple[Region, Region | None] | None:
    """A region, also one that ended, and its province; None for an unknown code."""
    province = aliased(Region)
    row = db.session.execute(
        select(Region, province)
        .outerjoin(province, province.code == Region.parent_code)
        .where(Region.code == code)
    ).first()
    return (row[0], row[1]) if row else None


def place_page(region: Region, province: Region | None, person) -> PlacePage:
    """The page of a region. At most nine queries, whatever there is."""
    below = _below(region)
    codes = [region.code, *(one.code for one in below)]
    tallies = _tallies(person, codes)
    page = PlacePage(region, province, sum(tallies.values(), Tally()), tallies.get(region.code, Tally()))
    page.below = [Counted(one, tallies.get(one.code, Tally())) for one in below]
    page.splits = _splits(region)
    page.organisations = _organisations(region)
    here = and_(policy.visible_to(person), Innovation.region_code.in_(codes))
    if page.tally.innovations:
        page.years = _years(here)
        page.newest = _some(here)
    if page.tally.stopped:
        page.stopped = _some(and_(here, Innovation.sustainability == "stopped"))
    page.given, more_given = replicated(person, Innovation.region_code.in_(codes))
    page.taken, more_taken = replicated(person, Replication.adopter_id.in_(_adopters(codes)))
    page.more = (more_given, more_taken)
    return page


def _below(region: Region) -> list[Region]:
    if region.kind != "province":
        return []
    return list(db.session.scalars(regions.in_force(parent_code=region.code).order_by(Region.code)))


def _splits(region: Region) -> list[Split]:
    """What became of the region or led to it; of a province, what came to it from others or left it."""
    old, new = aliased(Region), aliased(Region)
    old_province, new_province = aliased(Region), aliased(Region)
    about = [old.code == region.code, new.code == region.code]
    if region.kind == "province":
        about += [old.parent_code == region.code, new.parent_code == region.code]
    rows = db.session.execute(
        select(old, new, old_province, new_province)
        .join(new, new.code == old.successor_code)
        .outerjoin(old_province, old_province.code == old.parent_code)
        .outerjoin(new_province, new_province.code == new.parent_code)
        .where(or_(*about))
        .order_by(old.valid_to, new.code)
    )
    return [Split(was, now, before, after, was.valid_to) for was, now, before, after in rows if was.valid_to]


def _organisations(region: Region) -> list[Organisation]:
    """The organisations of this very place, those at the top first."""
    return list(
        db.session.scalars(
            select(Organisation)
            .where(Organisation.region_code == region.code, Organisation.deleted_at.is_(None))
            .order_by(func.length(Organisation.path), Organisation.name)
            .limit(MOST_ORGANISATIONS)
        )
    )


def _adopters(codes: Collection[str]):
    """SELECT of the ids of organisations of these places, and of the units below them."""
    top = aliased(Organisation)
    return (
        select(Organisation.id)
        .join(top, Organisation.path.startswith(top.path))
        .where(top.region_code.in_(codes), top.path != "")
    )


def _years(here: ColumnElement[bool]) -> list[tuple[int, int]]:
    """The YEARS up to the newest with what came in each; none where all came in one."""
    rows = db.session.execute(
        select(Innovation.year, func.count())
        .where(here, Innovation.year.is_not(None))
        .group_by(Innovation.year)
        .order_by(Innovation.year.desc())
        .limit(YEARS)
    )
    found = {year: number for year, number in rows if year is not None}
    years = [year for year in found if year > max(found) - YEARS]
    if len(years) < 2:
        return []
    return [(year, found.get(year, 0)) for year in range(min(years), max(years) + 1)]


def _some(here: ColumnElement[bool]) -> list[Innovation]:
    """The innovations of the newest years with their regions."""
    return list(
        db.session.scalars(
            select(Innovation)
            .where(here)
            .order_by(func.coalesce(Innovation.year, literal_column("0")).desc(), Innovation.id.desc())
            .limit(SHOWN)
            .options(joinedload(Innovation.region))
        )
    )
