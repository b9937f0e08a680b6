"""The own data: consents, the download of everything, the end of the account."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import notices, queries
from ekopi.accounts.forms import ButtonForm, EraseForm
from ekopi.accounts.operations import account as operations
from ekopi.accounts.operations import consents as consent_operations
from ekopi.accounts.views import blueprint
from ekopi.accounts.views.entry import me, proved, shown
from ekopi.core import clock
from ekopi.core.guards import signed_in
from ekopi.extensions import db, limiter


@blueprint.route("/akun/persetujuan", methods=["GET", "POST"])
@signed_in
def consents():
    """The ledger; the button accepts the version in force."""
    if request.method == "POST":
        consent_operations.accept(me(), notices.PRIVACY_VERSION)
        db.session.commit()
        flash(_("Persetujuan tercatat."), "ok")
        return redirect(url_for("accounts.consents"))
    rows = queries.consents_of(current_user.id)
    accepted = any(
        row.notice == notices.PRIVACY and row.version == notices.PRIVACY_VERSION and row.withdrawn_at is None
        for row in rows
    )
    return render_template(
        "accounts/consents.html", consents=rows, accepted=accepted, version=notices.PRIVACY_VERSION
    )


@blueprint.route("/akun/data", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@signed_in
@proved
def download():
    """Everything EKOPI holds about the person, as one JSON file."""
    form = ButtonForm()
    if form.validate_on_submit():
        collected = operations.collect_data(me())
        db.session.commit()
        name = f"data-ekopi-{clock.today():%Y-%m-%d}.json"
        return Response(
            json.dumps(collected, ensure_ascii=False, indent=2, default=str),
            mimetype="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return shown("accounts/download.html", form)


@blueprint.route("/akun/hapus", methods=["GET", "POST"])
@signed_in
@proved
def erase():
    """Ends the account for good, and with it every consent."""
    form = EraseForm()
    if form.validate_on_submit():
        operations.erase(me())
        db.session.commit()
        session.clear()
        flash(_("Akun Anda sudah dihapus. Terima kasih sudah belajar bersama kami."), "ok")
        return redirect("/")
    return shown("accounts/erase.html", form)
