"""The certificate on paper: A4 across, real and tagged text, made on demand.

Made by typst in a few milliseconds, so nothing is stored and no job is needed. Names and other facts go in
through `sys.inputs`, never into the source; the compiler sees this folder only and no network.
"""

from __future__ import annotations

import logging
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import force_locale

from ekopi.credentials.models import Certificate
from ekopi.credentials.printed import address, issued_on, printed, qr

if TYPE_CHECKING:
    import typst

FOLDER = Path(__file__).parent
STANDARDS: list = ["a-2a", "ua-1"]
log = logging.getLogger("ekopi.credentials")


def pdf(certificate: Certificate) -> bytes:
    """The paper as PDF/A-2a and PDF/UA-1, always in Indonesian. Needs the person loaded.

    A name with characters that none of our fonts has is printed without the promise of the two standards, as
    they forbid a missing glyph.
    """
    import typst

    with force_locale("id"):
        facts = {row.key: row.value for row in printed(certificate)}
        facts |= {f"label-{row.key}": row.label for row in printed(certificate)}
        facts |= {"issued-on": issued_on(certificate), "title": certificate.facts["course"]}
        facts |= {"issuer": certificate.facts["issuer"], "edition": str(certificate.facts["edition"])}
    where = address(certificate.number)
    size, path = qr(where)
    inputs = {name: _plain(value) for name, value in facts.items()} | {
        "address": where,
        "demo": "ya" if certificate.facts["demo"] else "",
        "qr": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path stroke="#000" stroke-width="1.02" d="{path}"/></svg>',
    }
    try:
        return _compiled(inputs, STANDARDS, certificate)
    except typst.TypstError as refusal:
        log.warning(
            "certificate without standards", extra={"number": certificate.number, "why": str(refusal)[:200]}
        )
        return _compiled(inputs, [], certificate)


def _compiled(inputs: dict[str, str], standards: list, certificate: Certificate) -> bytes:
    import typst

    made, warnings = typst.compile_with_warnings(
        str(FOLDER / "certificate.typ"),
        root=str(FOLDER),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=standards,
        timestamp=int(certificate.issued_at.timestamp()),
    )
    if warnings:  # an unknown font only warns, and the paper would look different
        raise RuntimeError(f"certificate.typ: {warnings[0].message}")
    return made


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FOLDER / "fonts")]
    )


def _plain(text: str) -> str:
    """Without control and unassigned characters, which no font can show."""
    return "".join(
        c
        for c in unicodedata.normalize("NFC", text)
        if unicodedata.category(c) not in {"Cc", "Co", "Cs", "Cn"}
    )
