"""The own sign-ins: where one is signed in, and ending them."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ekopi.accounts import queries
from ekopi.accounts.operations import account as operations
from ekopi.accounts.views import blueprint
from ekopi.accounts.views.entry import me
from ekopi.core.guards import found, signed_in
from ekopi.extensions import db


@blueprint.get("/akun/sesi")
@signed_in
def sessions():
    return render_template(
        "accounts/sessions.html",
        sign_ins=queries.sign_ins_of(current_user.id, idle_since=queries.idle_limit()),
        here=g.sign_in.id,
    )


@blueprint.post("/akun/sesi/<int:sign_in_id>/akhiri")
@signed_in
def end_session(sign_in_id):
    """Ends one of one's own other sign-ins; the present one is ended by signing out."""
    if sign_in_id != g.sign_in.id:
        found(operations.end_sign_in(me(), sign_in_id) or None)
        db.session.commit()
        flash(_("Sesi diakhiri."), "ok")
    return redirect(url_for("accounts.sessions"))


@blueprint.post("/akun/sesi/akhiri-lainnya")
@signed_in
def end_other_sessions():
    ended = operations.end_other_sign_ins(me())
    db.session.commit()
    flash(
        ngettext("%(num)s sesi lain diakhiri.", "%(num)s sesi lain diakhiri.", ended)
        if ended
        else _("Tidak ada sesi lain."),
        "ok",
    )
    return redirect(url_for("accounts.sessions"))
