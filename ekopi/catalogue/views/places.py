"""Pages of places and organisations: what they have, what stopped, what they took over from others and gave."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.catalogue import words
from ekopi.catalogue.queries import organisations, places
from ekopi.catalogue.telling import address, organisation_address
from ekopi.catalogue.views import blueprint
from ekopi.core import clock
from ekopi.core.guards import found, public
from ekopi.places import queries as regions

VIEW_WORDS = {"": lambda: _("Semua"), "berhenti": lambda: _("Berhenti"), "replikasi": lambda: _("Replikasi")}


@blueprint.get("/katalog/wilayah")
@public
def map_of_places():
    """The map of Indonesia as a list: every province with its bar, by island."""
    return render_template("catalogue/map.html", country=places.country(current_user))


@blueprint.get("/katalog/wilayah/<code>")
@public
def place(code):
    """What a province, regency or city has; a code that ended leads to the one in force."""
    region, province = found(places.place(code))
    living = regions.living(code) if region.successor_code else region
    if living and living.code != code:
        return redirect(url_for(".place", code=living.code), 301)
    page = places.place_page(region, province, current_user)
    return render_template(
        "catalogue/place.html",
        page=page,
        region=region,
        arguments=_arguments(page),
        ended=region.valid_to is not None and region.valid_to < clock.today(),
        **_around(),
    )


def _arguments(page: places.PlacePage) -> dict[str, str]:
    """The arguments of the catalogue narrowed to the place."""
    if page.province is None:
        return {words.PARAMETERS["province"]: page.region.code}
    return {
        words.PARAMETERS["province"]: page.province.code,
        words.PARAMETERS["region"]: page.region.code,
    }


def _around() -> dict:
    return {"states": words.STATES, "steps": words.STEPS, "today": clock.today(), "address": address}


@blueprint.get("/katalog/instansi/<int:organisation_id>")
@public
def organisation_short(organisation_id):
    """The short address; it lives as long as the organisation does, under whatever name."""
    of = found(organisations.organisation(organisation_id))
    return redirect(organisation_address(of.id, of.name), 301)


@blueprint.get("/katalog/instansi/<int:organisation_id>-<slug>")
@public
def organisation(organisation_id, slug):
    """What an organisation and its units look after; `lihat` narrows it to what stopped, or shows replications."""
    of = found(organisations.organisation(organisation_id))
    view = request.args.get("lihat", "")
    view = view if view in organisations.VIEWS else ""
    address_now = organisation_address(of.id, of.name)
    if request.path != address_now:
        return redirect(address_now + (f"?lihat={view}" if view else ""), 301)
    page = organisations.organisation_page(of, current_user, view)
    counts = {"": page.tally.innovations, "berhenti": page.tally.stopped}
    tabs = [
        (
            key,
            f"{say()} ({counts[key]})" if counts.get(key) else say(),
            url_for(".organisation", organisation_id=of.id, slug=slug, lihat=key or None),
        )
        for key, say in VIEW_WORDS.items()
    ]
    return render_template(
        "catalogue/organisation.html", page=page, organisation=of, view=view, tabs=tabs, **_around()
    )
