"""Folders and archives come in as drafts, again as updates, and go out byte for byte."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from ekopi.core.archives import read_tree
from ekopi.core.models import Upload
from ekopi.courses.authoring import course_files, queries
from ekopi.courses.authoring.models import Course, Lesson, Question
from ekopi.courses.authoring.operations import exporting, import_course
from ekopi.courses.authoring.queries import drafts
from ekopi.revisions.models import Version
from tests.courses.authoring.counting import at_first_write
from tests.courses.authoring.test_course_files import GOOD, MANIFEST, QUESTION, put

FILE_LESSON = """
[[modules.lessons]]
key = "lembar-kerja"
kind = "file"
title = "Lembar Kerja"
minutes = 5
file = "files/lembar.txt"
required = false
"""


def png(colour="red", size=(40, 30)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


def with_files(**changed) -> dict[str, str | bytes]:
    return {
        **GOOD,
        "course.toml": MANIFEST + FILE_LESSON,
        "lessons/membaca.md": "![Peta](files/peta.png)\n",
        "files/peta.png": png(),
        "files/lembar.txt": "Tulis masalahnya.\n",
        **changed,
    }


def run(app, *words):
    return app.test_cli_runner().invoke(args=["course", *map(str, words)])


def bring(folder: Path, **more):
    with read_tree(folder) as tree:
        return import_course(course_files.read(tree), by_id=None, **more)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def files_on_disk(app) -> set[str]:
    folder = app.extensions["settings"].files_dir
    return {p.name for p in folder.rglob("*") if p.is_file()}


def counts(db) -> dict[str, int]:
    return {
        kind.__tablename__: db.session.scalar(select(func.count()).select_from(kind))
        for kind in (Course, Lesson, Question, Version, Upload)
    }


def test_an_import_is_a_draft(db, tmp_path):
    done = bring(put(tmp_path, GOOD))
    assert done.created and done.publication is None
    assert not done.course.live and queries.outline(done.course.id) == []
    assert {(c.kind, c.key, c.what) for c in done.changes} == {
        ("course", "kursus-coba", "new"), ("lesson", "membaca", "new"),
        ("lesson", "kuis", "new"), ("question", "q1", "new"),
    }  # fmt: skip


def test_with_publish_learners_see_it(db, tmp_path):
    done = bring(put(tmp_path, with_files()), publish=True)
    rows = queries.outline(done.course.id)
    assert [(row.key, row.required) for row in rows] == [
        ("membaca", True),
        ("kuis", True),
        ("lembar-kerja", False),
    ]
    page = queries.lesson_page(done.course, rows[0].lesson_id)
    assert 'src="/kursus/kursus-coba/berkas/peta.png"' in page.html
    upload = queries.course_file(done.course, "peta.png")
    assert upload.media_type == "image/png"
    settings = queries.lesson_page(done.course, rows[2].lesson_id).settings
    assert settings == {"name": "lembar.txt", "token": queries.course_file(done.course, "lembar.txt").token,
                        "size": 18, "media_type": "text/plain"}  # fmt: skip


def test_the_same_again_changes_nothing(db, app, tmp_path):
    folder = put(tmp_path, with_files())
    bring(folder, publish=True)
    before, on_disk = counts(db), files_on_disk(app)
    editions = [
        item.draft.edition for _row, item in drafts.state(db.session.scalar(select(Course))).lessons.values()
    ]
    done = bring(folder, publish=True)
    assert done.changes == [] and done.publication is None
    assert counts(db) == before and files_on_disk(app) == on_disk
    after = [item.draft.edition for _row, item in drafts.state(done.course).lessons.values()]
    assert after == editions


def test_an_update_keeps_identities(db, tmp_path):
    first = bring(put(tmp_path / "a", with_files()), publish=True)
    ids = {row.key: row.lesson_id for row in queries.outline(first.course.id)}
    changed = with_files(**{
        "course.toml": MANIFEST.replace("Kursus Coba", "Judul Baru"),
        "lessons/membaca.md": "Teks baru.\n",
        "questions/a.md": QUESTION + "\n## q2\ntype: true_false\nanswer: true\n\nBenar?\n",
    })  # fmt: skip
    for name in ("files/peta.png", "files/lembar.txt"):
        changed.pop(name)
    second = bring(put(tmp_path / "b", changed), publish=True)
    assert second.course is first.course and not second.created
    assert {(c.kind, c.key, c.what) for c in second.changes} == {
        ("course", "kursus-coba", "changed"), ("lesson", "membaca", "changed"),
        ("lesson", "lembar-kerja", "removed"), ("question", "q2", "new"),
        ("file", "files/peta.png", "removed"), ("file", "files/lembar.txt", "removed"),
    }  # fmt: skip
    assert {row.key: row.lesson_id for row in queries.outline(first.course.id)} == {
        key: ids[key] for key in ("membaca", "kuis")
    }
    assert first.course.title == "Judul Baru" and second.publication.number == 2
    assert queries.course_file(first.course, "peta.png") is None


def test_identical_content_is_stored_once(db, app, tmp_path):
    bring(put(tmp_path / "a", with_files(**{"files/salinan.png": png()})))
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 2
    bring(put(tmp_path / "b", with_files(**{"files/peta.png": png("blue")})))
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 3


def test_a_kind_that_learners_saw_does_not_change(db, app, tmp_path):
    bring(put(tmp_path / "a", GOOD), publish=True)
    db.session.commit()
    task = MANIFEST.replace('kind = "text"', 'kind = "field_task"')
    result = run(app, "import", put(tmp_path / "b", {**GOOD, "course.toml": task}))
    assert result.exit_code == 2
    assert "Materi “membaca” sudah terbit dengan jenis lain" in result.stderr


def test_files_are_stored_before_the_first_row_is_written(db, app, tmp_path):
    """SQLite has one write lock: nobody waits for it while pictures are decoded and bytes put on the disk."""
    bring(put(tmp_path / "a", GOOD))
    db.session.commit()
    on_disk = files_on_disk(app)
    for folder, parts in (("b", with_files()), ("c", with_files(**{"files/peta.png": png("blue")}))):
        with at_first_write(lambda: files_on_disk(app)) as seen:
            bring(put(tmp_path / folder, parts), publish=True)
        (stored,) = seen
        assert stored == files_on_disk(app) > on_disk
        on_disk = stored
        db.session.commit()


def test_a_refused_import_leaves_no_file(db, app, tmp_path):
    bring(put(tmp_path / "a", GOOD), publish=True)
    on_disk = files_on_disk(app)
    parts = with_files()
    parts["course.toml"] = parts["course.toml"].replace('kind = "text"', 'kind = "field_task"')
    with pytest.raises(course_files.CourseRefused):
        bring(put(tmp_path / "b", parts))
    assert files_on_disk(app) == on_disk


def test_a_refused_file_stops_everything(db, app, tmp_path):
    before, on_disk = counts(db), files_on_disk(app)
    parts = with_files(**{"files/a.exe": b"MZ", "files/palsu.png": b"bukan gambar"})
    result = run(app, "import", put(tmp_path, parts))
    assert result.exit_code == 2
    assert "files/a.exe: Jenis berkas “a.exe” tidak diterima" in result.stderr
    assert "files/palsu.png: Isi berkas “palsu.png” rusak" in result.stderr
    assert counts(db) == before and files_on_disk(app) == on_disk


def test_a_picture_of_too_many_pixels(db, app, tmp_path):
    on_disk = files_on_disk(app)
    result = run(app, "import", put(tmp_path, with_files(**{"files/peta.png": png(size=(5000, 5000))})))
    assert result.exit_code == 2 and "paling banyak 12 megapiksel" in result.stderr
    assert files_on_disk(app) == on_disk


def test_a_dry_run_tells_and_changes_nothing(db, app, tmp_path):
    before, on_disk = counts(db), files_on_disk(app)
    result = run(app, "import", put(tmp_path, with_files()), "--dry-run", "--publish")
    assert result.exit_code == 0, result.output
    assert "akan berubah" in result.output and "materi membaca: baru" in result.output
    assert "akan menjadi terbitan nomor 1" in result.output
    db.session.rollback()
    assert counts(db) == before and files_on_disk(app) == on_disk


@pytest.mark.parametrize("as_zip", [False, True])
def test_an_export_of_an_import_of_an_export(db, app, tmp_path, as_zip):
    bring(put(tmp_path / "x", with_files()), publish=True)
    one = tmp_path / ("one.zip" if as_zip else "one")
    two = tmp_path / ("two.zip" if as_zip else "two")
    db.session.commit()
    assert run(app, "export", "kursus-coba", one).exit_code == 0
    again = run(app, "import", one, "--publish")
    assert again.exit_code == 0 and "tidak ada yang berubah" in again.output, again.output
    course = drafts.any_course("kursus-coba")
    course.slug, course.deleted_at = "yang-lama", course.created_at
    db.session.commit()
    fresh = run(app, "import", one, "--publish")
    assert fresh.exit_code == 0 and "nomor 1" in fresh.output
    assert run(app, "export", "kursus-coba", two, "--published").exit_code == 0
    if as_zip:
        assert one.read_bytes() == two.read_bytes()
        assert zipfile.ZipFile(one).namelist()[0] == "kursus-coba/course.toml"
    else:
        assert tree(one) == tree(two)
        assert set(tree(one)) == set(with_files())


def test_an_export_spares_a_folder_that_is_in_use(db, app, tmp_path):
    bring(put(tmp_path / "x", GOOD))
    db.session.commit()
    result = run(app, "export", "kursus-coba", tmp_path)
    assert result.exit_code == 2 and "sudah berisi berkas" in result.stderr
    assert run(app, "export", "tidak-ada", tmp_path / "y").exit_code == 2
    result = run(app, "export", "kursus-coba", tmp_path / "y", "--published")
    assert result.exit_code == 2 and "belum pernah terbit" in result.stderr


def test_a_deleted_course_is_not_written_over(db, app, tmp_path):
    course = bring(put(tmp_path, GOOD)).course
    course.delete()
    db.session.commit()
    result = run(app, "import", tmp_path)
    assert result.exit_code == 2 and "sudah dihapus" in result.stderr


def test_who_and_whose(db, app, tmp_path):
    from tests.accounts import make as people

    author, place = people.person(), people.organisation()
    db.session.commit()
    folder = put(tmp_path, GOOD)
    assert run(app, "import", folder, "--by", "tidak@ada.go.id").exit_code == 2
    assert run(app, "import", folder, "--organisation", "999999").exit_code == 2
    assert run(app, "import", folder, "--by", author.email, "--organisation", place.id).exit_code == 0
    course = drafts.any_course("kursus-coba")
    assert (course.created_by_id, course.organisation_id) == (author.id, place.id)


def test_a_slow_text_is_named(db, app, tmp_path):
    parts = {**GOOD, "lessons/membaca.md": "[" * 40_000 + "\n"}
    result = run(app, "import", put(tmp_path, parts), "--publish")
    if result.exit_code:
        assert result.exit_code == 2 and result.stderr.startswith("lessons/membaca.md: ")
        assert db.session.scalar(select(func.count()).select_from(Course)) == 0


def test_the_zip_of_a_course_is_deterministic(db, tmp_path):
    course = bring(put(tmp_path, with_files())).course
    assert exporting.zip_archive(course) == exporting.zip_archive(course)
