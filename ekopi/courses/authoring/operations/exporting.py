"""A course as the folder it could have come from: the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ekopi.core import files
from ekopi.core.errors import Refused
from ekopi.core.models import Upload
from ekopi.courses.authoring import bodies, course_files
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.queries import drafts
from ekopi.extensions import db

STAMP = (1980, 1, 1, 0, 0, 0)
"""Every entry of an archive carries the same time, so that equal courses are equal archives."""


class NotPublished(Refused):
    code = "not-published"
    message = _l("Kursus ini belum pernah terbit.")
    remedy = _l("Terbitkan lebih dahulu, atau ekspor drafnya.")


class FolderNotEmpty(Refused):
    code = "folder-not-empty"
    status = 422
    message = _l("Folder “%(name)s” sudah berisi berkas.")
    remedy = _l("Pilih folder baru atau folder yang kosong.")


class FileGone(Refused):
    code = "file-gone"
    status = 500
    message = _l("Berkas “%(name)s” tidak ada lagi di penyimpanan.")
    remedy = _l("Pulihkan cadangan, atau unggah lagi berkasnya.")


def contents(course: Course, *, published: bool = False) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the course folder: of the drafts, or of what learners see.

    Raises NotPublished, FileGone.
    """
    state = drafts.state(course)
    if published:
        body, lessons, asked = state.published()
        if body is None:
            raise NotPublished()
    else:
        body = state.draft
        lessons, asked = state.drafts()
    for name, text in course_files.write(course.slug, body, lessons, _listed(body, asked)):
        yield name, text.encode()
    tokens = [file["token"] for file in body["files"]]
    uploads = {row.token: row for row in db.session.scalars(select(Upload).where(Upload.token.in_(tokens)))}
    for file in body["files"]:
        path = files.path_of(uploads[file["token"]])
        if not path.is_file():
            raise FileGone(name=file["name"])
        yield file["name"], path.read_bytes()


def _listed(body: bodies.Body, asked: dict[str, bodies.Body]) -> dict[str, bodies.Body]:
    return {key: asked[key] for key in bodies.bank_keys(body) if key in asked}


def write_folder(course: Course, target: Path, *, published: bool = False) -> int:
    """Writes the course folder; gives back the number of files. Raises FolderNotEmpty."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderNotEmpty(name=str(target))
    everything = list(contents(course, published=published))
    for name, data in everything:
        place = target.joinpath(*name.split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return len(everything)


def zip_archive(course: Course, *, published: bool = False) -> bytes:
    """The course folder as a zip archive; equal content gives equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(contents(course, published=published)):
            entry = zipfile.ZipInfo(f"{course.slug}/{name}", STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()
