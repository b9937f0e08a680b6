"""Errors for programs: application/problem+json (RFC 9457)."""

from __future__ import annotations

import json

from flask import Response

MEDIA_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str = "", *, code: str = "", **more) -> Response:
    """The answer. `code` is stable, for programs to decide by; `more` are members of its own kind of problem."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **more}
    told = {name: value for name, value in body.items() if value not in ("", None)}
    return Response(json.dumps(told, ensure_ascii=False) + "\n", status=status, content_type=MEDIA_TYPE)
