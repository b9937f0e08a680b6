"""The demo's innovations: its sources read as `ekopi import` reads them, then owners, answers and replications.

What is real and what is invented, and which records are one innovation: innovations/README.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ekopi.accounts.models import Organisation
from ekopi.catalogue import sources
from ekopi.catalogue.models import Innovation, Source, SourceRecord
from ekopi.catalogue.operations import caring, ingesting, projecting, replicating
from ekopi.catalogue.sources.reading import opened
from ekopi.core import clock
from ekopi.demo.moments import at
from ekopi.extensions import db
from ekopi.search import operations as index

FOLDER = Path(__file__).parent / "innovations"
FILES = (
    ("inoland", "inoland.json"),
    ("jippnas", "jippnas.json"),
    ("sinovik", "sinovik.csv"),
    ("iga", "iga.csv"),
)
NEWEST = ("tuxedovation", "tuxedovation.json")
"""Comes in a few days ago, so that who keeps a search has news."""
OVERDUE = ("1091", "1092", "1093")
"""Records of Inoland that came in first, so long ago that their yearly review is past."""
KNOWN_FOR = timedelta(days=380)
STEPS = {
    "agreement": replicating.agree,
    "approval": replicating.approve,
    "implementation": replicating.implement,
}

Tree = dict[str, tuple[Organisation, Any]]


def fill(tree: Tree, began: datetime, now: datetime, *, curator_id: int) -> None:
    """Adds all but the newest in the caller's transaction, at moments between `began` and `now` (OVERDUE before)."""
    with at(now - KNOWN_FOR):
        _read("inoland", FOLDER / "inoland.json", None, only=OVERDUE)
    for number, (key, name) in enumerate(FILES):
        with at(began + timedelta(days=5 + number, hours=2)):
            _read(key, FOLDER / name, curator_id)
    with at(began + timedelta(days=20)):
        _hand_over(tree, curator_id, but=OVERDUE)
    for number, entry in enumerate(_table("stopped.toml")["stopped"]):
        with at(now - timedelta(days=90 - number, hours=3)):
            caring.answer(
                innovation(entry["source"], entry["id"]), "stopped", reason=entry["reason"],
                lessons=entry["lessons"], by_id=curator_id,
            )  # fmt: skip
    for number, entry in enumerate(_table("replications.toml")["replications"]):
        with at(now - timedelta(days=40 - number, hours=4)):
            _replicate(entry, tree, curator_id)
    with at(now - timedelta(days=4)):
        _hand_over(tree, curator_id, only=OVERDUE)


def read_newest(curator_id: int) -> None:
    """The source that comes in last, at the moment of the caller; then search learns the words of all of them."""
    key, name = NEWEST
    _read(key, FOLDER / name, curator_id)
    index.learn(projecting.KIND)


def _read(key: str, path: Path, by_id: int | None, *, only: Collection[str] = ()) -> None:
    """All of a file, or the items of these numbers."""
    adapter = sources.adapters()[key]
    with opened(path, headers=adapter.headers) as reader:
        run = ingesting.begin(key, origin=path.name, whole=not only, by_id=by_id)
        items = (item for item in adapter.items(reader) if not only or adapter.external_id(item[1]) in only)
        for _counts in ingesting.read(run, items):
            pass  # one transaction with the rest of the demo
    if run.state != "done" or run.refused:
        raise ValueError(f"{path.name}: {run.state} {run.fault}, {run.refused} refused")


def _hand_over(tree: Tree, by_id: int, *, only: Collection[str] = (), but: Collection[str] = ()) -> None:
    """What the demo's own organisations have done is theirs."""
    records = db.session.scalars(
        select(SourceRecord).join(Source).where(Source.key == "inoland").order_by(SourceRecord.id)
    )
    for record in records:
        if record.external_id in but or (only and record.external_id not in only):
            continue
        place = f"Pemerintah {record.payload.get('kld')} > {record.payload.get('inovator')}"
        if place in tree:
            of = db.session.get_one(Innovation, record.innovation_id)
            caring.hand_over(of, tree[place][0], by_id=by_id)


def _replicate(entry: dict[str, Any], tree: Tree, by_id: int) -> None:
    """As far as it has come by today."""
    first, *more = [step for step in entry["steps"] if step["on"] <= clock.today()]
    facilitator = tree[entry["facilitator"]][0] if "facilitator" in entry else None
    made = replicating.interest(
        innovation(**entry["origin"]), tree[entry["adopter"]][0], need=entry["need"], on=first["on"],
        note=first["note"], facilitator=facilitator, adaptation=entry["adaptation"], by_id=by_id,
    )  # fmt: skip
    for step in more:
        STEPS[step["state"]](made, on=step["on"], note=step["note"], by_id=by_id)
    outcome = entry.get("outcome")
    if outcome and made.state == "implementation":
        told = {**outcome, "measured_on": outcome["measured_on"].isoformat()}
        replicating.tell_outcome(made, told, by_id=by_id)


def innovation(source: str, id: str) -> Innovation:
    """The innovation that a record of the demo belongs to."""
    found = db.session.scalars(
        select(Innovation)
        .join(SourceRecord, SourceRecord.innovation_id == Innovation.id)
        .join(Source, Source.id == SourceRecord.source_id)
        .where(Source.key == source, SourceRecord.external_id == id)
    )
    return found.one()


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
