"""Reads of people, organisations, memberships, roles, sign-ins; each loads what its page touches."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from ekopi.accounts.models import (
    AccountToken,
    ApiToken,
    Consent,
    Membership,
    Organisation,
    Person,
    Role,
    SignIn,
)
from ekopi.core import clock
from ekopi.core.models import AuditEntry
from ekopi.core.registry import all_of
from ekopi.extensions import db

LABEL = " – "
"""Between an organisation's name and that of the one above it."""


def fold_email(text: str) -> str:
    """The form in which an address is kept and looked for."""
    return text.strip().lower()


def person(person_id: int) -> Person | None:
    """A person in any state, with the roles held now; None when there is none."""
    return db.session.scalars(
        select(Person).where(Person.id == person_id).options(selectinload(Person.roles))
    ).first()


def person_by_email(email: str) -> Person | None:
    """The person of an address in any state, with the roles held now."""
    return db.session.scalars(
        select(Person).where(Person.email == fold_email(email)).options(selectinload(Person.roles))
    ).first()


def names_of(ids) -> dict[str, str]:
    """Names by id (as text, the way the audit trail keeps ids)."""
    wanted = [int(i) for i in ids if str(i).isdecimal()]
    if not wanted:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {str(row.id): row.name for row in rows}


def memberships_of(person_id: int, *, ended: bool = True) -> list[Membership]:
    """All memberships with their organisations: living ones first, newest first."""
    query = (
        select(Membership)
        .where(Membership.person_id == person_id)
        .order_by(Membership.ended_at.isnot(None), Membership.id.desc())
        .options(joinedload(Membership.organisation))
    )
    return list(db.session.scalars(query if ended else query.where(Membership.ended_at.is_(None))))


def membership(person_id: int, membership_id: int) -> Membership | None:
    """One membership of this person, with its organisation."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.id == membership_id, Membership.person_id == person_id)
        .options(joinedload(Membership.organisation))
    ).first()


def home_organisation(person_id: int) -> Organisation | None:
    """Where the person belongs: the newest membership that was confirmed; None while there is only a claim."""
    return db.session.scalars(
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Membership.state == "confirmed",
            Organisation.deleted_at.is_(None),
        )
        .order_by(Membership.id.desc())
        .options(joinedload(Organisation.region))
        .limit(1)
    ).first()


def organisation(organisation_id: int) -> Organisation | None:
    """An organisation with its region; None when there is none or it was deleted."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id == organisation_id, Organisation.deleted_at.is_(None))
        .options(joinedload(Organisation.region))
    ).first()


def below(organisation: Organisation):
    """The WHERE of a subtree: the organisation itself and all below it."""
    return or_(Organisation.id == organisation.id, Organisation.path.startswith(organisation.path))


def organisations_above(organisation: Organisation) -> list[Organisation]:
    """Those above it and the organisation itself, from the top."""
    ids = [int(part) for part in organisation.path.split("/") if part]
    return list(
        db.session.scalars(
            select(Organisation).where(Organisation.id.in_(ids)).order_by(func.length(Organisation.path))
        )
    )


def organisation_in_full(organisation: Organisation) -> str:
    """With the one at the top, for readers elsewhere: "Puskesmas Sukamaju, Pemerintah Kabupaten Tirta Mulya"."""
    return organisations_in_full([organisation])[organisation.id]


def organisations_in_full(organisations: Iterable[Organisation]) -> dict[int, str]:
    """Each by its id with the one at the top, see organisation_in_full. One query, none where all are at the top."""
    wanted = {one.id: one for one in organisations}
    top_of = {one.id: int(one.path.split("/")[1]) for one in wanted.values()}
    tops = {top for id, top in top_of.items() if top != id}
    names: dict[int, str] = {}
    if tops:
        rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(tops)))
        names = {row.id: row.name for row in rows}
    return {
        id: one.name
        if top_of[id] == id or names[top_of[id]] in one.name
        else f"{one.name}, {names[top_of[id]]}"
        for id, one in wanted.items()
    }


def organisation_names(ids) -> dict[str, str]:
    """Names by id (as text), deleted ones too."""
    wanted = [int(i) for i in ids if str(i).isdecimal()]
    if not wanted:
        return {}
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {str(row.id): row.name for row in rows}


def membership_names(ids) -> dict[str, str]:
    """ "Name, Organisation" by id of the membership (as text)."""
    wanted = [int(i) for i in ids if str(i).isdecimal()]
    rows = db.session.execute(
        select(Membership.id, Person.name, Organisation.name)
        .join(Person, Person.id == Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.id.in_(wanted))
    )
    return {str(key): f"{who}, {where}" for key, who, where in rows}


def organisation_labels(limit: int = 1000) -> list[str]:
    """What the field "Instansi" offers: "Dinas Kesehatan – Pemerintah Kabupaten Sleman", upper levels first."""
    rows = db.session.execute(
        _labelled().order_by(func.length(Organisation.path), Organisation.name).limit(limit)
    )
    return [_label(name, parent) for _id, name, parent in rows]


def organisations_named(text: str = "", parent_id: int | None = None) -> Select[Organisation]:
    """A query of the organisations there are whose name or short name holds the text; not yet ordered."""
    query = select(Organisation).where(Organisation.deleted_at.is_(None))
    if wanted := " ".join(text.split()).lower():
        named = [
            func.lower(column).contains(wanted, autoescape=True)
            for column in (Organisation.name, Organisation.short_name)
        ]
        query = query.where(or_(*named))
    return query if parent_id is None else query.where(Organisation.parent_id == parent_id)


