"""The pages of issue and design: CPU beside a bare page of equal size, statements, bytes."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select

from benchmarks.browser import Answer, Learner, Wrong
from benchmarks.databases import Place
from benchmarks.limits import BareApp, RawConnection
from benchmarks.meters import Meter, Statements, best, interleaved, ratio, statements
from benchmarks.table import Result, Row, kb, ms, times
from benchmarks.world import SLUG, World, learners_without_progress
from ekopi.extensions import db

YARDSTICK, SERVER = 25.0, 0.56
"""CPU ms on the machine on which the peers were measured: argon2 with OWASP's costs, and one word from Flask by gunicorn."""
MOODLE, KOLIBRI = "Moodle 5.1", "Kolibri 8.4"


@dataclass(frozen=True, eq=False)
class Wanted:
    """What is allowed of a page; None where nothing is said."""

    name: str
    ratio: dict[str, float] | None = None
    """Most times the bare page, by database."""
    queries: int | None = None
    """Most statements beside those that find session and person."""
    kilobytes: float | None = None
    gzipped: float | None = None
    peer: str = MOODLE
    peer_ms: float | None = None
    """CPU ms of the peer when it was measured."""
    peer_times: float | None = None
    """Least times the requests the peer does with the same CPU."""


Walks = dict[Wanted, tuple[Callable[[], list[Answer]], int]]
COURSE = Wanted(
    "course page, 100 lessons, 1,000 learners", {"sqlite": 2.5, "postgresql": 3.5}, 6, 40, 6, MOODLE, 196, 20
)
LESSON = Wanted("lesson page", None, 5, None, None, MOODLE, 87, 25)
LIST = Wanted("list of courses, one page of 1,000", None, 5)
LIST_100 = Wanted("list of courses, 100 of 1,000 (five pages)", None, None, None, None, MOODLE, 315, 20)
MY_PAGE = Wanted("/beranda", None, 8)
FINISH = Wanted("completing a lesson (POST)", None, None, None, None, KOLIBRI, 24, 2)
QUIZ = Wanted("quiz of 10 questions, start to result", None, None, None, None, MOODLE, 585, 20)
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
HASH = HASHER.hash("yardstick")
REST = re.compile(rb'href="(/kursus\?setelah=[^"]+)"')
MANY = 500
"""Rows; a smaller table may be read whole, and PostgreSQL does so by choice."""
WHOLE = re.compile(r"SCAN (\w+)(?!.* USING )|Seq Scan on (\w+)")


