"""Pictures that stood inside of sources' texts: written anew as uploads, once each, whatever text brings them."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ekopi.catalogue.fields import HTML_FIELDS
from ekopi.catalogue.models import CataloguePicture
from ekopi.catalogue.sources.base import Picture
from ekopi.core import files
from ekopi.core.db import upsert
from ekopi.extensions import db

ADDRESS = "/katalog/gambar/"
"""Followed by the SHA-256 of the picture as its source gave it."""
DROPPED = "picture-dropped"
MOST_PIXELS = 16_000_000
"""Fewer than an upload may have: a text brings twenty at once, and decoding takes 12 bytes a pixel."""
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_EMPTY = re.compile(r"<p>\s*</p>")
_SHOWN = re.compile(r'<img\b[^>]*?\bsrc="picture:([0-9a-f]{64})"[^>]*>')


def keep(pictures: Mapping[str, Picture]) -> set[str]:
    """Stores those that are not there yet (flushed); the SHA-256 of all that can be shown.

    Bytes of a transaction that fails are swept away with other files of no row.
    """
    if not pictures:
        return set()
    known = set(
        db.session.scalars(select(CataloguePicture.sha256).where(CataloguePicture.sha256.in_(pictures)))
    )
    rows: list[dict[str, Any]] = []
    for sha256 in sorted(pictures.keys() - known):
        upload = _upload(pictures[sha256])
        if upload is not None:
            rows.append({"sha256": sha256, "upload_id": files.add(upload).id})
    upsert(CataloguePicture, rows, key=("sha256",))
    return known | {row["sha256"] for row in rows}


def placed(facts: dict[str, Any], kept: set[str]) -> tuple[dict[str, Any], bool]:
    """The facts with each picture's address, and whether one had to be left out."""
    dropped = False

    def place(match: re.Match[str]) -> str:
        nonlocal dropped
        if match[1] in kept:
            return match[0].replace(f"picture:{match[1]}", ADDRESS + match[1])
        dropped = True
        return ""

    texts = {
        field: _EMPTY.sub("", _SHOWN.sub(place, facts[field]))
        for field in HTML_FIELDS
        if "picture:" in (facts.get(field) or "")
    }
    return {name: value for name, value in {**facts, **texts}.items() if value != ""}, dropped


def _upload(picture: Picture):
    """The picture as a file of ours, its row not in the session; None when it cannot be read."""
    extension = _EXTENSIONS.get(picture.media_type, "png")
    try:
        data = _bounded(picture.data, as_png=picture.media_type not in _EXTENSIONS)
        return files.prepare(data, name=f"gambar.{extension}", kind="image", owner_id=None) if data else None
    except files.FileRefused:
        return None


def _bounded(data: bytes, *, as_png: bool) -> bytes | None:
    """The same bytes where their pixels are few enough; of a GIF the first picture as PNG."""
    from PIL import Image  # as in core.files: not for processes that meet no picture

    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP", "GIF"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            if not as_png:
                return data
            written = io.BytesIO()
            opened.convert("RGBA").save(written, "PNG")
            return written.getvalue()
    except (
        Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError,
    ):  # fmt: skip
        return None
