"""Roles: who holds what where, given and taken. For admins of the platform."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import policy, words
from ekopi.accounts import queries as accounts
from ekopi.accounts.operations import registration
from ekopi.accounts.operations import roles as operations
from ekopi.accounts.staff import blueprint, queries
from ekopi.accounts.staff.forms import GrantForm
from ekopi.accounts.views.entry import me, proved, shown
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, role
from ekopi.core.registry import all_of
from ekopi.extensions import db


@blueprint.get("/kelola/peran")
@role("admin")
def roles():
    """The roles held now, newest first; `q` looks in names and addresses, `peran` filters."""
    check(policy.may_give_roles(current_user))
    kind = request.args.get("peran", "")
    found(words.ROLES.get(kind) if kind else "")
    text = request.args.get("q", "").strip()[:100]
    return render_template(
        "accounts/staff/roles.html",
        roles=queries.roles(text, kind), kind=kind, text=text, role_names=words.ROLES,
    )  # fmt: skip


@blueprint.route("/kelola/pengguna/<int:person_id>/peran/beri", methods=["GET", "POST"])
@role("admin")
@proved
def grant(person_id):
    """Gives a role at the platform, an organisation or a course; the person's sign-ins end."""
    check(policy.may_give_roles(current_user))
    person = found(queries.account(person_id))
    form = GrantForm()
    if "course" not in all_of("role-places"):
        form.place.choices = [choice for choice in form.place.choices if choice.value != "course"]
        del form.course
    if form.validate_on_submit():
        try:
            operations.grant(person, form.kind.data, form.place.data, _place(form), me())
        except (Invalid, operations.RoleAlready) as refusal:
            form.refuse(refusal if isinstance(refusal, Invalid) else Invalid("kind", str(refusal)))
        else:
            db.session.commit()
            flash(_("Peran diberikan. Orangnya perlu masuk lagi."), "ok")
            return redirect(url_for(".person", person_id=person_id))
    return shown(
        "accounts/staff/grant.html", form, person=person, organisations=accounts.organisation_labels()
    )


@blueprint.post("/kelola/pengguna/<int:person_id>/peran/<int:role_id>/cabut")
@role("admin")
def revoke(person_id, role_id):
    """Takes a role of this person; the person's sign-ins end."""
    check(policy.may_give_roles(current_user))
    found(queries.account(person_id))
    operations.revoke(found(queries.role_of(person_id, role_id)), me())
    db.session.commit()
    flash(_("Peran dicabut. Orangnya perlu masuk lagi."), "ok")
    return redirect(url_for(".person", person_id=person_id))


def _place(form: GrantForm) -> int:
    """The id of the place that was named; 0 for the platform. Raises Invalid."""
    if form.place.data == "organisation":
        organisation = registration.resolve_organisation(form.organisation.data)
        if organisation is None:
            raise Invalid("organisation", _("Pilih instansi dari daftar."))
        return organisation.id
    if form.place.data == "course":
        course_id = all_of("role-places")["course"](form.course.data)
        if course_id is None:
            raise Invalid("course", _("Tidak ada kursus dengan alamat itu. Periksa bagian akhir alamatnya."))
        return course_id
    return 0
