"""Signing in and out, forgotten passwords, links of admins, giving the password once more."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user

from ekopi.accounts import devices, queries
from ekopi.accounts.forms import ButtonForm, ForgottenForm, NewPasswordForm, ProveForm, SignInForm
from ekopi.accounts.operations import proving, registration, sign_ins, tokens
from ekopi.accounts.proved import proved  # noqa: F401 (the area's other views take it from here)
from ekopi.accounts.views import blueprint
from ekopi.core import audit
from ekopi.core.errors import Invalid
from ekopi.core.guards import public, signed_in
from ekopi.core.web import own_address
from ekopi.extensions import db, limiter

HOME = "/beranda"


def shown(template: str, form, **facts):
    """A page with a form; 422 when it was refused."""
    return render_template(template, form=form, **facts), 422 if form.errors else 200


def enter(person, target: str | None, verb: str = "account.signed-in"):
    """Begins a sign-in of a person who was proved, commits, and goes on to the target on our own host."""
    token = sign_ins.begin(person, device=devices.name_of(request.headers.get("User-Agent")))
    audit.record(verb, "person", person.id, actor_id=person.id)
    db.session.commit()
    session.clear()  # nothing of the visitor's session, such as its CSRF token, lives on
    session.permanent = True
    person.token = token
    login_user(person)
    return redirect(own_address(target) or HOME)


@blueprint.route("/masuk", methods=["GET", "POST"])
@limiter.limit("60 per minute; 600 per hour", methods=["POST"])
@public
def sign_in():
    form = SignInForm()
    target = own_address(form.next.data or request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target or HOME)
    if form.validate_on_submit():
        try:
            person = proving.prove(form.email.data, form.password.data)
        except Invalid as refusal:
            db.session.commit()  # failures are counted, letters written
            form.refuse(refusal)
            return render_template("accounts/sign_in.html", form=form, target=target), refusal.status
        return enter(person, target)
    form.next.data = target or ""
    return shown("accounts/sign_in.html", form, target=target)


@blueprint.post("/keluar")
@public
def sign_out():
    """Ends the sign-in of this browser; also where there is none any more."""
    if current_user.is_authenticated:
        audit.record("account.signed-out", "person", current_user.id)
        sign_ins.end(current_user.token)
        db.session.commit()
    session.clear()
    flash(_("Anda sudah keluar."), "ok")
    return redirect("/")


@blueprint.route("/lupa-kata-sandi", methods=["GET", "POST"])
@limiter.limit("20 per minute; 120 per hour", methods=["POST"])
@public
def forgotten():
    form = ForgottenForm()
    if form.validate_on_submit():
        registration.forget_password(form.email.data)
        db.session.commit()
        return redirect(url_for("accounts.check_mail"))
    return shown("accounts/forgotten.html", form)


@blueprint.get("/periksa-surel")
@public
def check_mail():
    """The same page after registering and after asking for a new password, for known and unknown addresses."""
    return render_template("accounts/check_mail.html")


@blueprint.route("/kata-sandi-baru/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@public
def new_password(token):
    tokens.find(token, "reset")
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            registration.reset_password(token, form.password.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            db.session.commit()
            flash(_("Kata sandi baru tersimpan. Silakan masuk."), "ok")
            return redirect(url_for("accounts.sign_in"))
    return shown("accounts/new_password.html", form)


@blueprint.route("/masuk/tautan/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@public
def admin_link(token):
    """A single-use link of `ekopi init`; opening it only shows a button, so that previews do not use it up."""
    tokens.find(token, "admin_link")
    form = ButtonForm()
    if form.validate_on_submit():
        link = tokens.use(token, "admin_link")
        person = queries.person(link.person_id)
        if person is None or person.state != "active":
            raise tokens.spent("admin_link")
        target = HOME if person.password_hash else url_for("accounts.password")
        return enter(person, target, "account.admin-link-used")
    return shown("accounts/admin_link.html", form)


@blueprint.route("/akun/periksa-kata-sandi", methods=["GET", "POST"])
@limiter.limit("60 per minute", methods=["POST"])
@signed_in
def prove():
    """Asks for the password again before a sensitive act."""
    form = ProveForm()
    target = own_address(form.next.data or request.args.get("next")) or url_for("accounts.account")
    if not current_user.password_hash:
        return redirect(url_for("accounts.forgotten"))
    if form.validate_on_submit():
        try:
            proving.prove_again(me(), g.sign_in, form.password.data)
        except Invalid as refusal:
            db.session.commit()
            form.refuse(refusal)
            return render_template("accounts/prove.html", form=form), refusal.status
        audit.record("account.password-given", "person", current_user.id)
        db.session.commit()
        return redirect(target)
    form.next.data = target
    return shown("accounts/prove.html", form)


def me():
    """The person of this request itself, not the proxy."""
    return current_user._get_current_object()
