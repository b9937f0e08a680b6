"""Arguments, results and errors of jobs as JSON; a pickle of old code would tie jobs to that code."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any


class Failed(Exception):
    """How a job ended, read back from the database: type and text of its error."""


def dumps(data: Any) -> str:
    """JSON. Raises TypeError for what a job may not carry (rows, sets, decimals)."""
    return json.dumps(data, default=_plain, separators=(",", ":"))


def loads(text: str | None) -> Any:
    return None if text is None else json.loads(text, object_hook=_restored)


def _plain(thing):
    """Schedules pass moments and failing jobs exceptions: without these two no scheduled job would ever start and
    a failed one would stay "running" for ever."""
    if isinstance(thing, datetime):
        return {"$at": thing.isoformat()}
    if isinstance(thing, Failed) or getattr(thing, "says_it_all", False):
        return {"$error": str(thing)}
    if isinstance(thing, BaseException):
        return {"$error": f"{type(thing).__name__}: {thing}"}
    raise TypeError(f"a job may not carry a {type(thing).__name__}")


def _restored(thing: dict):
    if set(thing) == {"$at"}:
        return datetime.fromisoformat(thing["$at"])
    if set(thing) == {"$error"}:
        return Failed(thing["$error"])
    return thing
