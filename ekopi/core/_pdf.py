"""Whether a PDF would do something by itself: a script, a program, a page of the web at opening.

No full parser: names are searched in the whole file (escaped letters included) and in every compressed object
stream, so that what a lenient reader might find is found here too. Doubt counts against the file.
"""

from __future__ import annotations

import re
import zlib
from itertools import islice

STREAM_LIMIT = 16 * 1024 * 1024
"""Bytes of one unpacked object stream."""
OBJECTS_LIMIT = 64 * 1024 * 1024
"""Bytes of all of them."""
STREAMS_LIMIT = 20_000
ACTIONS_LIMIT = 20
"""More than a document needs; each costs time to look at."""
CHUNK = 16 * 1024


def _name(word: str) -> bytes:
    """A pattern for the PDF name: any letter may be written as #xx, and no letter follows it."""
    return b"/" + b"".join(_letter(c) for c in word) + rb"(?![A-Za-z0-9#])"


def _letter(c: str) -> bytes:
    code = "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in f"{ord(c):02x}")
    return f"(?:{re.escape(c)}|#{code})".encode()


# JavaScript actions and name trees, programs, forms sent away, films and renditions (they may carry scripts).
ACTIVE = re.compile(
    b"|".join(
        _name(word) for word in ("JavaScript", "Launch", "Rendition", "RichMedia", "SubmitForm", "ImportData")
    )
)
OPEN_ACTION = re.compile(_name("OpenAction") + rb"\s*(\[|<<|\d{1,10}\s+\d{1,5}\s+R|)")
ENCRYPTED = re.compile(_name("Encrypt") + rb"\s*(?:<<|\d{1,10}\s+\d{1,5}\s+R)")
OBJECT_STREAM = re.compile(_name("ObjStm"))
FIRST = re.compile(_name("First") + rb"\s*(\d{1,9})")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
GO_TO = re.compile(_name("S") + rb"\s*" + _name("GoTo"))
LEADS_AWAY = re.compile(b"|".join(_name(word) for word in ("URI", "GoToR", "GoToE", "Next", "JS", "Named")))


def what_it_does(data: bytes) -> str | None:
    """None for a quiet document; else "not-pdf", "encrypted", "active", or "unreadable".

    An /OpenAction that only shows a page of this document (LibreOffice and LaTeX write one) is quiet.
    """
    if not data.startswith(b"%PDF-"):
        return "not-pdf"
    if ENCRYPTED.search(data):
        return "encrypted"
    objects = _object_streams(data)
    if objects is None:
        return "unreadable"
    if any(ACTIVE.search(part) for part in [data, *(body for body, _ in objects)]):
        return "active"
    actions = 0
    for part in [data, *(body for body, _ in objects)]:
        for found in OPEN_ACTION.finditer(part):
            actions += 1
            if actions > ACTIONS_LIMIT or not _only_shows_a_page(part, found, data, objects):
                return "active"
    return None


def _object_streams(data: bytes) -> list[tuple[bytes, int]] | None:
    """The unpacked object streams, each with the offset of its first object; None when one cannot be read."""
    found, total = [], 0
    for count, start in enumerate(STREAM.finditer(data), 1):
        if count > STREAMS_LIMIT:
            return None
        # The dictionary stands right before; the same hand wrote it, so the content is looked at as well.
        dictionary = data[max(0, start.start() - 512) : start.start()]
        dictionary = dictionary[dictionary.rfind(b" obj") + 1 :]
        is_objects = bool(OBJECT_STREAM.search(dictionary))
        body = _inflated(data, start.end(), 256)
        if body is None:
            if is_objects:
                return None  # another filter, or none at all: not what programs write
            continue
        if not is_objects and not re.match(rb"[\s\x00]*(?:%|\d+\s+\d+\s)", body):
            continue
        body = _inflated(data, start.end(), STREAM_LIMIT + 1)
        total += len(body or b"")
        if body is None or len(body) > STREAM_LIMIT or total > OBJECTS_LIMIT:
            return None
        first = FIRST.search(dictionary)
        found.append((body, int(first[1]) if first else 0))
    return found


def _inflated(data: bytes, start: int, most: int) -> bytes | None:
    """At most so many bytes of the stream; fed in pieces, since zlib copies whatever it does not use."""
    unpacker, parts, size, step = zlib.decompressobj(), [], 0, min(most, CHUNK)
    try:
        while size < most and start < len(data) and not unpacker.eof:
            part = unpacker.decompress(unpacker.unconsumed_tail + data[start : start + step], most - size)
            parts.append(part)
            size += len(part)
            start += step
    except zlib.error:
        return None
    return b"".join(parts) if unpacker.eof or size >= most else None


def _only_shows_a_page(part: bytes, found: re.Match, data: bytes, objects) -> bool:
    value = found[1]
    if value == b"[":
        return True
    if value == b"<<":
        return _shows_a_page(part[found.end() - 2 : found.end() + 400])
    if not value:
        return False
    number = int(value.split()[0])
    starts = islice(re.finditer(rb"(?<!\d)%d\s+\d+\s+obj" % number, data), ACTIONS_LIMIT + 1)
    bodies = [data[start.end() : start.end() + 400] for start in starts]
    bodies += [body for stream in objects if (body := _object(stream, number)) is not None]
    return 0 < len(bodies) <= ACTIONS_LIMIT and all(_shows_a_page(body) for body in bodies)


def _shows_a_page(body: bytes) -> bool:
    body = body[:400].lstrip()
    if body.startswith(b"["):
        return True
    inside = body.partition(b"endobj")[0].partition(b">>")[0]
    return body.startswith(b"<<") and bool(GO_TO.search(inside)) and not LEADS_AWAY.search(inside)


def _object(stream: tuple[bytes, int], number: int) -> bytes | None:
    body, first = stream
    numbers = [int(n) for n in re.findall(rb"\d{1,10}", body[:first])]
    for at in range(0, len(numbers) - 1, 2):
        if numbers[at] == number:
            return body[first + numbers[at + 1] :][:400]
    return None
