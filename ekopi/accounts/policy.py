"""Who may do what with people, organisations, memberships and roles; no HTTP, no writing."""

from __future__ import annotations

from ekopi.accounts.models import Membership, Organisation
from ekopi.extensions import db

PLACES_OF = {
    "admin": ("platform",),
    "auditor": ("platform",),
    "agency_admin": ("organisation",),
    "author": ("platform", "organisation", "course"),
    "curator": ("platform", "organisation"),
    "coach": ("platform", "organisation"),
    "coordinator": ("platform", "organisation"),
    "innovator": ("platform", "organisation"),
}
"""Kind of role -> the kinds of place it can be held at."""


def is_admin(person) -> bool:
    """Administers the whole platform."""
    return person.holds("admin", "platform", 0)


def may_administer(person, organisation: Organisation | None) -> bool:
    """An admin, or an agency admin at the organisation or above it. Without an organisation: admins only."""
    return is_admin(person) or (organisation is not None and _reaches(person, "agency_admin", organisation))


def may_decide(person, membership: Membership) -> bool:
    """May confirm or end a claim of somebody else; needs the organisation loaded. Nobody decides on the own claim."""
    return membership.person_id != person.id and may_administer(person, membership.organisation)


def may_end_membership(person, membership: Membership) -> bool:
    """The person whose membership it is, or who administers the organisation."""
    return membership.person_id == person.id or may_administer(person, membership.organisation)


def may_give_roles(person) -> bool:
    """Roles are given and taken by admins of the platform."""
    return is_admin(person)


def may_read_audit(person) -> bool:
    return is_admin(person) or person.holds("auditor", "platform", 0)


def may_author(person, organisation_id: int | None = None, course_id: int | None = None) -> bool:
    """Writes courses: an author of the platform, of that course, or of that organisation or one above it; an admin.

    Without a place: whether there is any place where this person writes at all is `person.holds("author")`;
    here it means the platform itself.
    """
    if is_admin(person) or person.holds("author", "platform", 0):
        return True
    if course_id is not None and person.holds("author", "course", course_id):
        return True
    if organisation_id is None or not person.holds("author", "organisation"):
        return False
    organisation = db.session.get(Organisation, organisation_id)
    return organisation is not None and _reaches(person, "author", organisation)


def _reaches(person, kind: str, organisation: Organisation) -> bool:
    """Holds the role at the organisation or at one above it; `path` names them all."""
    return any(
        role.kind == kind and role.place_kind == "organisation" and f"/{role.place_id}/" in organisation.path
        for role in person.held_roles()
    )
