"""Doing things at a moment that has passed, so that their rows say when they happened."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ekopi.core import clock
from ekopi.extensions import db


@contextlib.contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block it is this moment, for rows too, which take their time when they are flushed."""
    db.session.flush()
    clock.shift(None)
    clock.shift(moment - clock.now())
    try:
        yield
        db.session.flush()
    finally:
        clock.shift(None)


HOURS = (8, 9, 9, 10, 11, 13, 14, 15, 19, 20)
"""Hours of the day at which people learn, in their own zone."""


def at_work(moment: datetime, zone: str, dice: random.Random) -> datetime:
    """A moment of the same day (Monday when it is a Sunday) in the person's zone at which people are at work."""
    local = moment.astimezone(ZoneInfo(zone))
    if local.weekday() == 6:
        local += timedelta(days=1)
    local = local.replace(
        hour=dice.choice(HOURS), minute=dice.randrange(60), second=dice.randrange(60), microsecond=0
    )
    return local.astimezone(moment.tzinfo)
