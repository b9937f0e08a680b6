"""What the paper says and the public page shows: one list for both, so that they cannot differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import segno
from flask_babel import gettext as _

from ekopi.core import clock
from ekopi.core.web import absolute, say_date, say_jp, say_number
from ekopi.credentials.models import Certificate


@dataclass(frozen=True)
class Printed:
    key: str
    label: str
    value: str


def printed(certificate: Certificate) -> list[Printed]:
    """Every printed fact in the reader's language; the paper calls it in Indonesian. Needs the person loaded.

    Days are those of the holder's zone, whoever reads.
    """
    facts = certificate.facts
    course, edition = facts["course"], facts["edition"]
    rows = [
        Printed("name", _("Nama"), facts["name"]),
        Printed("organisation", _("Instansi"), facts["organisation"] or ""),
        Printed("course", _("Kursus"), _("%(course)s, terbitan %(edition)s", course=course, edition=edition)),
        Printed("jp", _("Jam pelajaran"), _("%(jp)s JP", jp=say_jp(Decimal(facts["jp"])))),
        Printed("score", _("Nilai akhir"), _score(facts)),
        Printed("completed", _("Diselesaikan"), say_date(date.fromisoformat(facts["completed_on"]))),
        Printed("number", _("Nomor"), certificate.number),
        Printed("issued", _("Diterbitkan"), _("%(day)s oleh %(issuer)s", day=issued_on(certificate), issuer=facts["issuer"])),
        Printed("until", _("Berlaku sampai"), _("Tanpa batas waktu") if certificate.state == "valid" else ""),
    ]  # fmt: skip
    return [row for row in rows if row.value]


def issued_on(certificate: Certificate) -> str:
    """The day of issue in words."""
    return say_date(clock.local(certificate.issued_at, certificate.person.zone).date())


def path(number: str) -> str:
    """The public page of a certificate; without url_for, as jobs and commands have no request."""
    return f"/sertifikat/{number}"


def address(number: str) -> str:
    """The same in full: the QR code, the paper and letters hold it."""
    return absolute(path(number))


def share_url(certificate: Certificate) -> str:
    """WhatsApp with course and address ready to send; the reader chooses to whom."""
    said = f"{certificate.facts['course']} {address(certificate.number)}"
    return "https://wa.me/?" + urlencode({"text": said})


def qr(text: str) -> tuple[int, str]:
    """A QR code (level M) as the side of its square and the path of its dark rows, a quiet zone of 2 around."""
    code = segno.make(text, error="m", micro=False)
    rows, runs = [bytes(row) for row in code.matrix_iter(border=2)], []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start} {y}.5h{x - start}")
            x += 1
    return len(rows), "".join(runs)


def _score(facts: dict) -> str:
    if facts["score"] is None:
        return ""
    score = say_number(Decimal(facts["score"]))
    if facts["pass_mark"] is None:
        return score
    return _("%(score)s, batas lulus %(mark)s", score=score, mark=say_number(Decimal(facts["pass_mark"])))
