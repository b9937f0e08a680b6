"""Pictures and documents of a course's draft."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ekopi.core import files as store
from ekopi.core import once
from ekopi.core.guards import found, role
from ekopi.core.models import Upload
from ekopi.courses.authoring.forms import UploadForm
from ekopi.courses.authoring.operations import lessons as verbs
from ekopi.courses.authoring.views import WRITERS, around, blueprint, own_course
from ekopi.courses.authoring.views.undoing import undo_url
from ekopi.extensions import db
from ekopi.revisions import queries as revisions


@blueprint.route("/kursus/<slug>/berkas", methods=["GET", "POST"])
@role(*WRITERS)
def files(slug):
    """The files of the draft; one more."""
    course = own_course(slug)
    form = UploadForm()
    if form.validate_on_submit():
        if done := once.led_to(form.once.data):
            return redirect(done)
        target = url_for("studio.files", slug=slug)
        try:
            name, replaced = verbs.add_file(
                course, form.file.data.stream, form.file.data.filename, current_user.id
            )
            once.remember(form.once.data, target)
            db.session.commit()
            if replaced:
                flash(_("Berkas tersimpan, menggantikan %(name)s yang lama.", name=name))
            else:
                flash(_("Berkas tersimpan sebagai %(name)s.", name=name))
            return redirect(target)
        except store.FileRefused as refused:
            db.session.rollback()
            course = own_course(slug)
            form.file.errors = [str(refused)]
    body = revisions.draft(course.item_id).body
    page = render_template(
        "studio/files.html", **around(course, "berkas", body["title"]), form=form, files=body["files"]
    )
    return page, 422 if form.errors else 200


@blueprint.post("/kursus/<slug>/berkas/keluarkan")
@role(*WRITERS)
def remove_file(slug):
    """Takes a file out of the draft; the toast undoes it."""
    name = request.form.get("name", "")
    entry = verbs.remove_file(own_course(slug), name, current_user.id)
    db.session.commit()
    undo = undo_url(slug, file=entry)
    flash({"text": _("Berkas %(name)s dikeluarkan dari draf.", name=name), "undo": undo})
    return redirect(url_for("studio.files", slug=slug))


@blueprint.get("/kursus/<slug>/berkas/<name>")
@role(*WRITERS)
def draft_file(slug, name):
    """A file of the draft, for its authors."""
    body = revisions.draft(own_course(slug).item_id).body
    entry = found(next((file for file in body["files"] if file["name"] == f"files/{name}"), None))
    upload = found(db.session.scalars(select(Upload).where(Upload.token == entry["token"])).first())
    return store.send(upload, as_attachment=upload.media_type not in store.INLINE)
