"""`ekopi course`: bringing courses in from folders and archives, and writing them out again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from ekopi.accounts import queries as accounts
from ekopi.core.archives import read_tree
from ekopi.core.errors import Refused
from ekopi.courses.authoring import course_files
from ekopi.courses.authoring.course_files import CourseRefused
from ekopi.courses.authoring.operations import exporting, importing
from ekopi.courses.authoring.operations.publishing import CannotPublish
from ekopi.courses.authoring.queries import drafts
from ekopi.extensions import db

KINDS = {"course": "kursus", "lesson": "materi", "question": "soal", "file": "berkas"}
DONE = {"new": "baru", "changed": "diubah", "removed": "dikeluarkan"}

group = AppGroup("course", help="Impor dan ekspor kursus sebagai folder atau arsip ZIP.")


@group.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Hanya tunjukkan apa yang akan berubah.")
@click.option("--publish", is_flag=True, help="Terbitkan langsung, tidak hanya sebagai draf.")
@click.option("--organisation", type=int, default=None, help="ID instansi pemilik kursus baru.")
@click.option("--by", default=None, help="Surel orang yang dicatat sebagai penulisnya.")
@click.option("--note", default="", help="Catatan terbitan.")
def import_command(
    path: Path, dry_run: bool, publish: bool, organisation: int | None, by: str | None, note: str
):
    """Baca kursus dari folder atau arsip ZIP PATH. Kursus dengan slug yang sama diperbarui.

    Keluar dengan kode 2 bila ditolak; tidak ada yang berubah.
    """
    try:
        by_id = _person_id(by)
        _check_organisation(organisation)
        with read_tree(path) as tree:
            folder = course_files.read(tree)
            done = importing.import_course(
                folder, by_id=by_id, organisation_id=organisation, publish=publish, note=note
            )
    except Refused as refused:
        db.session.rollback()
        _refuse(refused)
    _report(done, dry_run)
    if dry_run:
        db.session.rollback()
        importing.forget_files(done)
    else:
        db.session.commit()


@group.command("export")
@click.argument("slug")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--published", is_flag=True, help="Yang sudah terbit, bukan drafnya.")
def export_command(slug: str, target: Path, published: bool):
    """Tulis kursus SLUG ke folder baru TARGET, atau ke arsip bila TARGET berakhiran .zip."""
    course = drafts.any_course(slug)
    if course is None:
        _say_error(f"Kursus “{slug}” tidak ada. Periksa slug-nya di alamat kursus.")
        sys.exit(2)
    try:
        if target.suffix.lower() == ".zip":
            rough = target.with_name(target.name + ".part")
            rough.write_bytes(exporting.zip_archive(course, published=published))
            rough.replace(target)
            click.echo(f"Kursus “{slug}” ditulis ke {target}.")
        else:
            count = exporting.write_folder(course, target, published=published)
            click.echo(f"Kursus “{slug}” ditulis ke {target}: {count} berkas.")
    except Refused as refused:
        _refuse(refused)
    except OSError as error:
        _say_error(f"{target} tidak dapat ditulis: {error.strerror}.")
        sys.exit(1)


def _person_id(email: str | None) -> int | None:
    if email is None:
        return None
    person = accounts.person_by_email(email)
    if person is None:
        _say_error(f"Tidak ada akun dengan surel {email}.")
        sys.exit(2)
    return person.id


def _check_organisation(organisation_id: int | None) -> None:
    if organisation_id is not None and accounts.organisation(organisation_id) is None:
        _say_error(f"Tidak ada instansi dengan ID {organisation_id}.")
        sys.exit(2)


def _report(done: importing.Imported, dry_run: bool) -> None:
    slug = done.course.slug
    if not done.changes:
        click.echo(f"Kursus “{slug}”: draf sudah sama, tidak ada yang berubah.")
    else:
        says = "akan berubah" if dry_run else "berubah"
        click.echo(f"Kursus “{slug}”: {len(done.changes)} bagian {says}.")
        for change in done.changes:
            click.echo(f"  {KINDS[change.kind]} {change.key}: {DONE[change.what]}")
    if done.publication is not None:
        verb = "akan menjadi terbitan" if dry_run else "terbit sebagai terbitan"
        click.echo(f"Kursus “{slug}” {verb} nomor {done.publication.number}.")


def _refuse(refused: Refused):
    if isinstance(refused, (CourseRefused, CannotPublish)):
        for fault in refused.faults:
            _say_error(str(fault))
        _say_error(refused.sentence())
    else:
        _say_error(str(refused))
    sys.exit(2)


def _say_error(sentence: str) -> None:
    width = shutil.get_terminal_size((100, 24)).columns if sys.stderr.isatty() else 0
    click.echo(click.wrap_text(sentence, width) if width else sentence, err=True)
