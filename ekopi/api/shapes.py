"""What all shapes of the API have in common. A shape says what JSON holds, in answers and in what is sent."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

FIGURES = re.compile(r"[0-9]{1,18}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _whole(value: Any) -> Any:
    """Numbers in addresses are figures and nothing else: no sign, no blank, no point."""
    if isinstance(value, str) and not FIGURES.fullmatch(value):
        raise ValueError("figures only")
    return value


Count = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[int, Field(ge=1, le=10**18 - 1), BeforeValidator(_whole)]
"""The number of a thing."""
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Cursor = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[A-Za-z0-9_-]+$")]
Figure = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float),
    WithJsonSchema({"type": "number"}, mode="serialization"),
]
"""A number of two decimals at most (JP, percent)."""
Codes = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]+$")], ...],
    Field(max_length=20),
    BeforeValidator(lambda said: (said,) if isinstance(said, str) else tuple(said)),
]
"""One or more of a name in the address: `year=2024&year=2025`."""


def _integer(value: Any) -> int:
    """What JSON calls an integer (12 and 12.0 are one number), no text of figures, no true."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1:
        raise PydanticCustomError("int_type", "a whole number")
    return int(value)


def _day(value: Any) -> Any:
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("day", "a day as 2026-08-17")


Day = Annotated[date, BeforeValidator(_day)]
"""A day that is sent: no time, no number of seconds."""
Id = Annotated[int, Field(ge=1, le=10**18 - 1), BeforeValidator(_integer)]
"""The number of a thing in what is sent: a number of JSON, no text of figures."""
Lines = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]
"""Text of several lines."""
Moment = datetime
"""UTC, ISO 8601."""
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]


class Shape(BaseModel):
    """An object of JSON. Nothing beside what is declared is taken or given."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {}
    """One that is believable; the document shows it."""

    @classmethod
    def of(cls, **facts: Any) -> Self:
        """Made of what rows hold. Raises ValidationError where that is not what is declared."""
        return cls(**facts)


class PageQuery(Shape):
    """How a list is walked."""

    limit: Count = Field(default=20, ge=1, le=100)
    after: Cursor | None = None
    before: Cursor | None = None


class Fault(Shape):
    """One part of what was sent that cannot be taken."""

    field: str
    message: str


class Problem(Shape):
    """Why something was refused (RFC 9457). `code` is stable; the words are for people."""

    model_config = ConfigDict(extra="allow", frozen=True)
    EXAMPLE = {
        "type": "about:blank",
        "title": "Halaman Tidak Ditemukan",
        "status": 404,
        "detail": "Alamatnya mungkin salah ketik, atau halamannya sudah dipindahkan. Mulailah dari beranda.",
    }
    type: str
    title: str
    status: int = Field(ge=400, le=599)
    detail: str | None = None
    code: str | None = None
    errors: list[Fault] | None = None


class Named(Shape):
    """Something with its number and name."""

    id: int
    name: str
