"""Which personal data accounts hold, how they are given out, and what is left of a person after erasure."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from ekopi.accounts import nip, queries
from ekopi.accounts.models import AccountToken, Consent, Membership, Person, Role, SignIn
from ekopi.accounts.operations import proving
from ekopi.core import clock
from ekopi.extensions import db

COLUMNS = {
    "persons.email": "export, erase: replaced by an address that reaches nobody",
    "persons.name": "export, erase: replaced by the same words for all",
    "persons.nip_cipher": "export, erase: decrypted in the export",
    "persons.nip_hash": "erase",
    "persons.password_hash": "erase: never given out",
    "persons.zone": "export",
    "persons.language": "export",
    "persons.theme": "export",
    "memberships.person_id": "export, keep: the organisation's history, without a name after erasure",
    "memberships.position": "export, erase",
    "memberships.reason": "export, erase",
    "memberships.decided_by_id": "keep: whose decision it was; an id without its person says nothing",
    "roles.person_id": "export, keep: who could do what then; ended at erasure",
    "roles.granted_by_id": "keep: whose decision it was",
    "roles.ended_by_id": "keep: whose decision it was",
    "sign_ins.person_id": "export, erase",
    "sign_ins.device": "export, erase",
    "consents.person_id": "export, keep: proof that consent was given and withdrawn (UU 27/2022)",
    "account_tokens.person_id": "erase",
    "account_tokens.facts": "erase: may hold an address that was not confirmed",
    "sign_in_failures.address_hash": "erase",
}
GONE = "Akun Terhapus"


def export(person_id: int) -> dict:
    """The account, memberships, roles, sign-ins and consents of a person; times in UTC."""
    person = db.session.get(Person, person_id)
    if person is None:
        return {}
    return {
        "account": {
            "email": person.email,
            "name": person.name,
            "nip": nip.decrypt(person.nip_cipher),
            "zone": person.zone,
            "language": person.language,
            "theme": person.theme,
            "state": person.state,
            "created_at": _text(person.created_at),
            "confirmed_at": _text(person.confirmed_at),
        },
        "memberships": [
            {"organisation": m.organisation.name, "position": m.position, "state": m.state, "reason": m.reason,
             "claimed_at": _text(m.claimed_at), "decided_at": _text(m.decided_at), "ended_at": _text(m.ended_at)}
            for m in queries.memberships_of(person_id)
        ],
        "roles": [
            {"kind": r.kind, "place_kind": r.place_kind, "place_id": r.place_id,
             "granted_at": _text(r.granted_at), "ended_at": _text(r.ended_at)}
            for r in queries.roles_of(person_id, ended=True)
        ],
        "sign_ins": [
            {"device": s.device, "created_at": _text(s.created_at), "seen_at": _text(s.seen_at),
             "ended_at": _text(s.ended_at)}
            for s in db.session.scalars(select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.id))
        ],
        "consents": [
            {"notice": c.notice, "version": c.version, "given_at": _text(c.given_at),
             "withdrawn_at": _text(c.withdrawn_at)}
            for c in queries.consents_of(person_id)
        ],
    }  # fmt: skip


def erase(person_id: int) -> None:
    """Leaves a row without a name, an address or a way in; what stays (history, trail) points at that row."""
    person = db.session.get_one(Person, person_id)
    now = clock.now()
    proving.forgive(person.email)
    for table in (SignIn, AccountToken):
        db.session.execute(delete(table).where(table.person_id == person_id))
    db.session.execute(
        update(Membership)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .values(state="ended", ended_at=now)
    )
    db.session.execute(
        update(Membership).where(Membership.person_id == person_id).values(position="", reason="")
    )
    db.session.execute(
        update(Role).where(Role.person_id == person_id, Role.ended_at.is_(None)).values(ended_at=now)
    )
    db.session.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    person.email, person.name = f"terhapus-{person_id}@ekopi.invalid", GONE
    person.nip_cipher = person.nip_hash = None
    person.password_hash, person.state, person.theme = "", "erased", ""
    db.session.flush()


def _text(moment) -> str | None:
    return moment.isoformat() if moment else None
