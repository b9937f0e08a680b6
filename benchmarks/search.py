"""Searching among N documents: what each kind of question costs beside the bare query of the database.

Alone, with any N: `.venv/bin/python -m benchmarks.search 300000 --db both`. The documents are made of words of the
demo's innovations, drawn at random with a fixed seed: as many different ones as real records, but only their
vocabulary. Times are of the search room alone: no page, no filters, no counts of filters.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator

from benchmarks.databases import Databases, NoServer, Place
from benchmarks.limits import RawConnection
from benchmarks.meters import Meter, interleaved, ratio, statements
from benchmarks.table import Missing, Result, Row, ms, times
from ekopi.extensions import db
from ekopi.search import operations, queries
from ekopi.search.operations import Document
from tests.search.make import corpus

KIND = "bench"
QUESTIONS = {
    "a usual word": "layanan",
    "two usual words": "layanan masyarakat",
    "a rare word": "mangrove",
    "three words": "puskesmas ibu hamil",
    "an agency by another name": "diskes",
    "a phrase": '"bank sampah"',
    "without a word": "sampah -bank",
}
TYPO = "puskesmsa layanan"
SMALL, LARGE = 10_000, 300_000
MOST = {"sqlite": (5.0, 50.0), "postgresql": (5.0, 200.0)}
"""Milliseconds that a search may take at SMALL and LARGE documents (with filters and their counts, says the design)."""
SEED = 20_260_701
BATCH = 1_000


def documents(count: int) -> Iterator[Document]:
    """Titles of 3 to 9 words, texts of 60 to 240, from random places of the demo's texts."""
    chance = random.Random(SEED)
    titles = " ".join(document.title for document in corpus()).split()
    texts = " ".join(text for document in corpus() for text in document.texts).split()
    for key in range(1, count + 1):
        yield Document(key, _slice(chance, titles, 3, 9), (_slice(chance, texts, 60, 240),))


def _slice(chance: random.Random, words: list[str], least: int, most: int) -> str:
    length = chance.randint(least, most)
    start = chance.randrange(len(words) - length)
    return " ".join(words[start : start + length])


def fill(app, count: int) -> float:
    """Puts the documents, committing as an import does; documents per second."""
    with app.app_context():
        began = time.perf_counter()
        batch: list[Document] = []
        for document in documents(count):
            batch.append(document)
            if len(batch) == BATCH or document.key == count:
                operations.put_all(KIND, batch)
                db.session.commit()
                batch = []
        took = time.perf_counter() - began
        operations.learn(KIND)
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE search_documents")
        return count / took


def allowed(kind: str, count: int) -> float:
    """The bound between those of SMALL and LARGE, in proportion."""
    small, large = MOST[kind]
    share = min(1.0, max(0.0, (count - SMALL) / (LARGE - SMALL)))
    return small + share * (large - small)


def measure(place: Place, kind: str, result: Result, *, count: int, rounds: int, calls: int) -> None:
    """Fills the place and adds the rows."""
    app = place.app()
    with app.app_context():
        db.engine.dispose()
        meter = Meter()
        meter.watch_engine(db.engine)
    rate = fill(app, count)
    result.add(
        Row(
            f"put, {BATCH:,} a transaction, {count:,} documents",
            f"{rate:,.0f}/s",
            beside=["folding included"],
        )
    )
    raw = RawConnection(place.url, meter)
    most = allowed(kind, count)
    with app.app_context():
        # the same statements in one session, as in one request
        works = {"limit": (lambda: _bare(raw), calls)}
        for name, question in QUESTIONS.items():
            works[name] = (_best(question), calls)
        works["meant"] = (lambda: queries.meant(queries.parse(TYPO), KIND), calls)
        found = interleaved(works, rounds, meter)
        for name, question in QUESTIONS.items():
            result.add(_row(name, question, found, most, count))
        said = queries.meant(queries.parse(TYPO), KIND)
        row = Row(
            f"“maksud Anda”, {count:,} documents",
            ms(statistics.median(found["meant"])),
            ms(statistics.median(found["limit"])),
            times(ratio(found["meant"], found["limit"])),
            beside=[f"{TYPO} -> {said}"],
        )
        result.add(row.judge("answer", said != "puskesmas layanan", most=0))
        db.session.remove()
        db.engine.dispose()
    raw.connection.close()


def _best(question: str):
    def act():
        found = queries.find(queries.parse(question), kinds=[KIND])
        db.session.rollback()
        return found

    return act


def _row(name: str, question: str, found: dict[str, list[float]], most: float, count: int) -> Row:
    with statements(db.engine) as sent:
        answers = len(queries.find(queries.parse(question), kinds=[KIND]))
    hits = len(db.session.scalars(queries.hits(queries.parse(question), KIND)).all())
    mine = statistics.median(found[name])
    row = Row(
        f"{name}: {question}",
        ms(mine),
        f"{ms(statistics.median(found['limit']))} (200 keys by a usual word)",
        times(ratio(found[name], found["limit"])),
        f"<= {most:.0f} ms *",
        [f"{hits:,} of {count:,} match", f"{answers} scored", f"{len(sent)} queries"],
    )
    return row.judge("CPU", mine, most=most)


def _bare(raw: RawConnection) -> object:
    """The driver alone: 200 things that bear a usual word, whichever, with their titles."""
    if raw.sqlite:
        statement = (
            "SELECT d.key, d.title FROM search_words w JOIN search_documents d ON d.id = w.rowid "
            "WHERE w.search_words MATCH '\"layan\"' LIMIT 200"
        )
    else:
        statement = (
            "SELECT key, title FROM search_documents WHERE tsv @@ to_tsquery('simple', 'layan') LIMIT 200"
        )
    return raw.connection.execute(statement).fetchall()


def main() -> int:
    words = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description="Search among N documents."
    )
    words.add_argument("documents", type=int, nargs="?", default=30_000)
    words.add_argument("--db", choices=("sqlite", "postgres", "both"), default="both")
    words.add_argument("--rounds", type=int, default=5)
    chosen = words.parse_args()
    kinds = ["sqlite", "postgresql"] if chosen.db == "both" else [chosen.db.replace("postgres", "postgresql")]
    result = Result()
    for kind in kinds:
        result.head(kind)
        try:
            with Databases(kind) as databases:
                place = databases.new()
                measure(place, kind, result, count=chosen.documents, rounds=chosen.rounds, calls=5)
        except NoServer as reason:
            result.missing.append(Missing(kind, str(reason)))
    print("CPU milliseconds of process and database backend, medians; * on the reference machine (2 cores)\n")
    print(result.text())
    return 1 if result.missing else 0


if __name__ == "__main__":
    sys.exit(main())
