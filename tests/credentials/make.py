"""Builders of certificates and credits."""

from __future__ import annotations

from itertools import count

from ekopi.credentials.operations import certificates, ledger
from tests.accounts import make as accounts

_sources = count(5000)
REASON = "Terbit karena kesalahan data ujian."


def facts(**changes) -> dict:
    """What a certificate says, complete."""
    return {
        "name": "Rina Wulandari",
        "organisation": "Puskesmas Sukamaju, Kabupaten Tirta Mulya",
        "course": "Menyusun Rencana Aksi",
        "course_slug": "menyusun-rencana-aksi",
        "edition": 3,
        "jp": "4",
        "score": "86",
        "pass_mark": 75,
        "completed_on": "2026-07-02",
        "issuer": "Lembaga Administrasi Negara",
        "demo": False,
        **changes,
    }


def certificate(person=None, source_id=None, **changes):
    """An issued certificate; `changes` are facts."""
    return certificates.issue(
        person or accounts.person(), "enrolment", source_id or next(_sources), facts(**changes)
    )


def credit(person=None, jp="4", source_id=None, at=None, **evidence):
    """A credited entry."""
    return ledger.credit(
        person or accounts.person(),
        "enrolment",
        source_id or next(_sources),
        jp,
        evidence or {"course": "Menyusun Rencana Aksi", "minutes": 250, "attempts": 2, "publication": 3},
        at,
    )


def admin(**more):
    return accounts.person(name="Admin EKOPI", roles=[("admin", "platform", 0)], **more)
