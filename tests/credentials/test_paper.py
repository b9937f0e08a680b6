"""The paper: real, tagged text of two standards, every fact the public page shows, whatever the name is."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from ekopi.credentials import paper
from ekopi.credentials.printed import address, printed, qr
from tests.credentials import make
from tests.credentials.pdftext import objects_of, text_of


def said_by(data: bytes) -> str:
    return " ".join(text_of(data).split())


def whole(data: bytes) -> bytes:
    return b"\n".join(objects_of(data).values())


def test_every_printed_fact_is_real_text(db):
    made = make.certificate(jp="12.50")
    said = said_by(paper.pdf(made))
    facts = printed(made)
    assert {fact.key for fact in facts} >= {"name", "course", "jp", "score", "completed", "number", "issued"}
    for fact in facts:
        assert fact.value in said, fact
        if fact.key not in {"name", "organisation", "course"}:
            assert fact.label in said
    assert "12,5 JP" in said
    assert "86, batas lulus 75" in said
    assert "2 Juli 2026" in said
    assert address(made.number) in said
    assert "CONTOH" not in said


def test_the_file_keeps_its_standards(db):
    data = whole(paper.pdf(make.certificate()))
    assert b"pdfaid:part" in data
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>", data)
    assert re.search(rb"<pdfaid:conformance>A</pdfaid:conformance>", data)
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", data)
    assert b"/StructTreeRoot" in data
    assert re.search(rb"/Lang\s*\(id\)", data)
    assert b"/FontFile" in data
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert [(round(float(w)), round(float(h))) for w, h in sizes] == [(842, 595)]


def test_a_demo_certificate_says_so(db):
    said = said_by(paper.pdf(make.certificate(demo=True)))
    assert said.count("CONTOH") >= 2
    assert "bukan bukti pelatihan" in said


def test_the_paper_is_indonesian_whoever_reads(app, db):
    made = make.certificate()
    with app.test_request_context(headers={"Cookie": "bahasa=en"}):
        assert "2 Juli 2026" in said_by(paper.pdf(made))


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x") *tebal* $x$ @rujukan <label> \\ "kutip" // komentar',
        '#image("/etc/passwd")',
        "Ćirić Ђорђе",
        "D'Arcy O’Neil & Søren <b>",
        "x" * 150,
    ],
)
def test_a_name_is_only_a_name(db, name):
    data = paper.pdf(make.certificate(name=name))
    assert name.replace(" ", "") in said_by(data).replace(" ", "")
    assert b"pdfuaid:part" in whole(data)


def test_a_long_name_and_title_stay_on_one_page(db):
    made = make.certificate(name="Raden " * 24 + "Wijaya", organisation="Dinas " * 40, course="Kursus " * 40)
    data = whole(paper.pdf(made))
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", data)) == 1


def test_a_name_without_glyphs_is_printed_all_the_same(db):
    made = make.certificate(name="中 Wulandari\x07 😀")
    assert "Wulandari" in said_by(paper.pdf(made))


def test_no_score_and_no_organisation_are_left_out(db):
    made = make.certificate(score=None, organisation="")
    assert {"score", "organisation"}.isdisjoint(fact.key for fact in printed(made))
    assert "Nilai akhir" not in said_by(paper.pdf(made))


def test_the_qr_code_is_the_address_with_a_quiet_zone(db):
    """The path drawn again is the very matrix of the code, with two empty modules around it."""
    import segno

    where = address("EKOPI-2026-7H3K-90QZ-M5AX")
    size, path = qr(where)
    drawn = Image.new("1", (size, size), 1)
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", path):
        for step in range(int(length)):
            drawn.putpixel((int(x) + step, int(y)), 0)
    kept = io.BytesIO()
    segno.make(where, error="m", micro=False).save(kept, kind="png", border=2)
    right = Image.open(kept).convert("1")
    assert drawn.size == right.size
    assert drawn.tobytes() == right.tobytes()
