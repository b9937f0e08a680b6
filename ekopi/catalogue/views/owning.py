"""Who looks after an innovation: the owner, co-owners, and offers that wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from ekopi.accounts import queries as accounts
from ekopi.accounts.models import Organisation
from ekopi.accounts.operations import registration
from ekopi.catalogue import policy, telling
from ekopi.catalogue.caring_forms import CareForm
from ekopi.catalogue.models import CareOffer, Innovation
from ekopi.catalogue.operations import owning as operations
from ekopi.catalogue.queries import caring as queries
from ekopi.catalogue.queries import innovation as innovations
from ekopi.catalogue.views import blueprint
from ekopi.catalogue.views.innovation import known
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, signed_in
from ekopi.extensions import db


@dataclass
class Care:
    """An innovation, who looks after it, and what is offered."""

    innovation: Innovation
    carers: list[Organisation]
    offers: list[CareOffer]

    @property
    def may_give(self) -> bool:
        return policy.may_give_away(current_user, self.innovation.owner)


def _care(innovation_id: int) -> Care:
    """For those who look after it, curators, and admins of an organisation that is asked; 403 or 404 for others.

    Whoever is asked may read the name of what only its owner may see.
    """
    offers = queries.open_offers(innovation_id)
    asked = any(policy.may_take_over(current_user, one.organisation) for one in offers)
    innovation = innovations.innovation(innovation_id, current_user)
    if innovation is None and asked:
        innovation = queries.with_owner(innovation_id)
    innovation = known(innovation)
    carers = innovations.carers(innovation)
    check(asked or policy.may_edit(current_user, carers))
    return Care(innovation, carers, offers)


@blueprint.route("/katalog/<int:innovation_id>/perawat", methods=["GET", "POST"])
@signed_in
def owners(innovation_id):
    """Everybody who looks after the innovation; a form for those who may change that."""
    care = _care(innovation_id)
    form = CareForm()
    form.kind.choices = _kinds(care)
    if form.is_submitted():
        check(care.may_give)
    if form.validate_on_submit():
        try:
            said = _do(care.innovation, form.organisation.data, form.kind.data)
            db.session.commit()
            flash(said)
            return redirect(url_for("catalogue.owners", innovation_id=innovation_id))
        except (Invalid, operations.OfferedAlready) as refusal:
            db.session.rollback()
            form.refuse(refusal if isinstance(refusal, Invalid) else Invalid("organisation", str(refusal)))
            care = _care(innovation_id)
    page = render_template(
        "catalogue/owners.html",
        innovation=care.innovation, carers=care.carers, offers=care.offers, may_give=care.may_give, form=form,
        takes=lambda organisation: policy.may_take_over(current_user, organisation),
        organisations=accounts.organisation_labels() if care.may_give else [], back=telling.address(care.innovation),
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


def _kinds(care: Care) -> list[SelectChoice]:
    kinds = []
    if care.innovation.owner:
        kinds += [
            SelectChoice("co_owner", _("Turut merawat, setelah instansi itu menerima")),
            SelectChoice("hand_over", _("Mengambil alih perawatan, setelah instansi itu menerima")),
        ]
    if policy.may_curate(current_user):
        kinds.append(SelectChoice("set", _("Perawat utama, berlaku sekarang")))
    return kinds


def _do(innovation: Innovation, name: str | None, kind: str) -> str:
    """Sets the owner or makes an offer; gives back what to say."""
    organisation = registration.resolve_organisation(name or "")
    if organisation is None:
        raise Invalid("organisation", _("Pilih instansi dari daftar."))
    if kind == "set":
        operations.set_owner(innovation, organisation, by_id=current_user.id)
        return _("Perawat inovasi ditetapkan.")
    operations.offer(innovation, organisation, kind, by_id=current_user.id)
    return _("Tawaran terkirim. Perubahan berlaku setelah instansi itu menerimanya.")


@blueprint.post("/katalog/<int:innovation_id>/perawat/tawaran/<int:offer_id>/<said>")
@signed_in
def answer_offer(innovation_id, offer_id, said):
    """The side that is asked accepts or refuses; the side that asks withdraws."""
    if said not in ("terima", "tolak", "tarik"):
        abort(404)
    offered = found(queries.offer(innovation_id, offer_id))
    innovation = found(queries.with_owner(innovation_id))
    if said == "tarik":
        check(policy.may_give_away(current_user, innovation.owner))
        operations.withdraw(offered, by_id=current_user.id)
        done = _("Tawaran ditarik.")
    else:
        check(policy.may_take_over(current_user, offered.organisation))
        if said == "terima":
            operations.accept(offered, innovation, offered.organisation, by_id=current_user.id)
            done = _("Instansi Anda sekarang merawat inovasi ini.")
        else:
            operations.refuse(offered, by_id=current_user.id)
            done = _("Tawaran ditolak.")
    db.session.commit()
    flash(done)
    return _away(innovation_id)


@blueprint.post("/katalog/<int:innovation_id>/perawat/lepas/<int:organisation_id>")
@signed_in
def leave(innovation_id, organisation_id):
    """Ends an organisation's part as co-owner: its own admins, the owner's, curators."""
    innovation = known(innovations.innovation(innovation_id, current_user))
    organisation = found(accounts.organisation(organisation_id))
    check(
        policy.may_give_away(current_user, innovation.owner)
        or policy.may_take_over(current_user, organisation)
    )
    operations.leave(innovation, organisation.id, by_id=current_user.id)
    db.session.commit()
    flash(_("%(name)s tidak lagi turut merawat inovasi ini.", name=organisation.name))
    return _away(innovation_id)


def _away(innovation_id: int):
    """To the page of carers, or where the person may not read it any more, to the innovation or the catalogue."""
    innovation = innovations.innovation(innovation_id, current_user)
    if innovation is None or innovation.state != "living":
        return redirect(url_for("catalogue.index"))
    if policy.may_edit(current_user, innovations.carers(innovation)):
        return redirect(url_for("catalogue.owners", innovation_id=innovation_id))
    return redirect(telling.address(innovation))
