"""What agencies ask of the ledger and the certificates for many people at once; reached through the registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from ekopi.credentials import queries
from ekopi.credentials.errors import NoEdition
from ekopi.credentials.figures import figure
from ekopi.credentials.models import Certificate, JpEntry
from ekopi.extensions import db

KINDS = {"enrolment": "Nonklasikal: e-learning"}
"""Kind of source -> form of development as Peraturan LAN 10/2018 names it; part of the export's format."""


def jp_totals(person_ids: list[int], year: int) -> tuple[dict[int, Decimal], Decimal]:
    """JP of each of these people in a year, and the target in force on its last day (0 without one)."""
    try:
        target = queries.edition_for(date(year, 12, 31)).target
    except NoEdition:
        target = Decimal(0)
    return queries.totals(person_ids, year), target


def history(person_ids: list[int], year: int) -> Iterator[dict]:
    """Each activity of these people that counts in a year, as texts; credits taken back are left out.

    Keys: person_id, activity, kind, organiser, number (of the valid certificate), started_on and finished_on
    (ISO dates; the start is empty where the ledger's evidence does not tell it), jp.
    """
    yield from _credited(person_ids, year)
    yield from _without_credit(person_ids, year)


def _credited(person_ids: list[int], year: int) -> Iterator[dict]:
    """From the ledger, with the certificate of the same achievement where a valid one is there."""
    taken_back = aliased(JpEntry)
    rows = db.session.execute(
        select(
            JpEntry.person_id, JpEntry.source_kind, JpEntry.jp, JpEntry.day, JpEntry.evidence, Certificate.number,
            Certificate.facts,
        )
        .outerjoin(Certificate, and_(_same_achievement(), Certificate.state == "valid"))
        .where(
            JpEntry.person_id.in_(person_ids),
            JpEntry.year == year,
            JpEntry.jp > 0,
            ~select(taken_back.id).where(taken_back.reversal_of_id == JpEntry.id).exists(),
        )
        .order_by(JpEntry.person_id, JpEntry.id)
    )  # fmt: skip
    for row in rows:
        facts = row.facts or {}
        yield {
            "person_id": row.person_id,
            "activity": facts.get("course") or row.evidence.get("course", ""),
            "kind": KINDS.get(row.source_kind, row.source_kind),
            "organiser": facts.get("issuer", ""),
            "number": row.number or "",
            "started_on": row.evidence.get("started_on", ""),
            "finished_on": facts.get("completed_on") or row.day.isoformat(),
            "jp": figure(row.jp),
        }


def _without_credit(person_ids: list[int], year: int) -> Iterator[dict]:
    """Valid certificates of courses without JP (or whose day had no JP left)."""
    rows = db.session.execute(
        select(Certificate.person_id, Certificate.source_kind, Certificate.number, Certificate.facts)
        .where(
            Certificate.person_id.in_(person_ids),
            Certificate.state == "valid",
            ~select(JpEntry.id).where(_same_achievement()).exists(),
        )
        .order_by(Certificate.person_id, Certificate.id)
    )
    for row in rows:
        if not row.facts["completed_on"].startswith(f"{year}-"):
            continue
        yield {
            "person_id": row.person_id,
            "activity": row.facts["course"],
            "kind": KINDS.get(row.source_kind, row.source_kind),
            "organiser": row.facts["issuer"],
            "number": row.number,
            "started_on": "",
            "finished_on": row.facts["completed_on"],
            "jp": "0",
        }


def _same_achievement():
    return and_(
        Certificate.person_id == JpEntry.person_id,
        Certificate.source_kind == JpEntry.source_kind,
        Certificate.source_id == JpEntry.source_id,
    )
