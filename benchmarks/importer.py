"""The process that reads files into the catalogue as `ekopi import` does. Says how each part went, a line of JSON each.

Started by benchmarks.catalogue with the environment of a Place and the folder of records.write as its word. It does
what the command does, the same verbs and a commit after each step; only that its records are marked synthetic,
for which the command has no word. A process of its own, so that its peak memory is that of reading alone.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.databases import app_of
from benchmarks.meters import Meter
from ekopi.catalogue import sources
from ekopi.catalogue.operations import ingesting, pairing, projecting
from ekopi.catalogue.sources.reading import opened
from ekopi.extensions import db
from ekopi.search import operations as index

AGAIN = 2_000
"""Records that are matched once more, as `ekopi match` does."""


def main() -> None:
    app = app_of({name: value for name, value in os.environ.items() if name.startswith("EKOPI_")})
    meter = Meter()
    with app.app_context():
        db.engine.dispose()
        meter.watch_engine(db.engine)
        for part in sorted(Path(sys.argv[1]).iterdir()):
            said: Counter = Counter()
            began, spent = time.perf_counter(), meter.seconds()
            for path in sorted(part.iterdir()):
                said.update(read(path))
            _say(said, began, spent, meter)
        began, spent = time.perf_counter(), meter.seconds()
        index.learn(projecting.KIND)
        db.session.commit()
        _say(Counter(), began, spent, meter)
        began, spent = time.perf_counter(), meter.seconds()
        _say(_match_again(), began, spent, meter)


def read(path: Path) -> dict[str, int]:
    """Reads the file of one source; its counts."""
    adapter = sources.adapters()[path.stem]
    with opened(path, headers=adapter.headers) as reader:
        run = ingesting.begin(path.stem, origin=path.name)
        db.session.commit()
        for _counts in ingesting.read(run, adapter.items(reader), synthetic=True):
            db.session.commit()
    if run.state != "done":
        raise RuntimeError(f"{path}: {run.state} {run.fault}")
    names = ("read", "new", "refused", "joined", "proposed")
    return {name: getattr(run, name) for name in names}


def _match_again() -> Counter:
    said: Counter = Counter()
    for _last, found in pairing.match_alone():
        db.session.commit()
        said.update(read=found.looked_at, joined=found.joined, proposed=found.proposed)
        if said["read"] >= AGAIN:
            break
    return said


def _say(said: Counter, began: float, spent: float, meter: Meter) -> None:
    """Adds seconds, CPU seconds with the database's, peak memory so far in decimal MB, and prints it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    more = {"seconds": time.perf_counter() - began, "cpu": meter.seconds() - spent, "peak": peak}
    print(json.dumps({**said, **more}), flush=True)


if __name__ == "__main__":
    main()
