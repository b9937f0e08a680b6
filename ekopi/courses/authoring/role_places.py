"""How staff name a course when they give a role in it."""

from __future__ import annotations

from ekopi.courses.authoring.queries.drafts import any_course


def course_named(text: str) -> int | None:
    """The id of the course whose address ends in the text; a whole address will do. None when there is none."""
    found = any_course(text.strip().rstrip("/").rpartition("/")[2].lower())
    return found.id if found else None
