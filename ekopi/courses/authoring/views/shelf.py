"""My courses, a new course, a course from an archive, a course as an archive."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from ekopi.accounts import queries as accounts
from ekopi.core import once
from ekopi.core.archives import read_tree
from ekopi.core.errors import Invalid, Refused
from ekopi.core.guards import check, role
from ekopi.courses.authoring import course_files, operations, policy
from ekopi.courses.authoring.forms import ImportForm, NewCourseForm, listed
from ekopi.courses.authoring.operations import exporting, importing
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.views import WRITERS, blueprint, own_course
from ekopi.extensions import db

NO_ORGANISATION = 0


@blueprint.get("")
@role(*WRITERS)
def shelf():
    """The courses one may write, with what learners do not see yet; deleted ones one may bring back."""
    deleted = drafts.deleted_of(current_user)
    return render_template(
        "studio/shelf.html",
        shelves=drafts.written_by(current_user),
        deleted=deleted,
        names=accounts.names_of({str(row.by_id) for row in deleted if row.by_id}),
    )


@blueprint.route("/baru", methods=["GET", "POST"])
@role(*WRITERS)
def new_course():
    """Title, address and organisation of a new course."""
    form = NewCourseForm()
    form.organisation_id.choices = _organisations()
    if form.validate_on_submit():
        if done := once.led_to(form.once.data):
            return redirect(done)
        organisation_id = form.organisation_id.data or None
        check(policy.may_create(current_user, organisation_id))
        try:
            course = operations.create_course(
                form.title.data,
                slug=form.slug.data or "",
                organisation_id=organisation_id,
                by_id=current_user.id,
            )
            target = url_for("studio.outline", slug=course.slug)
            once.remember(form.once.data, target)
            db.session.commit()
            return redirect(target)
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
    return render_template("studio/new_course.html", form=form), 422 if form.errors else 200


@blueprint.route("/impor", methods=["GET", "POST"])
@role(*WRITERS)
def import_archive():
    """Checks an archive and tells what it would change; with the second button it does."""
    form = ImportForm()
    form.organisation_id.choices = _organisations()
    faults, report = [], None
    if form.validate_on_submit():
        try:
            report = _import(form)
        except Refused as refused:
            db.session.rollback()
            faults = [str(fault) for fault in getattr(refused, "faults", ())] or [str(refused)]
        else:
            if request.form.get("act") == "import":
                db.session.commit()
                count = len(report.changes)
                flash(ngettext("%(num)d bagian draf diperbarui.", "%(num)d bagian draf diperbarui.", count))
                return redirect(url_for("studio.changes", slug=report.course.slug))
            slug, created, changes = report.course.slug, report.created, list(report.changes)
            db.session.rollback()
            importing.forget_files(report)
            report = {"slug": slug, "created": created, "changes": changes}
    page = render_template("studio/import.html", form=form, faults=faults, report=report)
    return page, 422 if faults or form.errors else 200


def _import(form: ImportForm) -> importing.Imported:
    organisation_id = form.organisation_id.data or None
    with read_tree(form.file.data.stream) as tree:
        folder = course_files.read(tree)
        _check_import(folder.slug, organisation_id)
        known = importing.files_known(folder.slug)
        db.session.rollback()  # no transaction waits while texts are rendered and pictures decoded
        ready = importing.prepare(folder, known)
        _check_import(folder.slug, organisation_id)  # as it is by now
        return operations.import_course(
            folder, by_id=current_user.id, organisation_id=organisation_id, ready=ready
        )


def _check_import(slug: str, organisation_id: int | None) -> None:
    known = drafts.course_by_slug(slug)
    if known is not None:
        check(policy.may_edit(current_user, known))
    else:
        check(policy.may_create(current_user, organisation_id))


@blueprint.get("/kursus/<slug>/ekspor.zip")
@role(*WRITERS)
def export_archive(slug):
    """The draft as a course folder in a zip archive."""
    course = own_course(slug)
    answer = Response(exporting.zip_archive(course), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{course.slug}.zip"'
    return answer


def _organisations() -> list[SelectChoice]:
    choices = dict(drafts.organisations_for(current_user))
    if policy.may_create(current_user, None):
        choices = {NO_ORGANISATION: _("Tanpa instansi (seluruh EKOPI)"), **choices}
    return listed(choices)
