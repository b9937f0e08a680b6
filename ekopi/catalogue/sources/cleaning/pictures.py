"""Pictures inside of texts (`data:` addresses): decoded, told by their first bytes, bounded."""

from __future__ import annotations

import base64
import binascii
import re

from ekopi.catalogue.sources.base import Picture

LARGEST = 4 * 1024 * 1024
MOST = 20
"""Pictures taken out of one text."""
_DATA = re.compile(r"\s*data:image/[a-z0-9.+-]{1,20}(?:;[a-z0-9=.-]{1,40})*;base64,", re.I)
_SPACES = re.compile(r"(?:\s|%0[ad]|%20)+", re.I)


def picture_of(address: str) -> Picture | None:
    """The picture of a `data:` address; None when it is none of PNG, JPEG, GIF, WebP, too large or broken."""
    start = _DATA.match(address)
    if start is None or len(address) > LARGEST * 3 // 2:
        return None
    try:
        body = (
            _SPACES.sub("", address[start.end() :])
            .replace("%2B", "+")
            .replace("%2F", "/")
            .replace("%3D", "=")
        )
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None
    kind = _kind(data)
    return Picture(kind, data) if kind and len(data) <= LARGEST else None


def _kind(data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return ""
