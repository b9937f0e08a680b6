"""What the editors of lessons and of questions share."""

from __future__ import annotations

import hashlib

from flask import jsonify

from ekopi.core import clock, once
from ekopi.core.db import claim
from ekopi.core.forms import whole
from ekopi.courses.authoring.bodies import Body
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.rendering import Faces
from ekopi.revisions.models import Draft

LEAVING_SECONDS = 30
"""A page that is left sends its last text at once, perhaps before the save under way was answered."""


def latest(form, draft: Draft) -> int:
    """The edition to save upon; that of now when this very page saved a moment ago and could not hear it.

    `form` is a PageForm. Another page, also of the same person, has not seen what was saved: its base counts.
    """
    claim(draft)
    base = whole(form.base.data)
    late = whole(form.sequence.data) > 1 and base == draft.edition - 1
    fresh = (clock.now() - draft.saved_at).total_seconds() < LEAVING_SECONDS
    mine = once.led_to(_page_token(form, draft)) == str(draft.edition)
    return draft.edition if late and fresh and mine else base


def autosaved(form, draft: Draft) -> str:
    """Remembers which page this edition of the draft came from; gives back the edition, the page's new base."""
    once.keep(_page_token(form, draft), str(draft.edition))
    return str(draft.edition)


def _page_token(form, draft: Draft) -> str:
    return hashlib.sha256(f"{draft.item_id} {form.page.data}".encode()).hexdigest()


def not_saved(form):
    """What an autosave answers to a form that cannot be kept: all that is wrong with it, as one text."""
    faults = [str(error) for errors in form.errors.values() for error in errors]
    return jsonify(error=" ".join(faults)), 422


def file_names(body: Body) -> list[str]:
    """What texts call the files of a draft by, without their folder; `body` is the draft of the course."""
    return [file["name"].partition("/")[2] for file in body["files"]]


def faces(course: Course, body: Body) -> Faces:
    """Renders texts of a draft with its own files; `body` is the draft of the course."""
    names = [file["name"] for file in body["files"]]
    return Faces(course.slug, names, body["language"], endpoint="studio.draft_file")
