"""Title, rules and the end of a course."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.core.errors import Stale
from ekopi.core.guards import role
from ekopi.core.web import absolute, say_decimal
from ekopi.courses.authoring import operations
from ekopi.courses.authoring.changes import ENROLMENTS
from ekopi.courses.authoring.forms import SettingsForm
from ekopi.courses.authoring.operations.courses import settings_stamp
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.rendering import address
from ekopi.courses.authoring.views import WRITERS, around, blueprint, own, own_course
from ekopi.extensions import db
from ekopi.revisions import queries as revisions


@blueprint.route("/kursus/<slug>/pengaturan", methods=["GET", "POST"])
@role(*WRITERS)
def settings(slug):
    """The draft's title and rules. A stale save shows both versions and keeps what was typed."""
    course = own_course(slug)
    body = revisions.draft(course.item_id).body
    shown = {
        **body,
        "outcomes": "\n".join(body["outcomes"]),
        "jp": say_decimal(body["jp"]),
        "base": settings_stamp(body),
    }
    form = SettingsForm(data=shown)
    theirs = None
    if form.validate_on_submit():
        try:
            operations.save_settings(course, form.settings(), form.base.data, current_user.id)
            db.session.commit()
            flash(_("Pengaturan tersimpan di draf."))
            return redirect(url_for("studio.settings", slug=slug))
        except Stale as stale:
            db.session.rollback()
            course = own_course(slug)
            theirs = _lines(stale.theirs)
            form.base.data = settings_stamp(revisions.draft(course.item_id).body)
    mine = _lines(form.settings()) if theirs else None
    page = render_template(
        "studio/settings.html",
        **around(course, "pengaturan", body["title"]),
        form=form,
        mine=mine,
        theirs=theirs,
        invitation=absolute(address("learning.invitation", slug=slug, token=course.link_token))
        if course.enrolment == "link" and course.link_token
        else "",
    )
    return page, 409 if theirs else 422 if form.errors else 200


def _lines(settings) -> str:
    seats = settings["seats"] if settings["seats"] is not None else _("tanpa batas")
    return "\n".join(
        [
            settings["title"],
            settings["summary"],
            *(f"- {outcome}" for outcome in settings["outcomes"]),
            f"JP {say_decimal(settings['jp'])}",
            f"{ENROLMENTS[settings['enrolment']]}, {seats}",
        ]
    )


@blueprint.post("/kursus/<slug>/tautan")
@role(*WRITERS)
def renew_link(slug):
    """A new invitation in place of the one given out so far."""
    operations.renew_link(own_course(slug), current_user.id)
    db.session.commit()
    flash(_("Tautan baru dibuat. Tautan yang lama tidak berlaku lagi."))
    return redirect(url_for("studio.settings", slug=slug))


@blueprint.post("/kursus/<slug>/hapus")
@role(*WRITERS)
def delete(slug):
    """Takes the course away from everybody; the toast undoes it, for 30 days."""
    course = own_course(slug)
    operations.delete_course(course, current_user.id)
    db.session.commit()
    undo = url_for("studio.undelete", slug=slug)
    flash({"text": _("Kursus dihapus. Sertifikat dan JP peserta tetap ada."), "undo": undo})
    return redirect(url_for("studio.shelf"))


@blueprint.post("/kursus/<slug>/kembalikan")
@role(*WRITERS)
def undelete(slug):
    """Brings a deleted course back."""
    course = drafts.course_by_slug(slug)
    course = own(course if course is not None and course.undoable else None)
    operations.undelete_course(course, current_user.id)
    db.session.commit()
    flash(_("Kursus dikembalikan."))
    return redirect(url_for("studio.outline", slug=slug))
