"""Whether a PDF would do something by itself: found also where it hides, without refusing what is harmless."""

import time
import zlib

import pytest

from ekopi.core._pdf import STREAM_LIMIT, what_it_does

SIZE = 20 * 1024 * 1024
QUIET_PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
)


def pdf(more: bytes) -> bytes:
    return QUIET_PDF.replace(b"/Pages 2 0 R", b"/Pages 2 0 R " + more)


def object_stream(
    objects: dict[int, bytes], *, kind=b"/Type /ObjStm", raw=False, filters=b"/FlateDecode"
) -> bytes:
    """A PDF whose objects are inside a compressed stream, as programs write since PDF 1.5."""
    header, body = b"", b""
    for number, content in objects.items():
        header += b"%d %d " % (number, len(body))
        body += content + b" "
    packed = header + body if raw else zlib.compress(header + body)
    stream = b"9 0 obj\n<< %s /N %d /First %d /Filter %s /Length %d >>\nstream\r\n%s\nendstream\nendobj\n" % (
        kind, len(objects), len(header), filters, len(packed), packed
    )  # fmt: skip
    return QUIET_PDF.replace(b"trailer", stream + b"trailer")


HARMFUL = {
    "javascript": pdf(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
    "name-tree": pdf(b"/Names << /JavaScript 5 0 R >>"),
    "escaped": pdf(b"/OpenAction << /S /J#61vaScript /JS (x) >>"),
    "escaped-throughout": pdf(b"/AA << /O << /S /#4a#61#76#61#53#63#72#69#70#74 /JS (x) >> >>"),
    "launch": pdf(b"/OpenAction << /S /Launch /F (calc.exe) >>"),
    "annotation": pdf(b"/A << /S /Launch /F (calc.exe) >>"),
    "rendition": pdf(b"/A << /S /Rendition /JS (x) >>"),
    "web-at-opening": pdf(b"/OpenAction << /S /URI /URI (https://evil.example) >>"),
    "other-file": pdf(b"/OpenAction << /S /GoToR /F (//evil/x.pdf) >>"),
    "chain": pdf(b"/OpenAction << /S /GoTo /D [2 0 R /Fit] /Next << /S /URI /URI (x) >> >>"),
    "unknown-object": pdf(b"/OpenAction 77 0 R"),
    "no-value": pdf(b"/OpenAction (x)"),
    "referenced": pdf(b"/OpenAction 5 0 R").replace(b"trailer", b"5 0 obj << /S /URI /URI (x) >>\ntrailer"),
    "redefined": pdf(b"/OpenAction 5 0 R").replace(
        b"trailer", b"5 0 obj [ ] endobj\n" * 40 + b"5 0 obj << /S /URI /URI (x) >>\ntrailer"
    ),
    "in-a-stream": object_stream({5: b"<< /S /JavaScript /JS (x) >>"}),
    "in-a-stream-without-type": object_stream({5: b"<< /S /JavaScript /JS (x) >>"}, kind=b""),
    "opening-in-a-stream": object_stream({5: b"<< /OpenAction 6 0 R >>", 6: b"<< /S /URI /URI (x) >>"}),
}  # fmt: skip


@pytest.mark.parametrize("content", HARMFUL.values(), ids=HARMFUL.keys())
def test_documents_that_act_by_themselves_are_found(content):
    assert what_it_does(content) == "active"


QUIET = {
    "plain": QUIET_PDF,
    "libreoffice": pdf(b"/OpenAction[2 0 R /XYZ null null 0]"),
    "latex": pdf(b"/OpenAction 5 0 R").replace(b"trailer", b"5 0 obj\n<< /S /GoTo /D [2 0 R /Fit] >>\ntrailer"),
    "latex-in-a-stream": object_stream({4: b"<< /OpenAction 5 0 R >>", 5: b"<< /S /GoTo /D [2 0 R /Fit] >>"}),
    "link": pdf(b"/A << /S /URI /URI (https://lan.go.id) >>"),
    "words": pdf(b"/Title (JavaScript untuk ASN)"),
    "longer-name": pdf(b"/LaunchDate (2026)"),
}  # fmt: skip


@pytest.mark.parametrize("content", QUIET.values(), ids=QUIET.keys())
def test_quiet_documents_pass(content):
    assert what_it_does(content) is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (pdf(b"/Encrypt 8 0 R"), "encrypted"),
        (object_stream({5: b"<< >>"}, raw=True, filters=b"/ASCIIHexDecode"), "unreadable"),
        (object_stream({5: b" " * (STREAM_LIMIT + 1)}), "unreadable"),
        (b"<html>" + QUIET_PDF, "not-pdf"),
    ],
    ids=["encrypted", "other-filter", "bomb", "page"],
)
def test_documents_that_cannot_be_looked_into_are_told(content, problem):
    assert what_it_does(content) == problem


@pytest.mark.parametrize(
    "piece",
    [
        b"stream\n",
        b"<< /Type /ObjStm >> stream\r\n" + zlib.compress(b"1 0 x" * 20),
        b"/OpenAction 5 0 R ",
        b"5 0 obj [ ",
        b"/OpenAction [ ",
        b"/OpenAction " + b" " * 1000,
        b"/#4a" * 10,
        b"1 0 obj << " * 10,
    ],
)
def test_looking_into_a_document_costs_little(piece):
    begin = time.monotonic()
    what_it_does(b"%PDF-1.7\n" + piece * (SIZE // len(piece)))
    what_it_does(b"%PDF-1.7\n/OpenAction 5 0 R " + piece * (SIZE // len(piece)))
    assert time.monotonic() - begin < 10
