"""How JP and marks are written where a program or a paper reads them: in frozen facts, in exports."""

from __future__ import annotations

from decimal import Decimal


def figure(value: Decimal) -> str:
    """12 or 2.5: no needless zeros, a point before the decimals."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
