"""A new course, its title and rules, deleting it and bringing it back."""

from __future__ import annotations

import secrets

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from ekopi.core import audit
from ekopi.core.db import claim
from ekopi.core.errors import Invalid, Refused, Stale
from ekopi.core.text import slug as slug_of
from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.bodies import Body
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.queries import drafts
from ekopi.extensions import db
from ekopi.revisions import operations as revisions
from ekopi.revisions import queries as items
from ekopi.revisions.models import Draft, Item

SETTINGS = ("title", "summary", "outcomes", "jp", "language", "enrolment", "seats")


class SlugTaken(Invalid):
    code = "slug-taken"
    message = _l("Alamat “%(slug)s” sudah dipakai kursus lain. Pilih alamat lain.")

    def __init__(self, slug: str):
        super().__init__("slug", slug=slug)


class SlugBad(Invalid):
    code = "slug-bad"
    message = _l(
        "Alamat hanya boleh berisi huruf kecil, angka, dan tanda hubung, misalnya “menulis-inovasi”."
    )

    def __init__(self):
        super().__init__("slug")


class SlugReserved(Invalid):
    code = "slug-reserved"
    message = _l("Alamat “%(slug)s” dipakai oleh halaman EKOPI sendiri. Pilih alamat lain.")

    def __init__(self, slug: str):
        super().__init__("slug", slug=slug)


class CourseDeleted(Refused):
    code = "course-deleted"
    message = _l("Kursus “%(slug)s” sudah dihapus.")
    remedy = _l("Kembalikan kursusnya lebih dahulu, atau pakai alamat lain.")


class NotDeleted(Refused):
    """It was brought back already, or it was deleted longer than 30 days ago."""

    code = "course-not-deleted"
    message = _l("Kursus ini sudah dikembalikan, atau dihapus lebih dari 30 hari yang lalu.")
    remedy = _l("Muat ulang Studio Penulis untuk melihat keadaan terbaru.")


def create_course(
    title: str,
    *,
    by_id: int | None,
    slug: str = "",
    organisation_id: int | None = None,
    demo: bool = False,
    body: Body | None = None,
) -> Course:
    """A course that nobody but its authors sees. Without a slug it is made of the title.

    Raises SlugBad, SlugReserved, SlugTaken.
    """
    slug = slug or slug_of(title)
    if not bodies.is_key(slug):
        raise SlugBad()
    if slug in bodies.RESERVED_SLUGS:
        raise SlugReserved(slug)
    if drafts.slug_taken(slug):
        raise SlugTaken(slug)
    # The place names the course's id, which the row gets when it is written: the item is told afterwards.
    item = revisions.new_item("course", "course:new", body or bodies.new_course(title.strip()), by_id)
    course = Course(
        slug=slug,
        item_id=item.id,
        organisation_id=organisation_id,
        created_by_id=by_id,
        demo=demo,
        link_token=secrets.token_urlsafe(16),
        outcomes=[],
    )
    try:
        with db.session.begin_nested():
            db.session.add(course)
    except IntegrityError as clash:
        raise SlugTaken(slug) from clash
    item.place = course.place
    db.session.flush()
    audit.record("course.created", "course", course.id, actor_id=by_id)
    return course


def save_settings(course: Course, settings: Body, base: str, by_id: int | None) -> Draft:
    """Keeps title, summary, outcomes and rules in the draft; the outline is left as it is.

    `base` is the `settings_stamp` the author began from. Raises Stale with both versions.
    """
    draft = claim(items.draft(course.item_id))
    theirs = {name: draft.body[name] for name in SETTINGS}
    mine = {name: settings[name] for name in SETTINGS}
    if base != settings_stamp(draft.body) and mine != theirs:
        raise Stale(mine=mine, theirs=theirs)
    return revisions.save_draft(_item(course), {**draft.body, **mine}, None, by_id)


def settings_stamp(body: Body) -> str:
    """Changes when one of the settings does; the outline does not count."""
    return revisions.fingerprint({name: body[name] for name in SETTINGS})[:16]


def renew_link(course: Course, by_id: int | None) -> None:
    """A new invitation; the one given out so far leads nowhere from now on. Who joined by it stays."""
    claim(course).link_token = secrets.token_urlsafe(16)
    audit.record("course.link-renewed", "course", course.id, actor_id=by_id)
    db.session.flush()


def delete_course(course: Course, by_id: int | None) -> None:
    """Takes the course away from authors and learners; certificates and JP stay. Undoable for 30 days."""
    claim(course).delete()
    audit.record("course.deleted", "course", course.id, actor_id=by_id)
    db.session.flush()


def undelete_course(course: Course, by_id: int | None) -> None:
    """Brings a deleted course back as it was. Raises NotDeleted."""
    if not claim(course).undoable:
        raise NotDeleted()
    course.undelete()
    audit.record("course.restored", "course", course.id, actor_id=by_id)
    db.session.flush()


def _item(course: Course) -> Item:
    return db.session.get_one(Item, course.item_id)
