"""Idempotency-Key: a write that is sent again with the same key leads to what the first sending made.

The key is kept (as a hash with its person and operation) in the transaction of its effect, for as long as the
tokens of forms are (core/cleaning.py).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _l

from ekopi.api.reading import Unreadable
from ekopi.core import once
from ekopi.core.errors import Refused

HEADER = "Idempotency-Key"
LONGEST = 255


class KeyReused(Refused):
    """The key came before with another body."""

    code = "idempotency-key-reused"
    message = _l("Idempotency-Key ini sudah dipakai untuk permintaan lain.")
    remedy = _l("Gunakan kunci baru untuk setiap permintaan baru.")


@dataclass(frozen=True)
class Key:
    """A key of one person for one operation, and what was sent with it."""

    token: str
    sent: str

    def led_to(self) -> tuple[int, str] | None:
        """(status, path) of what the first sending made; None when this is the first. Raises KeyReused."""
        kept = once.led_to(self.token)
        if kept is None:
            return None
        first = json.loads(kept)
        if first["sent"] != self.sent:
            raise KeyReused()
        return first["status"], first["path"]

    def remember(self, status: int, path: str) -> None:
        """Keeps it beside its effect. Raises once.SentAlready when another sending was first."""
        once.remember(self.token, json.dumps({"status": status, "path": path, "sent": self.sent}))


def key_of(person_id: int, operation: str) -> Key | None:
    """The key of this request, None without one. Raises Unreadable for one that is empty or too long."""
    said = request.headers.get(HEADER)
    if said is None:
        return None
    if not 0 < len(said) <= LONGEST:
        raise Unreadable([{"field": HEADER, "message": f"1–{LONGEST}"}])
    token = hashlib.sha256(f"{person_id}\0{operation}\0{said}".encode()).hexdigest()
    return Key(token, hashlib.sha256(request.get_data(cache=True)).hexdigest())
