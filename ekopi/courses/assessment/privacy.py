"""Personal data of quizzes: what somebody answered. It belongs to the enrolment, which names the person."""

from __future__ import annotations

from sqlalchemy import select, update

from ekopi.courses.assessment import queries
from ekopi.courses.assessment.models import Answer, Attempt
from ekopi.extensions import db

COLUMNS = {
    "attempts.enrolment_id": "keep: leads to the enrolment; evidence of a certificate, without a name of its own",
    "attempts.score": "export",
    "answers.value": "erase: written answers are emptied, picked options stay as evidence of the score",
}

ENROLMENTS = Attempt.__table__.c.enrolment_id


def export(person_id: int) -> dict:
    """All tries at quizzes with every answer that was saved."""
    return {
        "percobaan": [
            {
                "id_materi": attempt.lesson_id,
                "nomor": attempt.number,
                "mulai": attempt.started_at.isoformat(),
                "selesai": attempt.closed_at.isoformat() if attempt.closed_at else None,
                "keadaan": attempt.state,
                "nilai": str(attempt.score) if attempt.score is not None else None,
                "jawaban": [
                    {"soal": a.slot, "urutan": a.sequence, "isi": a.value, "waktu": a.at.isoformat()}
                    for a in answers
                ],
            }
            for attempt, answers in queries.answered_by_person(_enrolments(person_id))
        ]
    }


def erase(person_id: int) -> None:
    """Empties what the person wrote in words; which options were picked says nothing without the person."""
    attempts = db.session.scalars(
        select(Attempt.id).where(Attempt.enrolment_id.in_(_enrolments(person_id)))
    ).all()
    written = [
        answer
        for answer in db.session.scalars(select(Answer).where(Answer.attempt_id.in_(attempts)))
        if answer.value.get("text")
    ]
    for answer in written:
        db.session.execute(
            update(Answer)
            .where(
                Answer.attempt_id == answer.attempt_id,
                Answer.slot == answer.slot,
                Answer.sequence == answer.sequence,
            )
            .values(value={"text": ""})
        )


def _enrolments(person_id: int) -> list[int]:
    """Through the table: the model of enrolments belongs to learning, the floor above."""
    (key,) = ENROLMENTS.foreign_keys
    enrolments = key.column.table
    return list(db.session.scalars(select(enrolments.c.id).where(enrolments.c.person_id == person_id)).all())