def measure(
    place: Place, app, world: World, result: Result, *, rounds: int, calls: int, explain: bool
) -> str:
    """Adds a row for each page of this database. Gives back the plans of their statements when asked, else nothing."""
    kind = "sqlite" if place.url.startswith("sqlite") else "postgresql"
    meter, bare = Meter(), BareApp()
    with app.app_context():
        engine = db.engine
        engine.dispose()
        meter.watch_engine(engine)
    raw = RawConnection(place.url, meter)
    raw.prepare()
    walks = _walks(app, world)
    rehearsed = {}
    for wanted, (act, _many) in walks.items():
        act()  # prepared caches (templates, compiled statements) are not what a page costs
        with statements(engine) as sent:
            rehearsed[wanted] = (act(), sent)
    works: dict[str, tuple[Callable, int]] = {
        "bare 20 kB": (bare.of_size(20_000), calls),
        "hello": (lambda: bare.client.get("/hello").data, calls),
        "yardstick": (lambda: HASHER.verify(HASH, "yardstick"), 2),
        "query": (raw.query, calls * 10),
        "write": (raw.write, calls),
    }
    for wanted, (act, many) in walks.items():
        number = max(1, calls // many)
        works[f"limit {wanted.name}"] = (_bare_like(bare, raw, rehearsed[wanted][0]), number)
        works[wanted.name] = (act, number)
    found = interleaved(works, rounds, meter)
    _limit_rows(result, found, meter)
    for wanted, (answers, sent) in rehearsed.items():
        result.add(_row(wanted, kind, found, answers, sent))
    raw.close()
    return explained(engine, walks) if explain else ""


def _walks(app, world: World) -> Walks:
    """What is done for each figure, and roughly how many requests it is (so that a round stays short)."""
    one = Learner(app, world, 1)
    lesson = world.lesson_id("text", module=6, nth=2)
    others = [Learner(app, world, number) for number in learners_without_progress(world)]
    half = len(others) // 2
    fresh = _each_once(others[:half], [world.lesson_id("text", nth=nth) for nth in range(7)])
    quiz = _each_once(others[half:], [world.lesson_id("quiz")])

    def finish():
        learner, lesson_id = next(fresh)
        return [learner.finish_lesson(lesson_id)]

    def take_quiz():
        learner, lesson_id = next(quiz)
        return learner.take_quiz(lesson_id)

    return {
        COURSE: (lambda: [one.get(f"/kursus/{SLUG}")], 1),
        LESSON: (lambda: [one.get(f"/kursus/{SLUG}/belajar/{lesson}")], 1),
        LIST: (lambda: [one.get("/kursus")], 1),
        LIST_100: (lambda: _five_pages(one), 5),
        MY_PAGE: (lambda: [one.get("/beranda")], 1),
        FINISH: (finish, 1),
        QUIZ: (take_quiz, 20),
    }


def _each_once(learners: list[Learner], lessons: list[int]) -> Iterator[tuple[Learner, int]]:
    for lesson_id in lessons:
        for learner in learners:
            yield learner, lesson_id
    raise Wrong("there are too few learners for so many rounds")


def _five_pages(learner: Learner) -> list[Answer]:
    answers = [learner.get("/kursus")]
    while len(answers) < 5:
        more = REST.search(answers[-1].data)
        if not more:
            raise Wrong("the list ends before 100 courses")
        answers.append(learner.get(more[1].decode().replace("&amp;", "&")))
    return answers


def _bare_like(bare: BareApp, raw: RawConnection, answers: list[Answer]) -> Callable[[], None]:
    """The same requests of the bare app: a page of equal size for each page, a redirect and one raw insert for each POST."""
    steps = [bare.of_size(len(answer.data)) if answer.method == "GET" else None for answer in answers]

    def act():
        for step in steps:
            if step is not None:
                step()
            else:
                bare.answer()
                raw.write()

    return act


def _limit_rows(result: Result, found: dict[str, list[float]], meter: Meter) -> None:
    said = ["backend CPU could not be read and is left out"] if meter.blind else []
    for name, words in (
        ("hello", "limit: bare Flask, one word"),
        ("bare 20 kB", "limit: bare Flask+Jinja page of 20 kB"),
        ("query", "limit: one row by its key, driver alone"),
        ("yardstick", "limit: one argon2 check"),
        ("write", "limit: one row inserted and committed, driver alone"),
    ):
        value = statistics.median(found[name])
        measured = ms(value) if value >= 0.1 else f"{value * 1000:.0f} us"
        result.add(Row(words, measured, "", times(ratio(found[name], found["bare 20 kB"])), "", list(said)))


def _row(wanted: Wanted, kind: str, found, answers: list[Answer], sent: Statements) -> Row:
    mine, limit = found[wanted.name], found[f"limit {wanted.name}"]
    close = ratio(mine, limit)
    row = Row(
        wanted.name,
        ms(statistics.median(mine)),
        ms(statistics.median(limit)),
        times(close, best(mine, limit)),
    )
    if wanted.ratio:
        row.allowed = f"<= {wanted.ratio[kind]} x"
        row.judge("ratio", close, most=wanted.ratio[kind])
    beside = f"queries {sent.of_page} + {sent.of_person} of session and person"
    if len(answers) > 1:
        beside = f"{len(answers)} requests, {len(sent)} queries in all"
    if wanted.queries is not None:
        beside += f" (<= {wanted.queries} beside)"
        row.judge("queries", sent.of_page, most=wanted.queries)
    row.beside.append(beside)
    size, small = sum(len(a.data) for a in answers), sum(a.gzipped for a in answers)
    row.beside.append(kb(size) + (f" (<= {wanted.kilobytes:g})" if wanted.kilobytes else ""))
    row.beside.append("gzip " + kb(small) + (f" (<= {wanted.gzipped:g})" if wanted.gzipped else ""))
    if wanted.kilobytes:
        row.judge("bytes", size / 1000, most=wanted.kilobytes)
    if wanted.gzipped:
        row.judge("gzip", small / 1000, most=wanted.gzipped)
    if wanted.peer_ms:
        gain = wanted.peer_ms / _on_their_machine(mine, found, len(answers))
        row.beside.append(f"~{gain:.1f} x {wanted.peer} (>= {wanted.peer_times:g})")
        row.judge(wanted.peer, gain, least=wanted.peer_times)
    return row


def _on_their_machine(mine: list[float], found: dict[str, list[float]], requests: int) -> float:
    """CPU ms as they would be there, with a real server instead of the test client."""
    faster = YARDSTICK / statistics.median(found["yardstick"])
    without_client = statistics.median(mine) - requests * statistics.median(found["hello"])
    return without_client * faster + requests * SERVER


def explained(engine: Engine, walks: Walks) -> str:
    """The plan of every statement of every page, each once; reads of whole tables are marked."""
    lines: list[str] = []
    known: set[str] = set()
    sqlite = engine.dialect.name == "sqlite"
    for wanted, (act, _many) in walks.items():
        with statements(engine) as sent:
            act()
        for statement, parameters in sent:
            if statement in known or not statement.lstrip().upper().startswith("SELECT"):
                continue
            known.add(statement)
            lines += ["", f"[{wanted.name}] {' '.join(statement.split())[:400]}"]
            with engine.connect() as connection:
                word = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
                for row in connection.exec_driver_sql(word + statement, parameters).all():
                    step = str(row[3] if sqlite else row[0])
                    mark = "   <- reads the whole table" if _whole(connection, step) else ""
                    lines.append(f"    {step}{mark}")
                connection.rollback()
    return "\n".join(lines)


def _whole(connection, step: str) -> bool:
    """Whether the step reads all rows of a table that has many."""
    found = WHOLE.search(step)
    if not found:
        return False
    name = re.sub(r"_\d+$", "", found[1] or found[2])
    table = db.metadata.tables.get(name)
    return table is not None and connection.scalar(select(func.count()).select_from(table)) >= MANY
