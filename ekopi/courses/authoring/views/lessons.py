"""The lesson editor: typed Markdown, autosave, preview; a course as its learners will see it."""

from __future__ import annotations

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.core import clock
from ekopi.core.errors import Refused, Stale
from ekopi.core.forms import whole
from ekopi.core.guards import found, role
from ekopi.core.text import render, trusted
from ekopi.core.web import say_saved
from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.changes import KINDS, lesson_text
from ekopi.courses.authoring.forms import (
    LESSON_FORMS,
    ButtonForm,
    LessonForm,
    QuizForm,
    listed,
    pool_fields,
    quiz_form,
    typed_pools,
)
from ekopi.courses.authoring.operations.lessons import save_lesson
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.queries.drafts import State
from ekopi.courses.authoring.rendering import Faces
from ekopi.courses.authoring.views import WRITERS, around, blueprint, own_course
from ekopi.courses.authoring.views.drafting import autosaved, faces, file_names, latest, not_saved
from ekopi.courses.authoring.views.questions import pickable
from ekopi.extensions import db, limiter


@blueprint.route("/kursus/<slug>/materi/<key>", methods=["GET", "POST"])
@role(*WRITERS)
def lesson(slug, key):
    """The editor. A stale save shows both versions side by side."""
    course = own_course(slug)
    state = drafts.state(course)
    row, item = found(state.lessons.get(key))
    form = _form(state, item.draft)
    if form.validate_on_submit():
        typed = form.changes(item.draft.body)
        try:
            save_lesson(row, typed, _edition(form), current_user.id)
            db.session.commit()
            flash(_("Draf materi tersimpan."))
            return redirect(url_for("studio.lesson", slug=slug, key=key))
        except Stale as stale:
            db.session.rollback()
            return _conflict(slug, key, stale), 409
        except Refused as refused:
            db.session.rollback()
            form.text.errors = [refused.sentence()]
            state = drafts.state(own_course(slug))
            item = state.lessons[key][1]
    quiz = item.draft.body.get("quiz")
    page = render_template(
        "studio/lesson.html",
        **around(state.course, "susunan", state.draft["title"]),
        form=form,
        asked=pickable(state, quiz) if quiz else [],
        key=key,
        body=item.draft.body,
        kind=KINDS[item.draft.body["kind"]],
        saved_at=item.draft.saved_at,
        preview=_preview(state, form.text.data or ""),
        files=file_names(state.draft),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/kursus/<slug>/materi/<key>/simpan")
@role(*WRITERS)
def autosave(slug, key):
    """Answers {saved, base}; 409 with both versions when somebody else saved in between."""
    course = own_course(slug)
    state = drafts.state(course)
    row, item = found(state.lessons.get(key))
    form = _form(state, item.draft)
    if not form.validate_on_submit():
        return not_saved(form)
    try:
        edition = latest(form, item.draft)
        draft = save_lesson(row, form.changes(item.draft.body), edition, current_user.id)
        base = autosaved(form, draft)
        db.session.commit()
    except Stale as stale:
        db.session.rollback()
        html = _conflict(slug, key, stale, piece=True)
        return jsonify(conflict_html=html, error=stale.sentence(), mine=stale.mine, theirs=stale.theirs), 409
    return jsonify(saved=say_saved(clock.now()), base=base)


@blueprint.post("/kursus/<slug>/pratinjau")
@role(*WRITERS)
@limiter.limit("120 per minute")
def preview(slug):
    """HTML of the text sent, safe to show; as plain text, because it is a piece and no page."""
    course = own_course(slug)
    form = ButtonForm()
    if not form.validate_on_submit():
        return jsonify(error=_("Muat ulang halaman, lalu coba lagi.")), 400
    state = drafts.state(course)
    try:
        text = request.form.get("text", "")
        html = render(text, files=_faces(state).files, language=state.draft["language"])
    except Refused as refused:
        return Response(str(refused), 422, mimetype="text/plain")
    return Response(html, mimetype="text/plain")


@blueprint.get("/kursus/<slug>/lihat")
@blueprint.get("/kursus/<slug>/lihat/<key>")
@role(*WRITERS)
def learner_view(slug, key=None):
    """The draft as learners will see it; nothing can be done here."""
    course = own_course(slug)
    state = drafts.state(course)
    lessons, asked = state.drafts()
    keys = list(lessons)
    if key is None:
        key = keys[0] if keys else None
    elif key not in lessons:
        found(None)
    body = lessons.get(key)
    faces = _faces(state)
    html, faced, fault = "", [], ""
    try:
        html = faces.lesson(key, body) if body else ""
        faced = _quiz_faces(faces, body, asked) if body and body["kind"] == "quiz" else []
    except Refused as refused:
        fault = str(refused)
    at = keys.index(key) if key else 0
    return render_template(
        "studio/learner_view.html",
        **around(course, "pratinjau", state.draft["title"]),
        outline=state.draft["modules"],
        lessons=lessons,
        key=key,
        body=body,
        html=trusted(html),
        questions=faced,
        fault=fault,
        kinds=KINDS,
        before=keys[at - 1] if key and at else None,
        after=keys[at + 1] if key and at + 1 < len(keys) else None,
    )


def _quiz_faces(faces: Faces, body, asked):
    found_keys = [key for key in bodies.quiz_keys(body["quiz"]) if key in asked]
    shown = []
    for key in found_keys:
        face = faces.question(key, asked[key])
        options = [trusted(option.html) for option in face.options]
        shown.append((asked[key], trusted(face.stem_html), options))
    return shown


def _faces(state: State) -> Faces:
    return faces(state.course, state.draft)


def _preview(state: State, text: str):
    try:
        return trusted(render(text, files=_faces(state).files, language=state.draft["language"]))
    except Refused as refused:
        return refused.sentence()


def _form(state: State, draft) -> LessonForm:
    body = draft.body
    data = {**body, "base": str(draft.edition), "sequence": "0"}
    if body["kind"] == "field_task":
        data |= body["task"]
    if body["kind"] == "quiz":
        data |= {**body["quiz"], **pool_fields(body["quiz"]["pools"])}
        # One group more than there are, to begin another; of a sent form those that it showed.
        pools = typed_pools(request.form) if request.method == "POST" else len(body["quiz"]["pools"]) + 1
        return _quiz_form(state, body, quiz_form(pools)(data=data))
    form = LESSON_FORMS[body["kind"]](data=data)
    if body["kind"] == "file":
        names = [file["name"] for file in state.draft["files"]]
        form.file.choices = listed(
            {"": _("Belum dipilih"), **{name: name.partition("/")[2] for name in names}}
        )
    return form


def _quiz_form(state: State, body: bodies.Body, form: QuizForm) -> QuizForm:
    choices = listed({row.key: row.key for row in pickable(state, body["quiz"])})
    for field in form.columns:
        field.choices = choices
    return form


def _edition(form: LessonForm) -> int:
    return whole(form.base.data)


def _conflict(slug, key, stale: Stale, *, piece: bool = False):
    state = drafts.state(own_course(slug))
    _row, item = found(state.lessons.get(key))
    form = _form(state, item.draft)
    form.base.data = str(item.draft.edition)
    title = state.draft["title"]
    return render_template(
        "studio/_conflict.html" if piece else "studio/conflict.html",
        **around(state.course, "susunan", title),
        form=form,
        key=key,
        mine=lesson_text(stale.mine),
        theirs=lesson_text(stale.theirs),
        saved_at=item.draft.saved_at,
    )
