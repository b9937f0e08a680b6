"""Certificates: the own ones, and the public check of a number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from flask_babel import lazy_gettext as _l

from ekopi.api.answering import listed
from ekopi.api.declaring import Ask, Part, operation
from ekopi.api.shapes import Figure, Moment, Shape
from ekopi.api.v1 import blueprint
from ekopi.core import paging
from ekopi.core.guards import found
from ekopi.credentials import models, queries
from ekopi.credentials.numbers import parse
from ekopi.credentials.printed import address
from ekopi.extensions import limiter


class Certificate(Shape):
    """What the paper says, and whether it is valid; the same as on its public page."""

    EXAMPLE = {
        "number": "EKOPI-2026-7H3K-90QZ-M5A2",
        "state": "valid",
        "name": "Sari Wulandari",
        "organisation": "Dinas Kesehatan",
        "course": "Laboratorium Inovasi",
        "edition": 3,
        "jp": 12.0,
        "score": 85.5,
        "completed_on": "2026-08-30",
        "issued_at": "2026-08-30T03:12:00Z",
        "ended_at": None,
        "replaced_by": None,
        "reason": "",
        "issuer": "Lembaga Administrasi Negara",
        "demo": False,
        "url": "https://ekopi.contoh.go.id/sertifikat/EKOPI-2026-7H3K-90QZ-M5A2",
    }
    number: str
    state: Literal["valid", "revoked", "replaced"]
    name: str
    organisation: str
    course: str
    edition: int
    jp: Figure
    score: Figure | None
    completed_on: date
    issued_at: Moment
    ended_at: Moment | None
    replaced_by: str | None
    """Number of the one that took its place."""
    reason: str
    issuer: str
    demo: bool
    """Made for trying things out; proves nothing."""
    url: str


def shape(row: models.Certificate) -> Certificate:
    facts = row.facts
    return Certificate.of(
        number=row.number,
        state=row.state,
        name=facts["name"],
        organisation=facts["organisation"] or "",
        course=facts["course"],
        edition=facts["edition"],
        jp=Decimal(facts["jp"]),
        score=None if facts["score"] is None else Decimal(facts["score"]),
        completed_on=date.fromisoformat(facts["completed_on"]),
        issued_at=row.issued_at,
        ended_at=row.ended_at,
        replaced_by=row.replaced_by.number if row.replaced_by_id and row.replaced_by else None,
        reason=row.reason,
        issuer=facts["issuer"],
        demo=bool(facts.get("demo")),
        url=address(row.number),
    )


@operation(
    blueprint,
    "GET",
    "/certificates",
    of=Certificate,
    many=True,
    scope="certificates:read",
    summary=_l("Sertifikat Anda, yang terakhir terbit lebih dahulu"),
)
def certificates(ask: Ask) -> paging.Page:
    return listed(queries.certificates_of(ask.person.id), shape)


@operation(
    blueprint,
    "GET",
    "/certificates/<number>",
    of=Certificate,
    public=True,
    parts={"number": Part({"type": "string", "minLength": 1, "maxLength": 60}, "EKOPI-2026-7H3K-90QZ-M5A2")},
    summary=_l("Periksa keaslian sertifikat dari nomornya"),
    limit=limiter.shared_limit("30 per minute", scope="certificate-checks"),
    more=_l("Paling banyak 30 kali semenit."),
)
def certificate(ask: Ask, number: str) -> Certificate:
    plain = parse(number)
    return shape(found(queries.by_number(plain) if plain else None))
