"""The catalogue with N records: reading and matching them, what a new one is compared with, search with facets, a page.

Alone, with any N: `.venv/bin/python -m benchmarks.catalogue 300000 --db sqlite`. The records are made up (records.py) and
are marked synthetic while they are read and matched, as `importer.py` does it in a process of its own. No page shows
what is marked, which is measured too; for the pages the mark is taken off, in this throw-away database only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import select

from benchmarks import catalogue_pages, records
from benchmarks.browser import Wrong
from benchmarks.databases import Databases, NoServer, Place
from benchmarks.meters import Meter
from benchmarks.table import Missing, Result, Row, ms, spread, times
from ekopi.catalogue import sources
from ekopi.catalogue.matching import candidates, finding, keys
from ekopi.catalogue.models import MatchDecision, SourceRecord
from ekopi.catalogue.operations import ingesting
from ekopi.extensions import db
from ekopi.places import operations as places
from ekopi.places.reference import shipped_regions

ROOT = Path(__file__).parents[1]
PARTS = 10
"""The records come in so many parts, each of three files; growth is the last part beside the first."""
RECORDS = 30_000
MOST_CANDIDATES = 100.0
MOST_MEGABYTES = 500.0
NEW = 100
"""Records that are asked for, one after the other."""


def measure(place: Place, kind: str, result: Result, *, count: int, rounds: int, calls: int) -> None:
    """Fills the place and adds the rows."""
    app, meter = place.app(), Meter()
    with app.app_context():
        db.engine.dispose()
        meter.watch_engine(db.engine)
        places.refresh_regions(shipped_regions())
        ingesting.load_sources()
        db.session.commit()
    folder = place.data_dir / "records"
    twice = records.write(folder, count, PARTS)
    parts = _import(place, folder)
    shutil.rmtree(folder)
    _import_rows(result, parts, count)
    with app.app_context():
        result.add(_known_row(twice))
        _candidate_rows(result, count, meter)
        result.add(catalogue_pages.hidden_row())
        catalogue_pages.take_the_mark_off()
        db.session.remove()
    catalogue_pages.search_rows(app, kind, result, meter, count=count, rounds=rounds, calls=calls)
    catalogue_pages.page_row(app, result, meter, count=count, rounds=rounds)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


# --- reading --------------------------------------------------------------------------------------------------


def _import(place: Place, folder: Path) -> list[dict]:
    """What the process of importer.py says: PARTS parts, counting the words of titles, matching some again."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EKOPI_")}
    command = [sys.executable, "-m", "benchmarks.importer", str(folder)]
    errors = place.data_dir / "importer.log"
    said: list[dict] = []
    with errors.open("w") as log:
        process = subprocess.Popen(
            command, env={**kept, **place.environment}, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=log
        )  # fmt: skip
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                said.append(json.loads(line))
                told = said[-1]
                print(
                    f"… … {told.get('read', 0):,} records in {told['seconds']:.0f} s",
                    file=sys.stderr,
                    flush=True,
                )
    if process.returncode:
        raise Wrong(f"the import ended with {process.returncode}: {errors.read_text()[-500:].strip()}")
    return said


def _import_rows(result: Result, said: list[dict], count: int) -> None:
    parts, learnt, again = said[:PARTS], said[PARTS], said[PARTS + 1]
    total: Counter = Counter()
    for part in parts:
        total.update({name: part[name] for name in ("read", "new", "refused", "joined", "proposed")})
    seconds = sum(part["seconds"] for part in parts) + learnt["seconds"]
    row = Row(
        f"import and match, {count:,} records",
        f"{total['read'] / seconds:,.0f}/s",
        beside=[
            f"{seconds / 60:.1f} min",
            f"{total['joined']:,} joined",
            f"{total['proposed']:,} for a curator",
            f"words of titles counted in {learnt['seconds']:.1f} s",
        ],
    )
    result.add(row.judge("refused", total["refused"], most=0).judge("new", total["new"], least=count))
    first, last = (part["cpu"] * 1000 / part["read"] for part in (parts[0], parts[-1]))
    result.add(
        Row(
            f"import, the last {parts[-1]['read']:,} records beside the first",
            ms(last),
            f"{ms(first)} (the first)",
            times(last / first),
            beside=["CPU for each record, database included"],
        )
    )
    peak = parts[-1]["peak"]
    row = Row(
        f"import, peak memory, {count:,} records",
        f"{peak:.0f} MB",
        f"{parts[0]['peak']:.0f} MB (the first {parts[0]['read']:,})",
        times(peak / parts[0]["peak"]),
        f"<= {MOST_MEGABYTES:.0f} MB *",
    )
    result.add(row.judge("memory", peak, most=MOST_MEGABYTES))
    result.add(
        Row(
            f"matching again, {again['read']:,} records",
            f"{again['read'] / again['seconds']:,.0f}/s",
            beside=[f"{again['joined']} joined", f"{again['proposed']} proposed"],
        )
    )


