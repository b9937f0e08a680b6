"""The own memberships: claimed, seen, ended."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import policy, queries, words
from ekopi.accounts.forms import MembershipForm
from ekopi.accounts.operations import memberships as operations
from ekopi.accounts.operations import registration
from ekopi.accounts.operations.organisations import OrganisationGone
from ekopi.accounts.views import blueprint
from ekopi.accounts.views.entry import me, shown
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, signed_in
from ekopi.extensions import db


@blueprint.route("/akun/keanggotaan", methods=["GET", "POST"])
@signed_in
def memberships():
    """The list, and the form that claims another one."""
    form = MembershipForm()
    if form.validate_on_submit():
        try:
            organisation = registration.resolve_organisation(form.organisation.data or "")
            if organisation is None:
                raise Invalid("organisation", _("Pilih instansi dari daftar."))
            claimed = operations.claim(me(), organisation, form.position.data or "")
        except Invalid as refusal:
            form.refuse(refusal)
        except (operations.MemberAlready, OrganisationGone) as refusal:
            form.refuse(Invalid("organisation", str(refusal)))
        else:
            waits = claimed.state == "claimed"
            db.session.commit()
            flash(
                _("Keanggotaan tercatat dan menunggu konfirmasi admin instansi.") if waits
                else _("Keanggotaan terkonfirmasi lewat alamat surel Anda."),
                "ok",
            )  # fmt: skip
            return redirect(url_for("accounts.memberships"))
    return shown(
        "accounts/memberships.html",
        form,
        memberships=queries.memberships_of(current_user.id),
        states=words.MEMBERSHIPS,
        organisations=queries.organisation_labels(),
    )


@blueprint.post("/akun/keanggotaan/<int:membership_id>/akhiri")
@signed_in
def end_membership(membership_id):
    membership = found(queries.membership(current_user.id, membership_id))
    check(policy.may_end_membership(current_user, membership))
    operations.end(membership, me())
    db.session.commit()
    flash(_("Keanggotaan diakhiri."), "ok")
    return redirect(url_for("accounts.memberships"))
