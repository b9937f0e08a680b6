"""Taking a quiz: one question a page, saved as it is answered, looked over before it is sent."""

from __future__ import annotations

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ekopi.core import clock
from ekopi.core.errors import Invalid, Stale
from ekopi.core.forms import whole
from ekopi.core.guards import found, signed_in
from ekopi.core.web import say_saved
from ekopi.courses.assessment import marking, sheets
from ekopi.courses.assessment import queries as attempts
from ekopi.courses.assessment.errors import AttemptClosed, TimeOver
from ekopi.courses.assessment.operations import rules_of
from ekopi.courses.learning import operations, policy, queries
from ekopi.courses.learning.views import blueprint
from ekopi.courses.learning.views.player import for_learners, learning_page
from ekopi.credentials import queries as credentials
from ekopi.extensions import db

OVERTAKEN = _l("Belum tersimpan: ada jawaban yang lebih baru. Pilih salah satu di atas.")
NO_NUMBER = _l("Tulis angka, misalnya 12,5.")
QUIZ = "/kursus/<slug>/belajar/<int:lesson_id>/kuis"


@blueprint.post(QUIZ)
@signed_in
def start_quiz(slug, lesson_id):
    page, elsewhere = _quiz_page(slug, lesson_id)
    if elsewhere:
        return elsewhere
    number = operations.start_quiz(page.course, page.enrolment, page.lesson).number
    db.session.commit()
    return redirect(url_for("learning.question", slug=slug, lesson_id=lesson_id, number=number, slot=1))


@blueprint.get(f"{QUIZ}/<int:number>")
@signed_in
def attempt(slug, lesson_id, number):
    """While it is open: every question, answered or not, before sending. Afterwards: the result."""
    page, elsewhere = _quiz_page(slug, lesson_id)
    if elsewhere:
        return elsewhere
    chosen = found(attempts.attempt(page.enrolment.id, page.lesson.id, number))
    seen = {"course": page.course, "lesson": page.lesson, "attempt": chosen, "now": clock.now()}
    if chosen.state == "open":
        over = attempts.is_over(chosen, clock.now())
        return render_template(
            "learning/review.html", **seen, over=over, questions=sheets.sheets(chosen, "nothing")
        )
    tries = attempts.attempts_of(page.enrolment.id, page.lesson.id)
    level = sheets.level_after(chosen, tries, rules_of(page.lesson)["attempts"])
    way = queries.walk(page.course.id, page.enrolment)
    step = way.step(page.lesson.id)
    ended = chosen.passed and way.completed and step is way.last_done
    papers = credentials.of_source("enrolment", page.enrolment.id) if ended else []
    return render_template(
        "learning/result.html",
        **seen,
        level=level,
        questions=sheets.sheets(chosen, level) if sheets.may_show(level, "marks") else [],
        may_try=policy.may_try(tries, page.lesson),
        way=way,
        step=step,
        onward=way.after(step),
        certificate=papers[0] if papers else None,
    )


@blueprint.post(f"{QUIZ}/<int:number>/kirim")
@signed_in
def submit_quiz(slug, lesson_id, number):
    page, elsewhere = _quiz_page(slug, lesson_id)
    if elsewhere:
        return elsewhere
    chosen = found(attempts.attempt(page.enrolment.id, page.lesson.id, number))
    return _submit(page, chosen, slug, lesson_id, number)


def _submit(page, chosen, slug, lesson_id, number):
    was_completed = page.enrolment.state == "completed"
    operations.submit_quiz(page.course, page.enrolment, page.lesson, chosen)
    completed = page.enrolment.state == "completed" and not was_completed
    db.session.commit()
    if completed:
        flash(_("Selamat, Anda menyelesaikan kursus ini. Sertifikat terbit dan JP tercatat."))
    return redirect(url_for("learning.attempt", slug=slug, lesson_id=lesson_id, number=number))


@blueprint.get(f"{QUIZ}/<int:number>/<int:slot>")
@signed_in
def question(slug, lesson_id, number, slot):
    page, elsewhere = _question_page(slug, lesson_id, number, slot, shown=True)
    return elsewhere or _question(page)


def _question(page, error="", status=200, mine=None, base=None):
    """The page of a question. `mine`: an answer that was not kept because of a newer one; both are shown then.

    The form goes on knowing of no newer answer than `base`, until one of both was chosen.
    """
    now = clock.now()
    if page.attempt.state != "open" or attempts.is_over(page.attempt, now):
        return redirect(
            url_for(
                "learning.attempt",
                slug=page.course.slug,
                lesson_id=page.lesson.id,
                number=page.attempt.number,
            )
        )
    slot = found(page.slot)
    given = attempts.answer(page.attempt.id, slot.number)
    both = sheets.both(slot, page.question, given, mine) if given and mine is not None else None
    question = both.mine if both else sheets.sheet(slot, page.question, given, "nothing")
    html = render_template(
        "learning/question.html",
        course=page.course,
        lesson=page.lesson,
        attempt=page.attempt,
        question=question,
        base=base if both else (given.sequence if given else 0),
        page_id=secrets.token_urlsafe(16),
        both=both,
        total=page.total,
        now=now,
        error=error or (NO_NUMBER if question.no_number else ""),
    )
    return html, status


