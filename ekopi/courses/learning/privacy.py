"""Personal data of learning: who takes which course, how far, and what somebody wrote about the own work."""

from __future__ import annotations

from sqlalchemy import select, update

from ekopi.courses.authoring.models import Course, Lesson
from ekopi.courses.learning.models import Enrolment, FieldTask, LessonProgress
from ekopi.extensions import db

COLUMNS = {
    "enrolments.person_id": "keep: evidence of certificates and JP; leads to a person without a name after erasure",
    "enrolments.decided_by_id": "keep: who decided about a request",
    "enrolments.reason": "export",
    "enrolments.place_id": "erase: emptied",
    "lesson_progress.enrolment_id": "keep: evidence of a completed course",
    "lesson_progress.seconds": "export",
    "field_tasks.enrolment_id": "erase: the row is deleted",
    "field_tasks.text": "erase: deleted; only ever shown to its writer",
}


def export(person_id: int) -> dict:
    """Enrolments with progress, and every langkah nyata."""
    rows = db.session.execute(
        select(Enrolment, Course.slug, Course.title)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.id)
    ).all()
    ids = [row.Enrolment.id for row in rows]
    return {
        "pendaftaran": [
            {
                "kursus": slug,
                "judul": title,
                "keadaan": enrolment.state,
                "diminta": enrolment.asked_at.isoformat(),
                "alasan": enrolment.reason,
                "selesai": enrolment.completed_at.isoformat() if enrolment.completed_at else None,
                "materi": _lessons(enrolment.id),
            }
            for enrolment, slug, title in rows
        ],
        "langkah_nyata": [
            {"materi": title, "isi": task.text, "disimpan": task.saved_at.isoformat()}
            for task, title in db.session.execute(
                select(FieldTask, Lesson.title)
                .join(Lesson, Lesson.id == FieldTask.lesson_id)
                .where(FieldTask.enrolment_id.in_(ids))
                .order_by(FieldTask.enrolment_id, FieldTask.lesson_id)
            )
        ],
    }


def _lessons(enrolment_id: int) -> list[dict]:
    rows = db.session.execute(
        select(LessonProgress, Lesson.title)
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(LessonProgress.enrolment_id == enrolment_id)
        .order_by(Lesson.position)
    )
    return [
        {
            "materi": title,
            "dibuka": progress.opened_at.isoformat(),
            "selesai": progress.done_at.isoformat() if progress.done_at else None,
            "detik": progress.seconds,
            "nilai": str(progress.score) if progress.score is not None else None,
        }
        for progress, title in rows
    ]


def erase(person_id: int) -> None:
    """Deletes what was written; ends what goes on; completed courses stay as evidence without a name."""
    ids = list(db.session.scalars(select(Enrolment.id).where(Enrolment.person_id == person_id)))
    for task in db.session.scalars(select(FieldTask).where(FieldTask.enrolment_id.in_(ids))):
        db.session.delete(task)
    db.session.execute(
        update(Enrolment)
        .where(Enrolment.id.in_(ids), Enrolment.state.in_(("asked", "active")))
        .values(state="left", seat=None)
    )
    db.session.execute(update(Enrolment).where(Enrolment.id.in_(ids)).values(place_id=None))
    db.session.flush()
