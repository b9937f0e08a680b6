"""Uploads: what is taken, what is refused, how it is kept and sent."""

import hashlib
import io
import os
import stat
import struct
import zipfile
import zlib
from datetime import timedelta

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from ekopi.core import clock, files
from ekopi.core.models import Upload

QUIET_PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
)


@pytest.fixture
def data(app, db, tmp_path, monkeypatch):
    """A data folder of this test alone."""
    held = app.extensions["settings"]

    class Here:
        data_dir = tmp_path

        def __getattr__(self, name):
            return getattr(held, name)

    monkeypatch.setitem(app.extensions, "settings", Here())
    return tmp_path


def said(app, refused) -> str:
    """Sentence and advice as a page shows them."""
    with app.test_request_context():
        assert refused.value.sentence() and refused.value.advice() and "%(" not in str(refused.value)
        return str(refused.value)


def stored(folder):
    return (
        [path for path in (folder / "files").rglob("*") if path.is_file()]
        if (folder / "files").is_dir()
        else []
    )


def picture(form="JPEG", size=(40, 20), **options) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, "teal").save(held, form, **options)
    return held.getvalue()


def office(main="word/document.xml", *more) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", main, *more):
            archive.writestr(name, "<x/>")
    return held.getvalue()


def test_a_document_is_kept_as_it_is(data, db):
    upload = files.keep(io.BytesIO(QUIET_PDF), name="Laporan Akhir.PDF", kind="document", owner_id=7)
    path = files.path_of(upload)
    assert path.read_bytes() == QUIET_PDF and path == data / "files" / upload.token[:2] / upload.token
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (upload.name, upload.media_type, upload.size) == (
        "Laporan Akhir.pdf",
        "application/pdf",
        len(QUIET_PDF),
    )
    assert upload.sha256 == hashlib.sha256(QUIET_PDF).hexdigest() and upload.owner_id == 7
    assert db.session.scalars(select(Upload.id)).all() == [upload.id]
    other = files.keep(QUIET_PDF, name="Laporan Akhir.pdf", kind="document", owner_id=7)
    assert other.token != upload.token


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", office()),
        ("a.xlsx", office("xl/workbook.xml", "xl/embeddings/lembar.xlsx")),
        ("a.pptx", office("ppt/presentation.xml")),
        ("a.csv", "nama;jp\nSiti;12\n".encode("utf-8-sig")),
        ("a.txt", "Catatan – pelayanan".encode()),
        ("a.jpeg", picture()),
        ("a.png", picture("PNG")),
        ("a.webp", picture("WEBP")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_all_accepted_forms(data, name, content):
    upload = files.keep(content, name=name, kind="document", owner_id=None)
    assert upload.size > 0 and len(stored(data)) == 1


@pytest.mark.parametrize(
    ("name", "content", "kind", "code"),
    [
        ("a.svg", b"<svg onload='alert(1)'/>", "image", "file-kind"),
        ("a.html", b"<script>alert(1)</script>", "document", "file-kind"),
        ("a.zip", office(), "document", "file-kind"),
        ("a.gif", picture("GIF"), "image", "file-kind"),
        ("a.pdf", QUIET_PDF, "image", "file-kind"),
        ("a.exe", b"MZ", "document", "file-kind"),
        ("a.docm", office(), "document", "file-kind"),
        ("tanpa-jenis", QUIET_PDF, "document", "file-kind"),
        (".pdf", QUIET_PDF, "document", "file-kind"),
        ("a.pdf.php", QUIET_PDF, "document", "file-kind"),
        ("a.pdf", b"", "document", "file-empty"),
        ("a.pdf", b"<html><script>alert(1)</script>", "document", "file-content"),
        ("a.pdf", b"\n" + QUIET_PDF, "document", "file-content"),
        ("a.png", picture("JPEG"), "image", "file-content"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"<script>" * 9, "image", "file-content"),
        ("a.jpg", picture()[:300], "image", "file-content"),
        ("a.docx", office("xl/workbook.xml"), "document", "file-content"),
        ("a.docx", b"PK\x03\x04" + b"x" * 99, "document", "file-content"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "document", "file-content"),
        ("a.txt", b"MZ\x90\x00\x03\x00", "document", "file-content"),
        ("a.csv", b"\xff\xfea\x00", "document", "file-content"),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), "document", "document-active"),
        ("a.xlsx", office("xl/workbook.xml", "xl/activeX/activeX1.xml"), "document", "document-active"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_taken(app, data, db, name, content, kind, code):
    with pytest.raises(files.FileRefused) as refused:
        files.keep(content, name=name, kind=kind, owner_id=1)
    assert refused.value.code == code and said(app, refused)
    assert stored(data) == [] and db.session.scalars(select(Upload)).all() == []


def test_sizes_are_counted_while_reading(data):
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size=-1):
            assert size > 0, "read without a limit"
            self.taken += size
            return bytes(size)

    for name, limit in (("a.pdf", files.DOCUMENT_LIMIT), ("a.png", files.IMAGE_LIMIT)):
        endless = Endless()
        with pytest.raises(files.FileTooLarge):
            files.keep(endless, name=name, kind="document", owner_id=1)
        assert endless.taken == limit + 1
    exact = QUIET_PDF + b" " * (files.DOCUMENT_LIMIT - len(QUIET_PDF))
    assert files.keep(exact, name="a.pdf", kind="document", owner_id=1).size == files.DOCUMENT_LIMIT
    with pytest.raises(files.FileTooLarge):
        files.keep(exact + b" ", name="a.pdf", kind="document", owner_id=1)


def test_pictures_lose_place_camera_and_comments(data):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Kamera Rahasia", 6
    exif.get_ifd(0x8825)[1] = "S"
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "Kamera Rahasia")
    for name, content in (
        ("a.jpg", picture("JPEG", exif=exif, comment=b"Kamera Rahasia")),
        ("a.png", picture("PNG", exif=exif, pnginfo=notes)),
        ("a.webp", picture("WEBP", exif=exif, xmp=b"<x>Kamera Rahasia</x>")),
    ):
        assert b"Kamera Rahasia" in content, "the control carries no secret"
        upload = files.keep(content + b"<script>alert(1)</script>", name=name, kind="image", owner_id=1)
        kept = files.path_of(upload).read_bytes()
        assert b"Rahasia" not in kept and b"<script>" not in kept
        with Image.open(io.BytesIO(kept)) as shown:
            assert not shown.getexif() and shown.size == (20, 40), "turned upright before the mark is lost"


