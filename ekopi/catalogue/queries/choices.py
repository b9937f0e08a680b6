"""What persons decided of an innovation's fields; also of those that were merged into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import CTE, select

from ekopi.catalogue.models import FieldChoice, Innovation
from ekopi.extensions import db


def family(ids: Collection[int]) -> CTE:
    """(id, holder): each of these innovations, and all that were merged into it at any time with it as holder."""
    own = select(Innovation.id.label("id"), Innovation.id.label("holder")).where(Innovation.id.in_(ids))
    chain = own.cte("family", recursive=True)
    return chain.union(
        select(Innovation.id, chain.c.holder).join(chain, Innovation.merged_into_id == chain.c.id)
    )


def choices_of(ids: Collection[int]) -> dict[int, list[FieldChoice]]:
    """The choices that hold for each innovation: its own before those of what was merged into it, later before earlier.

    One query. The same rule as operations.projecting.spoken_for.
    """
    members = family(ids)
    rows = db.session.execute(
        select(members.c.holder, FieldChoice).join(FieldChoice, FieldChoice.innovation_id == members.c.id)
    ).all()
    found: dict[int, dict[str, FieldChoice]] = defaultdict(dict)
    for holder, choice in sorted(rows, key=lambda row: (row[1].innovation_id == row[0], row[1].at)):
        found[holder][choice.field] = choice
    return {id: list(found[id].values()) for id in ids}
