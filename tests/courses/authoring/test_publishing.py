"""Publishing is one transaction that checks the whole course; learners see all of it or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from ekopi.core.models import AuditEntry
from ekopi.courses.authoring import queries
from ekopi.courses.authoring.models import Lesson, Module, Question, QuestionText
from ekopi.courses.authoring.operations import outline, publish_course, revert_to
from ekopi.courses.authoring.operations.lessons import (
    QuestionUsed,
    add_question,
    remove_question,
    save_lesson,
    save_question,
)
from ekopi.courses.authoring.operations.publishing import (
    CannotPublish,
    NotAlone,
    NoteMissing,
    SeenChanged,
    checked,
    stamp,
)
from ekopi.courses.authoring.queries import drafts
from ekopi.revisions import queries as revisions
from ekopi.revisions.models import Version
from ekopi.revisions.operations import NothingToPublish, NothingToRestore, PublishedMeanwhile
from tests.courses.authoring import make


def html_of(course, key):
    from ekopi.extensions import db

    query = select(Lesson).where(Lesson.course_id == course.id, Lesson.key == key)
    return db.session.scalars(query.options(undefer(Lesson.html))).one().html


def outline_keys(course):
    return [row.key for row in queries.outline(course.id)]


def test_publishing_writes_what_pages_read(db):
    course = make.course(
        title="Menata Arsip", jp="2.5", lessons={
            "membaca": make.lesson(text="Teks **tebal**", minutes=8),
            "tugas": make.lesson("field_task", "Langkah Nyata", task={"min_words": 30}),
            "kuis": make.lesson("quiz", "Kuis", "", questions=["q1"], pass_mark=80),
        },
    )  # fmt: skip
    assert (course.live, course.title, course.jp) == (True, "Menata Arsip", Decimal("2.5"))
    assert (course.lesson_count, course.minutes, course.publication_number) == (3, 28, 1)
    assert "menata arsip" in course.search_text and "langkah nyata" in course.search_text
    assert outline_keys(course) == ["membaca", "tugas", "kuis"]
    assert "<strong>tebal</strong>" in html_of(course, "membaca")
    rows = {row.key: row for row in db.session.scalars(select(Lesson))}
    assert rows["tugas"].settings == {"min_words": 30}
    assert rows["kuis"].settings["pass_mark"] == 80
    assert all(row.version_id for row in rows.values())


def test_a_question_becomes_rows(db):
    facts = {"type": "number", "points": "2", "stem": "Berapa?", "explanation": "", "answer": "12.5",
             "tolerance": "0.5", "unit": "JP"}  # fmt: skip
    course = make.course(questions={"q1": make.single(points="1.5"), "q2": facts})
    versions = queries.published_versions(course.id, ["q1", "q2", "tidak-ada"])
    faces = queries.quiz_questions(versions.values())
    one = faces[versions["q1"]]
    assert (one.type, one.points) == ("single", Decimal("1.50"))
    assert [(o.key, o.right, o.html) for o in one.options] == [
        ("a", False, "Satu"), ("b", True, "Dua"), ("c", False, "Tiga")
    ]  # fmt: skip
    assert one.options[0].feedback_html == "Tanggapan 0"
    assert faces[versions["q2"]].key_facts == {"answer": "12.5", "tolerance": "0.5", "unit": "JP"}


def test_learners_never_see_a_draft(db):
    course = make.course()
    make.edit_lesson(course, "membaca", text="Rahasia", title="Judul rahasia")
    module = drafts.state(course).draft["modules"][0]["key"]
    outline.add_lesson(course, module, "text", "Belum terbit", None)
    assert "Rahasia" not in html_of(course, "membaca")
    assert [row.title for row in queries.outline(course.id)] == ["Membaca Masalah", "Kuis"]
    hidden = drafts.lesson_by_key(course, "belum-terbit")
    assert queries.lesson_page(course, hidden.id) is None
    assert queries.course(make.empty_course().slug) is None


def test_a_second_publication_changes_only_what_changed(db):
    course = make.course()
    before = db.session.scalar(select(func.count()).select_from(Version))
    make.edit_lesson(course, "membaca", text="Teks kedua")
    made = publish_course(course, "perbaikan", None)
    assert made.number == course.publication_number == 2
    assert db.session.scalar(select(func.count()).select_from(Version)) == before + 1
    assert "Teks kedua" in html_of(course, "membaca")
    with pytest.raises(NothingToPublish):
        publish_course(course, "lagi", None)


def test_one_item_can_be_published_alone(db):
    course = make.course(lessons={"a": make.lesson(), "b": make.lesson()})
    make.edit_lesson(course, "a", text="A baru")
    make.edit_lesson(course, "b", text="B baru")
    publish_course(course, "hanya A", None, only=[drafts.lesson_by_key(course, "a").item_id])
    assert "A baru" in html_of(course, "a")
    assert "B baru" not in html_of(course, "b")


def test_a_new_item_is_not_published_alone(db):
    course = make.course()
    outline.add_lesson(course, "satu", "text", "Bacaan Baru", None)
    make.edit_lesson(course, "bacaan-baru", text="Isi.")
    new = drafts.lesson_by_key(course, "bacaan-baru").item_id
    with pytest.raises(NotAlone, match="“Bacaan Baru” belum ada di susunan yang terbit"):
        publish_course(course, "yang baru saja", None, only=[new])
    make.edit_lesson(course, "membaca", text="Diubah")
    with pytest.raises(NotAlone):
        publish_course(course, "keduanya", None, only=[new, drafts.lesson_by_key(course, "membaca").item_id])
    assert course.publication_number == 1
    publish_course(course, "semuanya", None)
    assert "Isi." in html_of(course, "bacaan-baru")


def test_a_quiz_is_not_published_without_its_question(db):
    course = make.course()
    add_question(course, "## q3\ntype: true_false\nanswer: true\n\nBenarkah?\n", None)
    quiz = drafts.lesson_by_key(course, "kuis")
    settings = {**drafts.item(quiz.item_id).draft.body["quiz"], "questions": ["q1", "q3"]}
    make.edit_lesson(course, "kuis", quiz=settings)
    with pytest.raises(CannotPublish, match="Kuis: Soal “Benarkah\\?” tidak ada di bank soal"):
        publish_course(course, "kuis saja", None, only=[quiz.item_id])
    assert course.publication_number == 1
    publish_course(course, "semuanya", None)
    assert set(queries.published_versions(course.id, ["q1", "q2", "q3"])) == {"q1", "q2", "q3"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"jp": "0"}, "JP harus lebih dari 0"),
        ({"modules": []}, "paling sedikit satu modul"),
        ({"summary": ""}, "ringkasan"),
        ({"seats": 0}, "Jumlah tempat"),
    ],
)
def test_settings_that_cannot_be_published(db, changes, sentence):
    course = make.course(publish=False)
    from ekopi.revisions import operations

    operations.save_draft(drafts.state(course).item, {**drafts.state(course).draft, **changes}, None, None)
    with pytest.raises(CannotPublish, match=sentence):
        publish_course(course, "coba", None)
    assert not course.live


def test_prerequisites_may_not_go_round(db):
    course = make.course(
        publish=False,
        lessons={"a": make.lesson(), "b": make.lesson()},
        modules={"m1": ("Satu", ["m2"], ["a"]), "m2": ("Dua", ["m1"], ["b"])},
        questions={},
    )
    found = [fault.sentence for fault in checked(drafts.state(course))]
    assert len(found) == 2 and all("berputar" in sentence for sentence in found)
    with pytest.raises(CannotPublish):
        publish_course(course, "coba", None)


def test_a_note_is_asked_for(db):
    with pytest.raises(NoteMissing):
        publish_course(make.course(publish=False), "  ", None)


def test_what_was_not_seen_is_not_published(db):
    course = make.course()
    make.edit_lesson(course, "membaca", text="dilihat")
    seen = stamp(drafts.state(course))
    make.edit_lesson(course, "membaca", text="disimpan orang lain")
    with pytest.raises(SeenChanged):
        publish_course(course, "coba", None, seen=seen)
    publish_course(course, "coba", None, seen=stamp(drafts.state(course)))


def test_taking_a_lesson_out_keeps_its_row(db):
    course = make.course(lessons={"a": make.lesson(), "b": make.lesson()})
    b = drafts.lesson_by_key(course, "b")
    outline.remove_lesson(course, "b", None)
    assert outline_keys(course) == ["a", "b"]
    publish_course(course, "tanpa b", None)
    assert outline_keys(course) == ["a"]
    assert db.session.get(Lesson, b.id).live is False
    outline.restore_lesson(course, "b", None)
    publish_course(course, "dengan b", None)
    assert outline_keys(course) == ["a", "b"]
    assert drafts.lesson_by_key(course, "b").id == b.id


def test_moving_a_lesson_to_another_module_keeps_it(db):
    course = make.course(
        lessons={"a": make.lesson(), "b": make.lesson(), "c": make.lesson()},
        modules={"m1": ("Satu", [], ["a", "b"]), "m2": ("Dua", ["m1"], ["c"])},
        questions={},
    )
    outline.move_lesson(course, "b", 1, None)
    publish_course(course, "pindah", None)
    rows = queries.outline(course.id)
    assert [(row.key, row.module_key, row.position) for row in rows] == [
        ("a", "m1", 1), ("b", "m2", 2), ("c", "m2", 3)
    ]  # fmt: skip
    assert rows[1].module_requires == ["m1"]


def test_a_module_taken_out_is_not_live(db):
    course = make.course(
        lessons={"a": make.lesson(), "b": make.lesson()},
        modules={"m1": ("Satu", [], ["a"]), "m2": ("Dua", ["m1"], ["b"])},
        questions={},
    )
    outline.remove_module(course, "m1", None)
    publish_course(course, "tanpa m1", None)
    live = {row.key: row.live for row in db.session.scalars(select(Module))}
    assert live == {"m1": False, "m2": True}
    assert queries.outline(course.id)[0].module_requires == []


def test_publishing_stands_in_the_trail(db):
    course = make.course()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "course.published")).one()
    assert (entry.subject_id, entry.facts) == (str(course.id), {"number": 1})


def test_going_back_shows_what_was_there_then(db):
    course = make.course(title="Lama", lessons={"a": make.lesson(text="lama"), "b": make.lesson()})
    first = revisions.publication(course.place, 1)
    make.edit_lesson(course, "a", text="baru")
    outline.remove_lesson(course, "b", None)
    second = publish_course(course, "perubahan", None)
    assert outline_keys(course) == ["a"]
    back = revert_to(first, course, None)
    assert (back.number, back.reverts_id, course.publication_number) == (3, first.id, 3)
    assert back.note == "Memulihkan terbitan 1"
    assert outline_keys(course) == ["a", "b"]
    assert "lama" in html_of(course, "a")
    revert_to(second, course, None)
    assert outline_keys(course) == ["a"]
    assert "baru" in html_of(course, "a")


def test_going_back_over_several_publications(db):
    """Publication 2 added a question, 3 a quiz that asks it: going back to 1 undoes both, to 2 only one."""
    course = make.course()
    first = revisions.publication(course.place, 1)
    add_question(course, "## q3\ntype: true_false\nanswer: true\n\nBenarkah?\n", None)
    second = publish_course(course, "soal", None)
    quiz = drafts.item(drafts.lesson_by_key(course, "kuis").item_id).draft.body["quiz"]
    make.edit_lesson(course, "kuis", quiz={**quiz, "questions": ["q3"]})
    publish_course(course, "kuis", None)
    lesson = drafts.lesson_by_key(course, "kuis")
    assert lesson.settings["questions"] == ["q3"]
    revert_to(second, course, None)
    assert lesson.settings["questions"] == ["q1", "q2"] and drafts.question_by_key(course, "q3").live
    revert_to(first, course, None)
    assert lesson.settings["questions"] == ["q1", "q2"]
    assert not drafts.question_by_key(course, "q3").live
    assert [p.number for p in revisions.publications(course.place)] == [5, 4, 3, 2, 1]


def test_a_lesson_from_later_keeps_its_row_and_can_come_back(db):
    course = make.course(lessons={"a": make.lesson()}, questions={})
    first = revisions.publication(course.place, 1)
    outline.add_lesson(course, "satu", "text", "Tambahan", None)
    make.edit_lesson(course, "tambahan", text="Isi tambahan.")
    second = publish_course(course, "kedua", None)
    row = drafts.lesson_by_key(course, "tambahan")
    revert_to(first, course, None)
    assert outline_keys(course) == ["a"] and not row.live
    assert drafts.item(row.item_id).draft.body["text"] == "Isi tambahan."
    revert_to(second, course, None)
    assert outline_keys(course) == ["a", "tambahan"] and row.live
    assert "Isi tambahan." in html_of(course, "tambahan")


def test_going_back_to_what_is_shown_changes_nothing(db):
    course = make.course()
    first = revisions.publication(course.place, 1)
    with pytest.raises(NothingToRestore):
        revert_to(first, course, None)
    make.edit_lesson(course, "membaca", text="dua")
    publish_course(course, "dua", None)
    with pytest.raises(PublishedMeanwhile):
        revert_to(first, course, None, seen=1)
    assert course.publication_number == 2 and "dua" in html_of(course, "membaca")


def test_going_back_stands_in_the_trail_and_changes_no_publication(db):
    course = make.course()
    first = revisions.publication(course.place, 1)
    make.edit_lesson(course, "membaca", text="dua")
    second = publish_course(course, "dua", None)
    before = {
        (p.id, e.item_id): (p.note, e.old_id, e.new_id)
        for p in (first, second)
        for e in revisions.entries(p.id)
    }
    revert_to(first, course, None, "keliru")
    after = {
        (p.id, e.item_id): (p.note, e.old_id, e.new_id)
        for p in (first, second)
        for e in revisions.entries(p.id)
    }
    assert before == after
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "course.reverted")).one()
    assert (entry.subject_id, entry.facts) == (str(course.id), {"number": 3})


def test_a_version_someone_was_asked_stays_as_it_was(db):
    course = make.course()
    old = queries.published_versions(course.id, ["q1"])["q1"]
    question = drafts.question_by_key(course, "q1")
    save_question(course, question, "## q1\ntype: true_false\nanswer: false\n\nBerbeda?\n", None, None)
    publish_course(course, "soal lain", None)
    new = queries.published_versions(course.id, ["q1"])["q1"]
    faces = queries.quiz_questions([old, new])
    assert (faces[old].type, faces[new].type) == ("single", "true_false")
    assert db.session.get(Question, question.id).type == "true_false"


def test_a_question_in_use_is_not_removed(db):
    course = make.course()
    with pytest.raises(QuestionUsed):
        remove_question(course, "q1", None)
    quiz = drafts.item(drafts.lesson_by_key(course, "kuis").item_id).draft.body["quiz"]
    make.edit_lesson(course, "kuis", quiz={**quiz, "questions": ["q2"]})
    remove_question(course, "q1", None)
    publish_course(course, "tanpa q1", None)
    assert queries.published_versions(course.id, ["q1", "q2"]).keys() == {"q2"}
    assert db.session.scalar(select(func.count()).select_from(QuestionText)) == 2


def test_a_hostile_text_is_refused_with_its_lesson(db):
    course = make.course()
    lesson = drafts.lesson_by_key(course, "membaca")
    save_lesson(lesson, {"text": "[" * 49_000}, None, None)
    try:
        publish_course(course, "jahat", None)
    except CannotPublish as refused:
        assert [fault.key for fault in refused.faults] == ["membaca"]
        assert course.publication_number == 1
    else:
        assert html_of(course, "membaca").count("[") == 49_000


@pytest.mark.parametrize("modules", [1, 10])
def test_reading_costs_the_same_for_any_length(db, modules):
    from tests.courses.authoring.counting import statements

    lessons = {f"l{m}-{n}": make.lesson() for m in range(modules) for n in range(10)}
    course = make.course(
        lessons=lessons,
        modules={f"m{m}": (f"Modul {m}", [], [f"l{m}-{n}" for n in range(10)]) for m in range(modules)},
        questions={},
    )
    slug = course.slug
    db.session.flush()
    db.session.expire_all()
    with statements() as seen:
        found = queries.course(slug)
        rows = queries.outline(found.id)
        lesson = queries.lesson_page(found, rows[0].lesson_id)
        assert lesson.html and len(rows) == modules * 10
    assert len(seen) == 3
