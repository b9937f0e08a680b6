"""Saving drafts, publishing them as versions, going back to an earlier publication. The caller commits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ekopi.core import clock
from ekopi.core.db import claim
from ekopi.core.errors import Refused, Stale
from ekopi.extensions import db
from ekopi.revisions import queries
from ekopi.revisions.models import Draft, Item, Publication, PublicationEntry, Version

Body = dict[str, Any]


class NothingToPublish(Refused):
    """No draft differs from what is published."""

    code = "nothing-to-publish"
    message = _l("Belum ada perubahan untuk diterbitkan.")
    remedy = _l("Ubah drafnya lebih dahulu, lalu terbitkan.")


class PublishedMeanwhile(Refused):
    """Somebody, perhaps the same person in another tab, published or reverted in this place since it was read."""

    code = "published-meanwhile"
    message = _l("Isi ini baru saja diterbitkan atau dipulihkan dari tempat lain.")
    remedy = _l("Periksa perubahannya sekali lagi, lalu ulangi.")


class NothingToRestore(Refused):
    """What is published says the same as that earlier publication."""

    code = "nothing-to-restore"
    message = _l("Isi terbitan %(number)d sama dengan yang tampil sekarang, jadi tidak ada yang dipulihkan.")


def fingerprint(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a body; equal bodies have equal fingerprints."""
    plain = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def new_item(kind: str, place: str, body: Body, by_id: int | None) -> Item:
    """A new item with its first draft; nothing is published yet."""
    item = Item(kind=kind, place=place, published=None)
    item.draft = Draft(body=body, saved_by_id=by_id)
    db.session.add(item)
    db.session.flush()
    return item


def save_draft(item: Item, body: Body, edition: int | None, by_id: int | None) -> Draft:
    """Keeps the body as the item's draft. `edition` is the one the author began from.

    Raises Stale (with both bodies) when another saving came in between, unless both say the same. With edition
    None the newest draft is replaced whatever it says. A body equal to the draft's changes nothing.
    """
    draft = claim(queries.draft(item.id))
    if draft.body == body:
        return draft
    if edition is not None and edition != draft.edition:
        raise Stale(mine=body, theirs=draft.body)
    draft.body, draft.edition = body, draft.edition + 1
    draft.saved_at, draft.saved_by_id = clock.now(), by_id
    db.session.flush()
    return draft


def discard(item: Item, by_id: int | None = None) -> Draft:
    """Sets the draft back to what is published; an item that never was published keeps its draft."""
    draft = claim(queries.draft(item.id))
    published = queries.published(item.id)
    if published is not None and draft.body != published.body:
        draft.body, draft.edition, draft.base_version_id = published.body, draft.edition + 1, published.id
        draft.saved_at, draft.saved_by_id = clock.now(), by_id
        db.session.flush()
    return draft


def publish(
    place: str,
    items: Iterable[Item],
    note: str,
    by_id: int | None,
    *,
    bodies: Mapping[int, Body] | None = None,
) -> Publication:
    """Publishes the drafts of these items of one place as new versions, in one publication.

    `bodies` (by item id) is what the author saw, where a draft may have been saved since; that draft is kept.
    Items whose body is published already are left out. Raises NothingToPublish when none is left, and
    PublishedMeanwhile when another publication of the place was first.
    """
    loaded = queries.items([item.id for item in items])
    seen = {item.id: (bodies or {}).get(item.id, item.draft.body) for item in loaded}
    changed = [i for i in loaded if i.published is None or i.published.hash != fingerprint(seen[i.id])]
    if not changed:
        raise NothingToPublish()
    publication = _new_publication(place, note, by_id)
    numbers = _last_numbers([item.id for item in changed])
    for item in changed:
        body = seen[item.id]
        version = Version(
            item_id=item.id,
            number=numbers.get(item.id, 0) + 1,
            body=body,
            hash=fingerprint(body),
            made_by_id=by_id,
        )
        db.session.add(version)
        db.session.flush()
        _point(publication, item, version)
        item.draft.base_version_id = version.id
    db.session.flush()
    return publication


def restore(publication: Publication, item_ids: Iterable[int], note: str, by_id: int | None) -> Publication:
    """A new publication in which these items say again what they said once that publication was out.

    Publications and versions stay as they are; the items point at the versions of then. Items that say the same
    now, or were not published then, are left out. A draft without changes of its own follows; one that was
    worked on stays. Raises NothingToRestore when no item is left, PublishedMeanwhile.
    """
    wanted = set(item_ids)
    then = queries.versions_then(publication.place, publication.number)
    versions = queries.versions(id for item_id, id in then.items() if id and item_id in wanted)
    loaded = {item.id: item for item in queries.items(wanted & set(then))}
    changed = [
        (item, version)
        for item_id, item in loaded.items()
        if (version := versions.get(then[item_id] or 0)) is not None
        and (item.published is None or item.published.hash != version.hash)
    ]
    if not changed:
        raise NothingToRestore(number=publication.number)
    made = _new_publication(publication.place, note, by_id, reverts_id=publication.id)
    for item, version in changed:
        claim(item.draft)
        if item.published is not None and item.draft.body == item.published.body:
            item.draft.body, item.draft.edition = version.body, item.draft.edition + 1
            item.draft.saved_at, item.draft.saved_by_id = clock.now(), by_id
        item.draft.base_version_id = version.id
        _point(made, item, version)
    db.session.flush()
    return made


def _point(publication: Publication, item: Item, version: Version | None) -> None:
    db.session.add(
        PublicationEntry(
            publication_id=publication.id,
            item_id=item.id,
            old_id=item.published_id,
            new_id=version.id if version else None,
        )
    )
    item.published = version


def _new_publication(place: str, note: str, by_id: int | None, **more) -> Publication:
    last = db.session.scalar(select(func.max(Publication.number)).where(Publication.place == place))
    made = Publication(place=place, number=(last or 0) + 1, note=note, by_id=by_id, **more)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as clash:
        raise PublishedMeanwhile() from clash
    return made


def _last_numbers(item_ids: list[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Version.item_id, func.max(Version.number))
        .where(Version.item_id.in_(item_ids))
        .group_by(Version.item_id)
    )
    return {row[0]: row[1] for row in rows}
