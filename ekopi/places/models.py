"""Regions. Codes are Kemendagri's, kept as text with dots ("34", "34.71")."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ekopi.extensions import Base


class Region(Base):
    """A province, regency or city. `successor_code` leads from a code that ended to the one in force."""

    __tablename__ = "regions"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    zone: Mapped[str]
    valid_from: Mapped[date | None]
    """Empty where the day the code came into force is not known to us."""
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    __table_args__ = (
        CheckConstraint("kind IN ('province', 'regency', 'city')", name="kind"),
        CheckConstraint("(kind = 'province') = (parent_code IS NULL)", name="parent"),
        CheckConstraint("successor_code IS NULL OR valid_to IS NOT NULL", name="successor"),
    )