def organisation_label(organisation: Organisation) -> str:
    """The label of one organisation, as the field offers it."""
    row = db.session.execute(_labelled().where(Organisation.id == organisation.id)).first()
    return _label(row[1], row[2]) if row else organisation.name


def organisations_called(text: str) -> list[tuple[int, str]]:
    """(id, label) of the organisations this text may mean: exactly that label or name, else at most six near ones."""
    wanted = " ".join(text.split()).lower()
    head = wanted.split(LABEL.strip())[0].strip() if LABEL.strip() in wanted else wanted
    exact = db.session.execute(
        _labelled().where(
            or_(func.lower(Organisation.name) == head, func.lower(Organisation.short_name) == head)
        )
    ).all()
    found = [(key, _label(name, parent)) for key, name, parent in exact]
    same = [pair for pair in found if pair[1].lower() == wanted]
    if same or found:
        return same or found
    near = db.session.execute(
        _labelled()
        .where(func.lower(Organisation.name).contains(head, autoescape=True))
        .order_by(func.length(Organisation.path), Organisation.name)
        .limit(6)
    )
    return [(key, _label(name, parent)) for key, name, parent in near]


def _labelled():
    parent = aliased(Organisation)
    return (
        select(Organisation.id, Organisation.name, parent.name)
        .outerjoin(parent, parent.id == Organisation.parent_id)
        .where(Organisation.deleted_at.is_(None))
    )


def _label(name: str, parent: str | None) -> str:
    return f"{name}{LABEL}{parent}" if parent else name


def administrators_of(organisation: Organisation) -> list[int]:
    """Ids of the agency admins at the organisation or above it."""
    places = [int(part) for part in organisation.path.split("/") if part]
    return list(
        db.session.scalars(
            select(Role.person_id)
            .where(
                Role.kind == "agency_admin",
                Role.place_kind == "organisation",
                Role.place_id.in_(places),
                Role.ended_at.is_(None),
            )
            .distinct()
        )
    )


def roles_of(person_id: int, *, ended: bool = False) -> list[Role]:
    """Roles of a person, newest first."""
    query = select(Role).where(Role.person_id == person_id).order_by(Role.id.desc())
    return list(db.session.scalars(query if ended else query.where(Role.ended_at.is_(None))))


def places_of(roles) -> list[str]:
    """The name of each role's place; a query for each kind of place."""
    ids: dict[str, set[str]] = {}
    for role in roles:
        ids.setdefault(role.place_kind, set()).add(str(role.place_id))
    tell = all_of("audit-subjects")
    names = {kind: tell[kind](sorted(some)) for kind, some in ids.items() if kind in tell}
    return [
        _("Seluruh EKOPI")
        if role.place_kind == "platform"
        else names.get(role.place_kind, {}).get(str(role.place_id), "–")
        for role in roles
    ]


def sign_ins_of(person_id: int, *, idle_since) -> list[SignIn]:
    """Living sign-ins, last used first; those not used since `idle_since` have ended by themselves."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.seen_at > idle_since)
            .order_by(SignIn.seen_at.desc())
        )
    )


def api_tokens_of(person_id: int, *, expired: bool = True) -> list[ApiToken]:
    """Tokens of the API that were not ended, newest first; those that have expired only where they are asked for."""
    query = select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.ended_at.is_(None))
    if not expired:
        query = query.where(ApiToken.expires_at > clock.now())
    return list(db.session.scalars(query.order_by(ApiToken.id.desc())))


def email_asked_for(person_id: int) -> str:
    """The new address whose link was sent and still works; "" where none is under way."""
    facts = db.session.scalar(
        select(AccountToken.facts)
        .where(
            AccountToken.person_id == person_id,
            AccountToken.purpose == "change_email",
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > clock.now(),
        )
        .limit(1)
    )
    return (facts or {}).get("email", "")


def consents_of(person_id: int) -> list[Consent]:
    """The ledger of a person's consents, newest first."""
    return list(
        db.session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc()))
    )


def consents_to(person_id: int, notice: str, version: str) -> bool:
    """Whether the person has accepted this version and not withdrawn it."""
    return (
        db.session.scalar(
            select(Consent.id)
            .where(
                Consent.person_id == person_id,
                Consent.notice == notice,
                Consent.version == version,
                Consent.withdrawn_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )


def views_of(person_id: int) -> Select:
    """The rows of the trail that say that staff opened this person's record."""
    return select(AuditEntry).where(
        AuditEntry.subject_kind == "person",
        AuditEntry.subject_id == str(person_id),
        AuditEntry.verb == "person.viewed",
    )


def active_admins() -> int:
    """How many admins of the platform can sign in."""
    return (
        db.session.scalar(
            select(func.count(Role.id))
            .join(Person, Person.id == Role.person_id)
            .where(
                Role.kind == "admin",
                Role.place_kind == "platform",
                Role.ended_at.is_(None),
                Person.state == "active",
            )
        )
        or 0
    )


def idle_limit():
    """Sign-ins not used since then have ended by themselves."""
    from datetime import timedelta

    from flask import current_app

    hours = current_app.extensions["settings"].session_idle_hours
    return clock.now() - timedelta(hours=hours)
