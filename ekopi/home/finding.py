"""/cari: everything that the reader may see, a few of each kind, with the way to all of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from ekopi.catalogue.queries import listing
from ekopi.core.guards import public
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.authoring.models import Course
from ekopi.extensions import db
from ekopi.search import queries as search

blueprint = Blueprint("search", __name__)
SHOWN = 5
"""Of each kind."""


@blueprint.get("/cari")
@public
def index():
    """Nothing asked: only the field. A slip of the pen is put right where nothing was found."""
    question = replace(listing.asked(request.args), chosen={}, sort="cocok")
    courses, innovations, meant = [], [], None
    if question.text:
        newest = authoring.live_courses(question.text).order_by(Course.published_at.desc(), Course.id.desc())
        courses = db.session.scalars(newest.limit(SHOWN + 1)).all()
    if question.query:
        seen = listing.audiences(current_user)
        innovations = list(islice(listing.page(question, current_user, seen).items, SHOWN + 1))
        if not courses and not innovations:
            meant = search.meant(question.query, listing.KIND, seen)
    return render_template(
        "home/finding.html",
        text=question.text,
        courses=courses[:SHOWN],
        more_courses=len(courses) > SHOWN,
        innovations=innovations[:SHOWN],
        more_innovations=len(innovations) > SHOWN,
        meant=(meant, url_for(".index", q=meant)) if meant else None,
    )
