"""For search engines: robots.txt, and sitemaps of innovations, places and organisations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flask import Response, abort, stream_with_context

from ekopi.catalogue import telling
from ekopi.catalogue.giving import sitemaps
from ekopi.catalogue.queries import sitemaps as queries
from ekopi.catalogue.views.giving import HOUR, blueprint, limited, whole_or_unchanged
from ekopi.core.guards import public
from ekopi.core.web import absolute
from ekopi.extensions import db

XML = "application/xml; charset=utf-8"
CHUNK = 5_000


@blueprint.get("/robots.txt")
@public
def robots():
    """Everything public may be read; where the sitemap is."""
    said = f"User-agent: *\nDisallow:\n\nSitemap: {absolute('/sitemap.xml')}\n"
    return whole_or_unchanged(said, "text/plain", HOUR)


@blueprint.get("/sitemap.xml")
@public
@limited
def sitemap():
    """The index of sitemaps of the catalogue."""
    parts = [(absolute(f"/sitemap/{number}.xml"), at) for number, at in queries.blocks()]
    held = len(queries.organisations())
    whole = [f"instansi-{part + 1}" for part in range(-(-held // queries.BLOCK))]
    fixed = [(absolute(f"/sitemap/{name}.xml"), None) for name in ("0", "wilayah", *whole)]
    return whole_or_unchanged(sitemaps.index([*fixed, *parts]), XML, HOUR)


@blueprint.get("/sitemap/<int:number>.xml")
@public
@limited
def sitemap_part(number):
    """One sitemap: the public pages that are always there (0), or innovations by their numbers."""
    if number == 0:
        return _whole((absolute(path), None) for path in ("/", "/katalog"))
    read = partial(queries.innovations, number)
    first = read(0, CHUNK)
    if not first:
        abort(404)
    answer = Response(stream_with_context(_addresses(first, read)), content_type=XML)
    answer.headers["Cache-Control"] = f"public, max-age={HOUR}"
    return answer


@blueprint.get("/sitemap/wilayah.xml")
@public
@limited
def sitemap_of_places():
    """The map, and the places that have anything."""
    places = [(absolute(f"/katalog/wilayah/{code}"), at) for code, at in queries.places()]
    return _whole([(absolute("/katalog/wilayah"), None), *places])


@blueprint.get("/sitemap/instansi-<int:number>.xml")
@public
@limited
def sitemap_of_organisations(number):
    """The organisations that look after anything, BLOCK of them."""
    held = queries.organisations()[(number - 1) * queries.BLOCK : number * queries.BLOCK] if number else []
    if not held:
        abort(404)
    return _whole((absolute(telling.organisation_address(id, name)), at) for id, name, at in held)


def _whole(pages) -> Response:
    return whole_or_unchanged(sitemaps.OPENING + sitemaps.entries(pages) + sitemaps.CLOSING, XML, HOUR)


def _addresses(found: list, read) -> Iterator[str]:
    yield sitemaps.OPENING
    while found:
        db.session.close()
        yield sitemaps.entries((absolute(f"/katalog/{id}-{slug}"), at) for id, slug, at in found)
        found = read(found[-1][0], CHUNK)
    yield sitemaps.CLOSING