def _known_row(twice: int) -> Row:
    """How many of the second tellings stand beside the first; what was joined that is not one."""
    held: dict[int, list[tuple[int, int]]] = defaultdict(list)
    holding: dict[int, set[int]] = defaultdict(set)
    rows = db.session.execute(select(SourceRecord.id, SourceRecord.external_id, SourceRecord.innovation_id))
    for id, number, innovation_id in rows:
        assert innovation_id is not None
        held[records.innovation_of(number)].append((id, innovation_id))
        holding[innovation_id].add(records.innovation_of(number))
    doubles = [told for told in held.values() if len(told) > 1]
    joined = sum(one[1] == other[1] for one, other in doubles)
    asked = {
        (a, b)
        for a, b in db.session.execute(
            select(MatchDecision.a_id, MatchDecision.b_id).where(MatchDecision.decision == "proposed")
        )
    }
    proposed = sum(
        (min(one[0], other[0]), max(one[0], other[0])) in asked
        for one, other in doubles
        if one[1] != other[1]
    )
    wrong = sum(len(of) - 1 for of in holding.values())
    most = Counter(id for pair in asked for id in pair).most_common(1)
    row = Row(
        f"known second tellings, {twice:,}",
        f"{100 * joined / max(1, len(doubles)):.1f} % joined",
        beside=[
            f"{100 * proposed / max(1, len(doubles)):.1f} % for a curator",
            f"{wrong} joined that are not one",
            f"{len(asked):,} pairs wait",
            f"{most[0][1] if most else 0} of one record at most",
        ],
    )
    return row.judge("made", len(doubles), least=twice, most=twice)


# --- a new record ---------------------------------------------------------------------------------------------


def _candidate_rows(result: Result, count: int, meter: Meter) -> None:
    regions = ingesting.region_index()
    new = []
    tellings = records.Maker(records.SEED + 1).tellings(NEW)
    for nth, telling in enumerate(tellings):
        said = sources.adapters()[telling.source].translate(nth, records.raw(telling, nth), regions)
        new.append(said.facts)
    counted: list[int] = []

    def ask(facts: dict) -> None:
        one = SimpleNamespace(id=0, title=facts["title"], **keys.of(facts))
        counted.append(len(candidates.of([one]).get(0, ())))

    taken, spent = _each([partial(ask, facts) for facts in new], meter)
    row = Row(
        f"candidates of a new record, {count:,} records",
        ms(spent),
        allowed=f"<= {MOST_CANDIDATES:.0f} ms *",
        beside=[*spread(taken), f"{statistics.mean(counted[-NEW:]):.1f} candidates"],
    )
    result.add(row.judge("CPU", spent, most=MOST_CANDIDATES).judge("time", max(taken), most=MOST_CANDIDATES))

    def pair(id: int) -> None:
        paired.append(len(list(finding.pairs([id]))))

    paired: list[int] = []
    ids = db.session.scalars(select(SourceRecord.id).order_by(SourceRecord.id.desc()).limit(NEW)).all()
    taken, spent = _each([partial(pair, id) for id in ids], meter)
    db.session.rollback()
    row = Row(
        "its keys, candidates and their scores",
        ms(spent),
        allowed=f"<= {MOST_CANDIDATES:.0f} ms *",
        beside=[*spread(taken), f"{statistics.mean(paired[-NEW:]):.1f} likely pairs"],
    )
    result.add(row.judge("CPU", spent, most=MOST_CANDIDATES).judge("time", max(taken), most=MOST_CANDIDATES))


def _each(acts: list[Callable[[], object]], meter: Meter) -> tuple[list[float], float]:
    """Milliseconds of each, and CPU milliseconds of one; all are done once before, to be warm."""
    for act in acts:
        act()
    taken = []
    spent = meter.seconds()
    for act in acts:
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken, (meter.seconds() - spent) * 1000 / len(acts)


def main() -> int:
    words = argparse.ArgumentParser(
        prog="python -m benchmarks.catalogue", description="The catalogue with N records."
    )
    words.add_argument("records", type=int, nargs="?", default=RECORDS)
    words.add_argument("--db", choices=("sqlite", "postgres", "both"), default="both")
    words.add_argument("--rounds", type=int, default=5)
    chosen = words.parse_args()
    kinds = ["sqlite", "postgresql"] if chosen.db == "both" else [chosen.db.replace("postgres", "postgresql")]
    result = Result()
    for kind in kinds:
        result.head(kind)
        try:
            with Databases(kind) as databases:
                measure(databases.new(), kind, result, count=chosen.records, rounds=chosen.rounds, calls=3)
        except NoServer as reason:
            result.missing.append(Missing(kind, str(reason)))
    print("CPU milliseconds of process and database backend, medians; * on the reference machine (2 cores)\n")
    print(result.text())
    return 1 if result.missing else 0


if __name__ == "__main__":
    sys.exit(main())
