"""Pictures out of texts: written anew, once each, shown under our own address; what cannot be read is left out."""

from __future__ import annotations

import base64
import io
import struct
import zlib

from PIL import Image
from sqlalchemy import func, select

from ekopi.catalogue.models import CataloguePicture
from ekopi.core import files
from ekopi.core.models import Upload
from tests.catalogue import make


def picture(form="PNG", size=(6, 4), colour="red", **options) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, form, **options)
    return written.getvalue()


def uri(data: bytes, kind="png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def said(*addresses, **more) -> dict:
    shown = "".join(f'<img src="{address}" alt="peta">' for address in addresses)
    return make.item(ringkasan=f"<p>Sebelum</p>{shown}<p>Sesudah</p>", **more)


def uploads(db) -> list[Upload]:
    return list(db.session.scalars(select(Upload).order_by(Upload.id)))


def header_of_a_giant() -> bytes:
    """A PNG that says it has 30,000 x 30,000 pixels, in a few bytes."""
    body = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + body
    idat = b"IDAT" + zlib.compress(b"\0" * 1_000)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (chunk, idat, b"IEND")
    )


def test_a_picture_becomes_a_file_of_ours(db):
    exif = Image.Exif()
    exif[0x010E] = "rumah Ibu Sari"
    make.read([said(uri(picture("JPEG", exif=exif), "jpeg"), id="N1")])
    [kept] = db.session.scalars(select(CataloguePicture)).all()
    [upload] = uploads(db)
    assert kept.upload_id == upload.id and upload.media_type == "image/jpeg" and upload.owner_id is None
    summary = make.record("N1").facts["summary"]
    assert (
        f'src="/katalog/gambar/{kept.sha256}"' in summary and "data:" not in summary and "Sesudah" in summary
    )
    with Image.open(files.path_of(upload)) as written:
        assert written.size == (6, 4) and not written.getexif()
    assert "base64" in make.record("N1").payload["ringkasan"], "what the source said is kept whole"


def test_the_same_picture_is_kept_once(db):
    same = uri(picture())
    make.read([said(same, same, id="N1"), said(same, id="N2")])
    make.read([said(same, id="N1", tahun="2022")])
    assert len(uploads(db)) == db.session.scalar(select(func.count()).select_from(CataloguePicture)) == 1
    assert make.record("N1").facts["summary"].count("/katalog/gambar/") == 1


def test_a_moving_picture_stands_still(db):
    make.read([said(uri(picture("GIF"), "gif"), id="N1")])
    [upload] = uploads(db)
    assert upload.media_type == "image/png"
    with Image.open(files.path_of(upload)) as written:
        assert (written.format, written.size) == ("PNG", (6, 4))


def test_what_cannot_be_read_is_left_out_with_a_note(db):
    good = uri(picture(colour="blue"))
    broken = uri(b"\x89PNG\r\n\x1a\n" + b"no picture" * 20)
    make.read([said(broken, good, uri(header_of_a_giant()), id="N1")])
    record = make.record("N1")
    assert len(uploads(db)) == 1 and record.facts["summary"].count("<img") == 1
    assert "picture:" not in str(record.facts) and "picture-dropped" in record.notes
    assert "Sebelum" in record.facts["summary"] and "Sesudah" in record.facts["summary"]


def test_a_text_of_a_broken_picture_alone_is_no_text(db):
    make.read([make.item("Satu", "N1", ringkasan=f'<img src="{uri(b"GIF89a" + b"x" * 50, "gif")}">')])
    assert "summary" not in make.record("N1").facts


def test_a_preview_keeps_no_picture(db):
    make.read([said(uri(picture()), id="N1")], preview=True)
    assert uploads(db) == []
