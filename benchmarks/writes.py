"""Completions a second with two processes, against raw inserts with the same durability."""

from __future__ import annotations

import contextlib
import json
import os
import select
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.databases import Databases, Place
from benchmarks.limits import RawConnection
from benchmarks.meters import percentile, ratio
from benchmarks.table import Result, Row, ms, times
from benchmarks.world import build
from ekopi.extensions import db

ROOT = Path(__file__).parent.parent
PROCESSES = 2
LEARNERS = 3000
LEAST = {"sqlite": 400, "postgresql": 500}
"""Completions a second on the reference machine (two cores)."""
SLOWEST = 150
"""ms, of the 99th percentile."""
PATIENCE = 60


class WriterFailed(Exception):
    """A writing process ended or fell silent; what it said is in the text."""


def measure(databases: Databases, result: Result, *, rounds: int, seconds: float) -> None:
    place = databases.new()
    app = place.app()
    build(app, learners=LEARNERS, progress_rows=50)
    with app.app_context():
        db.engine.dispose()
    raw = RawConnection(place.url)
    raw.prepare()
    before = _done(raw)
    rates: dict[str, list[float]] = {"raw": [], "finish": []}
    taken: dict[str, list[float]] = {"raw": [], "finish": []}
    with contextlib.ExitStack() as stack:
        writers = [stack.enter_context(_writer(place, share)) for share in range(PROCESSES)]
        for writer in writers:
            _hear(writer)
        for _round in range(rounds):
            for name in rates:
                for writer in writers:
                    writer.stdin.write(f"{name} {seconds}\n")
                    writer.stdin.flush()
                some = [one for writer in writers for one in _hear(writer)["taken"]]
                taken[name] += some
                rates[name].append(len(some) / seconds)
    acknowledged = len(taken["finish"]) + 2 * PROCESSES  # those that warmed up
    lost = acknowledged - (_done(raw) - before)
    raw.close()
    rate, limit = statistics.median(rates["finish"]), statistics.median(rates["raw"])
    slow = percentile(taken["finish"], 99)
    row = Row(
        f"completions/s, {PROCESSES} processes",
        f"{rate:.0f}/s",
        f"{limit:.0f} raw inserts/s",
        times(ratio(rates["finish"], rates["raw"])),
        f">= {LEAST[databases.kind]}/s *",
        [
            f"p99 {ms(slow)} (<= {SLOWEST} *)",
            f"raw p99 {ms(percentile(taken['raw'], 99))}",
            f"{acknowledged} acknowledged, {lost} lost",
        ],
    )
    row.judge("rate", rate, least=LEAST[databases.kind]).judge("p99", slow, most=SLOWEST)
    result.add(row.judge("lost", abs(lost), most=0))


def _done(raw: RawConnection) -> int:
    query = "SELECT count(*) FROM lesson_progress WHERE done_at IS NOT NULL"
    return raw.connection.execute(query).fetchone()[0]


@contextlib.contextmanager
def _writer(place: Place, share: int):
    command = [sys.executable, "-m", "benchmarks.writer", str(share), str(PROCESSES), str(LEARNERS)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EKOPI_")}
    errors = place.data_dir / f"writer{share}.log"
    with errors.open("w") as log:
        process = subprocess.Popen(
            command, env={**kept, **place.environment}, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
    process.errors = errors  # type: ignore[attr-defined]
    try:
        yield process
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _hear(writer) -> dict:
    """The next line of a writer."""
    ready, _, _ = select.select([writer.stdout], [], [], PATIENCE)
    line = writer.stdout.readline() if ready else ""
    if not line:
        said = writer.errors.read_text()[-500:].strip()
        raise WriterFailed(said or f"no word for {PATIENCE} s")
    return json.loads(line)
