"""What an innovation says, from what its sources say: for each field one value, and where it is from.

A person's choice goes first. Else the source that knows the field best (AUTHORITY), among equals the one that
changed last; what has vanished at its source counts last. Reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ekopi.catalogue.fields import FIELDS

EVERY = ("ekopi", "jippnas", "sinovik", "inoland", "iga", "tuxedovation")
AUTHORITY: dict[str, tuple[str, ...]] = {
    "award": ("sinovik", "jippnas"),
    "competition": ("sinovik", "jippnas"),
    "kipp_category": ("sinovik", "jippnas"),
    "kipp_group": ("sinovik",),
    "registration": ("jippnas",),
    "sustainability": ("jippnas",),
    "sustainability_reason": ("jippnas",),
    "lan_type": ("inoland",),
    "lan_category": ("inoland",),
    "innovator_group": ("inoland",),
    "iga_stage": ("iga",),
    "iga_form": ("iga",),
    "iga_initiator": ("iga",),
    "maturity": ("iga",),
    "affair": ("iga", "inoland"),
    "affairs": ("iga",),
    "is_digital": ("iga", "sinovik"),
    "latitude": ("iga",),
    "longitude": ("iga",),
    "link": ("tuxedovation",),
}
"""Which sources know a field best, first to last; the others follow in the order of EVERY."""


class Said(Protocol):
    """What merging needs of a source record (models.SourceRecord with its source loaded)."""

    id: int
    facts: Any
    changed_at: Any
    vanished_at: Any
    source: Any


class Decided(Protocol):
    """What merging needs of a person's choice (models.FieldChoice)."""

    field: str
    value: Any
    record_id: int | None
    by_id: int
    at: datetime


@dataclass(frozen=True)
class Chosen:
    """One field's value and its origin: a record, or a person, or a person who chose a record."""

    value: Any
    at: datetime
    record_id: int | None = None
    source: str = ""
    by_id: int | None = None
    markdown: str | None = None


def merged(records: Iterable[Said], choices: Iterable[Decided] = ()) -> dict[str, Chosen]:
    """{field: what is shown}, for fields that anybody says something of, in the order of FIELDS."""
    records = list(records)
    by_id = {record.id: record for record in records}
    decided: Mapping[str, Decided] = {choice.field: choice for choice in choices}
    shown: dict[str, Chosen] = {}
    for field in FIELDS:
        choice = decided.get(field)
        found = _decided(choice, by_id, field) if choice else None
        if choice and choice.value is not None and choice.value.get("is") in ("", [], None):
            continue  # a person emptied it
        found = found or _by_rule(records, field)
        if found:
            shown[field] = found
    return shown


def _decided(choice: Decided, records: Mapping[int, Said], field: str) -> Chosen | None:
    if choice.value is not None:
        return Chosen(
            choice.value.get("is"), choice.at, by_id=choice.by_id, markdown=choice.value.get("markdown")
        )
    record = records.get(choice.record_id or 0)
    if record is None or record.facts.get(field) in (None, "", []):
        return None  # the record was split off, or no longer says it
    return Chosen(record.facts[field], record.changed_at, record.id, record.source.key, by_id=choice.by_id)


def _by_rule(records: list[Said], field: str) -> Chosen | None:
    said = [record for record in records if record.facts.get(field) not in (None, "", [])]
    if not said:
        return None
    order = {key: place for place, key in enumerate((*AUTHORITY.get(field, ()), *EVERY)[::-1])}
    best = max(
        said,
        key=lambda r: (
            r.vanished_at is None,
            order.get(r.source.key, -1),
            r.changed_at,
            r.id,
        ),
    )
    return Chosen(best.facts[field], best.changed_at, best.id, best.source.key)
