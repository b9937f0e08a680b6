"""What would change, publishing it, what was published, taking it back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import queries as accounts
from ekopi.core.errors import Refused
from ekopi.core.forms import whole
from ekopi.core.guards import found, role
from ekopi.courses.authoring import operations
from ekopi.courses.authoring.changes import changes as pending_changes
from ekopi.courses.authoring.forms import PublishForm, listed
from ekopi.courses.authoring.operations.publishing import checked, stamp
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.views import WRITERS, around, blueprint, own_course
from ekopi.extensions import db
from ekopi.revisions import queries as revisions

ALL = "semua"


@blueprint.route("/kursus/<slug>/perubahan", methods=["GET", "POST"])
@role(*WRITERS)
def changes(slug):
    """Each changed item line by line, and the form that publishes all of them or one."""
    course = own_course(slug)
    state = drafts.state(course)
    pending = pending_changes(state)
    form = PublishForm(data={"seen": stamp(state), "what": request.args.get("hanya", ALL)})
    form.what.choices = listed({ALL: _("Semua perubahan"), **{str(c.item_id): c.title for c in pending}})
    refusals: list[str] = []
    if form.validate_on_submit():
        only = None if form.what.data == ALL else [int(form.what.data)]
        try:
            publication = operations.publish_course(
                course, form.note.data, current_user.id, only, seen=form.seen.data
            )
            number = publication.number
            db.session.commit()
            flash(_("Terbit sebagai terbitan nomor %(number)d.", number=number))
            return redirect(url_for("studio.history", slug=slug))
        except Refused as refused:
            db.session.rollback()
            refusals = [fault.sentence for fault in getattr(refused, "faults", ())] or [str(refused)]
            state = drafts.state(own_course(slug))
            pending = pending_changes(state)
            form.seen.data = stamp(state)
    page = render_template(
        "studio/changes.html",
        **around(state.course, "perubahan", state.draft["title"]),
        changes=pending,
        faults=checked(state),
        form=form,
        refusals=refusals,
    )
    return page, (409 if refusals else 200)


@blueprint.post("/kursus/<slug>/perubahan/<int:item_id>/buang")
@role(*WRITERS)
def discard(slug, item_id):
    """Sets one item's draft back to what is published."""
    operations.discard_changes(own_course(slug), item_id, whole(request.form.get("edition")), current_user.id)
    db.session.commit()
    flash(_("Perubahan dibuang; drafnya kembali seperti yang dilihat peserta."))
    return redirect(url_for("studio.changes", slug=slug))


@blueprint.get("/kursus/<slug>/riwayat")
@role(*WRITERS)
def history(slug):
    """Every publication with its note, newest first."""
    course = own_course(slug)
    rows = revisions.publications(course.place)
    newest = {entry.item_id: entry for row in reversed(rows) for entry in row.entries}
    return render_template(
        "studio/history.html",
        **around(course, "riwayat", revisions.draft(course.item_id).body["title"]),
        rows=rows,
        names=accounts.names_of({str(row.by_id) for row in rows if row.by_id}),
        numbers={row.id: row.number for row in rows},
        can_revert={
            row.number
            for row in rows
            if row.number > 1 and all(newest[entry.item_id] is entry for entry in row.entries)
        },
    )


@blueprint.post("/kursus/<slug>/riwayat/<int:number>/pulihkan")
@role(*WRITERS)
def revert(slug, number):
    """Takes a publication back by a new one."""
    course = own_course(slug)
    publication = found(revisions.publication(course.place, number))
    made = operations.revert_publication(publication, course, current_user.id)
    text = _("Isi sebelum terbitan %(old)d dipulihkan sebagai terbitan %(new)d.", old=number, new=made.number)
    db.session.commit()
    flash(text)
    return redirect(url_for("studio.history", slug=slug))
