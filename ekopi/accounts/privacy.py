"""Which personal data accounts hold, how they are given out, and what is left of a person after erasure."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from ekopi.accounts import nip, queries
from ekopi.accounts.models import AccountToken, ApiToken, Consent, Membership, Person, Role, SignIn
from ekopi.accounts.operations import proving
from ekopi.core import clock
from ekopi.core.models import AuditEntry
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
    "api_tokens.person_id": "export, erase",
    "api_tokens.name": "export, erase",
    "sign_in_failures.address_hash": "erase",
}
GONE = "Akun Terhapus"


def export(person_id: int) -> dict:
    """The account, memberships, roles, sign-ins and consents of a person, and who opened them; times in UTC."""
    person = db.session.get(Person, person_id)
    if person is None:
        return {}
    return {
        "akun": {
            "surel": person.email,
            "nama": person.name,
            "nip": nip.decrypt(person.nip_cipher),
            "zona_waktu": person.zone,
            "bahasa": person.language,
            "tampilan": person.theme,
            "keadaan": person.state,
            "dibuat": _text(person.created_at),
            "dikonfirmasi": _text(person.confirmed_at),
        },
        "keanggotaan": [
            {"instansi": m.organisation.name, "jabatan": m.position, "keadaan": m.state, "alasan": m.reason,
             "dinyatakan": _text(m.claimed_at), "diputuskan": _text(m.decided_at), "berakhir": _text(m.ended_at)}
            for m in queries.memberships_of(person_id)
        ],
        "peran": [
            {"peran": r.kind, "jenis_tempat": r.place_kind, "id_tempat": r.place_id,
             "diberikan": _text(r.granted_at), "berakhir": _text(r.ended_at)}
            for r in queries.roles_of(person_id, ended=True)
        ],
        "sesi": [
            {"peranti": s.device, "mulai": _text(s.created_at), "terakhir_dipakai": _text(s.seen_at),
             "berakhir": _text(s.ended_at)}
            for s in db.session.scalars(select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.id))
        ],
        "persetujuan": [
            {"pemberitahuan": c.notice, "versi": c.version, "diberikan": _text(c.given_at),
             "ditarik": _text(c.withdrawn_at)}
            for c in queries.consents_of(person_id)
        ],
        "token_api": [
            {"nama": t.name, "izin": t.scopes, "dibuat": _text(t.created_at), "berlaku_sampai": _text(t.expires_at),
             "terakhir_dipakai": _text(t.used_at), "diakhiri": _text(t.ended_at)}
            for t in db.session.scalars(select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.id))
        ],
        "dibuka_petugas": _viewed(person_id),
    }  # fmt: skip


def _viewed(person_id: int) -> list[dict]:
    """Which staff opened the person's record, and when; the page /akun/dibuka-petugas shows the same."""
    views = list(db.session.scalars(queries.views_of(person_id).order_by(AuditEntry.id)))
    names = queries.names_of({view.actor_id for view in views})
    return [{"oleh": names.get(str(v.actor_id), "EKOPI"), "waktu": _text(v.at)} for v in views]


def erase(person_id: int) -> None:
    """Leaves a row without a name, an address or a way in; what stays (history, trail) points at that row."""
    person = db.session.get_one(Person, person_id)
    now = clock.now()
    proving.forgive(person.email)
    for table in (SignIn, AccountToken, ApiToken):
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
