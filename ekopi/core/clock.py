"""The only now() of the house, and the three zones of Indonesia."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
DEFAULT_ZONE = "Asia/Jakarta"

_shift: timedelta | None = None


def now() -> datetime:
    """This moment in UTC."""
    moment = datetime.now(UTC)
    return moment + _shift if _shift else moment


def shift(by: timedelta | None) -> None:
    """Moves the clock, for tests and for demo content that happened months ago; None sets it right again."""
    global _shift
    _shift = by


def local(moment: datetime, zone: str | None = None) -> datetime:
    """The same moment in a person's zone (WIB where none is known)."""
    return moment.astimezone(ZoneInfo(zone if zone in ZONES else DEFAULT_ZONE))


def today(zone: str | None = None) -> date:
    """The calendar day it is in the zone."""
    return local(now(), zone).date()


def zone_name(zone: str | None) -> str:
    """WIB, WITA or WIT."""
    return ZONES.get(zone or DEFAULT_ZONE, "WIB")
