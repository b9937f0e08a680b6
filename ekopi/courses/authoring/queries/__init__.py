"""Reads of authoring: `published` for learners, `drafts` for the studio."""

from __future__ import annotations

from ekopi.courses.authoring.queries.published import (
    OutlineRow,
    course,
    course_file,
    lesson_page,
    live_courses,
    newest_courses,
    outline,
    published_versions,
    quiz_questions,
    titles_of,
)

__all__ = [
    "OutlineRow",
    "course",
    "course_file",
    "lesson_page",
    "live_courses",
    "newest_courses",
    "outline",
    "published_versions",
    "quiz_questions",
    "titles_of",
]