def test_transparency_and_odd_modes_are_kept_readable(data):
    for mode in ("1", "L", "LA", "P", "RGBA", "CMYK", "I;16"):
        held = io.BytesIO()
        form = "JPEG" if mode == "CMYK" else "PNG"
        Image.new(mode, (8, 8)).save(held, form)
        upload = files.keep(held.getvalue(), name=f"a.{form.lower()}", kind="image", owner_id=1)
        with Image.open(files.path_of(upload)) as shown:
            shown.load()
            assert ("A" in shown.getbands()) == (mode in ("LA", "RGBA"))


def png_of(width, height) -> bytes:
    """A PNG that announces a size and holds almost nothing."""

    def chunk(kind, body):
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(8001, 5000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_too_many_pixels_are_refused_before_decoding(app, data, width, height):
    with pytest.raises(files.ImageTooManyPixels) as refused:
        files.keep(png_of(width, height), name="a.png", kind="image", owner_id=1)
    assert "40 megapiksel" in said(app, refused)


@pytest.mark.parametrize(
    ("mark", "refusal"),
    [
        (b"/OpenAction << /S /JavaScript /JS (x) >>", files.DocumentActive),
        (b"/Encrypt 8 0 R", files.DocumentLocked),
    ],
    ids=["active", "locked"],
)
def test_documents_are_looked_into(app, data, mark, refusal):
    harmful = QUIET_PDF.replace(b"/Pages 2 0 R", b"/Pages 2 0 R " + mark)
    with pytest.raises(refusal) as refused:
        files.keep(harmful, name="a.pdf", kind="document", owner_id=1)
    assert said(app, refused) and stored(data) == []


def test_a_prepared_file_is_stored_and_has_no_row_yet(data, db):
    prepared = files.prepare(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)
    assert stored(data) == [files.path_of(prepared)] and files.path_of(prepared).read_bytes() == QUIET_PDF
    assert prepared not in db.session and db.session.scalars(select(Upload.id)).all() == []
    assert files.add(prepared) is prepared and db.session.scalars(select(Upload.id)).all() == [prepared.id]
    files.forget(files.prepare(QUIET_PDF, name="b.pdf", kind="document", owner_id=1))
    assert stored(data) == [files.path_of(prepared)]


def test_the_quota_of_a_person(app, data, db):
    for number in range(2):
        row = {"name": "x", "media_type": "x", "sha256": "", "kind": "document", "owner_id": 1}
        db.session.add(Upload(token=f"{number:032x}", size=files.QUOTA // 2 - 300, **row))
    db.session.flush()
    assert files.used_by(1) == files.QUOTA - 600 and files.used_by(2) == 0
    assert len(QUIET_PDF) < 300
    first = files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)
    files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)
    while files.used_by(1) + len(QUIET_PDF) <= files.QUOTA:
        files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)
    with pytest.raises(files.QuotaFull) as refused:
        files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)
    assert "199 dari 200 MB" in said(app, refused)
    files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=2)
    files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=None)
    first.delete()
    db.session.flush()
    files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\Siti\\Laporan.pdf", "Laporan.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ('a"\r\nX-Jahat: 1.pdf', "aX-Jahat 1.pdf"),
        ("\u202efdp.laporan.pdf", "fdp.laporan.pdf"),
        ("  Laporan   Aksi .pdf", "Laporan Aksi.pdf"),
        ("x" * 300 + ".pdf", "x" * 110 + ".pdf"),
        ("...pdf", "pdf"),
    ],
)
def test_names_are_made_safe(given, kept):
    assert files.safe_name(given) == kept


