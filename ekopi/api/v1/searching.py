"""Everything that bears some words, a few of each kind."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

from flask_babel import lazy_gettext as _l
from pydantic import Field

from ekopi.api.declaring import Ask, operation
from ekopi.api.shapes import Shape, Words
from ekopi.api.v1 import blueprint, courses, records
from ekopi.catalogue.queries import listing
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.authoring.models import Course
from ekopi.extensions import db
from ekopi.search import queries as search

SHOWN = 5
"""Of each kind."""


class Found(Shape):
    """The best of each kind. `meant` is the question put right, where nothing was found."""

    EXAMPLE = {"courses": [courses.BRIEF], "records": [records.BRIEF], "meant": None}
    courses: list[courses.CourseBrief]
    records: list[records.RecordBrief]
    meant: str | None


class SearchQuery(Shape):
    q: Annotated[Words, Field(min_length=1)]


@operation(
    blueprint,
    "GET",
    "/search",
    of=Found,
    public=True,
    scope="records:read",
    query=SearchQuery,
    summary=_l("Cari di semua bagian"),
    more=_l("Paling banyak lima dari setiap jenis; daftar lengkapnya ada di /courses dan /records."),
)
def find(ask: Ask) -> Found:
    question = records.asked(records.RecordsQuery(q=ask.query.q))
    newest = authoring.live_courses(question.text).order_by(Course.published_at.desc(), Course.id.desc())
    learnt = db.session.scalars(newest.limit(SHOWN)).all() if question.text else []
    seen = listing.audiences(ask.person)
    done = list(islice(listing.page(question, ask.person, seen).items, SHOWN)) if question.query else []
    meant = (
        search.meant(question.query, listing.KIND, seen) if question.query and not (learnt or done) else None
    )
    return Found(
        courses=[courses.brief(row) for row in learnt],
        records=[records.brief(row) for row in done],
        meant=meant,
    )
