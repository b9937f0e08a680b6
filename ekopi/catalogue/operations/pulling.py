"""Reading a source over the network: page after page, what has changed since the last time.

Asks the configured address with `updated_since` (start of the last reading that ended well) and `If-None-Match`, and
follows the `next` link of each answer. Each page is put into a private file and read like an uploaded one.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ekopi import jobs
from ekopi.catalogue import sources
from ekopi.catalogue.models import Run, Source
from ekopi.catalogue.operations import ingesting
from ekopi.catalogue.operations.ingesting import Counts
from ekopi.catalogue.sources.base import Adapter, FileRefused
from ekopi.catalogue.sources.reading import limits, opened
from ekopi.core import audit, clock, outward
from ekopi.core.errors import Invalid, Refused
from ekopi.extensions import db

JOB = "catalogue.pull"
PAGES = 10_000
TRIES = 3
PAUSE = 2.0
"""Seconds before the second try of a page; twice as long before the third."""
LONGEST_PAUSE = 60
BUSY = (429, 500, 502, 503, 504)
WEEK = timedelta(days=6, hours=12)
"""A weekly source is due after this: nights are not always equally long."""
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next\b', re.I)
_NEXT_NAMES = ("next_page_url", "next", "next_url")


class NoAddress(Refused):
    code = "source-no-address"
    message = _l("Sumber ini belum mempunyai alamat untuk dibaca.")
    remedy = _l("Isi alamatnya dahulu, atau unggah berkas.")


def hosts() -> frozenset[str]:
    """The hosts that this installation allows."""
    return outward.hosts_of(current_app.extensions["settings"].source_hosts)


def set_address(source: Source, address: str, schedule: str, *, by_id: int) -> None:
    """Where a source is read from and how often; empty: from files only. Raises Invalid for a host that is not allowed."""
    if address and not outward.allowed(address, hosts()):
        raise Invalid(
            "address",
            _l(
                "Host alamat ini belum diizinkan. Minta pengelola server menambahkannya ke EKOPI_SOURCE_HOSTS."
            ),
        )
    if schedule and not address:
        raise Invalid("address", _l("Isi alamatnya, atau pilih tanpa jadwal."))
    if address != source.address:
        source.etag, source.pulled_at = "", None
    source.address, source.schedule = address, schedule
    audit.record("catalogue.source-set", "catalogue_source", source.id, actor_id=by_id, schedule=schedule)
    db.session.flush()


def pull(source: Source, *, by_id: int | None = None) -> Run:
    """Begins a reading of the configured address, by a job. Raises NoAddress, AlreadyRunning."""
    if not source.address:
        raise NoAddress()
    run = ingesting.begin(source.key, origin=source.address, by_id=by_id, later=True)
    jobs.enqueue(JOB, run.id, key=str(run.id))
    return run


def due() -> list[Source]:
    """Sources whose schedule says that they are read tonight."""
    planned = select(Source).where(Source.schedule != "", Source.address != "").order_by(Source.id)
    return [
        source
        for source in db.session.scalars(planned)
        if source.schedule == "daily" or source.pulled_at is None or source.pulled_at < clock.now() - WEEK
    ]


def steps(run: Run) -> Iterator[Counts]:
    """Reads the address of a run; the caller commits after each step. What was met is remembered when it ended well."""
    source = db.session.get_one(Source, run.source_id)
    run_id, began, pages = run.id, run.started_at, Pages(source)
    yield from ingesting.read(run, pages.items(sources.adapters()[source.key]))
    ended = db.session.get_one(Run, run_id, populate_existing=True)
    if ended.state == "done" and not pages.unchanged:
        source = db.session.get_one(Source, ended.source_id, populate_existing=True)
        source.pulled_at = began
        source.etag = pages.etag if pages.number == 1 else ""
        db.session.flush()


class Pages:
    """The pages of one source, read one after the other. Touches no database while it goes."""

    def __init__(self, source: Source):
        self.hosts = hosts()
        self.first = _asking(source)
        self.known = source.etag
        self.etag = ""
        self.number = 0
        self.unchanged = False

    def items(self, adapter: Adapter) -> Iterator[tuple[int, dict]]:
        """All records, rows counted on from page to page. Raises FileRefused."""
        folder = Path(tempfile.mkdtemp(prefix="ekopi-"))
        try:
            url, seen, before = self.first, set[str](), 0
            while url:
                if url in seen:
                    raise FileRefused("page-again", page=self.number)
                if self.number == PAGES:
                    raise FileRefused("pages", limit=PAGES)
                seen.add(url)
                path = folder / "page"
                answer = self._fetch(url, path)
                if self.unchanged:
                    return
                self.number += 1
                last, about = before, {}
                if path.stat().st_size:
                    with opened(path, headers=adapter.headers) as reader:
                        for row, raw in adapter.items(reader):
                            last = before + row
                            yield last, raw
                        about = reader.about
                before, url = last, _next(answer, about)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _fetch(self, url: str, path: Path) -> outward.Answer:
        headers = {"Accept": "application/json"}
        if self.known and not self.number:
            headers["If-None-Match"] = self.known
        pause, refused = PAUSE, FileRefused("unreachable", host=urlsplit(url).hostname)
        for attempt in range(TRIES):
            if attempt:
                time.sleep(pause)
                pause *= 2
            try:
                with open(path, "wb") as file:
                    answer = outward.fetch(url, file, hosts=self.hosts, limit=limits.FILE, headers=headers)
            except outward.NotAllowed as error:
                raise FileRefused("host", host=error.host) from error
            except outward.TooLarge as error:
                raise FileRefused("size", limit=limits.FILE // limits.MIB) from error
            except outward.Unreachable:
                continue
            if answer.status == 304 and "If-None-Match" in headers:
                self.unchanged = True
                return answer
            if answer.status == 200:
                if not self.number:
                    self.etag = answer.headers.get("etag", "")[:200]
                return answer
            refused = FileRefused("answer", status=answer.status)
            if answer.status not in BUSY:
                break
            pause = _wait(answer, pause)
        raise refused


def _asking(source: Source) -> str:
    """The address, with the moment since which changes are wanted."""
    if source.pulled_at is None:
        return source.address
    parts = urlsplit(source.address)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("updated_since", source.pulled_at.isoformat())]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _next(answer: outward.Answer, about: dict[str, Any]) -> str:
    """Where the next page is, as header or body say it; "" after the last one."""
    linked = _NEXT.search(answer.headers.get("link", ""))
    said = linked[1] if linked else next((about[n] for n in _NEXT_NAMES if isinstance(about.get(n), str)), "")
    return urljoin(answer.url, said) if said else ""


def _wait(answer: outward.Answer, pause: float) -> float:
    """Seconds that the answer asks to wait, within reason."""
    asked = answer.headers.get("retry-after", "")
    return (
        min(float(asked), LONGEST_PAUSE)
        if asked.isascii() and asked.isdecimal() and len(asked) < 9
        else pause
    )
