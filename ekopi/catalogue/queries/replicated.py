"""Who took over what, as pages of places and organisations tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import CTE, ColumnElement, func, select
from sqlalchemy.orm import joinedload

from ekopi.accounts import queries as accounts
from ekopi.catalogue import policy
from ekopi.catalogue.models import Innovation, Replication, ReplicationStep
from ekopi.extensions import db

SHOWN = 30


@dataclass(frozen=True)
class Passed:
    """An innovation that an organisation took over or is taking over, with the day of the newest step.

    `adopter` names the organisation with the government it is of.
    """

    innovation: Innovation
    adopter: str
    state: str
    on: date | None


def _homes() -> CTE:
    """(start, id): what was asked for, and everything it was merged into since."""
    chain = (
        select(
            Innovation.id.label("start"), Innovation.id.label("id"), Innovation.merged_into_id.label("next")
        )
        .where(Innovation.id.in_(select(Replication.origin_id)))
        .cte("homes", recursive=True)
    )
    return chain.union(
        select(chain.c.start, Innovation.id, Innovation.merged_into_id).join(
            chain, Innovation.id == chain.c.next
        )
    )


def replicated(person, *narrowed: ColumnElement[bool]) -> tuple[list[Passed], bool]:
    """(the newest SHOWN, whether there are more): by Innovation (the origin as it stands today) or Replication.

    Given-up ones are left out, and what this person may not see the origin of. Two queries at most.
    """
    homes = _homes()
    newest = (
        select(func.max(ReplicationStep.on))
        .where(ReplicationStep.replication_id == Replication.id)
        .correlate(Replication)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Innovation, Replication, newest)
        .join_from(Replication, homes, homes.c.start == Replication.origin_id)
        .join(Innovation, Innovation.id == homes.c.id)
        .where(policy.visible_to(person), Replication.ended_at.is_(None), *narrowed)
        .options(joinedload(Replication.adopter), joinedload(Innovation.region))
        .order_by(newest.desc(), Replication.id.desc())
        .limit(SHOWN + 1)
    ).all()
    names = accounts.organisations_in_full(one.adopter for _origin, one, _on in rows)
    found = [Passed(origin, names[one.adopter_id], one.state, on) for origin, one, on in rows]
    return found[:SHOWN], len(found) > SHOWN
