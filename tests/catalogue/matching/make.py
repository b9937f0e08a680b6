"""Builders of the tests of matching: sides to compare, and records in the database without an import."""

from __future__ import annotations

from itertools import count

from ekopi.catalogue.matching import keys, score
from ekopi.catalogue.models import Run, SourceRecord
from ekopi.catalogue.operations import ingesting
from ekopi.core import clock
from ekopi.extensions import db

_numbers = count(1)
BOAT = (
    "Bidan dan perawat berperahu menyusuri sungai setiap pasang naik. Ibu hamil diperiksa di dermaga, kader mencatat "
    "tekanan darah, juragan menyiapkan radio, dan rujukan diputuskan sore itu juga."
)
COFFEE = (
    "Petani kopi mengirim contoh biji ke gudang lelang. Penguji mencicipi, menempel harga, lalu pembeli menawar lewat layar "
    "sehingga tengkulak kehilangan panggung."
)


def facts(title="Perahu Bidan", region="62.03", year=2021, **more) -> dict:
    """What a record says; None takes a fact away."""
    said = {"title": title, "region_code": region, "year": year, "agency": "Dinas Kesehatan", **more}
    return {name: value for name, value in said.items() if value is not None}


def compared(a: dict, b: dict, sources=(None, None)) -> score.Likeness:
    return score.likeness(score.side(a, sources[0]), score.side(b, sources[1]))


def record(said: dict | None = None, key="jippnas", *, synthetic=False, **more) -> SourceRecord:
    """A flushed record with the columns that matching compares."""
    return records([said or facts(**more)], key, synthetic=synthetic)[0]


def records(all_facts: list[dict], key="jippnas", *, synthetic=False) -> list[SourceRecord]:
    source = ingesting.source(key)
    run = Run(source_id=source.id, state="done", ended_at=clock.now())
    db.session.add(run)
    db.session.flush()
    made = []
    for said in all_facts:
        number = next(_numbers)
        made.append(
            SourceRecord(
                source_id=source.id, external_id=f"uji-{number}", run_id=run.id, title=said["title"], payload={}, facts=said,
                hash=str(number), facts_hash=str(number), synthetic=synthetic, **keys.of(said),
            )
        )  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    return made
