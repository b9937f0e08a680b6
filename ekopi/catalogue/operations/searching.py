"""Searches that people keep: save, delete and bring back, tell what is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import queries as accounts
from ekopi.accounts.models import Person
from ekopi.catalogue.models import SavedSearch
from ekopi.catalogue.queries import searches as queries
from ekopi.catalogue.queries.listing import Asked
from ekopi.core import clock
from ekopi.core.db import UNDO_DAYS, affected, claim, take_write_lock
from ekopi.core.errors import Invalid, Refused
from ekopi.extensions import db
from ekopi.notifications.operations import tell

MOST = 20
"""Searches that a person may keep at a time."""
LONGEST_NAME = 80
STEP = 200
NOTICE = "catalogue.search-news"


class TooManySearches(Refused):
    """The person keeps MOST searches already."""

    code = "too-many-searches"
    message = _l("Anda sudah menyimpan %(most)s pencarian.")
    remedy = _l("Hapus pencarian yang tidak diperlukan lagi, lalu simpan yang baru.")
    way = ("/katalog/pencarian", _l("Ke Pencarian Tersimpan"))


class SavedAlready(Refused):
    """The person keeps this search, or another one under its name."""

    code = "search-saved-already"
    message = _l("Pencarian ini sudah tersimpan, atau namanya dipakai pencarian lain.")
    remedy = _l("Lihat daftar pencarian tersimpan Anda.")
    way = ("/katalog/pencarian", _l("Ke Pencarian Tersimpan"))


def save(person_id: int, name: str, question: Asked) -> SavedSearch:
    """Keeps a search; what is in the catalogue now is no news of it.

    Raises Invalid for the name and for a search that asks nothing; TooManySearches, SavedAlready.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("name", _l("Isi nama pencarian, paling panjang 80 karakter."))
    spelt = queries.spelt(question)
    if not spelt:
        raise Invalid("", _l("Tulis kata atau pilih saringan di katalog dulu, lalu simpan pencariannya."))
    _room(person_id)
    taken = db.session.scalars(
        select(SavedSearch.question).where(
            SavedSearch.person_id == person_id, SavedSearch.name == name, SavedSearch.deleted_at.is_(None)
        )
    ).first()
    if taken is not None and taken != spelt:
        raise Invalid("name", _l("Nama ini sudah dipakai pencarian Anda yang lain. Beri nama lain."))
    made = SavedSearch(person_id=person_id, name=name, question=spelt, seen_id=queries.newest_id())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as clash:
        raise SavedAlready() from clash
    return made


def _room(person_id: int) -> None:
    """Two at once are counted one after the other."""
    if not take_write_lock():
        db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    kept = select(func.count()).where(SavedSearch.person_id == person_id, SavedSearch.deleted_at.is_(None))
    if (db.session.scalar(kept) or 0) >= MOST:
        raise TooManySearches(most=MOST)


def remove(search: SavedSearch) -> None:
    """Takes it out of the list; it can be brought back for 30 days. Nothing happens to one that is out already."""
    if claim(search).deleted_at is None:
        search.delete()
        db.session.flush()


def bring_back(search: SavedSearch) -> None:
    """Puts it into the list again; what came meanwhile is no news. Raises TooManySearches, SavedAlready."""
    _room(search.person_id)
    if claim(search).deleted_at is None:
        return
    newest = queries.newest_id()
    try:
        with db.session.begin_nested():
            search.undelete()
            search.seen_id = newest
    except IntegrityError as clash:
        raise SavedAlready() from clash


def tell_news() -> Iterator[None]:
    """Tells everybody what is new in their searches, a search at a step; the caller commits after each.

    Each innovation is told of once for a search, also when two do this at a time or it breaks off and begins anew.
    """
    upto, after = queries.settled_id(), 0
    while ids := queries.due(upto, after, STEP):
        for search_id in ids:
            if _tell(search_id, upto):
                yield
        after = ids[-1]


def _tell(search_id: int, upto: int) -> bool:
    search = db.session.get(SavedSearch, search_id, populate_existing=True)
    person = accounts.person(search.person_id) if search else None
    if search is None or person is None or search.seen_id >= upto:
        return False
    number, known = queries.news(search, person, upto), search.seen_id
    moved = update(SavedSearch).where(
        SavedSearch.id == search_id, SavedSearch.seen_id == known, SavedSearch.deleted_at.is_(None)
    )
    if affected(moved.values(seen_id=upto)) and number:
        tell(
            person.id, NOTICE, key=f"{search_id}-{upto}",
            name=search.name, question=search.question, number=number,
        )  # fmt: skip
    return True


def forget() -> int:
    """Removes those that can no longer be brought back; how many."""
    limit = clock.now() - timedelta(days=UNDO_DAYS)
    return affected(delete(SavedSearch).where(SavedSearch.deleted_at < limit))
