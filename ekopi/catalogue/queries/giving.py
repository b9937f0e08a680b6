"""What is given on to other systems: read in pieces by key, so that all of it never stands in memory at once.

Given is what is living, public, not made up for measurements, and not gone from every source it came from
(one that an organisation looks after is given even then). Each function answers for one piece; whoever reads
many of them lets the connection go in between.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased, defer, joinedload

from ekopi.catalogue.given import Change, Given, Origin
from ekopi.catalogue.merging import merged
from ekopi.catalogue.models import Innovation, Source, SourceRecord
from ekopi.catalogue.queries.choices import choices_of
from ekopi.extensions import db
from ekopi.places.models import Region

STATES = ("living", "merged", "withdrawn")
NEWEST = 500


@dataclass(frozen=True)
class Wanted:
    """Which changes a harvest asks for; moments are whole seconds, both ends belong to it."""

    since: datetime | None = None
    until: datetime | None = None
    """Exclusive: the first moment that is too late."""
    scheme: str = ""
    """"", "source" or "province"."""
    code: str = ""
    """One of the scheme's codes; empty means all that have any."""


def given() -> ColumnElement[bool]:
    """The WHERE of what is given on."""
    record, still = aliased(SourceRecord), aliased(SourceRecord)
    gone = select(record.innovation_id).where(
        record.vanished_at.is_not(None),
        record.innovation_id.is_not(None),
        ~exists().where(still.innovation_id == record.innovation_id, still.vanished_at.is_(None)),
    )
    return and_(
        Innovation.state == "living",
        Innovation.audience == "public",
        ~Innovation.synthetic,
        not_(and_(Innovation.owner_id.is_(None), Innovation.id.in_(gone))),
    )


def total(since: datetime | None = None, within: Select | None = None) -> int:
    """How many innovations are given; of them those changed at or after the moment, those among the ids of `within`."""
    return db.session.scalar(_narrowed(select(func.count()).select_from(Innovation), since, within)) or 0


def some(after: int, limit: int, since: datetime | None = None, within: Select | None = None) -> list[Given]:
    """Up to `limit` innovations whose number is above `after`, by number; narrowed as in `total`."""
    ids = select(Innovation.id).where(Innovation.id > after).order_by(Innovation.id).limit(limit)
    return load(db.session.scalars(_narrowed(ids, since, within)).all())


def before_page(place: int, since: datetime | None = None) -> int | None:
    """The number of the last innovation among the first `place` ones: what a page begins after; 0 for the first."""
    if place == 0:
        return 0
    ids = _narrowed(select(Innovation.id), since).order_by(Innovation.id).offset(place - 1).limit(1)
    return db.session.scalar(ids)


def _narrowed(query: Select, since: datetime | None, within: Select | None = None) -> Select:
    query = query.where(given())
    if within is not None:
        query = query.where(Innovation.id.in_(within))
    return query if since is None else query.where(Innovation.updated_at >= since)


def fingerprint() -> str:
    """Changes whenever anything that is given may have changed: counts, and the newest changes.

    The newest alone would not do: a change may be committed after one that bears a later moment.
    """
    digest = hashlib.sha256()
    for state in STATES:
        digest.update(
            f"{state} {db.session.scalar(select(func.count()).where(Innovation.state == state))}".encode()
        )
        newest = (
            select(Innovation.id, Innovation.updated_at)
            .where(Innovation.state == state)
            .order_by(Innovation.updated_at.desc(), Innovation.id.desc())
            .limit(NEWEST)
        )
        for id, moment in db.session.execute(newest):
            digest.update(f" {id}={moment.isoformat()}".encode())
    return digest.hexdigest()[:32]


# --- a harvest: what changed, with what is given no longer ------------------------------------------------


def changes(
    wanted: Wanted, after: tuple[datetime, int] | None, limit: int, *, heads: bool = False
) -> list[Change]:
    """Up to `limit` changes in the order of their moments, from behind `after` (moment and id of the last one).

    With `heads` the words of innovations are not read.
    """
    parts: list[Select] = []
    for state in STATES:
        part = select(*_columns()).where(Innovation.state == state, *_wanted(wanted))
        if after is not None:
            place = tuple_(
                literal(after[0], Innovation.updated_at.type), literal(after[1], Innovation.id.type)
            )
            part = part.where(tuple_(Innovation.updated_at, Innovation.id) > place)
        part = part.order_by(Innovation.updated_at, Innovation.id).limit(limit)
        parts.append(select(part.subquery()))
    found = union_all(*parts).order_by("updated_at", "id").limit(limit)
    return _changes(db.session.execute(found).all(), heads)


def changed(id: int) -> Change | None:
    """One innovation as a harvest sees it; None for a number that never was given."""
    found = select(*_columns()).where(Innovation.id == id, ~Innovation.synthetic)
    return next(iter(_changes(db.session.execute(found).all())), None)


def how_many(wanted: Wanted) -> int:
    """How many changes the whole harvest has."""
    return db.session.scalar(select(func.count()).select_from(Innovation).where(*_wanted(wanted))) or 0


def earliest() -> datetime | None:
    """The oldest moment a change can bear; None while there is nothing."""
    oldest = [
        db.session.scalar(select(func.min(Innovation.updated_at)).where(Innovation.state == state))
        for state in STATES
    ]
    return min((moment for moment in oldest if moment), default=None)


def latest() -> datetime | None:
    """The newest change of what is given; None while there is nothing."""
    return db.session.scalar(
        select(func.max(Innovation.updated_at)).where(Innovation.state == "living", given())
    )


