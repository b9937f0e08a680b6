"""What an organisation and the units below it look after, and what they took over."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, case, func, literal_column, select, union
from sqlalchemy.orm import joinedload

from ekopi.accounts.models import Organisation
from ekopi.catalogue import policy
from ekopi.catalogue.models import CoOwner, Innovation, Replication
from ekopi.catalogue.queries.places import Tally
from ekopi.catalogue.queries.replicated import Passed, replicated
from ekopi.core import paging
from ekopi.extensions import db

VIEWS = ("", "berhenti", "replikasi")


@dataclass
class OrganisationPage:
    """`above` are the organisations it belongs to, from the top; `page` is what this view of it lists."""

    organisation: Organisation
    above: list[Organisation]
    tally: Tally
    page: paging.Page = field(default_factory=paging.Page)
    given: list[Passed] = field(default_factory=list)
    taken: list[Passed] = field(default_factory=list)
    more: tuple[bool, bool] = (False, False)


def organisation(organisation_id: int) -> Organisation | None:
    """One that is there, with its region."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id == organisation_id, Organisation.deleted_at.is_(None))
        .options(joinedload(Organisation.region))
    ).first()


def organisation_page(of: Organisation, person, view: str = "") -> OrganisationPage:
    """One view of an organisation: all it looks after, what of it stopped, or replications. Four queries at most."""
    units = select(Organisation.id).where(
        Organisation.path.startswith(of.path), Organisation.deleted_at.is_(None)
    )
    # as one set of ids, so that neither database looks at all innovations
    held: ColumnElement[bool] = Innovation.id.in_(
        union(
            select(Innovation.id).where(Innovation.owner_id.in_(units)),
            select(CoOwner.innovation_id).where(CoOwner.organisation_id.in_(units)),
        )
    )
    page = OrganisationPage(of, _above(of), _tally(held, person))
    if view == "replikasi":
        page.given, more_given = replicated(person, held)
        page.taken, more_taken = replicated(person, Replication.adopter_id.in_(units))
        page.more = (more_given, more_taken)
        return page
    if view == "berhenti":
        held = held & (Innovation.sustainability == "stopped")
    page.page = paging.page(
        select(Innovation)
        .where(policy.visible_to(person), held)
        .options(joinedload(Innovation.region), joinedload(Innovation.owner)),
        [func.coalesce(Innovation.year, literal_column("0")), Innovation.id],
        of=lambda row: (row.year or 0, row.id),
        descending=True,
    )
    return page


def _above(of: Organisation) -> list[Organisation]:
    ids = [int(id) for id in of.path.strip("/").split("/")[:-1]]
    if not ids:
        return []
    return list(
        db.session.scalars(
            select(Organisation).where(Organisation.id.in_(ids)).order_by(func.length(Organisation.path))
        )
    )


def _tally(held: ColumnElement[bool], person) -> Tally:
    stopped = func.sum(case((Innovation.sustainability == "stopped", 1), else_=0))
    number, ended = db.session.execute(
        select(func.count(), stopped).select_from(Innovation).where(policy.visible_to(person), held)
    ).one()
    return Tally(number, int(ended or 0))
