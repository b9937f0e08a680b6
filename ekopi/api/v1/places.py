"""Provinces, regencies and cities by their Kemendagri codes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from ekopi.api.answering import listed
from ekopi.api.declaring import Ask, Part, operation
from ekopi.api.shapes import PageQuery, Shape
from ekopi.api.v1 import blueprint
from ekopi.core import paging
from ekopi.core.guards import found
from ekopi.places import queries
from ekopi.places.models import Region

CODE = r"^[0-9]{2}(\.[0-9]{2})?$"
Kind = Literal["province", "regency", "city"]


class Place(Shape):
    """A region. `successor_code` leads from a code that ended to the one in force."""

    EXAMPLE = {
        "code": "34.71",
        "name": "Kota Yogyakarta",
        "kind": "city",
        "parent_code": "34",
        "zone": "Asia/Jakarta",
        "valid_from": None,
        "valid_to": None,
        "successor_code": None,
    }
    code: str
    name: str
    kind: Kind
    parent_code: str | None
    zone: str
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None


class PlacesQuery(PageQuery):
    kind: Kind | None = None
    parent_code: str | None = Field(None, pattern=CODE)


def shape(region: Region) -> Place:
    return Place.of(
        code=region.code,
        name=region.name,
        kind=region.kind,
        parent_code=region.parent_code,
        zone=region.zone,
        valid_from=region.valid_from,
        valid_to=region.valid_to,
        successor_code=region.successor_code,
    )


@operation(
    blueprint,
    "GET",
    "/places",
    of=Place,
    many=True,
    public=True,
    query=PlacesQuery,
    summary=_l("Daerah yang berlaku sekarang, menurut kodenya"),
)
def places(ask: Ask) -> paging.Page:
    rows = queries.in_force(ask.query.kind, ask.query.parent_code)
    return listed(paging.page(rows, [Region.code], of=lambda region: (region.code,)), shape)


@operation(
    blueprint,
    "GET",
    "/places/<code>",
    of=Place,
    public=True,
    parts={"code": Part({"type": "string", "pattern": CODE}, "34.71")},
    summary=_l("Satu daerah, juga yang sudah berakhir"),
)
def place(ask: Ask, code: str) -> Place:
    return shape(found(queries.region(code)))
