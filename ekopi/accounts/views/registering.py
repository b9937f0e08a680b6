"""Registering, confirming the address, and the privacy notice one accepts with it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import notices, queries
from ekopi.accounts.forms import ButtonForm, RegisterForm
from ekopi.accounts.operations import registration, tokens
from ekopi.accounts.views import blueprint
from ekopi.accounts.views.entry import HOME, enter, shown
from ekopi.core.errors import Invalid
from ekopi.core.guards import public
from ekopi.core.web import own_address
from ekopi.extensions import db, limiter


@blueprint.route("/daftar", methods=["GET", "POST"])
@limiter.limit("30 per minute; 200 per hour", methods=["POST"])
@public
def register():
    form = RegisterForm()
    target = own_address(form.next.data or request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target or HOME)
    if form.validate_on_submit():
        try:
            organisation = registration.resolve_organisation(form.organisation.data or "")
            registration.register(
                email=form.email.data,
                name=form.name.data,
                password=form.password.data,
                organisation_id=organisation.id if organisation else None,
                position=form.position.data or "",
                notice_version=form.notice_version.data,
                language=language(),
                goal=target or "",
            )
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
        else:
            db.session.commit()
            return redirect(url_for("accounts.check_mail"))
    form.next.data = target or ""
    return shown("accounts/register.html", form, organisations=queries.organisation_labels())


@blueprint.route("/daftar/konfirmasi/<token>", methods=["GET", "POST"])
@public
def confirm(token):
    """Opening the link shows a button; pressing it confirms the address and signs the person in."""
    form = ButtonForm()
    try:
        tokens.find(token, "confirm")
        pressed = form.validate_on_submit()
        person, goal = registration.confirm(token) if pressed else (None, "")
    except tokens.LinkSpent:
        db.session.rollback()
        return render_template(
            "accounts/confirm_spent.html", why=registration.why_spent(token), token=token
        ), tokens.LinkSpent.status
    if person is not None:
        if not person.password_hash:  # registered more than once; the page says why it asks
            answer = enter(person, url_for("accounts.password", next=goal or None))
            flash(_("Akun Anda aktif. Tinggal membuat kata sandi."), "ok")
            return answer
        answer = enter(person, goal)
        flash(_("Akun Anda aktif. Selamat belajar."), "ok")
        return answer
    return shown("accounts/confirm.html", form)


@blueprint.post("/daftar/konfirmasi/<token>/kirim-ulang")
@limiter.limit("20 per minute; 120 per hour")
@public
def confirm_again(token):
    """From a link that does not work any more: a new letter to the same address."""
    registration.confirm_again(token)
    db.session.commit()
    return redirect(url_for("accounts.check_mail"))


@blueprint.get("/privasi")
@public
def privacy_notice():
    """The privacy notice in force, or an older version that somebody accepted (?versi=)."""
    version = request.args.get("versi", notices.PRIVACY_VERSION)
    if version not in notices.PRIVACY_VERSIONS:
        abort(404)
    return render_template(
        "accounts/privacy_notice.html",
        version=version,
        current=version == notices.PRIVACY_VERSION,
        words=notices.template_of(version, language()),
    )


def language() -> str:
    return "en" if str(get_locale() or "id") == "en" else "id"
