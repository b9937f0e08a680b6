"""Pages of the studio. Every page of a course loads it by its slug and asks the policy first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from flask_login import current_user

from ekopi.core.guards import found
from ekopi.courses.authoring import policy
from ekopi.courses.authoring.bodies import Fault
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.queries import drafts

blueprint = Blueprint("studio", __name__, url_prefix="/studio")
WRITERS = ("author", "admin")


def own_course(slug: str) -> Course:
    """The course of the address, for one of its authors; for everybody else it does not exist (404)."""
    return own(drafts.any_course(slug))


def own(course: Course | None) -> Course:
    """This course, if there is one and the person writes it; else 404."""
    return found(course if course is not None and policy.may_edit(current_user, course) else None)


class Told(NamedTuple):
    """A fault as a page shows it: what it is about, where that is mended, the sentence."""

    name: str
    url: str
    sentence: str


def told(course: Course, faults: Iterable[Fault]) -> list[Told]:
    """Faults with the page on which each is mended."""
    return [
        Told(fault.name or _("Kursus ini"), _mended_at(course, fault), fault.sentence) for fault in faults
    ]


def _mended_at(course: Course, fault: Fault) -> str:
    def page(endpoint, **more):
        return url_for(f"studio.{endpoint}", slug=course.slug, **more)

    if fault.kind != "course":
        return page(fault.kind, key=fault.key)
    if fault.path[:1] == ("modules",):
        part = fault.path[2] if len(fault.path) > 2 else ""
        if fault.key and part:
            return page("lesson" if part == "lessons" else "module", key=fault.key)
        return page("outline", _anchor=f"modul-{fault.key}" if fault.key else None)
    return page("questions") if fault.path[:1] == ("bank",) else page("settings")


def around(course: Course, tab: str, title: str) -> dict:
    """What the frame of a course's studio pages needs."""
    slug = course.slug
    pages = {
        "susunan": (_("Susunan"), "studio.outline"),
        "soal": (pgettext("banyak", "Soal"), "studio.questions"),
        "berkas": (pgettext("banyak", "Berkas"), "studio.files"),
        "pengaturan": (_("Pengaturan"), "studio.settings"),
        "pratinjau": (_("Pratinjau"), "studio.learner_view"),
        "perubahan": (_("Perubahan"), "studio.changes"),
        "riwayat": (_("Riwayat"), "studio.history"),
    }
    return {
        "course": course,
        "course_title": title,
        "tab": tab,
        "area_tabs": [(key, text, url_for(endpoint, slug=slug)) for key, (text, endpoint) in pages.items()],
    }


from ekopi.courses.authoring.views import (  # noqa: E402, F401
    course_files,
    lessons,
    outline,
    publishing,
    questions,
    settings,
    shelf,
    undoing,
)
