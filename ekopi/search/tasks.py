"""What the night does for search."""

from __future__ import annotations

from ekopi.core.registry import all_of
from ekopi.extensions import db
from ekopi.search import operations


def learn() -> None:
    """Learns the words of titles anew, one kind after the other."""
    for kind in all_of("search"):
        operations.learn(kind)
        db.session.commit()
