"""What waits for those who write courses: people who ask to be let in."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ekopi.core.registry import Waiting
from ekopi.courses.learning import policy, queries

DECIDERS = ("author", "admin")


def requests(person) -> list[Waiting]:
    """Courses of this person with requests to join. Asks the database nothing for those who write no course."""
    if not person.holds_any(DECIDERS):
        return []
    return [
        Waiting(
            title=_("Permintaan bergabung di %(course)s", course=course.title),
            url=url_for("learning.applicants", slug=course.slug),
            fine=_("Pemohon menunggu keputusan Anda."),
            chip=ngettext("%(num)s permintaan", "%(num)s permintaan", number),
        )
        for course, number in queries.courses_with_applicants()
        if policy.may_decide(person, course)
    ]
