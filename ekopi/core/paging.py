"""Keyset pages: stable and quick at any depth; the place is a plain text in the URL."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import request, url_for
from sqlalchemy import Select, literal, tuple_

from ekopi.extensions import UtcDateTime, db

SIZE = 20


@dataclass
class Page:
    """Rows of one page and the addresses of its neighbours (None where there is none)."""

    items: list = field(default_factory=list)
    next_url: str | None = None
    previous_url: str | None = None


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

    `of(row)` gives the key values of a row as a tuple. A broken place in the URL means the first page.
    """
    after = request.args.get("setelah", "")
    before = request.args.get("sebelum", "")
    place = _decode(after or before, len(keys)) if (after or before) else None
    bounds = _bounds(keys, place) if place else None
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
        answer.next_url = _address(setelah=_encode(of(rows[-1])))
    if rows and ((more and backwards) or (place and not backwards)):
        answer.previous_url = _address(sebelum=_encode(of(rows[0])))
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


def _address(**place) -> str:
    kept = {k: v for k, v in request.args.to_dict(flat=False).items() if k not in ("setelah", "sebelum")}
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept, **place})
