"""Certificates: issued once per achievement, revoked with a reason, reissued for a corrected name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from ekopi.accounts.models import Person
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Invalid
from ekopi.credentials import numbers, queries
from ekopi.credentials.errors import NotValidAnyMore, WasRevoked
from ekopi.credentials.models import Certificate
from ekopi.credentials.operations import ledger
from ekopi.credentials.operations.reasons import checked_reason
from ekopi.credentials.printed import address
from ekopi.extensions import db
from ekopi.mail import operations as mail
from ekopi.notifications.operations import tell

FACTS = frozenset(
    {"name", "organisation", "course", "course_slug", "edition", "jp", "score", "pass_mark", "completed_on",
     "issuer", "demo"}
)  # fmt: skip
TRIES = 5
NAME_MOST = 150


def issue(person: Person, source_kind: str, source_id: int, facts: dict) -> Certificate:
    """A certificate for an achievement, exactly once: the valid one when it was issued before.

    `facts` are frozen as they are; they must be those of FACTS, or ValueError is raised. The holder gets a
    notice and a letter. Raises WasRevoked when the certificate of this achievement was revoked.
    """
    if set(facts) != FACTS:
        raise ValueError(f"facts of a certificate: {sorted(FACTS ^ set(facts))} missing or too much")
    known = queries.of_source(source_kind, source_id)
    if known:
        return _the_valid_one(known)
    made = _added(person, source_kind, source_id, facts)
    if made is None:
        return _the_valid_one(queries.of_source(source_kind, source_id))
    audit.record("certificate.issued", "certificate", made.id, person_id=person.id)
    _tell(made, person, "certificate-issued", course=facts["course"])
    return made


def revoke(certificate: Certificate, reason: str, by_id: int | None, *, with_jp: bool = False) -> None:
    """Ends a certificate; its public page shows day and reason. With `with_jp` its credit is taken back too.

    Raises Invalid for a reason that says nothing, NotValidAnyMore when it was ended before.
    """
    reason = checked_reason(reason)
    claim(certificate)
    if certificate.state != "valid":
        raise NotValidAnyMore()
    _end(certificate, "revoked", reason, by_id)
    db.session.flush()
    if with_jp:
        credited = queries.entry_of(certificate.person_id, certificate.source_kind, certificate.source_id)
        if credited is not None:
            ledger.reverse(credited, reason, by_id)
    audit.record("certificate.revoked", "certificate", certificate.id, actor_id=by_id, with_jp=with_jp)
    person = db.session.get_one(Person, certificate.person_id)
    _tell(certificate, person, "certificate-revoked", reason=reason, with_jp=with_jp)


def reissue(certificate: Certificate, name: str, reason: str, by_id: int | None) -> Certificate:
    """A new certificate with the corrected name; the old one leads to it and stays readable.

    Raises Invalid for a name or reason that cannot be taken, NotValidAnyMore when it was ended before.
    """
    name, reason = _checked_name(name), checked_reason(reason)
    claim(certificate)
    if certificate.state != "valid":
        raise NotValidAnyMore()
    if name == certificate.facts["name"]:
        raise Invalid("name", _l("Nama ini sama dengan yang tertulis. Ubah namanya, lalu kirim lagi."))
    person = db.session.get_one(Person, certificate.person_id)
    # One valid certificate per achievement is an index, "replaced" needs its successor, and the successor needs
    # to be valid: so the old one is ended first, then the new one added, then the old one pointed to it.
    _end(certificate, "revoked", reason, by_id)
    db.session.flush()
    made = _added(person, certificate.source_kind, certificate.source_id, {**certificate.facts, "name": name})
    if made is None:
        raise NotValidAnyMore()
    certificate.state, certificate.replaced_by_id = "replaced", made.id
    db.session.flush()
    audit.record("certificate.reissued", "certificate", certificate.id, actor_id=by_id, new=made.number)
    _tell(
        made,
        person,
        "certificate-reissued",
        notice="certificate-replaced",
        reason=reason,
        old=certificate.number,
    )
    return made


def _added(person: Person, source_kind: str, source_id: int, facts: dict) -> Certificate | None:
    """The new row, or None when another transaction has issued one for the same achievement."""
    now = clock.now()
    year = clock.local(now, person.zone).year
    for _try in range(TRIES):
        made = Certificate(
            number=numbers.new_number(year), person=person, source_kind=source_kind, source_id=source_id,
            facts=dict(facts), issued_at=now,
        )  # fmt: skip
        try:
            with db.session.begin_nested():
                db.session.add(made)
        except IntegrityError:
            if any(other.state == "valid" for other in queries.of_source(source_kind, source_id)):
                return None
            continue  # the number was taken: once in 2⁵⁵ tries
        return made
    raise RuntimeError("no free certificate number was found")


def _the_valid_one(known: list[Certificate]) -> Certificate:
    for certificate in known:
        if certificate.state == "valid":
            return certificate
    raise WasRevoked()


def _end(certificate: Certificate, state: str, reason: str, by_id: int | None) -> None:
    certificate.state, certificate.reason = state, reason
    certificate.ended_at, certificate.ended_by_id = clock.now(), by_id


def _tell(certificate: Certificate, person: Person, letter: str, *, notice: str = "", **facts) -> None:
    tell(
        person.id, notice or letter, key=certificate.number, number=certificate.number,
        course=certificate.facts["course"],
    )  # fmt: skip
    if person.state != "erased":  # nobody reads that address any more
        mail.write(
            letter, to=person.email, person=person, key=f"{letter}:{certificate.number}",
            certificate=certificate, certificate_address=address(certificate.number), **facts,
        )  # fmt: skip


def _checked_name(name: str) -> str:
    plain = " ".join(name.split())
    if not 2 <= len(plain) <= NAME_MOST or not any(char.isalpha() for char in plain):
        raise Invalid("name", _l("Tulis nama lengkap seperti pada dokumen kepegawaian."))
    return plain
