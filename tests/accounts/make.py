"""Builders of people and organisations; each returns a flushed row, with defaults for all a test is not about."""

from __future__ import annotations

from functools import cache
from itertools import count

from ekopi.accounts import passwords
from ekopi.accounts.models import Membership, Organisation, Person, Role
from ekopi.core import clock
from ekopi.extensions import db
from ekopi.places.models import Region

_numbers = count(1)
PASSWORD = "Jembatan-Gantung-77"


def region(code="34", name="Daerah Istimewa Yogyakarta", kind="province", parent=None, zone="Asia/Jakarta"):
    """A region; an existing one with this code is given back."""
    known = db.session.get(Region, code)
    if known:
        return known
    return _flushed(
        Region(code=code, name=name, kind=kind, parent_code=parent.code if parent else None, zone=zone)
    )


def organisation(name=None, parent=None, kind="agency", mail_domains=(), region=None, short_name=""):
    """An organisation, below `parent` where one is given."""
    made = Organisation(
        name=name or f"Dinas Nomor {next(_numbers)}",
        parent_id=parent.id if parent else None,
        kind=kind,
        short_name=short_name,
        mail_domains=list(mail_domains),
        region_code=region.code if region else None,
    )
    _flushed(made)
    made.path = f"{parent.path if parent else '/'}{made.id}/"
    return _flushed(made)


def person(
    name="Sari Wulandari", email=None, roles=(), password=None, state="active", organisation=None, **more
):
    """A person; `roles` are (kind, place_kind, place_id), `organisation` one the person is confirmed in.

    Without a password nobody can sign in through the form; tests use client.sign_in(person).
    """
    made = Person(
        name=name,
        email=email or f"orang{next(_numbers)}@contoh.go.id",
        password_hash=_hash(password) if password else "",
        state=state,
        confirmed_at=None if state == "pending" else clock.now(),
        **more,
    )
    _flushed(made)
    for kind, place_kind, place_id in roles:
        role(made, kind, place_kind, place_id)
    if organisation is not None:
        membership(made, organisation)
    return made


@cache
def _hash(password):
    """Each password is hashed once for all tests."""
    return passwords.hash_now(password)


def role(person, kind, place_kind="platform", place_id=0):
    """A role held now. Roles already loaded on the person are read again."""
    made = _flushed(Role(person_id=person.id, kind=kind, place_kind=place_kind, place_id=place_id))
    db.session.expire(person, ["roles"])
    person.held = None
    return made


def membership(person=None, organisation=None, state="confirmed", position="Analis Kebijakan", **more):
    """A membership in the given state."""
    person = person or globals()["person"]()
    organisation = organisation or globals()["organisation"]()
    now = clock.now()
    made = Membership(
        person_id=person.id,
        organisation_id=organisation.id,
        state=state,
        position=position,
        decided_at=now if state == "confirmed" else None,
        ended_at=now if state == "ended" else None,
        **more,
    )
    return _flushed(made)


def _flushed(row):
    db.session.add(row)
    db.session.flush()
    return row
