"""Keyset pages: stable and quick at any depth; the place is a plain text in the URL."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import g, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, literal, tuple_

from ekopi.core.errors import Refused
from ekopi.extensions import UtcDateTime, db

SIZE = 20


@dataclass
class Page:
    """Rows of one page and the addresses of its neighbours (None where there is none)."""

    items: list = field(default_factory=list)
    next_url: str | None = None
    previous_url: str | None = None


@dataclass(frozen=True)
class Manner:
    """How this request speaks of pages; set at `g.paging` before a list is read."""

    after: str = "setelah"
    before: str = "sebelum"
    size: int | None = None
    """Rows of a page; None leaves it to the list."""
    strict: bool = False
    """Whether a place that nobody was given is refused (BadPlace) instead of meaning the first page."""


class BadPlace(Refused):
    """The place in the address is none that a page of this list has named."""

    code = "bad-place"
    status = 404
    message = _l("Halaman daftar ini tidak ada.")
    remedy = _l("Mulai dari halaman pertama, lalu ikuti alamat yang disebut jawabannya.")


def _manner() -> Manner:
    return g.get("paging") or Manner()


def _asked(manner: Manner) -> tuple[str, str]:
    return request.args.get(manner.after, ""), request.args.get(manner.before, "")


def _known(place, manner: Manner):
    """The place; refuses what is none where programs ask, who would else begin anew without end."""
    if place is None and manner.strict and any(_asked(manner)):
        raise BadPlace()
    return place


def _encode(values: tuple) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def _decode(text: str, width: int) -> list | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    plain = (str, int, float, bool, type(None))
    good = isinstance(values, list) and len(values) == width and all(isinstance(v, plain) for v in values)
    return values if good else None


def page(
    query: Select, keys: list, *, of: Any, size: int = SIZE, scalars: bool = True, descending=False
) -> Page:
    """One page of `query`, ordered by `keys` (columns, the last one unique), from `?setelah=`/`?sebelum=`.

    `of(row)` gives the key values of a row as a tuple. A broken place in the URL means the first page (see Manner).
    """
    manner = _manner()
    size = manner.size or size
    after, before = _asked(manner)
    place = _decode(after or before, len(keys)) if (after or before) else None
    bounds = _known(_bounds(keys, place) if place else None, manner)
    if bounds is None:
        place = None
    backwards = bool(before and place and not after)
    down = descending != backwards
    if bounds is not None:
        columns, bound = tuple_(*keys), tuple_(*bounds)
        query = query.where(columns < bound if down else columns > bound)
    query = query.order_by(*[key.desc() if down else key.asc() for key in keys]).limit(size + 1)
    result = db.session.execute(query)
    rows = list(result.scalars().all() if scalars else result.all())
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    answer = Page(items=rows)
    if rows and (more or backwards):
        answer.next_url = _address(manner, manner.after, of(rows[-1]))
    if rows and ((more and backwards) or (place and not backwards)):
        answer.previous_url = _address(manner, manner.before, of(rows[0]))
    return answer


def listed(rows: list, *, of: Any, size: int = SIZE) -> Page:
    """One page of rows already at hand in their order, by the same `?setelah=`/`?sebelum=` as `page`.

    `of(row)` gives a tuple that rises along the list, so that a place stays one when rows come and go.
    """
    manner = _manner()
    size = manner.size or size
    after, before = _asked(manner)
    place = _decode(after or before, len(of(rows[0]))) if rows and (after or before) else None
    start = 0
    if rows:
        _known(place, manner)
    if place is not None:
        try:
            passed = sum(1 for row in rows if of(row) <= tuple(place))
            start = passed if after else max(0, sum(1 for row in rows if of(row) < tuple(place)) - size)
        except TypeError:  # not values that such rows have
            start = 0
            _known(None, manner)
    shown = rows[start : start + size]
    answer = Page(items=shown)
    if shown and start + size < len(rows):
        answer.next_url = _address(manner, manner.after, of(shown[-1]))
    if shown and start:
        answer.previous_url = _address(manner, manner.before, of(shown[0]))
    return answer


def _bounds(keys: list, place: list) -> list | None:
    """The place as values of the key columns; None when it does not fit them."""
    try:
        return [literal(_fitting(key, value), key.type) for key, value in zip(keys, place, strict=True)]
    except (TypeError, ValueError, OverflowError):
        return None


def _fitting(key, value):
    if isinstance(key.type, UtcDateTime):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment.astimezone(UTC)
    wanted = key.type.python_type
    if wanted in (int, str) and (not isinstance(value, wanted) or isinstance(value, bool)):
        raise TypeError("not a value of this column")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("more than the databases hold")
    if isinstance(value, str) and b"\0" in value.encode():  # halves of surrogate pairs cannot be encoded
        raise ValueError("PostgreSQL keeps no NUL")
    return value


def _address(manner: Manner, name: str, place: tuple) -> str:
    given = request.args.to_dict(flat=False)
    kept = {key: value for key, value in given.items() if key not in (manner.after, manner.before)}
    args = {**(request.view_args or {}), **kept, name: _encode(place)}
    return url_for(request.endpoint or "", **args)
