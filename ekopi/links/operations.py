"""Verbs of links."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from ekopi.extensions import db
from ekopi.links.models import Link


def link(
    start: tuple[str, int], kind: str, end: tuple[str, int], *, by_id: int | None = None, note: str = ""
) -> None:
    """Draws an edge from one thing to another; drawing it twice is the same edge. Things are (kind, id)."""
    try:
        with db.session.begin_nested():
            db.session.add(
                Link(
                    from_kind=start[0],
                    from_id=start[1],
                    kind=kind,
                    to_kind=end[0],
                    to_id=end[1],
                    by_id=by_id,
                    note=note,
                )
            )
    except IntegrityError:
        return


def unlink(start: tuple[str, int], kind: str, end: tuple[str, int]) -> None:
    """Takes the edge away; nothing happens when there is none."""
    db.session.execute(
        delete(Link).where(
            Link.from_kind == start[0],
            Link.from_id == start[1],
            Link.kind == kind,
            Link.to_kind == end[0],
            Link.to_id == end[1],
        )
    )
