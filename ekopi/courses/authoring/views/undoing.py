"""Putting back what was just taken out of a draft: the toast's button says in a signed address what it was."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

from ekopi.core.guards import found, role
from ekopi.courses.authoring.operations import lessons, outline
from ekopi.courses.authoring.views import WRITERS, blueprint, own_course
from ekopi.extensions import db


def undo_url(slug: str, **taken: Any) -> str:
    """The address that puts back what was taken out of this course; `taken` as `undo` reads it."""
    return url_for("studio.undo", slug=slug, token=_signer().dumps({"slug": slug, **taken}))


@blueprint.post("/kursus/<slug>/urungkan/<token>")
@role(*WRITERS)
def undo(slug, token):
    """Puts back a module, lesson, question or file, where it stood."""
    course = own_course(slug)
    try:
        taken = _signer().loads(token)
    except BadSignature:
        taken = None
    taken = found(taken if taken and taken["slug"] == slug else None)
    page = "outline"
    if "lesson" in taken:
        outline.restore_lesson(course, taken["lesson"], current_user.id, taken["module"], taken["position"])
    elif "question" in taken:
        page = "questions"
        lessons.restore_question(course, taken["question"], current_user.id, taken["part"], taken["position"])
    elif "file" in taken:
        page = "files"
        lessons.restore_file(course, taken["file"], current_user.id)
    else:
        outline.restore_module(course, taken["module"], taken["position"], current_user.id)
    db.session.commit()
    return redirect(url_for(f"studio.{page}", slug=slug))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.extensions["settings"].secret_key, salt="studio-undo")
