"""What would change, publishing it, what was published, going back to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts import queries as accounts
from ekopi.core.errors import Refused
from ekopi.core.forms import whole
from ekopi.core.guards import found, role
from ekopi.courses.authoring import operations
from ekopi.courses.authoring.changes import alone, between
from ekopi.courses.authoring.changes import changes as pending_changes
from ekopi.courses.authoring.forms import PublishForm, RestoreForm, listed
from ekopi.courses.authoring.operations.publishing import checked, stamp
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.views import WRITERS, around, blueprint, own_course, told
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
    ready = alone(state)
    single = {str(change.item_id): change.title for change in pending if change.item_id in ready}
    what = request.args.get("hanya", ALL)
    form = PublishForm(data={"seen": stamp(state), "what": what if what in single else ALL})
    form.what.choices = listed({ALL: _("Semua perubahan"), **single})
    refused: Refused | None = None
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
        except Refused as refusal:
            db.session.rollback()
            refused = refusal
            state = drafts.state(own_course(slug))
            pending = pending_changes(state)
            form.seen.data = stamp(state)
    page = render_template(
        "studio/changes.html",
        **around(state.course, "perubahan", state.draft["title"]),
        changes=pending,
        together=len(single) < len(pending),
        faults=told(state.course, checked(state)),
        form=form,
        **_why(state.course, refused),
    )
    return page, _status(form, refused)


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
    return render_template(
        "studio/history.html",
        **around(course, "riwayat", revisions.draft(course.item_id).body["title"]),
        rows=rows,
        names=accounts.names_of({str(row.by_id) for row in rows if row.by_id}),
    )


@blueprint.get("/kursus/<slug>/riwayat/<int:number>")
@role(*WRITERS)
def publication(slug, number):
    """What one publication changed for learners, line by line."""
    course = own_course(slug)
    row = found(revisions.publication(course.place, number))
    state = drafts.state(course)
    return render_template(
        "studio/publication.html",
        **around(course, "riwayat", state.draft["title"]),
        row=row,
        by=accounts.names_of([str(row.by_id)]).get(str(row.by_id), "EKOPI"),
        changes=between(state, drafts.bodies_then(state, number - 1), drafts.bodies_then(state, number)),
    )


@blueprint.route("/kursus/<slug>/riwayat/<int:number>/pulihkan", methods=["GET", "POST"])
@role(*WRITERS)
def revert(slug, number):
    """What going back to a publication would change for learners, and the form that does it."""
    course = own_course(slug)
    row = found(revisions.publication(course.place, number))
    form = RestoreForm(
        data={
            "seen": str(course.publication_number),
            "note": _("Memulihkan terbitan %(number)d", number=number),
        }
    )
    refused: Refused | None = None
    if form.validate_on_submit():
        try:
            made = operations.revert_to(
                row, course, current_user.id, form.note.data, seen=whole(form.seen.data)
            )
            new = made.number
            db.session.commit()
            flash(_("Terbitan %(old)d dipulihkan sebagai terbitan nomor %(new)d.", old=number, new=new))
            return redirect(url_for("studio.history", slug=slug))
        except Refused as refusal:
            db.session.rollback()
            refused = refusal
            course = own_course(slug)
            row = found(revisions.publication(course.place, number))
            form.seen.data = str(course.publication_number)
    state = drafts.state(course)
    page = render_template(
        "studio/revert.html",
        **around(course, "riwayat", state.draft["title"]),
        row=row,
        changes=between(state, drafts.bodies_now(state), drafts.bodies_then(state, number)),
        form=form,
        **_why(course, refused),
    )
    return page, _status(form, refused)


def _why(course, refused: Refused | None) -> dict:
    """Why nothing was published: faults with the pages where they are mended, else a sentence."""
    faults = told(course, getattr(refused, "faults", ()))
    return {"refusals": [str(refused)] if refused and not faults else [], "unfit": faults}


def _status(form, refused: Refused | None) -> int:
    if refused is not None:
        return refused.status
    return 422 if form.errors else 200