def sources() -> list[Origin]:
    """The sources that records were read from, by name."""
    read = exists().where(SourceRecord.source_id == Source.id)
    rows = db.session.scalars(select(Source).where(read).order_by(Source.name)).all()
    return [Origin(row.key, row.name, "", row.licence) for row in rows]


def sets() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(key, name) of the sources, (code, name) of the provinces in force."""
    sources = db.session.execute(select(Source.key, Source.name).order_by(Source.key)).all()
    provinces = db.session.execute(
        select(Region.code, Region.name)
        .where(Region.kind == "province", Region.successor_code.is_(None))
        .order_by(Region.code)
    ).all()
    return [(r.key, r.name) for r in sources], [(r.code, r.name) for r in provinces]


def _columns() -> list[Any]:
    return [
        Innovation.id,
        Innovation.updated_at,
        case((given(), 1), else_=0).label("given"),
        Innovation.region_code,
        func.coalesce(Innovation.merged_into_id, Innovation.id).label("holder"),
    ]


def _wanted(wanted: Wanted) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = [~Innovation.synthetic]
    if wanted.since is not None:
        rules.append(Innovation.updated_at >= wanted.since)
    if wanted.until is not None:
        rules.append(Innovation.updated_at < wanted.until)
    if wanted.scheme == "province":
        code = Innovation.region_code
        inside = or_(code == wanted.code, code.like(f"{wanted.code}.%")) if wanted.code else code.is_not(None)
        rules.append(inside)
    elif wanted.scheme == "source":
        rules.append(_of_source(wanted.code))
    return rules


def _of_source(key: str) -> ColumnElement[bool]:
    """Has a record of the source; what was merged has given its records to the one it leads to.

    One that leads to another that was merged in its turn counts to every source: better told twice than not at all.
    """
    kept = aliased(Innovation)
    held = exists().where(
        SourceRecord.innovation_id == func.coalesce(Innovation.merged_into_id, Innovation.id),
        *(
            [SourceRecord.source_id == select(Source.id).where(Source.key == key).scalar_subquery()]
            if key
            else []
        ),
    )
    further = exists().where(kept.id == Innovation.merged_into_id, kept.state == "merged")
    return or_(held, further)


def _changes(rows: Iterable[Any], heads: bool = False) -> list[Change]:
    rows = list(rows)
    there = {} if heads else {one.id: one for one in load([row.id for row in rows if row.given])}
    sources: dict[int, set[str]] = defaultdict(set)
    holders = {row.holder for row in rows if row.id not in there}
    if holders:
        told = (
            select(SourceRecord.innovation_id, Source.key)
            .join(Source, Source.id == SourceRecord.source_id)
            .where(SourceRecord.innovation_id.in_(holders))
            .distinct()
        )
        for holder, key in db.session.execute(told):
            sources[holder or 0].add(key)
    found = []
    for row in rows:
        one = there.get(row.id)
        keys = {origin.key for origin in one.origins} if one else sources[row.holder]
        found.append(
            Change(row.id, row.updated_at, not row.given, one, row.region_code or "", tuple(sorted(keys)))
        )
    return found


# --- the words of some innovations ------------------------------------------------------------------------


def load(ids: Collection[int]) -> list[Given]:
    """These innovations with what they say, in the order of `ids`. Always the same few queries."""
    if not ids:
        return []
    rows = {row.id: row for row in db.session.scalars(select(Innovation).where(Innovation.id.in_(ids)))}
    records: dict[int, list[SourceRecord]] = defaultdict(list)
    numbers: dict[int, int] = {}
    said = (
        select(SourceRecord, SourceRecord.payload["agency_id_panrb"].as_string())
        .where(SourceRecord.innovation_id.in_(ids))
        .options(
            joinedload(SourceRecord.source),
            defer(SourceRecord.payload, raiseload=True),
            defer(SourceRecord.notes, raiseload=True),
        )
        .order_by(SourceRecord.id)
    )
    for record, number in db.session.execute(said):
        holder = record.innovation_id or 0
        records[holder].append(record)
        if number and str(number).isascii() and str(number).isdigit() and len(str(number)) < 10:
            numbers.setdefault(holder, int(number))
    choices = choices_of(ids)
    places = _places({row.region_code for row in rows.values() if row.region_code})
    return [_given(rows[id], records[id], choices[id], places, numbers.get(id)) for id in ids if id in rows]


def _given(row: Innovation, records: list[SourceRecord], choices, places: dict[str, Region], number) -> Given:
    shown = merged(records, choices)
    region = places.get(row.region_code or "")
    province = places.get((row.region_code or "").split(".")[0])
    return Given(
        id=row.id,
        title=row.title,
        slug=row.slug,
        agency=row.agency,
        year=row.year,
        changed_at=row.updated_at,
        region_code=row.region_code or "",
        region=region.name if region and region.kind != "province" else "",
        province=province.name if province else "",
        sustainability=row.sustainability,
        facts={field: chosen.value for field, chosen in shown.items()},
        origins=tuple(Origin(r.source.key, r.source.name, r.external_id, r.source.licence) for r in records),
        agency_number=number,
    )


def _places(codes: set[str]) -> dict[str, Region]:
    wanted = codes | {code.split(".")[0] for code in codes}
    if not wanted:
        return {}
    return {row.code: row for row in db.session.scalars(select(Region).where(Region.code.in_(wanted)))}
