"""The person of the token."""

from __future__ import annotations

from typing import Literal

from flask_babel import lazy_gettext as _l

from ekopi.accounts import queries
from ekopi.api.declaring import Ask, operation
from ekopi.api.shapes import Moment, Named, Shape
from ekopi.api.v1 import blueprint


class Membership(Shape):
    """A place in an organisation that has not ended."""

    organisation: Named
    position: str
    state: Literal["claimed", "confirmed"]
    since: Moment


class Role(Shape):
    """A role and where it holds; `place_id` is 0 for the whole platform."""

    kind: str
    place_kind: Literal["platform", "organisation", "course"]
    place_id: int


class Me(Shape):
    """The own account. NIP and password are never given."""

    EXAMPLE = {
        "id": 42,
        "name": "Sari Wulandari",
        "email": "sari.wulandari@contoh.go.id",
        "zone": "Asia/Jakarta",
        "language": "id",
        "memberships": [
            {
                "organisation": {"id": 7, "name": "Dinas Kesehatan"},
                "position": "Analis Kebijakan",
                "state": "confirmed",
                "since": "2026-08-17T02:30:00Z",
            }
        ],
        "roles": [{"kind": "author", "place_kind": "organisation", "place_id": 7}],
    }
    id: int
    name: str
    email: str
    zone: str
    language: Literal["id", "en"]
    memberships: list[Membership]
    roles: list[Role]


@operation(
    blueprint, "GET", "/me", of=Me, scope="profile:read", summary=_l("Akun Anda, keanggotaan, dan peran")
)
def me(ask: Ask) -> Me:
    person = ask.person
    return Me.of(
        id=person.id,
        name=person.name,
        email=person.email,
        zone=person.zone,
        language=person.language,
        memberships=[
            Membership.of(
                organisation=Named(id=one.organisation.id, name=one.organisation.name),
                position=one.position,
                state=one.state,
                since=one.claimed_at,
            )
            for one in queries.memberships_of(person.id, ended=False)
        ],
        roles=[
            Role(kind=role.kind, place_kind=role.place_kind, place_id=role.place_id)
            for role in person.held_roles()
        ],
    )
