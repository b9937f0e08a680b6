"""What waits for agency admins: offers to look after innovations, and the yearly question."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ekopi.catalogue.models import CareOffer
from ekopi.catalogue.queries import caring as queries
from ekopi.core.registry import Waiting


def offers(person) -> list[Waiting]:
    """Offers to organisations in this agency admin's part of the tree. Asks the database nothing for anybody else."""
    if not person.holds("agency_admin"):
        return []
    return [
        Waiting(
            title=offered.innovation.title,
            fine=_offered(offered),
            url=url_for("catalogue.owners", innovation_id=offered.innovation_id),
            chip=_("Tawaran"),
        )
        for offered in queries.offers_to(person)
    ]


def _offered(offered: CareOffer) -> str:
    giver = offered.innovation.owner.name if offered.innovation.owner else ""
    if offered.kind == "hand_over":
        return _(
            "%(giver)s meminta %(organisation)s mengambil alih perawatannya.",
            giver=giver, organisation=offered.organisation.name,
        )  # fmt: skip
    return _(
        "%(giver)s meminta %(organisation)s turut merawatnya.",
        giver=giver, organisation=offered.organisation.name,
    )  # fmt: skip


def questions(person) -> list[Waiting]:
    """What this agency admin's organisations are asked about now, a card for each place the role is held at."""
    if not person.holds("agency_admin"):
        return []
    return [
        Waiting(
            title=_("Masih berjalan?"),
            fine=_("Inovasi %(organisation)s menunggu jawaban tahunannya.", organisation=place.name),
            url=url_for("catalogue.debts", organisation_id=place.id),
            chip=ngettext("%(num)s inovasi", "%(num)s inovasi", place.number),
        )
        for place in queries.asked_of(person)
    ]
