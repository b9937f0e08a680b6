"""Answers: JSON with an ETag, lists with the addresses of their neighbours, writes that may be sent twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response, request

from ekopi.api import repeating
from ekopi.api.shapes import Shape
from ekopi.core.once import SentAlready
from ekopi.core.paging import Page
from ekopi.core.web import absolute
from ekopi.extensions import db

ROOT = "/api/v1"


def read(found: Shape | Page) -> Response:
    """200 with an ETag, or 304 for who has it already."""
    response = _json(found)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def write(name: str, person, perform: Callable, again: Callable) -> Response:
    """Performs a write and commits, once for each Idempotency-Key: 201 for what is new, 200 for what was there.

    `perform()` gives a declaring.Made; `again(path)` the shape of what an earlier sending made, as it is now.
    """
    key = repeating.key_of(person.id, name)
    if key and (first := key.led_to()):
        return _replayed(*first, again)
    try:
        made = perform()
        status = 201 if made.new else 200
        if key:
            key.remember(status, made.path)
        db.session.commit()
    except SentAlready:
        db.session.rollback()
        first = key.led_to() if key else None
        if first is None:
            raise
        return _replayed(*first, again)
    return _located(_json(made.shape), status, made.path)


def _replayed(status: int, path: str, again: Callable) -> Response:
    response = _located(_json(again(path)), status, path)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _located(response: Response, status: int, path: str) -> Response:
    response.status_code = status
    response.headers["Location"] = absolute(ROOT + path)
    return response


def _json(found: Shape | Page) -> Response:
    body: Any
    if isinstance(found, Page):
        body = {
            "data": [one.model_dump(mode="json") for one in found.items],
            "next": absolute(found.next_url) if found.next_url else None,
            "previous": absolute(found.previous_url) if found.previous_url else None,
        }
    else:
        body = found.model_dump(mode="json")
    return Response(json.dumps(body, ensure_ascii=False) + "\n", content_type="application/json")


def listed(page: Page, shape) -> Page:
    """The page with each row as `shape` makes it."""
    return Page([shape(row) for row in page.items], page.next_url, page.previous_url)
