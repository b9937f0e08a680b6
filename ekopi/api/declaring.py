"""An operation of the API is declared once; from that its view, its checks and its part of the document are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, g

from ekopi.api import answering, callers, reading
from ekopi.api.shapes import PageQuery, Shape
from ekopi.core import guards, paging
from ekopi.extensions import csrf

PART = re.compile(r"<(?:(?P<type>\w+):)?(?P<name>\w+)>")
OPERATIONS: list[Operation] = []


@dataclass(frozen=True)
class Part:
    """A part of the path: its JSON schema and one that is believable."""

    schema: dict[str, Any]
    example: str | int


NUMBER = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}


@dataclass(frozen=True)
class Operation:
    """What one method of one path takes and gives."""

    name: str
    method: str
    rule: str
    of: type[Shape]
    """Shape of the answer, or of each row of a list."""
    summary: Any
    perform: Callable
    many: bool = False
    scope: str | None = None
    """What a token must be allowed; of a public operation what shows more than visitors see."""
    public: bool = False
    query: type[Shape] | None = None
    body: type[Shape] | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    limit: Callable | None = None
    """A limit of its own, from extensions.limiter."""
    more: Any = ""
    """A further sentence for the document."""
    refusals: tuple[int, ...] = ()
    """Statuses beside those that follow from the rest."""

    @property
    def path(self) -> str:
        """As OpenAPI writes it, below /api/v1."""
        return PART.sub(lambda part: "{" + part["name"] + "}", self.rule)

    @property
    def tag(self) -> str:
        return self.rule.split("/")[1]


@dataclass(frozen=True)
class Ask:
    """One request, read and allowed: who asks, the parameters, the body."""

    person: Any
    """A person or visitor, as policies take them."""
    query: Any = None
    body: Any = None


@dataclass(frozen=True)
class Made:
    """What a write leads to; `new` says whether it was made by this request."""

    shape: Shape
    path: str
    """Where it can be read, below /api/v1."""
    new: bool


def operation(blueprint: Blueprint, method: str, rule: str, **declared):
    """Declares a view. It is called with an Ask and the parts of the path, and gives what `of` says.

    A list gives a paging.Page of shapes, a write a Made.
    """

    def declare(perform: Callable) -> Callable:
        declared.setdefault("query", PageQuery if declared.get("many") else None)
        one = Operation(name=perform.__name__, method=method, rule=rule, perform=perform, **declared)
        assert set(one.parts) == {part["name"] for part in PART.finditer(rule)}, rule
        assert one.public or one.scope, rule
        OPERATIONS.append(one)

        @wraps(perform)
        def view(**parts):
            return _answer(one, parts)

        guards.by_token(view)
        if method != "GET":
            csrf.exempt(view)  # no cookie lets anybody in here, so no page of others can borrow one
        view = one.limit(view) if one.limit else view
        blueprint.add_url_rule(rule, perform.__name__, view, methods=[method])
        return perform

    return declare


def _answer(one: Operation, parts: dict[str, Any]):
    person = callers.caller(one.scope, public=one.public)
    query = reading.query(one.query)
    if one.many:
        g.paging = paging.Manner("after", "before", query.limit, strict=True)
    if one.method == "GET":
        return answering.read(one.perform(Ask(person, query), **parts))
    ask = Ask(person, query, reading.body(one.body) if one.body else None)
    return answering.write(
        one.name, person, lambda: one.perform(ask, **parts), lambda path: _found(path, person)
    )


def _found(path: str, person) -> Shape:
    """What a path below /api/v1 leads this person to."""
    endpoint, parts = current_app.url_map.bind("").match(answering.ROOT + path, "GET")
    name = endpoint.rpartition(".")[2]
    return next(one for one in OPERATIONS if one.name == name).perform(Ask(person), **parts)
