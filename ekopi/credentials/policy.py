"""Who may do what with certificates and learning hours; no HTTP, no writing."""

from __future__ import annotations

from ekopi.accounts.policy import is_admin
from ekopi.credentials.models import Certificate


def may_download(person, certificate: Certificate) -> bool:
    """The paper is for its holder; everybody else reads the public page."""
    return certificate.person_id == person.id


def may_decide(person) -> bool:
    """Revoking and reissuing is for admins of the platform, and never on one's own certificate (see below)."""
    return is_admin(person)


def may_decide_on(person, certificate: Certificate) -> bool:
    """An admin, but on no certificate of the own: two people stand behind every change of a proof."""
    return may_decide(person) and certificate.person_id != person.id
