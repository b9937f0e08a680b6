"""Builders of the catalogue: what sources say, read through the real verbs. Each says only what a test is about."""

from __future__ import annotations

from itertools import count

from sqlalchemy import select

from ekopi.catalogue import sources
from ekopi.catalogue.models import Innovation, Run, SourceRecord
from ekopi.catalogue.operations import ingesting
from ekopi.catalogue.sources.reading import opened
from ekopi.extensions import db
from ekopi.places import operations as places
from ekopi.places.reference import shipped_regions

_numbers = count(1)


def item(title="Perahu Bidan", id=None, **more) -> dict:
    """A record as JIPPNas gives it; the same `id` means the same record."""
    number = next(_numbers)
    return {"no_registrasi": id or f"NRI-{number}", "judul": title, "institusi": "", "tahun": "2021", **more}


def read(items, key="jippnas", *, preview=False, whole=False, synthetic=False, by_id=None) -> Run:
    """Reads items of a source into the catalogue, committing step by step as the command does."""
    run = ingesting.begin(key, origin="uji.json", preview=preview, whole=whole, by_id=by_id)
    db.session.commit()
    for _counts in ingesting.read(run, enumerate(items, 1), synthetic=synthetic):
        db.session.commit()
    return run


def read_file(path, key, **options) -> Run:
    """The same with a file."""
    adapter = sources.adapters()[key]
    with opened(path, headers=adapter.headers) as reader:
        run = ingesting.begin(key, origin=str(path), **options)
        for _counts in ingesting.read(run, adapter.items(reader)):
            db.session.commit()
    return run


def record(external_id, key="jippnas") -> SourceRecord:
    """What a source says under this number, read anew."""
    source = ingesting.source(key)
    query = select(SourceRecord).where(
        SourceRecord.source_id == source.id, SourceRecord.external_id == external_id
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def innovation_of(external_id, key="jippnas") -> Innovation:
    """The innovation of a record."""
    return db.session.get_one(Innovation, record(external_id, key).innovation_id, populate_existing=True)


def innovation(title=None, **more) -> Innovation:
    """A living innovation of one record."""
    said = item(title or f"Inovasi Nomor {next(_numbers)} Warga", **more)
    read([said])
    return innovation_of(said["no_registrasi"])


def regions() -> None:
    """All regions of Indonesia, as after an installation."""
    places.refresh_regions(shipped_regions())
