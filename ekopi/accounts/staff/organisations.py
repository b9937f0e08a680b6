"""The tree of organisations: looked through, made, changed, moved, deleted and brought back. For admins of the platform."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import policy, words
from ekopi.accounts import queries as accounts
from ekopi.accounts.models import Organisation
from ekopi.accounts.operations import by_staff, registration
from ekopi.accounts.operations import organisations as operations
from ekopi.accounts.staff import blueprint, queries
from ekopi.accounts.staff.forms import MoveForm, NewOrganisationForm, OrganisationForm
from ekopi.accounts.views.entry import me, shown
from ekopi.core import once
from ekopi.core.errors import Invalid
from ekopi.core.forms import whole
from ekopi.core.guards import check, found, role
from ekopi.extensions import db


@blueprint.get("/kelola/instansi")
@role("admin")
def organisations():
    """The top of the tree by name; `q` looks in the whole tree, `tampil=terhapus` shows what can be brought back."""
    check(policy.is_admin(current_user))
    text = request.args.get("q", "").strip()[:100]
    deleted = request.args.get("tampil") == "terhapus"
    return render_template(
        "accounts/staff/organisations.html",
        organisations=queries.organisations(text, deleted=deleted), text=text, kinds=words.ORGANISATIONS,
        tab="terhapus" if deleted else "pohon",
        area_tabs=[
            ("pohon", _("Pohon Instansi"), url_for(".organisations")),
            ("terhapus", _("Terhapus"), url_for(".organisations", tampil="terhapus")),
        ],
    )  # fmt: skip


@blueprint.get("/kelola/instansi/<int:organisation_id>")
@role("admin")
def organisation(organisation_id):
    """One organisation: where it stands, who belongs to it, what is below it."""
    opened = _organisation(organisation_id)
    confirmed, claimed = queries.members_of(opened)
    return render_template(
        "accounts/staff/organisation.html",
        organisation=opened, above=accounts.organisations_above(opened)[:-1], kinds=words.ORGANISATIONS,
        below=queries.organisations("", parent=opened), confirmed=confirmed, claimed=claimed,
    )  # fmt: skip


@blueprint.route("/kelola/instansi/baru", methods=["GET", "POST"])
@role("admin")
def create_organisation():
    """A new organisation, below the one of `?induk=` or at the top."""
    check(policy.is_admin(current_user))
    text = request.args.get("induk", "")
    parent = found(accounts.organisation(whole(text))) if text else None
    form = NewOrganisationForm(kind="unit" if parent else "agency")
    if form.validate_on_submit():
        if known := once.led_to(form.once.data):
            return redirect(known)
        try:
            made = operations.create(
                name=form.name.data, kind=form.kind.data, parent=parent, short_name=form.short_name.data,
                region_code=_region(form.region.data), mail_domains=form.domains(), by=me(),
            )  # fmt: skip
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            location = url_for(".organisation", organisation_id=made.id)
            once.remember(form.once.data, location)
            db.session.commit()
            flash(_("Instansi dibuat."), "ok")
            return redirect(location)
    return shown("accounts/staff/organisation_form.html", form, organisation=None, parent=parent)


@blueprint.route("/kelola/instansi/<int:organisation_id>/ubah", methods=["GET", "POST"])
@role("admin")
def change_organisation(organisation_id):
    """Name, kind, region and mail domains."""
    opened = _organisation(organisation_id)
    form = OrganisationForm(
        name=opened.name, short_name=opened.short_name, kind=opened.kind, region=opened.region_code or "",
        mail_domains="\n".join(opened.mail_domains),
    )  # fmt: skip
    if form.validate_on_submit():
        try:
            operations.change(
                opened, name=form.name.data, kind=form.kind.data, short_name=form.short_name.data,
                region_code=_region(form.region.data), mail_domains=form.domains(), by=me(),
            )  # fmt: skip
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            db.session.commit()
            flash(_("Perubahan tersimpan."), "ok")
            return redirect(url_for(".organisation", organisation_id=organisation_id))
    return shown("accounts/staff/organisation_form.html", form, organisation=opened, parent=None)


@blueprint.route("/kelola/instansi/<int:organisation_id>/pindahkan", methods=["GET", "POST"])
@role("admin")
def move_organisation(organisation_id):
    """Puts it with all below it under another one, or at the top."""
    opened = _organisation(organisation_id)
    form = MoveForm()
    if form.validate_on_submit():
        try:
            operations.move(
                opened, registration.resolve_organisation(form.parent.data, field="parent"), by=me()
            )
        except Invalid as refusal:
            form.refuse(Invalid("parent", refusal.sentence()))
        except (operations.WouldCircle, operations.ParentGone) as refusal:
            form.refuse(Invalid("parent", str(refusal)))
        else:
            db.session.commit()
            flash(_("Instansi dipindahkan bersama semua unit di bawahnya."), "ok")
            return redirect(url_for(".organisation", organisation_id=organisation_id))
    elif request.method == "GET" and opened.parent_id:
        form.parent.data = accounts.organisation_label(accounts.organisation(opened.parent_id))
    return shown(
        "accounts/staff/move_organisation.html",
        form,
        organisation=opened,
        organisations=accounts.organisation_labels(),
    )


@blueprint.post("/kelola/instansi/<int:organisation_id>/hapus")
@role("admin")
def delete_organisation(organisation_id):
    """Deletes it when nobody and nothing is in it any more; the toast takes it back."""
    opened = _organisation(organisation_id)
    parent_id = opened.parent_id
    operations.delete(opened, by=me())
    db.session.commit()
    flash(
        {
            "text": _("Instansi dihapus."),
            "undo": url_for(".restore_organisation", organisation_id=organisation_id),
        },
        "ok",
    )
    return redirect(
        url_for(".organisation", organisation_id=parent_id) if parent_id else url_for(".organisations")
    )


@blueprint.post("/kelola/instansi/<int:organisation_id>/pulihkan")
@role("admin")
def restore_organisation(organisation_id):
    """Brings a deleted organisation back, within 30 days."""
    check(policy.is_admin(current_user))
    by_staff.restore_organisation(found(queries.any_organisation(organisation_id)), me())
    db.session.commit()
    flash(_("Instansi dipulihkan."), "ok")
    return redirect(url_for(".organisation", organisation_id=organisation_id))


def _organisation(organisation_id: int) -> Organisation:
    check(policy.is_admin(current_user))
    return found(accounts.organisation(organisation_id))


def _region(text: str) -> str | None:
    """The code of the region in force that was typed, as code or name; None for an empty text. Raises Invalid."""
    if not text:
        return None
    codes = queries.regions_called(text)
    if len(codes) != 1:
        raise Invalid(
            "region", _("Tidak ada wilayah seperti itu. Isi kodenya, misalnya 34.04, atau nama lengkapnya.")
        )
    return codes[0]
