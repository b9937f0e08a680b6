"""Writing the texts of an innovation, by those who look after it."""

from __future__ import annotations

import json

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.catalogue import policy, telling, writing
from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.forms import WritingForm
from ekopi.catalogue.operations import writing as operations
from ekopi.catalogue.queries import innovation as queries
from ekopi.catalogue.views import blueprint
from ekopi.catalogue.views.innovation import known
from ekopi.core.errors import Invalid, Stale
from ekopi.core.guards import check, signed_in
from ekopi.extensions import db


@blueprint.route("/katalog/<int:innovation_id>/sunting", methods=["GET", "POST"])
@signed_in
def edit(innovation_id):
    """A person's words stand beside the sources'. When another has saved the same text, both are shown."""
    innovation = known(queries.innovation(innovation_id, current_user))
    check(policy.may_edit(current_user, queries.carers(innovation)))
    page = queries.told(innovation)
    now = operations.drafts(page.shown)
    form = WritingForm(data={**now, "base": _marks(now)})
    own = operations.own_fields(innovation.id)
    form.back_to_sources.choices = [
        (name, FIELDS[name].label)
        for name in operations.WRITTEN
        if name in own and _told_by_source(page, name)
    ]
    if form.validate_on_submit():
        try:
            changed = operations.write(
                innovation,
                form.texts(),
                form.marks(),
                back_to_sources=form.back_to_sources.data or (),
                by_id=current_user.id,
            )
            db.session.commit()
            flash(_("Perubahan tersimpan.") if changed else _("Tidak ada yang berubah."))
            return redirect(telling.address(innovation))
        except Stale as stale:
            db.session.rollback()
            return _both(innovation_id, form, stale)
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
            innovation = queries.innovation(innovation_id, current_user)
    status = 422 if form.is_submitted() else 200
    return render_template(
        "catalogue/edit.html", innovation=innovation, form=form, fields=operations.WRITTEN
    ), status


def _both(innovation_id: int, form: WritingForm, stale: Stale):
    """Both versions of the texts that two have changed; whoever takes the own one begins with what is saved now."""
    innovation = queries.innovation(innovation_id, current_user)
    kept = {**form.texts(), "base": json.dumps({**form.marks(), **_marks_of(stale.theirs)})}
    answer = render_template(
        "catalogue/conflict.html",
        innovation=innovation,
        kept=kept,
        back_to_sources=form.back_to_sources.data or [],
        clashes=[(str(FIELDS[name].label), stale.mine[name], stale.theirs[name]) for name in stale.mine],
    )
    return answer, 409


def _marks(texts: dict[str, str]) -> str:
    return json.dumps(_marks_of(texts))


def _marks_of(texts: dict[str, str]) -> dict[str, str]:
    return {name: writing.mark(said) for name, said in texts.items()}


def _told_by_source(page, name: str) -> bool:
    return any(record.facts.get(name) for record in page.records)
