"""The limits: what Flask, Jinja and the database cost without a product around them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import psycopg
from flask import Flask, Response, redirect, render_template
from jinja2 import DictLoader
from sqlalchemy.engine import make_url

from benchmarks.meters import Meter
from ekopi.core.db import SQLITE_PRAGMAS

ROW = {"id": 17, "done": True, "title": "Membedakan Gejala dari Masalah", "kind": "Bacaan", "minutes": 8}
PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><main><h1>{{ title }}</h1><ol>
{% for row in rows %}<li data-state="{{ 'done' if row.done else 'next' }}"><span class="mark">{{ loop.index }}</span>\
<a href="{{ url_for('page', size=row.id) }}"><span>{{ row.title }}</span><span class="fine">{{ row.kind }}, {{ row.minutes }} menit</span></a></li>
{% endfor %}</ol></main>{{ rest }}</body></html>"""


class BareApp:
    """Flask and Jinja alone: pages of any wanted size from one loop over rows of an outline, each with its link."""

    def __init__(self):
        self.app = Flask("bare")
        self.app.jinja_loader = DictLoader({"page.html": PAGE})
        self.pages: dict[int, dict] = {}
        self.client = self.app.test_client(use_cookies=False)

        @self.app.get("/page/<int:size>")
        def page(size):
            return render_template("page.html", **self.pages[size])

        @self.app.post("/done")
        def done():
            return redirect("/page/1")

        @self.app.get("/hello")
        def hello():
            return Response("hello", mimetype="text/plain")

    def of_size(self, size: int) -> Callable[[], object]:
        """Reads a page of exactly so many bytes (or the smallest one): as many rows as fit, then dots."""
        empty = self._fill(size, 0, 0)
        rows = max(0, size - empty) // (self._fill(size, 1, 0) - empty)
        while rows and self._fill(size, rows, 0) > size:
            rows -= 1
        rest = max(0, size - self._fill(size, rows, 0))
        if self._fill(size, rows, rest) != max(size, empty):
            raise AssertionError(f"the bare page of {size} bytes has another size")
        return lambda: self.client.get(f"/page/{size}").data

    def _fill(self, size: int, rows: int, rest: int) -> int:
        """Sets the page up and gives its true size."""
        some = [dict(ROW) for _n in range(rows)]
        self.pages[size] = {"title": "Halaman", "rows": some, "rest": "." * rest}
        return len(self.client.get(f"/page/{size}").data)

    def answer(self) -> object:
        """A POST that is answered with a redirect."""
        return self.client.post("/done", data={"csrf_token": "x"}).data


class RawConnection:
    """One connection of the driver alone, as durable as the product's."""

    def __init__(self, url: str, meter: Meter | None = None):
        parsed = make_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite:
            self.connection = sqlite3.connect(parsed.database, isolation_level=None)
            for name, value in SQLITE_PRAGMAS.items():
                self.connection.execute(f"PRAGMA {name}={value}")
        else:
            plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            self.connection = psycopg.connect(plain, autocommit=True)
            if meter:
                meter.watch(self.connection.info.backend_pid)
        self.mark = "?" if self.sqlite else "%s"

    def prepare(self) -> None:
        """Makes the table of raw inserts."""
        kind = "INTEGER PRIMARY KEY" if self.sqlite else "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        self.connection.execute(
            f"CREATE TABLE IF NOT EXISTS bench_writes (id {kind}, enrolment_id BIGINT, lesson_id BIGINT, at TEXT)"
        )

    def query(self) -> object:
        """One row by its key."""
        return self.connection.execute(
            f"SELECT id, email, name FROM persons WHERE id = {self.mark}", (1,)
        ).fetchone()

    def write(self) -> None:
        """One row, committed."""
        self.connection.execute(
            f"INSERT INTO bench_writes (enrolment_id, lesson_id, at) VALUES ({self.mark}, {self.mark}, {self.mark})",
            (1, 2, "2026-07-01 09:00:00"),
        )

    def close(self) -> None:
        self.connection.close()
