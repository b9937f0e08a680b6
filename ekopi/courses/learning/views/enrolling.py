"""Into a course, out of it, and who decides about requests."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.core import paging
from ekopi.core.db import claim
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, signed_in
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.learning import operations, policy, queries, waiting
from ekopi.courses.learning.forms import RefuseForm
from ekopi.courses.learning.models import Enrolment
from ekopi.courses.learning.views import blueprint
from ekopi.courses.learning.views.courses import known_course, show_course
from ekopi.extensions import db


@blueprint.post("/kursus/<slug>/ikuti")
@signed_in
def enrol(slug):
    return _enrol(known_course(slug))


@blueprint.route("/kursus/<slug>/undangan/<token>", methods=["GET"])
@signed_in
def invitation(slug, token):
    """The page of the course for who has its link, with the button that takes the invitation up."""
    page = found(queries.course_page(slug, current_user.id))
    found(page if policy.is_invitation(page.course, token) else None)
    if policy.holds(page.enrolment):
        return redirect(url_for("learning.course", slug=slug))
    return show_course(page, token)


@blueprint.post("/kursus/<slug>/undangan/<token>")
@signed_in
def accept_invitation(slug, token):
    course = found(authoring.course(slug))
    found(course if policy.is_invitation(course, token) else None)
    return _enrol(course, token)


def _enrol(course, token=None):
    """Enrols, and leads an active learner to where to go on."""
    slug = course.slug
    enrolment = operations.enrol(course, current_user, token)
    state, target = enrolment.state, url_for("learning.course", slug=slug)
    if state == "active":
        step = queries.walk(course.id, enrolment).next_step
        if step is not None:
            if enrolment.place_id != step.lesson_id:
                operations.open_lesson(enrolment, step.lesson_id)
            target = url_for("learning.lesson", slug=slug, lesson_id=step.lesson_id)
    db.session.commit()
    if state == "asked":
        flash(_("Permintaan Anda terkirim. Keputusannya datang melalui notifikasi."))
    return redirect(target)


@blueprint.post("/kursus/<slug>/keluar")
@signed_in
def leave(slug):
    course = found(authoring.course(slug))
    asked = _leave(found(queries.enrolment_of(course.id, current_user.id)))
    knows = policy.may_know(current_user, course, None)
    db.session.commit()
    if asked:
        flash(_("Permintaan Anda ditarik."))
    elif knows:
        flash(_("Anda keluar dari kursus ini. Yang sudah selesai tetap tersimpan bila Anda kembali."))
    else:
        flash(
            _(
                "Anda keluar dari kursus ini. Untuk kembali, buka lagi tautan undangannya; yang sudah selesai tetap tersimpan."
            )
        )
    return redirect(url_for("learning.course", slug=slug) if knows else url_for("learning.courses"))


def _leave(enrolment: Enrolment) -> bool:
    asked = enrolment.state == "asked"
    operations.leave(enrolment)
    return asked


@blueprint.post("/kursus/<slug>/selesai")
@signed_in
def complete(slug):
    """For the rare case that the last missing lesson was taken out of the course: nothing is left to be done in it."""
    course = found(authoring.course(slug))
    enrolment = found(queries.enrolment_of(course.id, current_user.id))
    claim(enrolment)
    completed = operations.see_to_completion(course, enrolment)
    db.session.commit()
    if completed:
        flash(_("Selamat, Anda menyelesaikan kursus ini. Sertifikat terbit dan JP tercatat."))
    return redirect(url_for("learning.course", slug=slug))


# --- for those who write the course ------------------------------------------------------------------------


@blueprint.get("/kursus/<slug>/pendaftar")
@signed_in
def applicants(slug):
    course = known_course(slug)
    check(policy.may_decide(current_user, course))
    page = paging.page(
        queries.applicants(course.id),
        [Enrolment.asked_at, Enrolment.id],
        of=lambda enrolment: (enrolment.asked_at, enrolment.id),
    )
    return render_template(
        "learning/applicants.html",
        course=course,
        page=page,
        organisations=waiting.organisations_of([enrolment.person_id for enrolment in page.items]),
    )


@blueprint.post("/kursus/<slug>/pendaftar/<int:enrolment_id>/terima")
@signed_in
def accept(slug, enrolment_id):
    course = known_course(slug)
    check(policy.may_decide(current_user, course))
    enrolment = found(queries.applicant(course.id, enrolment_id))
    name = enrolment.person.name
    operations.decide(enrolment, course, True, current_user.id)
    db.session.commit()
    flash(_("%(name)s kini menjadi peserta.", name=name))
    return redirect(url_for("learning.applicants", slug=slug))


@blueprint.route("/kursus/<slug>/pendaftar/<int:enrolment_id>/tolak", methods=["GET", "POST"])
@signed_in
def refuse(slug, enrolment_id):
    course = known_course(slug)
    check(policy.may_decide(current_user, course))
    enrolment = found(queries.applicant(course.id, enrolment_id))
    name = enrolment.person.name
    form = RefuseForm()
    if form.validate_on_submit():
        try:
            operations.decide(enrolment, course, False, current_user.id, form.reason.data or "")
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            db.session.commit()
            flash(_("Permintaan %(name)s ditolak, dan alasannya terkirim.", name=name))
            return redirect(url_for("learning.applicants", slug=slug))
    return render_template("learning/refuse.html", course=course, name=name, form=form)
