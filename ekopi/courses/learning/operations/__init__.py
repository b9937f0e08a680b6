"""Verbs of learning. They flush; whoever called them commits.

Every act of a learner claims the enrolment first, so two tabs of one person never decide at the same time.
Who did what: enrolling, tries, sent tasks and completion stand in the audit trail; single lessons and answers are
rows with their time already.
"""

from __future__ import annotations

from ekopi.courses.learning.operations.acts import finish_lesson, open_lesson, see_to_completion
from ekopi.courses.learning.operations.enrolling import decide, enrol, leave
from ekopi.courses.learning.operations.field_tasks import save_field_task, send_field_task
from ekopi.courses.learning.operations.quizzes import (
    check_answer,
    close_overdue,
    save_answer,
    start_quiz,
    submit_quiz,
)

__all__ = [
    "check_answer",
    "close_overdue",
    "decide",
    "enrol",
    "finish_lesson",
    "leave",
    "open_lesson",
    "save_answer",
    "save_field_task",
    "see_to_completion",
    "send_field_task",
    "start_quiz",
    "submit_quiz",
]
