"""What a piece of work costs: CPU of this process and of its database backends, statements, bytes."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine, event

PERSON = re.compile(r"\b(FROM|JOIN) (sign_ins|roles)\b")
"""Statements that find the session and its person; limits are given beside them."""
FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class Meter:
    """CPU seconds of this process and, for PostgreSQL, of every backend it talks to."""

    def __init__(self):
        self.backends: set[int] = set()
        self.blind = False
        """Whether some backend's CPU could not be read; then it is left out of all figures, and said."""

    def watch(self, pid: int) -> None:
        """Counts a backend from now on; one on another machine, or hidden, is left out."""
        if _backend_seconds(pid) is None:
            self.blind = True
        else:
            self.backends.add(pid)

    def watch_engine(self, engine: Engine) -> None:
        """Counts the backends of all connections that the engine opens from now on (none on SQLite)."""
        if engine.dialect.name == "postgresql":
            event.listen(
                engine, "connect", lambda connection, record: self.watch(connection.info.backend_pid)
            )

    def seconds(self) -> float:
        theirs = [_backend_seconds(pid) for pid in self.backends]
        return time.process_time() + sum(spent for spent in theirs if spent is not None)


def _backend_seconds(pid: int) -> float | None:
    """CPU of another process: in nanoseconds from schedstat, else in clock ticks (10 ms) from stat."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return None


Work = Callable[[], object]


def interleaved(works: dict[str, tuple[Work, int]], rounds: int, meter: Meter) -> dict[str, list[float]]:
    """CPU milliseconds per call of each work, one figure a round: A B C, A B C, …

    A work is a function with the number of calls in one round. Every work is called twice before, to be warm.
    """
    for act, _calls in works.values():
        act()
        act()
    found: dict[str, list[float]] = {name: [] for name in works}
    for _round in range(rounds):
        for name, (act, calls) in works.items():
            gc.collect()
            began = meter.seconds()
            for _call in range(calls):
                act()
            found[name].append((meter.seconds() - began) * 1000 / calls)
    return found


def ratio(work: list[float], limit: list[float]) -> float:
    """The median of the ratios of each round: both sides of a ratio felt the same noise."""
    return statistics.median(a / b for a, b in zip(work, limit, strict=True))


def best(work: list[float], limit: list[float]) -> float:
    """The quietest round of each: nearer to the truth where other work disturbs the large code of a product more
    than the few lines of a limit."""
    return min(work) / min(limit)


def percentile(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Statements(list):
    """What was sent to the database, as (statement, parameters), without what only frames a transaction."""

    @property
    def of_person(self) -> int:
        return sum(bool(PERSON.search(statement)) for statement, _given in self)

    @property
    def of_page(self) -> int:
        return len(self) - self.of_person


@contextlib.contextmanager
def statements(engine: Engine) -> Iterator[Statements]:
    """`with statements(engine) as sent:` – afterwards `sent` holds every statement."""
    sent = Statements()

    def note(connection, cursor, statement, parameters, context, executemany):
        if not statement.lstrip().upper().startswith(FRAME):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
