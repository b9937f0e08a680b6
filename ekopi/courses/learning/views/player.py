"""The player: reading, langkah nyata, and the way on. Reading a page changes nothing; going on is a POST."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.core.errors import Invalid, Stale
from ekopi.core.forms import whole
from ekopi.core.guards import found, signed_in
from ekopi.core.text import trusted
from ekopi.core.web import say_saved
from ekopi.courses.assessment import queries as assessment
from ekopi.courses.assessment.operations import rules_of
from ekopi.courses.learning import operations, policy, queries
from ekopi.courses.learning.forms import FieldTaskForm
from ekopi.courses.learning.views import blueprint
from ekopi.extensions import db

TEMPLATES = {
    "text": "learning/text.html",
    "file": "learning/file.html",
    "quiz": "learning/quiz.html",
    "field_task": "learning/field_task.html",
}


def learning_page(slug: str, lesson_id: int, shown: bool = False):
    """The lesson with course and enrolment, or where to send somebody who cannot learn it (the other one is None)."""
    return for_learners(queries.lesson_page(slug, lesson_id, current_user.id, shown=shown))


def for_learners(page):
    """A page that was read, as `learning_page` gives it; 404 when there is no course that this person may know of."""
    page = found(page)
    found(page if policy.may_know(current_user, page.course, page.enrolment) else None)
    if not policy.may_learn(page.enrolment):
        flash(_("Ikuti kursus ini dahulu untuk membuka materinya."), "info")
    elif page.lesson is None:
        flash(_("Materi itu tidak ada lagi di kursus ini. Kemajuan Anda tetap tersimpan."), "info")
    else:
        return page, None
    return None, redirect(url_for("learning.course", slug=page.course.slug))


@blueprint.get("/kursus/<slug>/belajar/<int:lesson_id>")
@signed_in
def lesson(slug, lesson_id):
    page, elsewhere = learning_page(slug, lesson_id, shown=True)
    if elsewhere:
        return elsewhere
    return _show(page)


def _show(page, form=None, status=200):
    way = queries.walk(page.course.id, page.enrolment)
    step = way.step(page.lesson.id)
    seen = {
        "course": page.course,
        "lesson": page.lesson,
        "html": trusted(page.lesson.html),
        "way": way,
        "step": step,
    }
    if not way.is_open(step):
        return render_template("learning/closed.html", **seen, waits_for=way.waits_for(way.part(step)))
    if page.lesson.kind == "quiz":
        attempts = assessment.attempts_of(page.enrolment.id, page.lesson.id)
        seen |= {
            "attempts": attempts,
            "rules": rules_of(page.lesson),
            "may_try": policy.may_try(attempts, page.lesson),
            "going_on": next((one for one in attempts if one.state == "open"), None),
        }
    if page.lesson.kind == "field_task":
        task = queries.field_task(page.enrolment.id, page.lesson.id)
        form = form or FieldTaskForm(
            formdata=None, text=task.text if task else "", base=task.edition if task else 0
        )
        seen |= {"task": task, "form": form}
    return render_template(TEMPLATES[page.lesson.kind], **seen), status


@blueprint.post("/kursus/<slug>/belajar/<int:lesson_id>")
@signed_in
def go_on(slug, lesson_id):
    """“Selanjutnya”: what was read is done, the next lesson is the place to resume at."""
    page, elsewhere = learning_page(slug, lesson_id)
    if elsewhere:
        return elsewhere
    return _onward(page, slug)


def _onward(page, slug):
    """Finishes the lesson, keeps all that was done, and leads to the next one."""
    was_completed = page.enrolment.state == "completed"
    onward = operations.finish_lesson(page.course, page.enrolment, page.lesson)
    completed = page.enrolment.state == "completed" and not was_completed
    db.session.commit()
    if completed:
        flash(_("Selamat, Anda menyelesaikan kursus ini. Sertifikat terbit dan JP tercatat."))
    if completed or onward is None:
        return redirect(url_for("learning.course", slug=slug))
    return redirect(url_for("learning.lesson", slug=slug, lesson_id=onward))


@blueprint.post("/kursus/<slug>/belajar/<int:lesson_id>/tulisan")
@signed_in
def field_task(slug, lesson_id):
    """Saves a langkah nyata (as JSON when the page does it by itself); its other buttons send it, or go on."""
    page, elsewhere = learning_page(slug, lesson_id)
    if elsewhere:
        return elsewhere
    found(page.lesson if page.lesson.kind == "field_task" else None)
    form = FieldTaskForm()
    wants_json = request.accept_mimetypes.best == "application/json"
    goes_on = "lanjut" in request.form
    if goes_on and not form.text.data and not form.edition():
        return _onward(page, slug)  # nothing was there and nothing was written
    try:
        task = operations.save_field_task(
            page.enrolment,
            page.lesson,
            form.text.data or "",
            form.edition(),
            (form.page.data or "")[:40],
            (whole(form.sequence.data) or None) if wants_json else None,
        )
    except Stale as stale:
        return _stale(page, stale, wants_json)
    except Invalid as invalid:
        if wants_json:
            raise
        form.refuse(invalid)
        return _show(page, form, 422)
    if goes_on:
        if task.edition != form.edition():
            flash(_("Tulisan tersimpan."))
        return _onward(page, slug)
    missing = None
    was_completed = page.enrolment.state == "completed"
    if "kirim" in request.form:
        missing = operations.send_field_task(page.course, page.enrolment, page.lesson, task)
    completed = page.enrolment.state == "completed" and not was_completed
    # put together before the commit: afterwards the person, whose zone it speaks in, would be read once more
    edition, saved = task.edition, say_saved(task.saved_at)
    right = [] if policy.words_missing(task, page.lesson) else ["text"]
    db.session.commit()
    if wants_json:
        return {"saved": saved, "base": edition, "right": right}
    if missing:
        form = FieldTaskForm(formdata=None, text=form.text.data, base=edition)
        form.text.errors = [
            _("Tulisan sudah tersimpan, tetapi masih kurang %(num)s kata untuk dapat dikirim.", num=missing)
        ]
        return _show(found(queries.lesson_page(slug, lesson_id, current_user.id)), form, 422)
    if completed:
        flash(_("Selamat, Anda menyelesaikan kursus ini. Sertifikat terbit dan JP tercatat."))
        return redirect(url_for("learning.course", slug=slug))
    flash(_("Langkah nyata terkirim.") if missing == 0 else _("Tulisan tersimpan."))
    return redirect(url_for("learning.lesson", slug=slug, lesson_id=lesson_id))


def _stale(page, stale: Stale, wants_json: bool):
    """Both versions side by side; nothing was overwritten."""
    db.session.rollback()
    seen = {"course": page.course, "lesson": page.lesson, "stale": stale, **stale.facts}
    if wants_json:
        html = render_template("learning/_versions.html", **seen)
        return {"conflict_html": html, "error": stale.sentence()}, 409
    return render_template("learning/versions.html", **seen), 409
