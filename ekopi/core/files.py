"""Uploads: taken by content and extension, kept below the data folder under random names, sent back safely.

Pictures are written anew without their metadata; documents that would do something by themselves are refused.
A file is on the disk for good before its row exists; `sweep` removes what a failed transaction left.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import Response, abort, current_app, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from ekopi.core import _pdf, clock
from ekopi.core.archives import ArchiveRefused, Limits, check_zip
from ekopi.core.errors import Refused
from ekopi.core.models import Upload
from ekopi.extensions import db

MIB = 1024 * 1024
DOCUMENT_LIMIT = 20 * MIB
"""Bytes of one document."""
IMAGE_LIMIT = 5 * MIB
"""Bytes of one picture as it comes in."""
RECORDS_LIMIT = 200 * MIB
"""Bytes of a file of records; a request may hold less (settings.upload_max_mib)."""
PIXEL_LIMIT = 40_000_000
"""Width times height, looked at before the picture is decoded."""
QUOTA = 200 * MIB
"""Bytes one person may keep, deleted files not counted. Uploads at one moment may pass it by a file each."""
ORPHAN_SECONDS = 24 * 3600

OFFICE_LIMITS = Limits(
    entries=5_000,
    total_bytes=300 * MIB,
    file_bytes=100 * MIB,
    ratio=2_000,  # a sheet of equal rows packs well
    depth=12,
    name_bytes=250,
    refuse_nested=False,  # a report may hold the table it was drawn from
)


class FileRefused(Refused):
    """The file is not taken."""

    code = "file-refused"
    status = 422


class FileTooLarge(FileRefused):
    code = "file-too-large"
    message = _l("Berkas “%(name)s” terlalu besar: paling besar %(limit)s MB.")
    remedy = _l("Kecilkan berkasnya, lalu unggah lagi.")


class FileEmpty(FileRefused):
    code = "file-empty"
    message = _l("Berkas “%(name)s” kosong.")
    remedy = _l("Periksa berkasnya, lalu unggah lagi.")


class FileKindRefused(FileRefused):
    code = "file-kind"
    message = _l("Jenis berkas “%(name)s” tidak diterima di sini.")
    remedy = _l("Jenis yang diterima: %(allowed)s.")


class FileContentMismatch(FileRefused):
    code = "file-content"
    message = _l("Isi berkas “%(name)s” rusak atau tidak sesuai dengan jenisnya.")
    remedy = _l("Buka dengan aplikasinya, simpan ulang, lalu unggah lagi.")


class ImageTooManyPixels(FileRefused):
    code = "image-pixels"
    message = _l("Gambar “%(name)s” terlalu besar: paling banyak %(limit)s megapiksel.")
    remedy = _l("Perkecil ukuran gambarnya, lalu unggah lagi.")


class DocumentActive(FileRefused):
    code = "document-active"
    message = _l("Dokumen “%(name)s” berisi skrip, makro, atau perintah yang berjalan sendiri.")
    remedy = _l("Simpan ulang tanpa skrip dan makro, misalnya dengan mencetaknya ke PDF, lalu unggah lagi.")


class DocumentLocked(FileRefused):
    code = "document-locked"
    message = _l("Dokumen “%(name)s” dikunci sehingga isinya tidak dapat diperiksa.")
    remedy = _l("Simpan ulang tanpa kata sandi, lalu unggah lagi.")


class QuotaFull(FileRefused):
    code = "quota-full"
    message = _l("Ruang berkas Anda penuh: terpakai %(used)s dari %(quota)s MB.")
    remedy = _l(
        "Keluarkan berkas yang tidak diperlukan. Ruangnya dapat dipakai lagi dalam dua hari, setelah pembersihan malam."
    )


def _pdf_document(data: bytes, name: str) -> bytes:
    problem = _pdf.what_it_does(data)
    if problem == "active":
        raise DocumentActive(name=name)
    if problem in ("encrypted", "unreadable"):
        raise DocumentLocked(name=name)
    if problem:
        raise FileContentMismatch(name=name)
    return data


def _office(main_part: str) -> Callable[[bytes, str], bytes]:
    def check(data: bytes, name: str) -> bytes:
        with tempfile.NamedTemporaryFile(prefix="ekopi-") as copy:
            copy.write(data)
            copy.flush()
            try:
                parts = set(check_zip(Path(copy.name), limits=OFFICE_LIMITS))
            except ArchiveRefused as refused:
                raise FileContentMismatch(name=name) from refused
        if not {"[Content_Types].xml", main_part} <= parts:
            raise FileContentMismatch(name=name)
        if any(re.search(r"vbaProject|vbaData|/activeX/|/macrosheets/", part, re.I) for part in parts):
            raise DocumentActive(name=name)
        return data

    return check


def _text(data: bytes, name: str) -> bytes:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileContentMismatch(name=name) from error
    if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
        raise FileContentMismatch(name=name)
    return data


def _picture(form: str, **options) -> Callable[[bytes, str], bytes]:
    def rewrite(data: bytes, name: str) -> bytes:
        from PIL import Image, ImageOps  # 2 MB that a process without uploads does not need

        try:
            with Image.open(io.BytesIO(data), formats=[form]) as opened:
                if opened.width * opened.height > PIXEL_LIMIT:
                    raise ImageTooManyPixels(name=name, limit=PIXEL_LIMIT // 1_000_000)
                upright = ImageOps.exif_transpose(opened)
                clear = "A" in upright.getbands() or "transparency" in upright.info
                clean = upright.convert("RGBA" if clear else "L" if upright.mode in ("1", "L") else "RGB")
        except Image.DecompressionBombError as bomb:
            raise ImageTooManyPixels(name=name, limit=PIXEL_LIMIT // 1_000_000) from bomb
        except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError) as error:
            raise FileContentMismatch(name=name) from error
        clean.info = {}  # place, camera, comments, thumbnails
        written = io.BytesIO()
        clean.save(written, form, **options)
        return written.getvalue()

    return rewrite


@dataclass(frozen=True)
class Form:
    """One accepted form of file: its media type, how puremagic calls it, what is done with its bytes."""

    media_type: str
    magic: frozenset[str]
    prepare: Callable[[bytes, str], bytes]
    limit: int = DOCUMENT_LIMIT


_OFFICE = "application/vnd.openxmlformats-officedocument."
_JPEG = Form(
    "image/jpeg", frozenset({".jpg", ".jpeg"}), _picture("JPEG", quality=88, optimize=True), IMAGE_LIMIT
)
IMAGES = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Form("image/png", frozenset({".png"}), _picture("PNG", optimize=True), IMAGE_LIMIT),
    "webp": Form("image/webp", frozenset({".webp"}), _picture("WEBP", quality=88), IMAGE_LIMIT),
}
DOCUMENTS = {
    "pdf": Form("application/pdf", frozenset({".pdf"}), _pdf_document),
    "docx": Form(_OFFICE + "wordprocessingml.document", frozenset({".docx"}), _office("word/document.xml")),
    "xlsx": Form(_OFFICE + "spreadsheetml.sheet", frozenset({".xlsx"}), _office("xl/workbook.xml")),
    "pptx": Form(
        _OFFICE + "presentationml.presentation", frozenset({".pptx"}), _office("ppt/presentation.xml")
    ),
    "csv": Form("text/csv", frozenset(), _text),
    "txt": Form("text/plain", frozenset(), _text),
}
RECORDS = {
    extension: Form(media_type, frozenset(), lambda data, _name: data, RECORDS_LIMIT)
    for extension, media_type in {
        "json": "application/json", "csv": "text/csv", "xlsx": DOCUMENTS["xlsx"].media_type,
    }.items()
}  # fmt: skip
"""What a reader with limits of its own will look through; nobody is ever given such a file."""
INLINE = {form.media_type for form in IMAGES.values()}
KINDS = {"image": IMAGES, "document": DOCUMENTS | IMAGES, "records": RECORDS}
"""Accepted extensions by the `kind` of an upload."""


def keep(stream_or_bytes: IO[bytes] | bytes, *, name: str, kind: str, owner_id: int | None) -> Upload:
    """Checks and stores a file and adds its row (flushed, not committed). Like `prepare`, then `add`."""
    return add(prepare(stream_or_bytes, name=name, kind=kind, owner_id=owner_id))


def prepare(stream_or_bytes: IO[bytes] | bytes, *, name: str, kind: str, owner_id: int | None) -> Upload:
    """Checks a file and stores its bytes; gives back its row, which is not in the session yet (see `add`).

    This is the slow part: pictures are decoded, documents scanned, the bytes put on the disk. It writes no row,
    so it holds no lock. `kind` is "image" (jpg, png, webp), "document" (pdf, docx, xlsx, pptx, csv, txt and
    the images) or "records" (json, csv, xlsx, unchecked). `name` is what the person calls it; only its last part is kept. Without an owner no quota
    counts. Raises FileRefused.
    """
    shown = safe_name(name)
    stem, _dot, extension = shown.rpartition(".")
    extension = extension.lower()
    form = KINDS[kind].get(extension)
    if form is None or not stem:
        raise FileKindRefused(name=shown, allowed=", ".join(e for e in KINDS[kind] if e != "jpeg"))
    data = _read(stream_or_bytes, form.limit, shown)
    _check_magic(data, form, shown)
    data = form.prepare(data, shown)
    if owner_id is not None and (used := used_by(owner_id)) + len(data) > QUOTA:
        raise QuotaFull(used=used // MIB, quota=QUOTA // MIB)
    upload = Upload(
        token=secrets.token_hex(16),
        name=f"{stem}.{'jpg' if extension == 'jpeg' else extension}",
        media_type=form.media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        kind=kind,
        owner_id=owner_id,
    )
    _write(path_of(upload), data)
    return upload


def add(prepared: Upload) -> Upload:
    """Adds the row of a file that `prepare` has stored (flushed, not committed)."""
    db.session.add(prepared)
    db.session.flush()
    return prepared


def forget(prepared: Upload) -> None:
    """Removes the bytes of a file whose row was never committed."""
    path_of(prepared).unlink(missing_ok=True)


def used_by(owner_id: int) -> int:
    """Bytes of the files a person keeps."""
    kept = select(func.sum(Upload.size)).where(Upload.owner_id == owner_id, Upload.deleted_at.is_(None))
    return int(db.session.scalar(kept) or 0)


def path_of(upload: Upload) -> Path:
    """Where the bytes are: <data>/files/<first two letters>/<token>."""
    if not re.fullmatch(r"[0-9a-f]{32}", upload.token):
        raise ValueError("not a token of an upload")
    return _folder() / upload.token[:2] / upload.token


def send(upload: Upload, as_attachment: bool = True) -> Response:
    """An answer with the file: its checked type, no guessing, a safe name. Only pictures are shown inline.

    Whether the person may have it is for the caller to check. 404 when the file is gone.
    """
    path = path_of(upload)
    if upload.deleted_at is not None or not path.is_file():
        abort(404)
    inline = not as_attachment and upload.media_type in INLINE
    answer = send_file(
        path,
        mimetype=upload.media_type,
        as_attachment=not inline,
        download_name=upload.name,
        conditional=True,
        etag=upload.sha256,
        last_modified=upload.created_at,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'self'; sandbox"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def sweep() -> int:
    """Removes files of no row that are older than a day; returns how many. For a nightly job."""
    removed, old = 0, clock.now().timestamp() - ORPHAN_SECONDS
    for shelf in sorted(_folder().glob("??")):
        there = {entry.name: entry for entry in shelf.iterdir() if entry.stat().st_mtime < old}
        known = set(db.session.scalars(select(Upload.token).where(Upload.token.in_(there))))
        for name in there.keys() - known:
            there[name].unlink(missing_ok=True)
            removed += 1
    return removed


def safe_name(name: str) -> str:
    """The last part of a path without controls, turned reading directions and quotes; at most 120."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*\u2028\u2029')
    kept = " ".join(kept.split()).lstrip(". ")
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[:110].strip()}.{extension[:9]}" if dot else kept[:120]


def _folder() -> Path:
    return Path(current_app.extensions["settings"].data_dir) / "files"


def _read(source: IO[bytes] | bytes, limit: int, name: str) -> bytes:
    data = source[: limit + 1] if isinstance(source, (bytes, bytearray)) else source.read(limit + 1)
    if len(data) > limit:
        raise FileTooLarge(name=name, limit=limit // MIB)
    if not data:
        raise FileEmpty(name=name)
    return bytes(data)


def _check_magic(data: bytes, form: Form, name: str) -> None:
    if not form.magic:
        return
    import puremagic  # as above: its tables take 1 MB

    try:
        seen = {match.extension for match in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):
        seen = set()
    if not seen & form.magic:
        raise FileContentMismatch(name=name)


def _write(path: Path, data: bytes) -> None:
    """All or nothing, and on the disk when this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, rough = tempfile.mkstemp(dir=path.parent, prefix="tmp-")  # mode 600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(rough, path)
    except BaseException:
        Path(rough).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
