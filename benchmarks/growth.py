"""The growth law: a page costs what it shows, however many rows lie beside it."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from benchmarks.browser import Learner
from benchmarks.databases import Databases
from benchmarks.meters import Meter, best, interleaved, ratio, statements
from benchmarks.table import Result, Row, ms, times
from benchmarks.world import LESSONS, SLUG, build
from ekopi.extensions import db

MOST = 1.15
SMALL = 1000


def measure(databases: Databases, result: Result, *, rounds: int, calls: int, factor: int) -> None:
    """Pages at 1 x and `factor` x rows: of progress in the course, and of learners in the course."""
    large = SMALL * factor
    learners_needed = max(SMALL, -(-large // LESSONS) + 1)
    sizes = {
        "small": {"learners": SMALL, "progress_rows": SMALL},
        "progress": {"learners": learners_needed, "progress_rows": large},
        "learners": {"learners": large, "progress_rows": SMALL},
    }
    meter, pages = Meter(), {}
    engines = []
    for name, size in sizes.items():
        place = databases.new()
        app = place.app()
        world = build(app, **size)
        with app.app_context():
            db.engine.dispose()
            meter.watch_engine(db.engine)
            engines.append(db.engine)
        pages[name] = _pages(Learner(app, world, 1), world.lesson_id("text", module=6, nth=2))
    _same_statements(pages, engines)
    works = {
        f"{page} {size}": (act, calls)
        for page in pages["small"]
        for size, acts in pages.items()
        for act in [acts[page]]
    }
    found = interleaved(works, rounds, meter)
    for grown, what in (("progress", "rows of progress"), ("learners", "learners in the course")):
        for page in pages["small"]:
            one, many = found[f"{page} small"], found[f"{page} {grown}"]
            growth = ratio(many, one)
            row = Row(
                f"growth: {page}, {SMALL:,} -> {large:,} {what}",
                ms(statistics.median(many)),
                ms(statistics.median(one)),
                times(growth, best(many, one)),
                f"<= {MOST} x",
            )
            result.add(row.judge("growth", growth, most=MOST))
    for engine in engines:
        engine.dispose()


def _pages(learner: Learner, lesson_id: int) -> dict[str, Callable[[], object]]:
    return {
        "course page": lambda: learner.get(f"/kursus/{SLUG}"),
        "lesson page": lambda: learner.get(f"/kursus/{SLUG}/belajar/{lesson_id}"),
        "/beranda": lambda: learner.get("/beranda"),
    }


def _same_statements(pages, engines) -> None:
    """Both sizes must show the same page, else their costs say nothing."""
    for page in pages["small"]:
        counts = set()
        for (_name, acts), engine in zip(pages.items(), engines, strict=True):
            with statements(engine) as sent:
                acts[page]()
            counts.add(len(sent))
        if len(counts) > 1:
            raise AssertionError(f"{page} sends {sorted(counts)} statements at different sizes")
