"""The bank of questions, each edited in its readable text."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.core import once
from ekopi.core.errors import Invalid, Stale
from ekopi.core.forms import whole
from ekopi.core.guards import found, role
from ekopi.core.text import excerpt, plain
from ekopi.courses.authoring.bodies import bank_keys, quiz_keys
from ekopi.courses.authoring.course_files import questions as texts
from ekopi.courses.authoring.forms import NewQuestionForm, QuestionForm
from ekopi.courses.authoring.operations import lessons as verbs
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.question_types import TYPES
from ekopi.courses.authoring.views import WRITERS, around, blueprint, own_course
from ekopi.extensions import db

EXAMPLE = """## kunci-soal
type: single
points: 1

Tulis pertanyaannya di sini.

- [ ] Pilihan yang keliru
  > Mengapa keliru.
- [x] Pilihan yang benar
  > Mengapa benar.

> Penjelasan yang tampil bersama jawaban.
"""


@blueprint.get("/kursus/<slug>/soal")
@role(*WRITERS)
def questions(slug):
    """All questions of the draft bank, and which quizzes ask them."""
    course = own_course(slug)
    state = drafts.state(course)
    used: dict[str, list[str]] = {}
    for body in state.drafts()[0].values():
        if body["kind"] == "quiz":
            for key in quiz_keys(body["quiz"]):
                used.setdefault(key, []).append(body["title"])
    bodies = [(key, state.questions[key][1].draft.body) for key in bank_keys(state.draft)]
    rows = [(key, excerpt(plain(body["stem"]), 90), body, used.get(key, [])) for key, body in bodies]
    return render_template(
        "studio/questions.html",
        **around(course, "soal", state.draft["title"]),
        rows=rows,
        types={key: kind.name for key, kind in TYPES.items()},
    )


@blueprint.route("/kursus/<slug>/soal/baru", methods=["GET", "POST"])
@role(*WRITERS)
def new_question(slug):
    """A new question from its text; it starts with an example."""
    course = own_course(slug)
    form = NewQuestionForm(data={"text": EXAMPLE})
    if form.validate_on_submit():
        if done := once.led_to(form.once.data):
            return redirect(done)
        target = url_for("studio.questions", slug=slug)
        try:
            verbs.add_question(course, form.text.data, current_user.id)
            once.remember(form.once.data, target)
            db.session.commit()
            flash(_("Soal tersimpan di draf."))
            return redirect(target)
        except Invalid as refusal:
            db.session.rollback()
            course = own_course(slug)
            form.refuse(refusal)
    return _page(course, form, None)


@blueprint.route("/kursus/<slug>/soal/<key>", methods=["GET", "POST"])
@role(*WRITERS)
def question(slug, key):
    """One question as text. A stale save shows both versions."""
    course = own_course(slug)
    row = found(drafts.question_by_key(course, key))
    draft = drafts.item(row.item_id).draft
    form = QuestionForm(data={"text": texts.write(key, draft.body), "base": str(draft.edition)})
    theirs = None
    if form.validate_on_submit():
        try:
            verbs.save_question(course, row, form.text.data, whole(form.base.data), current_user.id)
            db.session.commit()
            flash(_("Soal tersimpan di draf."))
            return redirect(url_for("studio.questions", slug=slug))
        except Stale as stale:
            theirs = texts.write(key, stale.theirs)
            db.session.rollback()
            course = own_course(slug)
            form.base.data = str(drafts.item(drafts.question_by_key(course, key).item_id).draft.edition)
        except Invalid as refusal:
            db.session.rollback()
            course = own_course(slug)
            form.refuse(refusal)
    return _page(course, form, key, theirs)


def _page(course, form, key, theirs=None):
    title = drafts.item(course.item_id).draft.body["title"]
    page = render_template(
        "studio/question.html", **around(course, "soal", title), form=form, key=key, theirs=theirs
    )
    return page, (409 if theirs else 200)


@blueprint.post("/kursus/<slug>/soal/<key>/keluarkan")
@role(*WRITERS)
def remove_question(slug, key):
    """Takes a question out of the draft bank; adding it again under the same key brings it back."""
    course = own_course(slug)
    found(drafts.question_by_key(course, key))
    verbs.remove_question(course, key, current_user.id)
    db.session.commit()
    flash(_("Soal “%(key)s” dikeluarkan dari draf.", key=key))
    return redirect(url_for("studio.questions", slug=slug))