def test_sending(app, data):
    document = files.keep(QUIET_PDF, name="Rencana Aksi – Désa.pdf", kind="document", owner_id=1)
    image = files.keep(picture(), name="foto.jpg", kind="image", owner_id=1)
    with app.test_request_context():
        sent = files.send(document)
        sent.direct_passthrough = False
        assert sent.get_data() == QUIET_PDF and sent.mimetype == "application/pdf"
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in sent.headers["Content-Security-Policy"]
        assert sent.headers["Content-Disposition"].startswith("attachment; ")
        assert (
            "filename*=UTF-8''Rencana%20Aksi%20%E2%80%93%20D%C3%A9sa.pdf"
            in sent.headers["Content-Disposition"]
        )
        assert "private" in sent.headers["Cache-Control"]
        assert (
            files.send(document, as_attachment=False).headers["Content-Disposition"].startswith("attachment")
        )
        assert files.send(image, as_attachment=False).headers["Content-Disposition"].startswith("inline")
        assert files.send(image).headers["Content-Disposition"].startswith("attachment")
    with app.test_request_context(headers={"If-None-Match": f'"{document.sha256}"'}):
        assert files.send(document).status_code == 304


def test_what_is_gone_is_not_found(app, data):
    upload = files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)
    with app.test_request_context():
        upload.deleted_at = clock.now()
        with pytest.raises(NotFound):
            files.send(upload)
        upload.deleted_at = None
        files.path_of(upload).unlink()
        with pytest.raises(NotFound):
            files.send(upload)


def test_a_token_is_never_a_path(data):
    for token in ("../../etc/passwd", "", "ab", "AB" * 16, "a" * 31 + "/"):
        with pytest.raises(ValueError):
            files.path_of(Upload(token=token))


def test_a_write_that_fails_leaves_nothing(data, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)
    assert stored(data) == []


def test_the_sweep_takes_only_old_files_of_no_row(data, db):
    kept = files.keep(QUIET_PDF, name="a.pdf", kind="document", owner_id=1)
    with db.session.begin_nested() as inner:
        lost = files.keep(QUIET_PDF, name="b.pdf", kind="document", owner_id=1)
        lost_path = files.path_of(lost)
        inner.rollback()
    assert files.sweep() == 0 and len(stored(data)) == 2
    clock.shift(timedelta(days=2))
    try:
        assert files.sweep() == 1
    finally:
        clock.shift(None)
    assert stored(data) == [files.path_of(kept)] and not lost_path.exists()
