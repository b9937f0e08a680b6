"""What happened to an innovation: words of sources that changed, edits of persons, joins and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import defer, joinedload

from ekopi.accounts.models import Person
from ekopi.catalogue import words
from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.models import (
    FieldChange,
    Innovation,
    Joining,
    RunningAnswer,
    SourceRecord,
    SourceRecordVersion,
)
from ekopi.catalogue.queries.choices import family
from ekopi.core import text
from ekopi.core.web import say_date, say_number
from ekopi.extensions import db
from ekopi.revisions.diff import DEL, INS, lines

DIGITS = {"latitude": 4, "longitude": 4}
SHOWN = 60
"""Happenings on one page, the newest first."""


@dataclass(frozen=True)
class Difference:
    """A field that says something else than before; `parts` for parts/compare.html."""

    label: str
    parts: list[tuple[str, str]]


@dataclass(frozen=True)
class Happening:
    """One thing that happened; `by` is a person's name, only for who may edit. `pic` is its drawing."""

    at: datetime
    sentence: str
    pic: str
    by: str = ""
    differences: list[Difference] = field(default_factory=list)
    note: str = ""


def history(of: Innovation, *, names: bool) -> tuple[list[Happening], bool]:
    """The newest SHOWN happenings, and whether there are more. Five queries, whatever happened."""
    members = select(family([of.id]).c.id)
    found = [*_sources(of.id), *_edits(members, names), *_joins(of.id), *_answers(members)]
    found.sort(key=lambda one: one.at, reverse=True)
    return found[:SHOWN], len(found) > SHOWN


def _sources(innovation_id: int) -> list[Happening]:
    """When each source spoke for the first time, what it changed later, when it fell silent."""
    records = db.session.scalars(
        select(SourceRecord)
        .where(SourceRecord.innovation_id == innovation_id)
        .options(joinedload(SourceRecord.source), defer(SourceRecord.payload))
    ).all()
    versions = db.session.scalars(
        select(SourceRecordVersion)
        .where(SourceRecordVersion.record_id.in_([record.id for record in records]))
        .order_by(SourceRecordVersion.id.desc())  # the newest: what is cut off is the oldest
        .limit(4 * SHOWN)
        .options(defer(SourceRecordVersion.payload))
    ).all()
    found = []
    for record in records:
        name = words.source_name(record.source.key)
        own = sorted((one for one in versions if one.record_id == record.id), key=lambda one: one.number)
        found.append(
            Happening(record.first_seen_at, _("%(source)s mencatat inovasi ini.", source=name), "download")
        )
        said = [(version.at, version.facts) for version in own] + [(record.changed_at, record.facts)]
        for (_at, before), (at, after) in zip(said, said[1:], strict=False):
            differences = between(before, after)
            if differences:
                sentence = _("%(source)s mengubah catatannya.", source=name)
                found.append(Happening(at, sentence, "refresh", differences=differences))
        if record.vanished_at:
            sentence = _("Catatan ini tidak ada lagi di %(source)s.", source=name)
            found.append(Happening(record.vanished_at, sentence, "eye-off"))
    return found


def _edits(members, names: bool) -> list[Happening]:
    rows = db.session.execute(
        select(FieldChange, Person.name)
        .join(Person, Person.id == FieldChange.by_id)
        .where(FieldChange.innovation_id.in_(members))
        .order_by(FieldChange.id.desc())
        .limit(SHOWN + 1)
    )
    found = []
    for change, name in rows:
        label = str(FIELDS[change.field].label) if change.field in FIELDS else change.field
        parts = _parts(change.field, (change.old or {}).get("is"), (change.new or {}).get("is"))
        sentence = _("Pengelola mengubah %(field)s.", field=label)
        if change.new is None:
            sentence = _("Pengelola mengembalikan %(field)s kepada isian sumber.", field=label)
        found.append(
            Happening(
                change.at, sentence, "pencil", by=name if names else "",
                differences=[Difference(label, parts)] if parts else [],
            )
        )  # fmt: skip
    return found


def _joins(innovation_id: int) -> list[Happening]:
    rows = db.session.scalars(
        select(Joining)
        .where(or_(Joining.kept_id == innovation_id, Joining.other_id == innovation_id))
        .order_by(Joining.id.desc())
        .limit(SHOWN + 1)
    )
    found = []
    for joining in rows:
        other = joining.other_id if joining.kept_id == innovation_id else joining.kept_id
        said = {
            "join": _("Digabungkan dengan inovasi nomor %(other)s.", other=other),
            "split": _("Dipisahkan dari inovasi nomor %(other)s.", other=other),
        }
        found.append(Happening(joining.at, said[joining.kind], "git-compare"))
        if joining.undone_at:
            undone = {
                "join": _("Penggabungan dengan inovasi nomor %(other)s dibatalkan.", other=other),
                "split": _("Pemisahan dari inovasi nomor %(other)s dibatalkan.", other=other),
            }
            found.append(Happening(joining.undone_at, undone[joining.kind], "arrow-back-up"))
    return found


def _answers(members) -> list[Happening]:
    rows = db.session.scalars(
        select(RunningAnswer)
        .where(RunningAnswer.innovation_id.in_(members))
        .order_by(RunningAnswer.id.desc())
        .limit(SHOWN + 1)
    )
    return [
        Happening(
            answer.at,
            _("Pengelola menjawab pertanyaan “masih berjalan?”: %(answer)s.", answer=str(words.STATES[answer.answer][0]).lower()),
            "message-2",
            note=" ".join(part for part in (answer.reason, answer.lessons) if part),
        )
        for answer in rows
    ]  # fmt: skip


def between(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """The fields that differ from one word of a source to the next, in the order of FIELDS."""
    found = []
    for name, known in FIELDS.items():
        parts = _parts(name, before.get(name), after.get(name))
        if parts:
            found.append(Difference(str(known.label), parts))
    return found


def _parts(name: str, old: Any, new: Any) -> list[tuple[str, str]]:
    before, after = as_lines(name, old), as_lines(name, new)
    if not before or not after:
        return [(DEL, one) for one in before.splitlines()] + [(INS, one) for one in after.splitlines()]
    return lines(before, after)


def as_lines(name: str, value: Any) -> str:
    """A value as plain text: a text one line for each of its paragraphs and items, a list one for each code."""
    if value in (None, "", []):
        return ""
    kind = FIELDS[name].kind if name in FIELDS else ""
    if kind == "date":
        return say_date(date.fromisoformat(value))
    if kind in ("number", "whole"):
        return say_number(value, None if kind == "whole" else DIGITS.get(name))
    if kind == "html":
        broken = str(value)
        for end in ("</p>", "</li>", "</h3>", "</h4>", "</tr>", "<br>"):
            broken = broken.replace(end, end + "\n")
        rows = (text.plain("<p>" + row) for row in broken.splitlines())
        return "\n".join(row for row in rows if row)
    return "\n".join(words.value_words(name, value)) if name in FIELDS else str(value)
