"""The own account: what it holds, and a page for each thing that can be changed."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import nip as nips
from ekopi.accounts import notices, queries, words
from ekopi.accounts.forms import ButtonForm, EmailForm, NameForm, NipForm, PasswordForm, PreferencesForm
from ekopi.accounts.operations import account as operations
from ekopi.accounts.operations import proving, tokens
from ekopi.accounts.views import blueprint
from ekopi.accounts.views.entry import me, proved, shown
from ekopi.core.errors import Invalid
from ekopi.core.guards import public, signed_in
from ekopi.core.web import own_address
from ekopi.extensions import db, limiter


@blueprint.get("/akun")
@signed_in
def account():
    order = list(words.ROLES)
    held = sorted(current_user.held_roles(), key=lambda role: (order.index(role.kind), role.place_id))
    roles = [
        (words.ROLES[role.kind], place) for role, place in zip(held, queries.places_of(held), strict=True)
    ]
    return render_template(
        "accounts/account.html",
        nip=nips.masked_of(current_user),
        language=words.LANGUAGES[current_user.language],
        memberships=queries.memberships_of(current_user.id, ended=False),
        states=words.MEMBERSHIPS,
        roles=roles,
        new_email=queries.email_asked_for(current_user.id),
        sign_ins=len(queries.sign_ins_of(current_user.id, idle_since=queries.idle_limit())),
        tokens=len(queries.api_tokens_of(current_user.id, expired=False)),
        notice_new=not queries.consents_to(current_user.id, notices.PRIVACY, notices.PRIVACY_VERSION),
    )


def saved(sentence: str, target: str | None = None):
    """Commits what was changed, says so, and goes on to the target on our own host, else back to the account."""
    db.session.commit()
    flash(sentence, "ok")
    return redirect(target or url_for("accounts.account"))


@blueprint.route("/akun/nama", methods=["GET", "POST"])
@signed_in
def name():
    form = NameForm(obj=me())
    if form.validate_on_submit():
        operations.change_name(me(), form.name.data)
        return saved(_("Nama tersimpan."))
    return shown("accounts/name.html", form)


@blueprint.route("/akun/zona-bahasa", methods=["GET", "POST"])
@signed_in
def preferences():
    form = PreferencesForm(obj=me())
    if form.validate_on_submit():
        operations.change_preferences(me(), zone=form.zone.data, language=form.language.data)
        return saved(_("Zona waktu dan bahasa tersimpan."))
    return shown("accounts/preferences.html", form)


@blueprint.route("/akun/nip", methods=["GET", "POST"])
@signed_in
def nip():
    form = NipForm()
    masked = nips.masked_of(current_user)
    if form.validate_on_submit():
        try:
            operations.set_nip(me(), form.nip.data or "")
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return saved(_("NIP tersimpan.") if form.nip.data else _("NIP dihapus."))
    return shown("accounts/nip.html", form, masked=masked)


@blueprint.route("/akun/surel", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
@signed_in
@proved
def email():
    form = EmailForm()
    if form.validate_on_submit():
        try:
            operations.ask_for_email(me(), form.email.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return saved(_("Kami sudah mengirim surel ke alamat baru. Buka tautan di dalamnya."))
    return shown("accounts/email.html", form)


@blueprint.route("/akun/surel/<token>", methods=["GET", "POST"])
@public
def confirm_email(token):
    """The link sent to the new address; works in any browser, since the letter may be read on another device."""
    tokens.find(token, "change_email")
    form = ButtonForm()
    if form.validate_on_submit():
        operations.confirm_email(token)
        db.session.commit()
        flash(_("Alamat surel baru berlaku mulai sekarang."), "ok")
        return redirect(url_for("accounts.account"))
    return shown("accounts/confirm_email.html", form)


@blueprint.route("/akun/kata-sandi", methods=["GET", "POST"])
@limiter.limit("60 per minute", methods=["POST"])
@signed_in
def password():
    """Asks for the present password, unless the account has none yet and the person came by a link just now."""
    kept = current_user.password_hash
    has_one = bool(kept)
    if not has_one and not proving.is_fresh(g.sign_in):
        return redirect(url_for("accounts.forgotten"))
    form = PasswordForm(next=own_address(request.args.get("next")))
    if not has_one:
        del form.old
    if form.validate_on_submit():
        person = me()
        try:
            if has_one:
                proving.prove_again(person, g.sign_in, form.old.data, field="old")
                db.session.commit()
            operations.change_password(person, form.new.data, proved=kept, token=person.token)
        except Invalid as refusal:
            db.session.commit()
            form.refuse(refusal)
        else:
            sentence = _("Kata sandi tersimpan. Sesi di perangkat lain sudah diakhiri.")
            return saved(sentence, own_address(form.next.data))
    return shown("accounts/password.html", form)
