"""The one way progress is written: added to what there is, in one statement, whoever wrote in between."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import case, func
from sqlalchemy.dialects import postgresql, sqlite

from ekopi.core import clock
from ekopi.courses.learning.models import Enrolment, LessonProgress
from ekopi.extensions import db


class Did(NamedTuple):
    """What is added to a learner's row of a lesson; alone it only says that the lesson was opened."""

    lesson_id: int
    seconds: int = 0
    done_at: datetime | None = None
    version_id: int | None = None
    """The version that was done; only with done_at."""
    score: Decimal | None = None


TABLE = LessonProgress.__table__


def _upsert(insert):
    """Time adds up, the best score counts, and done is done once: the time and version of the first doing stay."""
    row = TABLE.c
    more = insert(TABLE)
    new = more.excluded
    return more.on_conflict_do_update(
        index_elements=[row.enrolment_id, row.lesson_id],
        set_={
            "seconds": row.seconds + new.seconds,
            "done_at": func.coalesce(row.done_at, new.done_at),
            "version_id": case((row.done_at.is_(None), new.version_id), else_=row.version_id),
            "score": case(
                (new.score.is_(None), row.score),
                (row.score.is_(None) | (new.score > row.score), new.score),
                else_=row.score,
            ),
        },
    )


UPSERTS = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}


def keep(enrolment: Enrolment, *did: Did) -> None:
    """Writes at once what was done in these lessons, then what is unwritten of the enrolment."""
    session, now = db.session, clock.now()
    session.execute(
        UPSERTS[session.connection().dialect.name],
        [{"enrolment_id": enrolment.id, "opened_at": now, **one._asdict()} for one in did],
    )
    for one in did:  # rows that were read before are read anew
        known = session.identity_map.get(session.identity_key(LessonProgress, (enrolment.id, one.lesson_id)))
        if known is not None:
            session.expire(known)
    session.flush()