@blueprint.post(f"{QUIZ}/<int:number>/<int:slot>")
@signed_in
def answer(slug, lesson_id, number, slot):
    """The form of a question: keeps the answer, then goes where its button says."""
    page, elsewhere = _question_page(slug, lesson_id, number, slot)
    if elsewhere:
        return elsewhere
    chosen, value, last = page.attempt, _value(page), page.total
    checks = chosen.rules["show_during"] == "answers"
    where = {"slug": slug, "lesson_id": lesson_id, "number": number}
    go = request.form.get("ke", "")
    due_at = chosen.due_at
    base = whole(request.form.get("base"))
    try:
        kept = operations.save_answer(
            page.enrolment, chosen, slot, None, value, base, request.form.get("page", "")
        )
        no_number = marking.is_no_number(page.question, kept.value)
        if go == "periksa" and checks and not no_number:
            operations.check_answer(page.enrolment, chosen, slot)
    except TimeOver as over:
        flash(over.sentence(), "warn")
        return _submit(page, chosen, slug, lesson_id, number)
    except AttemptClosed:
        db.session.rollback()
        return redirect(url_for("learning.attempt", **where))
    except Stale:
        if due_at is not None and clock.now() >= due_at:
            return _submit(page, chosen, slug, lesson_id, number)
        db.session.rollback()
        page, elsewhere = _question_page(slug, lesson_id, number, slot, shown=True)
        return elsewhere or _question(page, status=409, mine=value, base=base)
    except Invalid as invalid:
        db.session.commit()
        page, elsewhere = _question_page(slug, lesson_id, number, slot, shown=True)
        return elsewhere or _question(page, invalid.sentence(), 422)
    if due_at is not None and clock.now() >= due_at:
        return _submit(page, chosen, slug, lesson_id, number)
    # said once where it was written; whoever goes on all the same is told again before sending
    stays = no_number and (go == "periksa" or (go != "sebelumnya" and kept.sequence != base))
    db.session.commit()
    if stays:
        page, elsewhere = _question_page(slug, lesson_id, number, slot, shown=True)
        return elsewhere or _question(page, status=422)
    targets = {"periksa": slot, "tetap": slot, "sebelumnya": max(1, slot - 1), "tinjau": None}
    target = targets.get(go, slot + 1)
    if target is None or target > last:
        return redirect(url_for("learning.attempt", **where))
    return redirect(url_for("learning.question", **where, slot=target))


@blueprint.post(f"{QUIZ}/<int:number>/<int:slot>/simpan")
@signed_in
def save_answer(slug, lesson_id, number, slot):
    """One answer as it changes: {saved} only after the commit; 409 with a sentence when it was not kept.

    Whoever names no `base` is judged by `sequence` alone.
    """
    page, elsewhere = _question_page(slug, lesson_id, number, slot)
    if elsewhere:
        return elsewhere
    value = _value(page)
    sequence = whole(request.form.get("sequence")) or None
    base = whole(request.form["base"]) if "base" in request.form else None
    this = request.form.get("page", "")
    try:
        kept = operations.save_answer(page.enrolment, page.attempt, slot, sequence, value, base, this)
    except Stale:
        db.session.rollback()
        return _overtaken(slug, lesson_id, number, slot, value)
    # put together before the commit: afterwards the person, whose zone it speaks in, would be read once more
    same, newest, saved = kept.value == value, kept.sequence, say_saved(kept.at)
    if marking.is_no_number(page.question, value):
        saved = f"{saved}. {NO_NUMBER}"
    db.session.commit()
    if not same:
        return _overtaken(slug, lesson_id, number, slot, value)
    return {"saved": saved, "sequence": newest, "base": newest}


def _overtaken(slug, lesson_id, number, slot, value):
    """Both answers as the page shows them above its form; nothing was overwritten."""
    page, _elsewhere = _question_page(slug, lesson_id, number, slot, shown=True)
    given = found(attempts.answer(page.attempt.id, slot))
    html = render_template(
        "learning/_answers.html",
        course=page.course,
        lesson=page.lesson,
        attempt=page.attempt,
        both=sheets.both(found(page.slot), page.question, given, value),
    )
    return {"error": str(OVERTAKEN), "sequence": given.sequence, "conflict_html": html}, 409


def _quiz_page(slug, lesson_id):
    return _of_quiz(*learning_page(slug, lesson_id))


def _question_page(slug, lesson_id, number, slot, shown=False):
    read = queries.question_page(slug, lesson_id, current_user.id, number, slot, shown=shown)
    page, elsewhere = _of_quiz(*for_learners(read))
    if page is not None:
        found(page.attempt)
    return page, elsewhere


def _of_quiz(page, elsewhere):
    if page is not None:
        found(page.lesson if page.lesson.kind == "quiz" else None)
    return page, elsewhere


def _value(page) -> dict:
    """What the form says, cut to what this question can take."""
    slot = found(page.slot)
    keys = sorted(slot.order)  # a, b, c … as the author wrote them
    return marking.kept(
        page.question.type, keys, request.form.getlist("jawaban"), request.form.get("tulisan", "")
    )
