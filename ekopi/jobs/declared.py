"""What can be done in the background: a function, its queue, its tries and perhaps its schedule, under a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

QUEUES = {"general": 8, "mail": 8, "nightly": 1}
"""Queue -> how many of its jobs one worker does at once."""

ZONE = "Asia/Jakarta"
"""Schedules are read in WIB."""


class Hopeless(Exception):
    """Raised by a job that would fail the same way again: it is given up at once, without further tries."""

    says_it_all = True
    """Its text needs no name of a type before it."""


@dataclass(frozen=True)
class Job:
    """A declared job. Jobs with a schedule take no arguments."""

    name: str
    function: Callable
    queue: str
    schedule: str | None
    title: Any
    tries: int
    wait: float
    """Seconds before the second try; each further pause is `growth` times the last."""
    growth: float
    gave_up: Callable | None
    """Called with the job's arguments and the error's text (`error=`) when the last try has failed."""
    dropped: Callable | None = None
    """Called with the job's arguments, in the same transaction, when somebody throws the job away."""
    about: Callable | None = None
    """Says what each of several jobs is about, without personal data: from a list of arguments to a list of texts."""


JOBS: dict[str, Job] = {}


def job(
    name: str,
    *,
    queue: str = "general",
    schedule: str | None = None,
    title: Any = "",
    tries: int = 5,
    wait: float = 2,
    growth: float = 3,
    gave_up: Callable | None = None,
    dropped: Callable | None = None,
    about: Callable | None = None,
) -> Callable:
    """Declares a function as a job.

    It runs in an application context of its own, commits itself, and may run twice when a worker dies between
    its effect and the note of it: effects carry a key that makes them once. Arguments are plain (text, numbers,
    lists, dicts, moments). `schedule` is cron in WIB; with six fields the first one is seconds.
    """
    if queue not in QUEUES:
        raise LookupError(f"no queue called {queue}")

    def declare(function: Callable) -> Callable:
        JOBS[name] = Job(
            name, function, queue, schedule, title or name, tries, wait, growth, gave_up, dropped, about
        )  # fmt: skip
        return function

    return declare


def title_of(name: str) -> str:
    """What a job does, in the reader's language; its name when it is no longer declared."""
    known = JOBS.get(name)
    return str(known.title) if known else name


def about_of(name: str) -> Callable | None:
    """What tells of jobs of this name what each is about; None when nothing does."""
    known = JOBS.get(name)
    return known.about if known else None
