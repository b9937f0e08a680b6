"""Kept searches: their one spelling, whose they are, what is new in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from ekopi.accounts.models import Person
from ekopi.catalogue.models import Innovation, SavedSearch
from ekopi.catalogue.queries import facets, listing
from ekopi.catalogue.queries.listing import Asked
from ekopi.core import clock
from ekopi.extensions import db

SETTLED = timedelta(minutes=15)
"""No transaction takes longer; innovations younger than that may still get neighbours with lower ids."""


def spelt(question: Asked) -> str:
    """The question as an address, in one spelling: codes in order, without an order of results."""
    said = {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in question.arguments().items()
    }
    said.pop("urut", None)
    return urlencode(said, doseq=True)


def asked(search: SavedSearch) -> Asked:
    """The question of a kept search, read as the list of the catalogue reads its address."""
    return listing.asked(MultiDict(parse_qsl(search.question, keep_blank_values=True)))


def of_person(person_id: int) -> list[SavedSearch]:
    """The searches a person keeps, by name."""
    return list(
        db.session.scalars(
            select(SavedSearch)
            .where(SavedSearch.person_id == person_id, SavedSearch.deleted_at.is_(None))
            .order_by(SavedSearch.name, SavedSearch.id)
        )
    )


def own(person_id: int, search_id: int) -> SavedSearch | None:
    """One of a person's, deleted ones too."""
    return db.session.scalars(
        select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.person_id == person_id)
    ).first()


def in_words(questions: Iterable[Asked]) -> list[list[str]]:
    """What each question asks for, in words; one query for all of them."""
    questions = list(questions)
    codes = {code for one in questions for s in ("province", "region") for code in one.chosen.get(s, ())}
    names = facets.region_names(codes) if codes else {}
    return [
        [f"“{one.text}”"] * bool(one.text)
        + [facets.label(scheme, code, names) for scheme, chosen in one.chosen.items() for code in chosen]
        for one in questions
    ]


def newest_id() -> int:
    """The newest innovation's id, 0 when there is none."""
    return db.session.scalar(select(Innovation.id).order_by(Innovation.id.desc()).limit(1)) or 0


def settled_id() -> int:
    """Up to this id no innovation will come any more."""
    old = select(Innovation.id).where(Innovation.created_at <= clock.now() - SETTLED)
    return db.session.scalar(old.order_by(Innovation.id.desc()).limit(1)) or 0


def due(upto: int, after: int, limit: int) -> list[int]:
    """Ids of the next searches that do not know of the innovations up to `upto`."""
    return list(
        db.session.scalars(
            select(SavedSearch.id)
            .join(Person, Person.id == SavedSearch.person_id)
            .where(
                SavedSearch.id > after,
                SavedSearch.seen_id < upto,
                SavedSearch.deleted_at.is_(None),
                Person.state == "active",
            )
            .order_by(SavedSearch.id)
            .limit(limit)
        )
    )


def news(search: SavedSearch, person: Person, upto: int) -> int:
    """How many innovations that came since answer it, up to listing.COUNTED + 1."""
    found = listing.narrowed(asked(search), person, listing.audiences(person))
    return listing.total(found.where(Innovation.id > search.seen_id, Innovation.id <= upto))
