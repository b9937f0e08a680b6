"""The tree of organisations: made, changed, moved with all below. `path` lists the ids from the top."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select, update
from sqlalchemy.exc import IntegrityError

from ekopi.accounts.models import Membership, Organisation, Person
from ekopi.core import audit
from ekopi.core import db as database
from ekopi.core.errors import Invalid, Refused
from ekopi.extensions import db

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
SHARED_DOMAINS = {
    "gmail.com", "yahoo.com", "yahoo.co.id", "ymail.com", "rocketmail.com", "outlook.com", "hotmail.com",
    "live.com", "icloud.com", "proton.me", "protonmail.com", "go.id", "co.id", "or.id", "ac.id", "sch.id",
}  # fmt: skip
"""Domains where anybody may have an address; they prove nothing."""


class NameTaken(Invalid):
    """There is an organisation of this name at this place."""

    code = "name-taken"

    def __init__(self):
        super().__init__("name", _l("Nama ini sudah dipakai di tempat yang sama. Gunakan nama lain."))


class WouldCircle(Refused):
    """An organisation cannot stand below itself."""

    code = "would-circle"
    message = _l("Instansi tidak dapat dipindahkan ke bawah dirinya sendiri.")
    remedy = _l("Pilih induk yang lain.")


class ParentGone(Refused):
    """The organisation above was deleted meanwhile."""

    code = "parent-gone"
    message = _l("Instansi induknya baru saja dihapus.")
    remedy = _l("Pulihkan induknya, atau pilih induk yang lain.")


class OrganisationGone(Refused):
    """The organisation itself was deleted meanwhile."""

    code = "organisation-gone"
    message = _l("Instansi ini baru saja dihapus.")
    remedy = _l("Pilih instansi lain, atau minta admin memulihkannya.")


class StillUsed(Refused):
    """An organisation with members or units below it cannot be deleted."""

    code = "still-used"
    message = _l("Instansi ini masih memiliki anggota atau unit di bawahnya.")
    remedy = _l("Pindahkan atau akhiri semuanya lebih dahulu.")


def create(
    *, name: str, kind: str, parent: Organisation | None = None, short_name: str = "",
    region_code: str | None = None, mail_domains=(), by: Person | None = None,
) -> Organisation:  # fmt: skip
    """A new organisation, below `parent` or at the top. Raises NameTaken, ParentGone, Invalid for a bad domain."""
    made = Organisation(
        name=name, short_name=short_name, kind=kind, parent_id=parent.id if parent else None,
        region_code=region_code or None, mail_domains=read_domains(mail_domains),
    )  # fmt: skip
    _lock_tree()
    if parent is not None:
        claim_living(parent, ParentGone)
    _refuse_twins(name, made.parent_id, None)
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
            made.path = f"{parent.path if parent else '/'}{made.id}/"
    except IntegrityError as clash:
        raise NameTaken() from clash
    audit.record("organisation.created", "organisation", made.id, actor_id=by.id if by else None)
    return made


def change(
    organisation: Organisation, *, name: str, kind: str, short_name: str = "", region_code: str | None = None,
    mail_domains=(), by: Person | None = None,
) -> None:  # fmt: skip
    """Changes what an organisation is called and proved by. Raises OrganisationGone, NameTaken, Invalid."""
    domains = read_domains(mail_domains)
    claim_living(organisation)
    _refuse_twins(name, organisation.parent_id, organisation.id)
    try:
        with db.session.begin_nested():
            organisation.name, organisation.short_name, organisation.kind = name, short_name, kind
            organisation.region_code, organisation.mail_domains = region_code or None, domains
    except IntegrityError as clash:
        raise NameTaken() from clash
    audit.record("organisation.changed", "organisation", organisation.id, actor_id=by.id if by else None)


def move(organisation: Organisation, parent: Organisation | None, *, by: Person | None = None) -> None:
    """Puts an organisation with all below it under another one, or at the top.

    Raises OrganisationGone, ParentGone, WouldCircle, NameTaken.
    """
    _lock_tree()
    claim_living(organisation)
    if parent is not None:
        claim_living(parent, ParentGone)
        if f"/{organisation.id}/" in parent.path:
            raise WouldCircle()
    old = organisation.path
    new = f"{parent.path if parent else '/'}{organisation.id}/"
    _refuse_twins(organisation.name, parent.id if parent else None, organisation.id)
    try:
        with db.session.begin_nested():
            organisation.parent_id = parent.id if parent else None
    except IntegrityError as clash:
        raise NameTaken() from clash
    db.session.execute(
        update(Organisation)
        .where(Organisation.path.startswith(old))
        .values(path=literal(new).concat(func.substr(Organisation.path, len(old) + 1)))
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(organisation)
    audit.record(
        "organisation.moved", "organisation", organisation.id, actor_id=by.id if by else None,
        parent=parent.id if parent else 0,
    )  # fmt: skip


def delete(organisation: Organisation, *, by: Person | None = None) -> None:
    """Deletes an organisation for which nobody lives any more; it can be brought back for 30 days.

    Raises StillUsed, OrganisationGone.
    """
    claim_living(organisation)
    members = select(Membership.id).where(
        Membership.organisation_id == organisation.id, Membership.ended_at.is_(None)
    )
    units = select(Organisation.id).where(
        Organisation.parent_id == organisation.id, Organisation.deleted_at.is_(None)
    )
    if db.session.scalar(members.limit(1)) or db.session.scalar(units.limit(1)):
        raise StillUsed()
    organisation.delete()
    db.session.flush()
    audit.record("organisation.deleted", "organisation", organisation.id, actor_id=by.id if by else None)


def restore(organisation: Organisation, *, by: Person | None = None) -> None:
    """Brings a deleted organisation back. Raises NameTaken when its name was given away meanwhile."""
    _refuse_twins(organisation.name, organisation.parent_id, organisation.id)
    try:
        with db.session.begin_nested():
            organisation.undelete()
    except IntegrityError as clash:
        raise NameTaken() from clash
    audit.record("organisation.restored", "organisation", organisation.id, actor_id=by.id if by else None)


def claim_living(organisation: Organisation, gone: type[Refused] = OrganisationGone) -> None:
    """Claims an organisation that something is to be done in. Raises `gone` when it was deleted meanwhile."""
    if database.claim(organisation).deleted_at is not None:
        raise gone()


def read_domains(texts) -> list[str]:
    """Mail domains, lower case, each once. Raises Invalid for what is none, and for those anybody may use."""
    found: list[str] = []
    for text in texts:
        domain = text.strip().lower().lstrip("@")
        if not domain or domain in found:
            continue
        if not DOMAIN.fullmatch(domain):
            raise Invalid(
                "mail_domains", _l("%(domain)s bukan domain surel. Contoh: slemankab.go.id."), domain=domain
            )
        if domain in SHARED_DOMAINS:
            raise Invalid(
                "mail_domains",
                _l("%(domain)s dipakai siapa saja, jadi tidak membuktikan keanggotaan. Hapus dari daftar."),
                domain=domain,
            )
        found.append(domain)
    return found


def _refuse_twins(name: str, parent_id: int | None, but_id: int | None) -> None:
    """The unique key does not see two tops of one name (NULL parents differ); this does, and folds case."""
    query = select(Organisation.id).where(
        func.lower(Organisation.name) == name.lower(), Organisation.deleted_at.is_(None)
    )
    query = query.where(
        Organisation.parent_id.is_(None) if parent_id is None else Organisation.parent_id == parent_id
    )
    if but_id is not None:
        query = query.where(Organisation.id != but_id)
    if db.session.scalar(query.limit(1)) is not None:
        raise NameTaken()


def _lock_tree() -> None:
    """Changes of the tree go one after the other: two moves at once could make a circle that neither sees."""
    if not database.take_write_lock():
        top = select(Organisation.id).where(Organisation.parent_id.is_(None)).order_by(Organisation.id)
        db.session.execute(top.with_for_update())
