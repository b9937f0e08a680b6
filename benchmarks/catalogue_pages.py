"""Pages of the catalogue with N records: search with facets, the page of an innovation. Called by benchmarks.catalogue."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from urllib.parse import urlencode

from flask_login import AnonymousUserMixin
from sqlalchemy import func, select, update
from werkzeug.datastructures import MultiDict

from benchmarks.browser import Wrong
from benchmarks.limits import BareApp
from benchmarks.meters import Meter, interleaved, ratio, statements
from benchmarks.table import Result, Row, kb, ms, spread, times
from ekopi.catalogue.models import Innovation, SourceRecord
from ekopi.catalogue.queries import facets, listing
from ekopi.core import text
from ekopi.extensions import db

MOST_SEARCH = {"sqlite": 50.0, "postgresql": 200.0}
"""Milliseconds, the median of searches with facets at 300,000 records."""
MOST_QUERIES = 10
PAGES = 20
QUESTIONS: dict[str, dict[str, str | list[str]]] = {
    "nothing": {},
    "a usual word": {"q": "layanan"},
    "two usual words": {"q": "layanan masyarakat"},
    "a rare word": {"q": "mangrove"},
    "an agency by another name": {"q": "dinkes"},
    "a word, a province": {"q": "kesehatan", "provinsi": "35"},
    "a word, a year, a source": {"q": "pelayanan", "tahun": "2023", "sumber": "jippnas"},
    "two provinces, two years": {"provinsi": ["33", "35"], "tahun": ["2022", "2023"]},
    "a regency of its province": {"provinsi": "35", "daerah": "35.78"},
    "a word, by title": {"q": "layanan", "urut": "judul"},
    "nothing, by year": {"urut": "tahun"},
    "a slip of the pen": {"q": "puskesmsa"},
}
"""Arguments of /katalog."""


def hidden_row() -> Row:
    """While they are marked, no visitor is shown one of them."""
    nobody = AnonymousUserMixin()
    shown = listing.total(listing.narrowed(listing.asked(MultiDict()), nobody, []))
    row = Row("marked records that /katalog shows", f"{shown}", allowed="0")
    return row.judge("shown", shown, most=0)


def take_the_mark_off() -> None:
    db.session.execute(update(Innovation).values(synthetic=False))
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def search_rows(app, kind: str, result: Result, meter: Meter, *, count: int, rounds: int, calls: int) -> None:
    bare, client = BareApp(), app.test_client(use_cookies=False)
    paths = {name: "/katalog?" + urlencode(said, doseq=True) for name, said in QUESTIONS.items()}
    times_of: dict[str, list[float]] = defaultdict(list)
    sizes = {name: len(_got(client, path)) for name, path in paths.items()}
    works: dict[str, tuple[Callable, int]] = {"bare": (bare.of_size(max(sizes.values())), calls)}
    for name, path in paths.items():
        works[name] = (_timed(client, path, times_of[name]), calls)
    found = interleaved(works, rounds, meter)
    most = MOST_SEARCH[kind]
    for name, path in paths.items():
        with statements(_engine(app)) as sent:
            _got(client, path)
        mine, taken = statistics.median(found[name]), statistics.median(times_of[name])
        row = Row(
            f"/katalog, {name}",
            ms(mine),
            f"{ms(statistics.median(found['bare']))} (bare page, {kb(max(sizes.values()))})",
            times(ratio(found[name], found["bare"])),
            f"<= {most:.0f} ms *",
            [f"time: median {ms(taken)}", *_answers(app, path), f"{len(sent)} queries", kb(sizes[name])],
        )
        result.add(row.judge("CPU", mine, most=most).judge("time", taken, most=most))
    all_of = [spent for name in paths for spent in found[name]]
    all_times = [taken for name in paths for taken in times_of[name]]
    row = Row(
        f"/katalog, all of these, {count:,} records",
        ms(statistics.median(all_of)),
        allowed=f"<= {most:.0f} ms *",
        beside=spread(all_times),
    )
    row.judge("CPU", statistics.median(all_of), most=most)
    result.add(row.judge("time", statistics.median(all_times), most=most))


def _timed(client, path: str, taken: list[float]) -> Callable[[], object]:
    def act():
        began = time.perf_counter()
        _got(client, path)
        taken.append((time.perf_counter() - began) * 1000)

    return act


def _answers(app, path: str) -> list[str]:
    """How many answer, up to where that is counted, and of how many the facets are."""
    with app.test_request_context(path) as context:
        question = listing.asked(context.request.args)
        ids = listing.narrowed(question, AnonymousUserMixin(), [])
        total = listing.total(ids)
        _counts, capped = facets.counts(ids, {})
        db.session.rollback()
    many = f"more than {listing.COUNTED:,} answer" if total > listing.COUNTED else f"{total:,} answer"
    return [many, f"facets of the first {facets.COUNTED:,}" if capped else "facets of all"]


def page_row(app, result: Result, meter: Meter, *, count: int, rounds: int) -> None:
    """Pages of innovations, half of them of two sources."""
    client, bare = app.test_client(use_cookies=False), BareApp()
    with app.app_context():
        living = (
            select(Innovation.id)
            .join(SourceRecord, SourceRecord.innovation_id == Innovation.id)
            .where(Innovation.state == "living")
            .group_by(Innovation.id)
            .order_by(Innovation.id.desc())
            .limit(PAGES // 2)
        )
        ids = [
            id
            for records_of in (func.count() > 1, func.count() == 1)
            for id in db.session.scalars(living.having(records_of))
        ]
        db.session.execute(
            update(SourceRecord).where(SourceRecord.innovation_id.in_(ids)).values(synthetic=False)
        )
        db.session.commit()
        paths = [
            f"/katalog/{id}-{slug}"
            for id, slug in db.session.execute(
                select(Innovation.id, Innovation.slug).where(Innovation.id.in_(ids))
            )
        ]
        db.session.remove()
    if not paths:
        raise Wrong("no innovation lives")
    size = int(statistics.median(len(_got(client, path)) for path in paths))
    taken: list[float] = []
    reads = [_timed(client, path, taken) for path in paths]

    def read_all() -> None:
        for act in reads:
            act()

    found = interleaved({"bare": (bare.of_size(size), 20), "page": (read_all, 1)}, rounds, meter)
    spent = [one / len(paths) for one in found["page"]]
    queries = []
    for path in paths:
        with statements(_engine(app)) as sent:
            _got(client, path)
        queries.append(len(sent))
    row = Row(
        f"page of an innovation, {count:,} records",
        ms(statistics.median(spent)),
        f"{ms(statistics.median(found['bare']))} (bare page, {kb(size)})",
        times(ratio(spent, found["bare"])),
        beside=[*spread(taken), f"{max(queries)} queries (<= {MOST_QUERIES})"],
    )
    result.add(row.judge("queries", max(queries), most=MOST_QUERIES))


def _got(client, path: str) -> bytes:
    answer = client.get(path)
    if answer.status_code != 200:
        raise Wrong(
            f"{path} answered {answer.status_code} {text.excerpt(answer.get_data(as_text=True), 200)}"
        )
    return answer.data


def _engine(app):
    with app.app_context():
        return db.engine
