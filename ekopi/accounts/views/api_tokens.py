"""The own tokens of the API: the list, a new one (shown once), ending one."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import queries, words
from ekopi.accounts.forms import TokenForm
from ekopi.accounts.operations import api_tokens as operations
from ekopi.accounts.views import blueprint
from ekopi.accounts.views.entry import me, proved, shown
from ekopi.core import clock, once
from ekopi.core.errors import Invalid
from ekopi.core.guards import found, signed_in
from ekopi.extensions import db, limiter


@blueprint.get("/akun/token")
@signed_in
def api_tokens():
    return render_template(
        "accounts/api_tokens.html",
        tokens=queries.api_tokens_of(current_user.id),
        scopes=words.SCOPES,
        now=clock.now(),
    )


@blueprint.route("/akun/token/baru", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@signed_in
@proved
def make_api_token():
    """The answer shows the token, the only time it can be read; the form sent again leads to the list."""
    form = TokenForm()
    if form.validate_on_submit():
        if done := once.led_to(form.once.data):
            return redirect(done)
        try:
            lives = timedelta(days=form.days.data)
            row, token = operations.make(me(), form.name.data or "", form.scopes.data or (), lives)
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
        else:
            once.remember(form.once.data, url_for("accounts.api_tokens"))
            facts = {"name": row.name, "expires_at": row.expires_at}
            db.session.commit()
            return render_template("accounts/api_token_made.html", token=token, **facts)
    return shown("accounts/make_api_token.html", form)


@blueprint.post("/akun/token/<int:token_id>/akhiri")
@signed_in
def end_api_token(token_id):
    found(operations.end_one(me(), token_id) or None)
    db.session.commit()
    flash(_("Token diakhiri. Program yang memakainya tidak dapat masuk lagi."), "ok")
    return redirect(url_for("accounts.api_tokens"))
