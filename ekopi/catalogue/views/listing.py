"""The catalogue: search, filters with counts, the list."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.catalogue import words
from ekopi.catalogue.queries import facets, listing
from ekopi.catalogue.views import blueprint
from ekopi.core import clock
from ekopi.core.guards import public
from ekopi.search import queries as search

SORT_WORDS = {
    "cocok": lambda: _("Paling cocok"),
    "terbaru": lambda: _("Terbaru diperbarui"),
    "tahun": lambda: _("Tahun terbaru"),
    "ditiru": lambda: _("Paling banyak ditiru"),
    "judul": lambda: _("Judul A–Z"),
}


@blueprint.get("/katalog")
@public
def index():
    """All that is asked stands in the address, so a page can be kept, shared and gone back to."""
    question = listing.asked(request.args)
    seen = listing.audiences(current_user)
    ids = listing.narrowed(question, current_user, seen)
    total = listing.total(ids)
    page = listing.page(question, current_user, seen)
    without = {
        scheme: listing.narrowed(question.without(scheme), current_user, seen) for scheme in question.chosen
    }
    counted, capped = facets.counts(ids, without)
    named = {
        *counted.get("region", ()),
        *question.chosen.get("region", ()),
        *question.chosen.get("province", ()),
    }
    names = facets.region_names(named)
    empty = not page.items and not (page.next_url or page.previous_url)
    return render_template(
        "catalogue/index.html",
        question=question,
        page=page,
        total=total,
        more=total > listing.COUNTED,
        counted=listing.COUNTED,
        best=search.BEST if question.sort == "cocok" and total > search.BEST else 0,
        facets=facets.facets(counted, question.chosen, names, capped=capped),
        looked_at=facets.COUNTED,
        chips=_chips(question, names),
        sorts=_sorts(question),
        meant=_meant(question, seen) if question.query and (empty or total < 3) else None,
        states=words.STATES,
        today=clock.today(),
        nothing_at_all=empty and not question.text and not question.chosen,
    )


def _sorts(question: listing.Asked) -> list[tuple[str, str, bool]]:
    """(value, words, chosen) of each order. The usual one says nothing: whoever then types words gets the best first."""
    usual = listing.default_sort(question.query)
    return [
        ("" if key == usual else key, say(), key == question.sort)
        for key, say in SORT_WORDS.items()
        if key != "cocok" or question.query
    ]


def _chips(question: listing.Asked, names) -> list[tuple[str, str]]:
    """(words, address without it) of each choice."""
    return [
        (facets.label(scheme, code, names), url_for(".index", **question.arguments(less=(scheme, code))))
        for scheme, codes in question.chosen.items()
        for code in codes
    ]


def _meant(question: listing.Asked, seen) -> tuple[str, str] | None:
    """("maksud Anda", its address) when words are written in a way that no title knows."""
    said = search.meant(question.query, listing.KIND, seen)
    return (said, url_for(".index", **{**question.arguments(), "q": said})) if said else None
