"""The bank of questions, each edited in its readable text: an example to write over, preview, autosave."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.core import clock, once
from ekopi.core.errors import Invalid, Refused, Stale
from ekopi.core.forms import whole
from ekopi.core.guards import found, role
from ekopi.core.text import excerpt, plain, trusted
from ekopi.core.web import say_saved
from ekopi.courses.authoring.bodies import Body, bank_keys, quiz_keys
from ekopi.courses.authoring.course_files import questions as texts
from ekopi.courses.authoring.forms import ButtonForm, NewQuestionForm, QuestionForm
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.operations import lessons as verbs
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.queries.drafts import State
from ekopi.courses.authoring.question_types import TRUTHS, TYPES, started, written_answer
from ekopi.courses.authoring.views import WRITERS, around, blueprint, own_course
from ekopi.courses.authoring.views.drafting import autosaved, faces, file_names, latest, not_saved
from ekopi.courses.authoring.views.undoing import undo_url
from ekopi.extensions import db, limiter


@blueprint.get("/kursus/<slug>/soal")
@role(*WRITERS)
def questions(slug):
    """All questions of the draft bank, which quizzes ask them, and what is not in the bank."""
    course = own_course(slug)
    state = drafts.state(course)
    used: dict[str, list[str]] = {}
    for body in state.drafts()[0].values():
        if body["kind"] == "quiz":
            for key in quiz_keys(body["quiz"]):
                used.setdefault(key, []).append(body["title"])
    bank = bank_keys(state.draft)
    bodies = {key: item.draft.body for key, (_row, item) in state.questions.items()}
    stems = {key: excerpt(plain(body["stem"]), 90) for key, body in bodies.items()}
    return render_template(
        "studio/questions.html",
        **around(course, "soal", state.draft["title"]),
        rows=[(key, stems[key], bodies[key], used.get(key, [])) for key in bank],
        unlisted=[(key, stems[key]) for key in bodies if key not in bank],
        types={key: kind.name for key, kind in TYPES.items()},
    )


@blueprint.route("/kursus/<slug>/soal/baru", methods=["GET", "POST"])
@role(*WRITERS)
def new_question(slug):
    """A new question from its text; it starts with the example of the chosen type, under a key that is free."""
    course = own_course(slug)
    kind = request.args.get("jenis", "")
    kind = kind if kind in TYPES else next(iter(TYPES))
    form = NewQuestionForm(data={"text": texts.write(_free_key(drafts.state(course)), started(kind))})
    if form.validate_on_submit() and not _looking():
        if done := once.led_to(form.once.data):
            return redirect(done)
        try:
            row = verbs.add_question(course, form.text.data, current_user.id)
            target = url_for("studio.question", slug=slug, key=row.key)
            once.remember(form.once.data, target)
            db.session.commit()
            flash(_("Soal tersimpan di draf."))
            return redirect(target)
        except Invalid as refusal:
            db.session.rollback()
            course = own_course(slug)
            _refuse(form, refusal)
    return _page(course, form, None, kind)


@blueprint.route("/kursus/<slug>/soal/<key>", methods=["GET", "POST"])
@role(*WRITERS)
def question(slug, key):
    """One question as text. A stale save shows both versions side by side."""
    course = own_course(slug)
    row = found(drafts.question_by_key(course, key))
    draft = drafts.item(row.item_id).draft
    form = _form(key, draft)
    if form.validate_on_submit() and not _looking():
        try:
            verbs.save_question(course, row, form.text.data, whole(form.base.data), current_user.id)
            db.session.commit()
            flash(_("Soal tersimpan di draf."))
            return redirect(url_for("studio.question", slug=slug, key=key))
        except Stale as stale:
            db.session.rollback()
            return _conflict(slug, key, stale), 409
        except Invalid as refusal:
            db.session.rollback()
            course = own_course(slug)
            _refuse(form, refusal)
    return _page(course, form, key)


@blueprint.post("/kursus/<slug>/soal/<key>/simpan")
@role(*WRITERS)
def autosave_question(slug, key):
    """Answers {saved, base}; 409 with both versions when somebody else saved in between, 422 with what to mend."""
    course = own_course(slug)
    row = found(drafts.question_by_key(course, key))
    draft = drafts.item(row.item_id).draft
    form = _form(key, draft)
    if not form.validate_on_submit():
        return not_saved(form)
    try:
        kept = verbs.save_question(course, row, form.text.data, latest(form, draft), current_user.id)
        base = autosaved(form, kept)
        db.session.commit()
    except Stale as stale:
        db.session.rollback()
        html = _conflict(slug, key, stale, piece=True)
        theirs = texts.write(key, stale.theirs)
        return jsonify(conflict_html=html, error=stale.sentence(), mine=form.text.data, theirs=theirs), 409
    except Invalid as refusal:
        db.session.rollback()
        return jsonify(error=_("Belum tersimpan. %(faults)s", faults=refusal.sentence())), 422
    return jsonify(saved=say_saved(clock.now()), base=base)


@blueprint.post("/kursus/<slug>/pratinjau-soal")
@role(*WRITERS)
@limiter.limit("120 per minute")
def preview_question(slug):
    """HTML of the question sent, as learners will meet it, or what keeps it from being saved; a piece, no page."""
    course = own_course(slug)
    if not ButtonForm().validate_on_submit():
        return jsonify(error=_("Muat ulang halaman, lalu coba lagi.")), 400
    draft = drafts.item(course.item_id).draft.body
    return Response(_preview(course, draft, request.form.get("text", "")), mimetype="text/plain")


@blueprint.post("/kursus/<slug>/soal/<key>/keluarkan")
@role(*WRITERS)
def remove_question(slug, key):
    """Takes a question out of the draft bank; the toast undoes it, and the page lists it below."""
    course = own_course(slug)
    found(drafts.question_by_key(course, key))
    part, position = verbs.remove_question(course, key, current_user.id)
    db.session.commit()
    undo = undo_url(slug, question=key, part=part, position=position)
    flash({"text": _("Soal “%(key)s” dikeluarkan dari bank. Isinya tetap disimpan.", key=key), "undo": undo})
    return redirect(url_for("studio.questions", slug=slug))


@blueprint.post("/kursus/<slug>/soal/<key>/kembalikan")
@role(*WRITERS)
def restore_question(slug, key):
    """Lists a question again at the end of the bank."""
    verbs.restore_question(own_course(slug), key, current_user.id)
    db.session.commit()
    return redirect(url_for("studio.questions", slug=slug))


@dataclass(frozen=True)
class Pickable:
    """A question that a quiz may ask, as its author knows it."""

    key: str
    stem: str
    kind: object
    chosen: bool
    """Whether the quiz asks it already, always or out of a random group."""
    listed: bool
    """Whether it is in the bank; a quiz may still name one that was taken out."""


def pickable(state: State, quiz: Body) -> list[Pickable]:
    """Questions to choose from: those of the quiz first, in its order, then the rest of the bank."""
    bank, chosen = bank_keys(state.draft), quiz_keys(quiz)
    rows = []
    for key in dict.fromkeys([*chosen, *bank]):
        known = state.questions.get(key)
        body = known[1].draft.body if known else None
        stem = excerpt(plain(body["stem"]), 120) if body else ""
        kind = TYPES[body["type"]].name if body else ""
        rows.append(Pickable(key, stem or key, kind, key in chosen, key in bank))
    return rows


def _form(key, draft) -> QuestionForm:
    data = {"text": texts.write(key, draft.body), "base": str(draft.edition), "sequence": "0"}
    return QuestionForm(data=data)


def _looking() -> bool:
    """Whether the button asks for a preview only, which keeps nothing."""
    return request.form.get("act") == "preview"


def _refuse(form, refusal: Invalid) -> None:
    """Each fault of the text on a line of its own."""
    if isinstance(refusal, verbs.QuestionFaulty):
        form.text.errors = [*form.text.errors, *refusal.sentences()]
    else:
        form.refuse(refusal)


def _page(course: Course, form, key, kind=""):
    draft = drafts.item(course.item_id).draft.body
    text = form.text.data or ""
    page = render_template(
        "studio/question.html",
        **around(course, "soal", draft["title"]),
        form=form,
        key=key,
        kind=kind,
        examples=[
            (name, one.name, url_for("studio.new_question", slug=course.slug, jenis=name))
            for name, one in TYPES.items()
        ],
        preview=_preview(course, draft, text, told=bool(form.text.errors)),
        files=file_names(draft),
    )
    return page, (422 if form.errors else 200)


def _preview(course: Course, draft: Body, text: str, *, told: bool = False):
    """The question of a text as learners will meet it; `told` when the page says itself what is wrong with it."""
    parsed = verbs.read_question(text)
    shown, fault = None, ""
    try:
        shown = _shown(course, draft, parsed)
    except Refused as refused:
        fault = str(refused)
    faults = [] if told else verbs.QuestionFaulty(parsed.faults).sentences()
    return trusted(render_template("studio/_question.html", shown=shown, faults=faults, fault=fault))


def _shown(course: Course, draft: Body, parsed: texts.Parsed) -> dict:
    """What templates/learning shows of a question, while it is answered and when answers may be shown."""
    body = parsed.body
    face = faces(course, draft).question(parsed.key, body)
    picks = [
        {"html": trusted(option.html), "right": option.right, "feedback": trusted(option.feedback_html)}
        for option in face.options
    ]
    if body["type"] == "true_false":
        picks = [
            {"html": words, "right": meant is body["answer"], "feedback": ""} for _k, words, meant in TRUTHS
        ]
    for pick in picks:
        pick |= {"chosen": False, "verdict": "right" if pick["right"] else ""}
    typed = TYPES[body["type"]].mark == "=" or body["type"] == "number"
    return {
        "stem": trusted(face.stem_html),
        "picks": picks,
        "typed": typed,
        "many": body["type"] == "multiple",
        "text": written_answer(body) if typed else "",
        "verdict": "right" if typed else "",
        "right_text": "",
        "unit": body.get("unit", ""),
        "also": body.get("accepted", [])[1:],
        "tolerance": body.get("tolerance", "0"),
        "explanation": trusted(face.explanation_html),
        "points": body["points"],
        "kind": TYPES[body["type"]].name,
    }


def _free_key(state: State) -> str:
    number = len(state.questions) + 1
    while f"soal-{number}" in state.questions:
        number += 1
    return f"soal-{number}"


def _conflict(slug, key, stale: Stale, *, piece: bool = False):
    course = own_course(slug)
    draft = drafts.item(found(drafts.question_by_key(course, key)).item_id).draft
    form = _form(key, draft)
    form.base.data = str(draft.edition)
    return render_template(
        "studio/_conflict.html" if piece else "studio/conflict.html",
        **around(course, "soal", drafts.item(course.item_id).draft.body["title"]),
        said=_("Soal ini sudah diubah di tempat lain sejak Anda membukanya. Bandingkan kedua versi, lalu simpan yang Anda pilih."),
        address=url_for("studio.question", slug=slug, key=key),
        form=form,
        key=key,
        mine=form.text.data,
        theirs=texts.write(key, stale.theirs),
        saved_at=draft.saved_at,
    )  # fmt: skip
