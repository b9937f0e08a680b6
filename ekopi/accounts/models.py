"""People, organisations, memberships, roles, sign-ins and what belongs to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ekopi.core import clock
from ekopi.core.db import Undoable, partial
from ekopi.extensions import Base
from ekopi.places.models import Region

ROLE_KINDS = ("admin", "auditor", "agency_admin", "author", "curator", "coach", "coordinator", "innovator")
PLACE_KINDS = ("platform", "organisation", "course")


class Organisation(Undoable, Base):
    """A ministry, a local government, or a unit below one. `path` lists the ids from the top: "/1/12/"."""

    __tablename__ = "organisations"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    path: Mapped[str] = mapped_column(default="", index=True)
    kind: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    mail_domains: Mapped[list[Any]] = mapped_column(default=list)
    """Mail domains whose confirmed addresses prove membership, lower case."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    region: Mapped[Region | None] = relationship(lazy="raise_on_sql")
    __table_args__ = (
        CheckConstraint("kind IN ('ministry', 'agency', 'province', 'regency', 'city', 'unit')", name="kind"),
        Index("uq_organisations_name", "parent_id", "name", unique=True, **partial("deleted_at IS NULL")),
        # NULL parents are never equal to each other, so the top of the tree has a key of its own
        Index(
            "uq_organisations_top_name",
            "name",
            unique=True,
            **partial("parent_id IS NULL AND deleted_at IS NULL"),
        ),
    )


class Person(Base):
    """Somebody with an account. `email` is folded to lower case; NIP is encrypted and matched by its hash."""

    __tablename__ = "persons"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    nip_cipher: Mapped[str | None]
    nip_hash: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default=clock.DEFAULT_ZONE)
    language: Mapped[str] = mapped_column(default="id")
    theme: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="pending")
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    demo: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[Role]] = relationship(
        lazy="raise_on_sql",
        foreign_keys="Role.person_id",
        primaryjoin="and_(Role.person_id == Person.id, Role.ended_at.is_(None))",
        viewonly=True,
    )
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'active', 'disabled', 'erased')", name="state"),
        CheckConstraint("state <> 'active' OR confirmed_at IS NOT NULL", name="confirmed"),
        CheckConstraint("(nip_cipher IS NULL) = (nip_hash IS NULL)", name="nip"),
    )

    is_authenticated = True
    is_anonymous = False
    token: ClassVar[Any] = None
    """The random token of this request's sign-in; set when the person is loaded, None otherwise."""
    held: ClassVar[Any] = None
    """The roles as plain rows, set when the person is loaded; they outlive a commit or rollback, `roles` does not."""

    def get_id(self):
        return self.token

    @property
    def is_active(self):
        return self.state == "active"

    @property
    def initials(self) -> str:
        words = [w for w in self.name.split() if w[:1].isalpha()]
        return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    def holds(self, kind: str, place_kind: str | None = None, place_id: int | None = None) -> bool:
        """Holds the role at that very place (or at any place when none is named). Needs `roles` loaded."""
        return any(
            r.kind == kind
            and (place_kind is None or r.place_kind == place_kind)
            and (place_id is None or r.place_id == place_id)
            for r in self.held_roles()
        )

    def holds_any(self, kinds) -> bool:
        return any(r.kind in kinds for r in self.held_roles())

    def held_roles(self):
        """The roles held now, each with kind, place_kind and place_id. Needs `roles` loaded."""
        return self.roles if self.held is None else self.held


class Membership(Base):
    """A person in an organisation: claimed by the person, confirmed by the organisation, ended; never deleted."""

    __tablename__ = "memberships"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[str] = mapped_column(default="claimed")
    position: Mapped[str] = mapped_column(default="")
    claimed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    """Empty when the mail's domain decided."""
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    __table_args__ = (
        CheckConstraint("state IN ('claimed', 'confirmed', 'ended')", name="state"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("state <> 'confirmed' OR decided_at IS NOT NULL", name="decided"),
        Index(
            "uq_memberships_active",
            "person_id",
            "organisation_id",
            unique=True,
            **partial("ended_at IS NULL"),
        ),
    )


class Role(Base):
    """A role that a person holds at a place. At an organisation it reaches everything below it."""

    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    kind: Mapped[str]
    place_kind: Mapped[str]
    place_id: Mapped[int] = mapped_column(default=0)
    """0 at the platform, else the id of the organisation or course."""
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    __table_args__ = (
        CheckConstraint(f"kind IN {ROLE_KINDS}", name="kind"),
        CheckConstraint(f"place_kind IN {PLACE_KINDS}", name="place_kind"),
        CheckConstraint("(place_kind = 'platform') = (place_id = 0)", name="place"),
        Index(
            "uq_roles_active",
            "person_id",
            "kind",
            "place_kind",
            "place_id",
            unique=True,
            **partial("ended_at IS NULL"),
        ),  # fmt: skip
        Index("ix_roles_place", "place_kind", "place_id"),
    )


class SignIn(Base):
    """One signed-in browser. The cookie holds a random token, the row its hash; ending the row ends the sign-in."""

    __tablename__ = "sign_ins"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    device: Mapped[str] = mapped_column(default="")
    """Browser and system in a few words, for the list of one's own sign-ins."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    proved_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When the password was last given; sensitive acts ask again after a while."""
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Consent(Base):
    """A ledger row: this person accepted this version of this notice then. Never changed but by withdrawal."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    notice: Mapped[str]
    version: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_consents_active",
            "person_id",
            "notice",
            "version",
            unique=True,
            **partial("withdrawn_at IS NULL"),
        ),
    )


class AccountToken(Base):
    """A link sent by mail: single use, hashed at rest, for one purpose, with an end."""

    __tablename__ = "account_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    purpose: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("purpose IN ('confirm', 'reset', 'change_email', 'admin_link')", name="purpose"),
    )


class ApiToken(Base):
    """What a program shows instead of a password: acts as its person within `scopes`. Only the hash is kept."""

    __tablename__ = "api_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    name: Mapped[str]
    """What its maker calls it, to know it again."""
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    """Keys of words.SCOPES."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """When it was last used; noted at most every five minutes."""
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("expires_at > created_at", name="expires"),
    )


class SignInFailure(Base):
    """A wrong password for an address (hashed, known or not); five in 15 minutes slow the address down."""

    __tablename__ = "sign_in_failures"
    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    __table_args__ = (Index("ix_sign_in_failures_address_hash", "address_hash", "at"),)
