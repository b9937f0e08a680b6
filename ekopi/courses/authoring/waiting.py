"""What waits for those who write courses: drafts that learners do not see yet."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from ekopi.core.registry import Waiting
from ekopi.courses.authoring.queries import drafts

WRITERS = ("author", "admin")


def unfinished(person) -> list[Waiting]:
    """Courses this person began or wrote last. Asks the database nothing for those who write no course."""
    if not person.holds_any(WRITERS):
        return []
    return [
        Waiting(
            title=shelf.title,
            url=url_for("studio.outline", slug=shelf.course.slug),
            fine=_("Ada perubahan yang belum dilihat peserta.")
            if shelf.course.live
            else _("Kursus ini belum pernah terbit."),
            chip=_("Draf"),
        )
        for shelf in drafts.unfinished_of(person)
    ]
