"""One of the processes that write at once. Reads orders from its input (`raw 2.0`, `finish 2.0`), answers in JSON.

Started by benchmarks.writes with the environment of a Place and with `share of shares learners` as its words.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator

from benchmarks.browser import Learner
from benchmarks.databases import app_of
from benchmarks.limits import RawConnection
from benchmarks.world import World


def main() -> None:
    share, shares, learners = (int(word) for word in sys.argv[1:4])
    world = World(courses=1, learners=learners, progress_rows=0)
    app = app_of({name: value for name, value in os.environ.items() if name.startswith("EKOPI_")})
    raw = RawConnection(app.extensions["settings"].database_url)
    todo = _pairs(app, world, share, shares)

    def finish() -> None:
        learner, lesson_id = next(todo)
        learner.finish_lesson(lesson_id)

    acts: dict[str, Callable[[], None]] = {"raw": raw.write, "finish": finish}
    for act in acts.values():
        act()
        act()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        name, seconds = line.split()
        print(json.dumps(_as_many_as(acts[name], float(seconds))), flush=True)


def _pairs(app, world: World, share: int, shares: int) -> Iterator[tuple[Learner, int]]:
    """Learners of this share with lessons not done yet; the first one belongs to nobody."""
    mine = [Learner(app, world, number) for number in range(2 + share, world.learners + 1, shares)]
    for nth in range(7):
        for learner in mine:
            yield learner, world.lesson_id("text", nth=nth)


def _as_many_as(act: Callable[[], None], seconds: float) -> dict:
    """How long each act took, in ms, for as long as told."""
    ends = time.monotonic() + seconds
    taken = []
    while (began := time.monotonic()) < ends:
        act()
        taken.append(round((time.monotonic() - began) * 1000, 3))
    return {"taken": taken}


if __name__ == "__main__":
    main()
