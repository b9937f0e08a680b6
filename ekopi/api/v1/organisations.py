"""Organisations: ministries, local governments and their units."""

from __future__ import annotations

from typing import Literal

from flask_babel import lazy_gettext as _l

from ekopi.accounts import models, queries
from ekopi.api.answering import listed
from ekopi.api.declaring import NUMBER, Ask, Part, operation
from ekopi.api.shapes import Number, PageQuery, Shape, Words
from ekopi.api.v1 import blueprint
from ekopi.core import paging
from ekopi.core.guards import found


class Organisation(Shape):
    """An organisation; `parent_id` is the one above it."""

    EXAMPLE = {
        "id": 7,
        "name": "Dinas Kesehatan",
        "short_name": "Dinkes",
        "kind": "unit",
        "parent_id": 3,
        "region_code": "34.71",
    }
    id: int
    name: str
    short_name: str
    kind: Literal["ministry", "agency", "province", "regency", "city", "unit"]
    parent_id: int | None
    region_code: str | None


class OrganisationsQuery(PageQuery):
    q: Words | None = None
    parent_id: Number | None = None


def shape(row: models.Organisation) -> Organisation:
    return Organisation.of(
        id=row.id,
        name=row.name,
        short_name=row.short_name,
        kind=row.kind,
        parent_id=row.parent_id,
        region_code=row.region_code,
    )


@operation(
    blueprint,
    "GET",
    "/organisations",
    of=Organisation,
    many=True,
    public=True,
    query=OrganisationsQuery,
    summary=_l("Instansi, juga yang namanya memuat suatu kata"),
)
def organisations(ask: Ask) -> paging.Page:
    rows = queries.organisations_named(ask.query.q or "", ask.query.parent_id)
    return listed(paging.page(rows, [models.Organisation.id], of=lambda row: (row.id,)), shape)


@operation(
    blueprint,
    "GET",
    "/organisations/<int:organisation_id>",
    of=Organisation,
    public=True,
    parts={"organisation_id": Part(NUMBER, 7)},
    summary=_l("Satu instansi"),
)
def organisation(ask: Ask, organisation_id: int) -> Organisation:
    return shape(found(queries.organisation(organisation_id)))
