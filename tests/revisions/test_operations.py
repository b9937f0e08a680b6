"""Drafts, versions and publications, apart from any area."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from ekopi.core.errors import Stale
from ekopi.revisions import operations, queries
from ekopi.revisions.models import Publication, Version
from ekopi.revisions.operations import NothingToPublish, NothingToRestore

PLACE = "test:1"


def item(text="satu", place=PLACE):
    return operations.new_item("note", place, {"text": text}, None)


def text_of(made):
    version = queries.published(made.id)
    return version.body["text"] if version else None


def test_a_new_item_is_a_draft_only(db):
    made = item()
    assert queries.draft(made.id).body == {"text": "satu"}
    assert queries.published(made.id) is None


def test_saving_counts_editions(db):
    made = item()
    assert operations.save_draft(made, {"text": "dua"}, 1, None).edition == 2
    assert operations.save_draft(made, {"text": "tiga"}, 2, None).body == {"text": "tiga"}


def test_a_stale_save_keeps_both_versions(db):
    made = item()
    operations.save_draft(made, {"text": "mereka"}, 1, None)
    with pytest.raises(Stale) as caught:
        operations.save_draft(made, {"text": "saya"}, 1, None)
    assert (caught.value.mine, caught.value.theirs) == ({"text": "saya"}, {"text": "mereka"})
    assert queries.draft(made.id).body == {"text": "mereka"}


def test_a_stale_save_of_the_same_text_is_no_conflict(db):
    made = item()
    operations.save_draft(made, {"text": "sama"}, 1, None)
    assert operations.save_draft(made, {"text": "sama"}, 1, None).edition == 2


def test_publishing_moves_the_pointer_and_writes_the_log(db):
    one, two = item("a"), item("b")
    made = operations.publish(PLACE, [one, two], "awal", None)
    assert (made.number, made.note) == (1, "awal")
    assert {(e.old_id, text_of(one)) for e in queries.entries(made.id)} == {(None, "a")}
    operations.save_draft(one, {"text": "a2"}, None, None)
    second = operations.publish(PLACE, [one, two], "lagi", None)
    assert second.number == 2
    assert [entry.item_id for entry in queries.entries(second.id)] == [one.id]
    assert (text_of(one), text_of(two)) == ("a2", "b")
    assert queries.draft(one.id).base_version_id == queries.published(one.id).id


def test_publishing_what_is_published_is_refused(db):
    made = item()
    operations.publish(PLACE, [made], "awal", None)
    with pytest.raises(NothingToPublish):
        operations.publish(PLACE, [made], "lagi", None)
    assert len(queries.publications(PLACE)) == 1


def test_publishing_what_was_seen_keeps_a_newer_draft(db):
    made = item("dilihat")
    operations.save_draft(made, {"text": "lebih baru"}, None, None)
    operations.publish(PLACE, [made], "awal", None, bodies={made.id: {"text": "dilihat"}})
    assert text_of(made) == "dilihat"
    assert queries.draft(made.id).body == {"text": "lebih baru"}


def publish(made, text):
    operations.save_draft(made, {"text": text}, None, None)
    return operations.publish(PLACE, [made], text, None)


def test_going_back_shows_what_was_there_then(db):
    made = item("satu")
    first = operations.publish(PLACE, [made], "awal", None)
    second = publish(made, "dua")
    publish(made, "tiga")
    back = operations.restore(first, [made.id], "ke awal", None)
    assert (text_of(made), back.number, back.reverts_id, back.note) == ("satu", 4, first.id, "ke awal")
    assert queries.draft(made.id).body == {"text": "satu"}
    again = operations.restore(second, [made.id], "ke dua", None)
    assert (text_of(made), again.number) == ("dua", 5)
    assert len(list(db.session.scalars(select(Version).where(Version.item_id == made.id)))) == 3
    assert [row.note for row in queries.publications(PLACE)] == ["ke dua", "ke awal", "tiga", "dua", "awal"]


def test_going_back_leaves_a_draft_that_was_worked_on(db):
    made = item("lama")
    first = operations.publish(PLACE, [made], "awal", None)
    publish(made, "baru")
    operations.save_draft(made, {"text": "sedang ditulis"}, None, None)
    operations.restore(first, [made.id], "keliru", None)
    assert text_of(made) == "lama"
    assert queries.draft(made.id).body == {"text": "sedang ditulis"}
    assert queries.draft(made.id).base_version_id == queries.published(made.id).id


def test_going_back_leaves_what_is_not_named_or_was_not_there(db):
    one, two = item("a"), item("b")
    first = operations.publish(PLACE, [one], "awal", None)
    operations.save_draft(one, {"text": "a2"}, None, None)
    operations.publish(PLACE, [one, two], "lagi", None)
    with pytest.raises(NothingToRestore):
        operations.restore(first, [two.id], "", None)
    back = operations.restore(first, [one.id, two.id], "", None)
    assert [entry.item_id for entry in queries.entries(back.id)] == [one.id]
    assert (text_of(one), text_of(two)) == ("a", "b")


def test_going_back_to_the_same_words_is_refused(db):
    """Also when they stand in another version: what counts is what one reads."""
    made = item("a")
    first = operations.publish(PLACE, [made], "1", None)
    publish(made, "b")
    third = publish(made, "a")
    for there in (first, third):
        with pytest.raises(NothingToRestore):
            operations.restore(there, [made.id], "", None)
    assert len(queries.publications(PLACE)) == 3


def test_versions_of_then(db):
    one, two = item("a"), item("b")
    operations.publish(PLACE, [one], "1", None)
    first = queries.published(one.id).id
    operations.save_draft(one, {"text": "a2"}, None, None)
    operations.publish(PLACE, [one, two], "2", None)
    second = queries.published(one.id).id
    publish(one, "a3")
    other = item("lain", place="test:2")
    operations.publish("test:2", [other], "lain", None)
    assert queries.versions_then(PLACE, 0) == {one.id: None, two.id: None}
    assert queries.versions_then(PLACE, 1) == {one.id: first, two.id: None}
    assert queries.versions_then(PLACE, 2) == {one.id: second}
    assert queries.versions_then(PLACE, 3) == {}


def test_discard_goes_back_to_what_is_published(db):
    made = item("terbit")
    operations.publish(PLACE, [made], "awal", None)
    operations.save_draft(made, {"text": "buang"}, None, None)
    assert operations.discard(made).body == {"text": "terbit"}
    fresh = item("belum terbit")
    assert operations.discard(fresh).body == {"text": "belum terbit"}


def test_two_publications_never_share_a_number(db):
    db.session.add(Publication(place=PLACE, number=1, note=""))
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Publication(place=PLACE, number=1, note="bersamaan"))
        db.session.flush()


@pytest.mark.parametrize("act", [update(Version).values(number=9), delete(Version)])
def test_versions_never_change(db, act):
    made = item()
    operations.publish(PLACE, [made], "awal", None)
    with pytest.raises(DBAPIError, match="never changed"), db.session.begin_nested():
        db.session.execute(act)


def test_equal_bodies_have_equal_fingerprints():
    assert operations.fingerprint({"a": 1, "b": [2]}) == operations.fingerprint({"b": [2], "a": 1})
    assert operations.fingerprint({"a": 1}) != operations.fingerprint({"a": 2})
