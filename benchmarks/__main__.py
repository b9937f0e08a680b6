"""`python -m benchmarks`: measures, prints one table. Ends with 1 only when something could not be measured."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks import catalogue, growth, pages, parts, search, writes
from benchmarks.databases import Databases, NoServer
from benchmarks.table import Missing, Result
from benchmarks.world import build

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
GROUPS = ("pages", "writes", "growth", "search", "catalogue", "parts")


def main() -> int:
    chosen = _words()
    kinds = ["sqlite", "postgresql"] if chosen.db == "both" else [chosen.db.replace("postgres", "postgresql")]
    rounds = 5 if chosen.quick else 9
    result, plans = Result(), []
    for place, kind in enumerate(kinds):
        try:
            with Databases(kind) as databases:
                plans += _measure(databases, result, chosen, rounds, with_parts=place == 0)
        except NoServer as reason:
            result.missing.append(Missing(NAMES[kind], str(reason)))
    for plan in filter(None, plans):
        print(plan)
    print(_about(rounds, chosen))
    print()
    print(result.text())
    return 1 if result.missing else 0


def _measure(databases: Databases, result: Result, chosen, rounds: int, *, with_parts: bool) -> list[str]:
    name = NAMES[databases.kind]
    plans: list[str] = []

    def guarded(what: str, act: Callable[[], None]) -> None:
        print(f"… {name}: {what}", file=sys.stderr, flush=True)
        try:
            act()
        except Exception as error:
            if chosen.trace:
                traceback.print_exc()
            result.missing.append(
                Missing(f"{name}, {what}", " ".join(f"{type(error).__name__}: {error}".split())[:300])
            )

    def measured_pages() -> None:
        place = databases.new()
        app = place.app()
        learners = 1000
        world = build(app, courses=1000, learners=learners, progress_rows=learners)
        calls = 10 if chosen.quick else 20
        plan = pages.measure(place, app, world, result, rounds=rounds, calls=calls, explain=chosen.explain)
        plans.append(f"Plans on {name}\n{plan}\n" if plan else "")

    def measured_writes() -> None:
        writes.measure(databases, result, rounds=rounds, seconds=1.0 if chosen.quick else 2.0)

    def measured_growth() -> None:
        factor = 10 if chosen.quick else 100
        growth.measure(databases, result, rounds=rounds, calls=10 if chosen.quick else 20, factor=factor)

    def measured_search() -> None:
        search.measure(
            databases.new(), databases.kind, result, count=chosen.documents, rounds=rounds, calls=5
        )

    def measured_catalogue() -> None:
        catalogue.measure(
            databases.new(), databases.kind, result, count=chosen.records, rounds=rounds, calls=3
        )

    def measured_parts() -> None:
        place = databases.new()
        parts.measure(place, place.app(), result, rounds=rounds)

    acts = {
        "pages": measured_pages,
        "writes": measured_writes,
        "growth": measured_growth,
        "search": measured_search,
        "catalogue": measured_catalogue,
        "parts": measured_parts,
    }
    result.head(name)
    for what in GROUPS:
        if what not in chosen.only or (what == "parts" and not with_parts):
            continue
        if what == "parts":
            result.head("parts")
        guarded(what, acts[what])
    return plans


def _words():
    words = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Speed against limits of this machine."
    )
    words.add_argument("--db", choices=("sqlite", "postgres", "both"), default="both")
    words.add_argument(
        "--quick", action="store_true", help="fewer rounds and calls, growth by 10 instead of 100"
    )
    words.add_argument(
        "--explain", action="store_true", help="also prints the plan of every statement of the pages"
    )
    words.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS), help="only these groups")
    words.add_argument(
        "--documents", type=int, default=30_000, help="documents that are searched (default 30,000)"
    )
    words.add_argument(
        "--records",
        type=int,
        default=catalogue.RECORDS,
        help="records of the catalogue (default 30,000; 300000 for the whole, which takes long)",
    )
    words.add_argument("--trace", action="store_true", help="prints where something failed")
    return words.parse_args()


def _about(rounds: int, chosen) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("flask", "sqlalchemy", "jinja2", "psycopg"))
    busy = os.getloadavg()[0]
    cores = os.cpu_count() or 1
    lines = [
        f"{platform.python_implementation()} {platform.python_version()}, {libraries}, SQLite {sqlite3.sqlite_version}",
        f"{_processor()}, {cores} cores; load {busy:.1f}"
        + (" (other work runs here: figures are noisy, ratios less so)" if busy > cores * 0.75 else ""),
        f"CPU milliseconds of process and database backend, medians of {rounds} interleaved rounds"
        + (" (quick)" if chosen.quick else "")
        + "; ratios are medians of each round's ratio",
        "* an amount, not a ratio: what the design asks for on its reference machine (2 cores); see benchmarks/README.md",
    ]
    return "\n".join(lines)


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    if known.is_file():
        for line in known.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
