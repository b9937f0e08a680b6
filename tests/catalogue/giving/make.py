"""Builders of what is given: innovations with what sources say of them, as rows, so that a test sets every moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import insert, select

from ekopi.catalogue.models import Innovation, Run, Source, SourceRecord
from ekopi.catalogue.operations import ingesting
from ekopi.core.text import slug
from ekopi.extensions import db
from ekopi.places.models import Region

BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
"""Innovation number n changed n seconds after this, unless a test says otherwise."""
_numbers = count(1)


def regions() -> None:
    """Two provinces with one city and one regency; BPS gives 7409 to another regency than Kemendagri does."""
    for code, name, kind in (
        ("35", "Jawa Timur", "province"), ("35.78", "Kota Surabaya", "city"),
        ("74", "Sulawesi Tenggara", "province"), ("74.10", "Kabupaten Buton Utara", "regency"),
    ):  # fmt: skip
        if db.session.get(Region, code) is None:
            parent = code.split(".")[0] if "." in code else None
            db.session.add(Region(code=code, name=name, kind=kind, parent_code=parent, zone="Asia/Jakarta"))
            db.session.flush()


def run(key: str = "jippnas") -> Run:
    """A reading of the source that is over."""
    made = Run(source_id=ingesting.source(key).id, state="done", ended_at=BEGAN)
    db.session.add(made)
    db.session.flush()
    return made


def innovation(
    title: str = "", *, key: str = "jippnas", changed_at: datetime | None = None, **more
) -> Innovation:
    """A living, public innovation with one record of the source; `more` are columns of the innovation."""
    number = next(_numbers)
    title = title or f"Inovasi {number}"
    facts = {"title": title, **more.pop("facts", {})}
    columns = {"agency": "Pemerintah Kota Surabaya", "year": 2021, "slug": slug(title), **more}
    made = Innovation(title=title, updated_at=changed_at or BEGAN + timedelta(seconds=number), **columns)
    db.session.add(made)
    db.session.flush()
    record(made, key=key, facts=facts)
    return made


def record(
    of: Innovation, *, key: str = "jippnas", facts: dict | None = None, payload: dict | None = None, **more
):
    """What a source says of the innovation."""
    number = next(_numbers)
    facts = {"title": of.title, "agency": of.agency, "year": of.year, **(facts or {})}
    made = SourceRecord(
        source_id=ingesting.source(key).id, external_id=f"NRI-{number}", innovation_id=of.id, run_id=run(key).id,
        title=of.title, title_key="", year=of.year, payload=payload or {}, facts=facts, hash="", facts_hash="", **more,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def vanish(of: Innovation) -> None:
    """The innovation's records are no longer at their source."""
    for found in db.session.scalars(select(SourceRecord).where(SourceRecord.innovation_id == of.id)):
        found.vanished_at = BEGAN
    db.session.flush()


def merge(other: Innovation, into: Innovation, *, at: datetime | None = None) -> None:
    """`other` leads to `into`, which has its records now."""
    for found in db.session.scalars(select(SourceRecord).where(SourceRecord.innovation_id == other.id)):
        found.innovation_id = into.id
    other.state, other.merged_into_id = "merged", into.id
    other.updated_at = into.updated_at = at or BEGAN + timedelta(days=1)
    db.session.flush()


def many(number: int, *, words: str = "", key: str = "iga") -> None:
    """`number` innovations with a record each; `words` is the summary of each."""
    reading = run(key)
    first = (db.session.scalar(select(Innovation.id).order_by(Innovation.id.desc()).limit(1)) or 0) + 1
    ids = range(first, first + number)
    shared = {"agency": "Dinas Uji", "year": 2020}
    db.session.execute(
        insert(Innovation),
        [
            {
                "id": id,
                "title": f"Inovasi {id}",
                "slug": f"inovasi-{id}",
                "updated_at": BEGAN + timedelta(seconds=id),
                **shared,
            }
            for id in ids
        ],
    )
    for start in range(0, number, 500):
        db.session.execute(
            insert(SourceRecord),
            [
                {
                    "source_id": reading.source_id, "run_id": reading.id, "external_id": f"banyak-{id}", "innovation_id": id,
                    "title": f"Inovasi {id}", "title_key": "", "payload": {}, "hash": "", "facts_hash": "", "year": 2020,
                    "facts": {"title": f"Inovasi {id}", "summary": f"<p>{words}</p>"} if words else {"title": f"Inovasi {id}"},
                }
                for id in ids[start : start + 500]
            ],
        )  # fmt: skip
    if db.engine.dialect.name == "postgresql":
        from sqlalchemy import text

        db.session.execute(
            text("SELECT setval(pg_get_serial_sequence('innovations', 'id'), max(id)) FROM innovations")
        )
    db.session.flush()


def source(key: str) -> Source:
    return ingesting.source(key)
