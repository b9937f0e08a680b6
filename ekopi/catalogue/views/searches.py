"""Kept searches of a person: the list, a new one, deleting one and bringing it back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.catalogue.forms import SaveSearchForm
from ekopi.catalogue.operations import searching
from ekopi.catalogue.queries import listing
from ekopi.catalogue.queries import searches as queries
from ekopi.catalogue.views import blueprint
from ekopi.core import once
from ekopi.core.errors import Invalid
from ekopi.core.guards import found, signed_in
from ekopi.extensions import db


@blueprint.get("/katalog/pencarian")
@signed_in
def searches():
    """Every search the person keeps, with what it asks for in words."""
    kept = queries.of_person(current_user.id)
    asked = [queries.asked(one) for one in kept]
    return render_template(
        "catalogue/searches.html",
        searches=list(zip(kept, asked, queries.in_words(asked), strict=True)),
        most=searching.MOST,
    )


@blueprint.route("/katalog/pencarian/simpan", methods=["GET", "POST"])
@signed_in
def save_search():
    """A name for the search in the address, which is read as the list reads it."""
    question = listing.asked(request.args)
    form = SaveSearchForm()
    said = queries.in_words([question])[0]
    if not form.is_submitted():
        form.name.data = ", ".join(one.strip("“”") for one in said)[: searching.LONGEST_NAME]
    if form.validate_on_submit():
        if done := once.led_to(form.once.data):
            return redirect(done)
        try:
            searching.save(current_user.id, form.name.data or "", question)
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
        else:
            target = url_for(".searches")
            once.remember(form.once.data, target)
            db.session.commit()
            flash(_("Pencarian tersimpan. Kabar inovasi baru yang cocok akan masuk ke notifikasi Anda."))
            return redirect(target)
    page = render_template("catalogue/save_search.html", form=form, question=question, said=said)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/katalog/pencarian/<int:search_id>/hapus")
@signed_in
def remove_search(search_id):
    """Takes it out of the list; the toast undoes it."""
    search = found(queries.own(current_user.id, search_id))
    searching.remove(search)
    name, undo = search.name, url_for(".bring_back_search", search_id=search_id)
    db.session.commit()
    flash({"text": _("Pencarian “%(name)s” dihapus.", name=name), "undo": undo})
    return redirect(url_for(".searches"))


@blueprint.post("/katalog/pencarian/<int:search_id>/kembalikan")
@signed_in
def bring_back_search(search_id):
    """Puts a deleted one into the list again."""
    search = found(queries.own(current_user.id, search_id))
    found(search if search.deleted_at is None or search.undoable else None)
    searching.bring_back(search)
    db.session.commit()
    flash(_("Pencarian dikembalikan."))
    return redirect(url_for(".searches"))
