"""Sentences that end with what somebody wrote: a name or a title that has its full stop keeps the only one."""

from __future__ import annotations

import re
from collections.abc import Mapping

ENDS = (".", "?", "!", "…")
"""After these no full stop follows: "Sari Wulan, S.Sos.", "Apa Itu Inovasi?"."""


def closed(said: str, values: Mapping) -> str:
    """The sentence, still to be filled, without the full stops that its values bring along themselves."""
    if ")s." not in said:
        return said
    for name, value in values.items():
        place = f"%({name})s"
        if f"{place}." in said and str(value).endswith(ENDS):
            said = re.sub(re.escape(place) + r"\.(?=\s|$)", place, said)
    return said


def filled(said: str, **values: object) -> str:
    """The sentence with its values, closed once; for words that reach no template."""
    return closed(said, values) % values
