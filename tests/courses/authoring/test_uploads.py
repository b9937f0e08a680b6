"""Uploads that no course names any more: the night frees their owner's quota."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from ekopi.core import clock, files, registry
from ekopi.core.cleaning import clean
from ekopi.core.models import Upload
from ekopi.courses.authoring.operations import discard_changes, publish_course, revert_to
from ekopi.courses.authoring.operations.lessons import add_file, remove_file
from ekopi.courses.authoring.queries import drafts
from ekopi.revisions import queries as revisions
from tests.courses.authoring import make


@pytest.fixture
def course(author):
    return make.course(by_id=author.id)


@pytest.fixture
def later():
    """Moves the clock on by days."""
    yield lambda days: clock.shift(timedelta(days=days))
    clock.shift(None)


def give(course, author, name="peta.txt", text="satu"):
    add_file(course, io.BytesIO(text.encode()), name, author.id)
    return upload_of(course, name)


def upload_of(course, name) -> Upload:
    (token,) = [f["token"] for f in drafts.state(course).draft["files"] if f["name"] == f"files/{name}"]
    from ekopi.extensions import db

    return db.session.scalars(select(Upload).where(Upload.token == token)).one()


def night(db) -> None:
    registry.all_of("nightly")["courses.uploads"]()
    db.session.flush()
    db.session.expire_all()


def test_what_a_draft_dropped_counts_no_more(db, course, author, later):
    removed, replaced = give(course, author, "a.txt"), give(course, author, "b.txt")
    kept = give(course, author, "b.txt", "lain")
    remove_file(course, "files/a.txt", author.id)
    night(db)
    assert removed.deleted_at is replaced.deleted_at is None, "an upload of today may be about to be named"
    later(2)
    night(db)
    assert removed.deleted_at and replaced.deleted_at and kept.deleted_at is None
    assert files.used_by(author.id) == kept.size
    path = files.path_of(removed)
    later(33)
    clean()
    assert path.exists()
    clean()
    assert not path.exists() and files.path_of(kept).exists()


def test_what_was_published_stays(db, course, author, later):
    upload = give(course, author)
    publish_course(course, "dengan peta", author.id)
    remove_file(course, "files/peta.txt", author.id)
    publication = publish_course(course, "tanpa peta", author.id)
    later(2)
    night(db)
    assert upload.deleted_at is None, "the version before still names it"
    revert_to(revisions.publication(course.place, publication.number - 1), course, author.id)
    night(db)
    assert upload.deleted_at is None


def test_what_only_a_row_names_stays(db, course, author, later):
    from ekopi.courses.authoring.models import CourseFile

    upload = files.keep(b"lama", name="lama.txt", kind="document", owner_id=author.id)
    loose = files.keep(b"lepas", name="lepas.txt", kind="document", owner_id=author.id)
    db.session.add(CourseFile(course_id=course.id, name="files/lama.txt", upload_id=upload.id))
    db.session.flush()
    later(2)
    night(db)
    assert upload.deleted_at is None and loose.deleted_at is not None


def test_a_discarded_draft_drops_its_files(db, course, author, later):
    upload = give(course, author)
    item = drafts.state(course).item
    discard_changes(course, item.id, item.draft.edition, author.id)
    later(2)
    night(db)
    assert upload.deleted_at is not None
