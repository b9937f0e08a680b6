"""The outline of a course: modules and lessons, moved with buttons."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.core import once
from ekopi.core.errors import Stale
from ekopi.core.guards import found, role
from ekopi.core.registry import all_of
from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.bodies import bank_keys, lesson_refs
from ekopi.courses.authoring.changes import KINDS, changes
from ekopi.courses.authoring.forms import ModuleForm, NewLessonForm, NewModuleForm, listed
from ekopi.courses.authoring.operations import outline as verbs
from ekopi.courses.authoring.operations.publishing import checked
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.views import WRITERS, around, blueprint, own_course, told
from ekopi.courses.authoring.views.undoing import undo_url
from ekopi.extensions import db
from ekopi.revisions import queries as revisions

STEPS = {"naik": -1, "turun": 1}


@blueprint.get("/kursus/<slug>")
@role(*WRITERS)
def outline(slug):
    """Modules and lessons of the draft, what is not listed, what still keeps it from being published."""
    course = own_course(slug)
    return _page(
        course, NewModuleForm(formdata=None, prefix="modul-"), NewLessonForm(formdata=None, prefix="materi-")
    )


def _page(course, module_form, lesson_form):
    state = drafts.state(course)
    body = state.draft
    titles = {module["key"]: module["title"] for module in body["modules"]}
    lesson_form.module.choices = listed(titles)
    in_outline = {key for _m, _n, key, _r in lesson_refs(body)}
    pending = changes(state)
    return render_template(
        "studio/outline.html",
        **around(course, "susunan", body["title"]),
        body=body,
        lessons={key: item.draft.body for key, (_row, item) in state.lessons.items()},
        live={key: row.live for key, (row, _item) in state.lessons.items()},
        unlisted=[key for key in state.lessons if key not in in_outline],
        changed={change.key for change in pending if change.kind == "lesson"},
        pending=len(pending),
        waiting=[thing for asked in all_of("course-waiting").values() if (thing := asked(course))],
        faults=told(course, checked(state)),
        needs={
            module["key"]: [titles.get(key, key) for key in module["requires"]] for module in body["modules"]
        },
        questions=len(bank_keys(body)),
        kinds=KINDS,
        module_form=module_form,
        lesson_form=lesson_form,
    )


@blueprint.post("/kursus/<slug>/modul")
@role(*WRITERS)
def add_module(slug):
    """A new module at the end."""
    course = own_course(slug)
    form = NewModuleForm(prefix="modul-")
    if not form.validate_on_submit():
        return _page(course, form, NewLessonForm(formdata=None, prefix="materi-")), 422
    if done := once.led_to(form.once.data):
        return redirect(done)
    verbs.add_module(course, form.title.data, current_user.id)
    once.remember(form.once.data, url_for("studio.outline", slug=slug))
    return _done(slug)


@blueprint.route("/kursus/<slug>/modul/<key>", methods=["GET", "POST"])
@role(*WRITERS)
def module(slug, key):
    """Title and prerequisites of a module. A stale save shows both versions and keeps what was typed."""
    course = own_course(slug)
    body = revisions.draft(course.item_id).body
    here = found(bodies.module_of(body, key))
    form = ModuleForm(data={**here, "base": verbs.module_stamp(here)})
    form.requires.choices = _other_modules(body, key)
    mine = theirs = None
    if form.validate_on_submit():
        try:
            verbs.change_module(
                course, key, form.title.data, form.requires.data or [], form.base.data, current_user.id
            )
            return _done(slug)
        except Stale as stale:
            db.session.rollback()
            course = own_course(slug)
            body = revisions.draft(course.item_id).body
            form.base.data = verbs.module_stamp(found(bodies.module_of(body, key)))
            form.requires.choices = _other_modules(body, key)
            mine, theirs = _module_lines(body, stale.mine), _module_lines(body, stale.theirs)
    page = render_template(
        "studio/module.html",
        **around(course, "susunan", body["title"]),
        form=form,
        key=key,
        mine=mine,
        theirs=theirs,
    )
    return page, 409 if theirs else 422 if form.errors else 200


def _other_modules(body, key):
    return listed({module["key"]: module["title"] for module in body["modules"] if module["key"] != key})


def _module_lines(body, module) -> str:
    titles = {other["key"]: other["title"] for other in body["modules"]}
    before = ", ".join(titles.get(key, key) for key in module["requires"])
    return "\n".join([module["title"], *([_("Setelah modul: %(value)s", value=before)] if before else [])])


@blueprint.post("/kursus/<slug>/modul/<key>/pindah")
@role(*WRITERS)
def move_module(slug, key):
    """One place up or down."""
    verbs.move_module(own_course(slug), key, _step(), current_user.id)
    return _done(slug)


@blueprint.post("/kursus/<slug>/modul/<key>/keluarkan")
@role(*WRITERS)
def remove_module(slug, key):
    """Takes a module out of the draft; the toast undoes it."""
    position, removed = verbs.remove_module(own_course(slug), key, current_user.id)
    undo = undo_url(slug, module=removed, position=position)
    flash({"text": _("Modul “%(title)s” dikeluarkan dari draf.", title=removed["title"]), "undo": undo})
    return _done(slug)


@blueprint.post("/kursus/<slug>/materi")
@role(*WRITERS)
def add_lesson(slug):
    """A new lesson at the end of a module."""
    course = own_course(slug)
    form = NewLessonForm(prefix="materi-")
    modules = drafts.state(course).draft["modules"]
    form.module.choices = listed({module["key"]: module["title"] for module in modules})
    if not form.validate_on_submit():
        return _page(course, NewModuleForm(formdata=None, prefix="modul-"), form), 422
    if done := once.led_to(form.once.data):
        return redirect(done)
    lesson = verbs.add_lesson(course, form.module.data, form.kind.data, form.title.data, current_user.id)
    target = url_for("studio.lesson", slug=slug, key=lesson.key)
    once.remember(form.once.data, target)
    db.session.commit()
    return redirect(target)


@blueprint.post("/kursus/<slug>/materi/<key>/pindah")
@role(*WRITERS)
def move_lesson(slug, key):
    """One place up or down, over the edge of a module into the next."""
    verbs.move_lesson(own_course(slug), key, _step(), current_user.id)
    return _done(slug)


@blueprint.post("/kursus/<slug>/materi/<key>/wajib")
@role(*WRITERS)
def require_lesson(slug, key):
    """Whether the lesson must be done."""
    verbs.require_lesson(own_course(slug), key, request.form.get("wajib") == "ya", current_user.id)
    return _done(slug)


@blueprint.post("/kursus/<slug>/materi/<key>/keluarkan")
@role(*WRITERS)
def remove_lesson(slug, key):
    """Takes a lesson out of the draft outline; the toast undoes it, and the page lists it below."""
    course = own_course(slug)
    module_key, position = verbs.remove_lesson(course, key, current_user.id)
    undo = undo_url(slug, lesson=key, module=module_key, position=position)
    flash({"text": _("Materi dikeluarkan dari susunan. Isinya tetap disimpan."), "undo": undo})
    return _done(slug)


@blueprint.post("/kursus/<slug>/materi/<key>/kembalikan")
@role(*WRITERS)
def restore_lesson(slug, key):
    """Lists a lesson again at the end of the last module."""
    verbs.restore_lesson(own_course(slug), key, current_user.id)
    return _done(slug)


def _step() -> int:
    return found(STEPS.get(request.form.get("arah", "")))


def _done(slug):
    db.session.commit()
    return redirect(url_for("studio.outline", slug=slug))
