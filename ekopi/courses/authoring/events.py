"""What authoring tells higher areas."""

from __future__ import annotations

from ekopi.core.events import Event

course_published = Event(
    "courses.authoring.course-published",
    "A course has a new publication; facts: course, publication, new_lessons (ids that learners see for the first time).",
)
