"""Front page, my page, staff page, help, appearance."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask_login import current_user

from ekopi.core import clock
from ekopi.core.application import LANGUAGES
from ekopi.core.guards import check, public, signed_in
from ekopi.core.registry import all_of
from ekopi.core.web import own_address
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.learning import queries as learning
from ekopi.credentials import queries as credentials
from ekopi.extensions import db
from ekopi.home import queries
from ekopi.home.forms import AppearanceForm
from ekopi.notifications import queries as notifications

blueprint = Blueprint("home", __name__)
YEAR = 365 * 24 * 3600


@blueprint.get("/")
@public
def front():
    """What EKOPI is, three courses to start with, a certificate to check."""
    return render_template(
        "home/front.html",
        courses=authoring.newest_courses(3),
        figures=queries.figures(),
        year=clock.today().year,
    )


@blueprint.get("/beranda")
@signed_in
def my_page():
    """The one next step, what waits, this year's JP, the newest notices."""
    year = clock.today(current_user.zone).year
    running = learning.running(current_user.id)
    return render_template(
        "home/my_page.html",
        greeting=queries.greeting(clock.local(clock.now(), current_user.zone).hour),
        called=queries.called(current_user.name),
        step=running.step,
        running=running.others,
        waiting=[thing for found in all_of("waiting").values() for thing in found(current_user)],
        account=credentials.year(current_user.id, year),
        notices=notifications.newest(current_user.id, 3),
    )


@blueprint.get("/bantuan")
@public
def help_page():
    return render_template("home/help.html")


@blueprint.get("/kelola")
@signed_in
def staff():
    """The staff pages this person may open; 403 for those who may open none."""
    pages = [page for page in all_of("staff-pages").values() if page.opens_for(current_user)]
    check(bool(pages))
    return render_template("home/staff.html", pages=pages)


@blueprint.route("/tampilan", methods=["GET", "POST"])
@public
def appearance():
    """Language and theme: kept in the account of a signed-in person, else in a cookie. GET shows the form."""
    form = AppearanceForm()
    target = own_address(request.form.get("next") or request.args.get("next")) or "/"
    if request.method == "GET":
        asked = request.args.get("language", "")
        return render_template(
            "home/appearance.html", form=form, asked=asked if asked in LANGUAGES else "", target=target
        )
    if not form.validate():
        return render_template("home/appearance.html", form=form, asked="", target=target), 422
    answer = redirect(target)
    for name, cookie, value in (
        ("language", "bahasa", form.language.data),
        ("theme", "tema", form.theme.data),
    ):
        if name not in request.form:
            continue
        if current_user.is_authenticated:
            setattr(current_user, name, value)
        answer.set_cookie(
            cookie, value or "", max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
    db.session.commit()
    return answer
