"""Who decided, edited or answered stays as an id, which leads to a pseudonym after erasure."""

from __future__ import annotations

from sqlalchemy import delete, select

from ekopi.catalogue.models import FieldChange, Innovation, Replication, RunningAnswer, SavedSearch
from ekopi.core import clock
from ekopi.extensions import db

KEPT = "keep: an id without a name after erasure"
COLUMNS = {
    "catalogue_sources.address": "not personal: the web address of a system",
    "innovations.owner_id": "not personal: an organisation",
    "catalogue_runs.by_id": KEPT,
    "field_choices.by_id": KEPT,
    "field_changes.by_id": KEPT,
    "match_decisions.by_id": KEPT,
    "joinings.by_id": KEPT,
    "joinings.undone_by_id": KEPT,
    "care_offers.by_id": KEPT,
    "care_offers.answered_by_id": KEPT,
    "running_answers.by_id": KEPT,
    "replications.by_id": KEPT,
    "replication_steps.by_id": KEPT,
    "saved_searches.person_id": "export, erase: of use to its person only",
}


def export(person_id: int) -> dict:
    """What the person wrote in the catalogue: edits, answers, replications asked for, searches kept."""
    edits = db.session.execute(
        select(Innovation.title, FieldChange.field, FieldChange.at)
        .join(Innovation, Innovation.id == FieldChange.innovation_id)
        .where(FieldChange.by_id == person_id)
        .order_by(FieldChange.id)
    )
    answers = db.session.execute(
        select(Innovation.title, RunningAnswer.answer, RunningAnswer.reason, RunningAnswer.at)
        .join(Innovation, Innovation.id == RunningAnswer.innovation_id)
        .where(RunningAnswer.by_id == person_id)
        .order_by(RunningAnswer.id)
    )
    wanted = db.session.execute(
        select(Innovation.title, Replication.need, Replication.created_at)
        .join(Innovation, Innovation.id == Replication.origin_id)
        .where(Replication.by_id == person_id)
        .order_by(Replication.id)
    )
    searches = db.session.scalars(
        select(SavedSearch).where(SavedSearch.person_id == person_id).order_by(SavedSearch.id)
    )
    return {
        "suntingan_katalog": [
            {"inovasi": title, "bidang": field, "pada": clock.local(at).isoformat()}
            for title, field, at in edits
        ],
        "jawaban_masih_berjalan": [
            {"inovasi": title, "jawaban": answer, "alasan": reason, "pada": clock.local(at).isoformat()}
            for title, answer, reason, at in answers
        ],
        "minat_replikasi": [
            {"inovasi": title, "kebutuhan": need, "pada": clock.local(at).isoformat()}
            for title, need, at in wanted
        ],
        "pencarian_tersimpan": [
            {"nama": one.name, "pencarian": one.question, "pada": clock.local(one.created_at).isoformat()}
            for one in searches
        ],
    }


def erase(person_id: int) -> None:
    """Removes the searches the person kept; all other ids lead to a pseudonym."""
    db.session.execute(delete(SavedSearch).where(SavedSearch.person_id == person_id))
