"""Langkah nyata: a short piece about the learner's own work. Private, saved as it is written, sent once."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ekopi.core import audit, clock
from ekopi.core.errors import Invalid, Stale
from ekopi.courses.authoring.models import Course, Lesson
from ekopi.courses.learning import policy, queries
from ekopi.courses.learning.errors import ModuleClosed
from ekopi.courses.learning.models import Enrolment, FieldTask
from ekopi.courses.learning.operations import acts
from ekopi.courses.learning.operations.progress import Did
from ekopi.extensions import db

TEXT_LIMIT = 20_000
"""Characters of a langkah nyata."""


def save_field_task(
    enrolment: Enrolment, lesson: Lesson, text: str, base: int, page: str = "", sequence: int | None = None
) -> FieldTask:
    """Keeps what was written upon the edition `base` (0 for the first).

    `page` names the open page and `sequence` counts its savings: the newer text of the page that saved last is
    never stale (it is sent without waiting when the page is left), and what such a page sent earlier changes nothing
    any more. Raises Stale with both texts when another tab or device saved in between, Invalid("text") above
    TEXT_LIMIT, ModuleClosed before the lesson is open.
    """
    if len(text) > TEXT_LIMIT:
        raise Invalid(
            "text", _l("Tulisan paling panjang 20.000 karakter. Ringkaslah bagian yang kurang penting.")
        )
    text = text.replace("\r\n", "\n")
    seconds = acts.begin(enrolment)
    way = queries.walk(lesson.course_id, enrolment)
    step = way.step(lesson.id)
    if step is None or not way.is_open(step):
        raise ModuleClosed()
    acts.end(enrolment, Did(lesson.id, seconds))
    task = db.session.get(FieldTask, (enrolment.id, lesson.id), populate_existing=True)
    if task is None:
        task = FieldTask(enrolment_id=enrolment.id, lesson_id=lesson.id, text=text, edition=1)
        db.session.add(task)
    elif task.text != text:
        same_page = bool(page) and page == task.page
        if same_page and sequence is not None and sequence <= task.sequence:
            return task
        if not same_page and base != task.edition:
            raise Stale(mine=text, theirs=task.text, edition=task.edition, saved_at=task.saved_at)
        task.text, task.saved_at = text, clock.now()
        task.edition += 1
    task.page, task.sequence = page, sequence or (task.sequence if page and page == task.page else 0)
    db.session.flush()
    return task


def send_field_task(course: Course, enrolment: Enrolment, lesson: Lesson, task: FieldTask) -> int:
    """Sends what was saved; the lesson is done from then on, also when the text is changed later.

    Returns how many words are still missing: 0 when it was sent, else nothing has changed.
    """
    missing = policy.words_missing(task, lesson)
    if missing:
        return missing
    seconds = acts.begin(enrolment)
    if task.sent_at is None:
        task.sent_at = clock.now()
        audit.record("learning.task-sent", "lesson", lesson.id, actor_id=enrolment.person_id)
    acts.end(enrolment, Did(lesson.id, seconds, clock.now(), lesson.version_id))
    acts.see_to_completion(course, enrolment)
    return 0
