"""The one table: each figure beside its limit of the same run, what is allowed, and the verdict."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from benchmarks.meters import percentile

HEADS = ("figure", "measured", "limit of this run", "ratio", "allowed", "beside it", "verdict")


@dataclass
class Row:
    """One figure. `over` names what went past what is allowed; empty means ok."""

    figure: str
    measured: str
    limit: str = ""
    ratio: str = ""
    allowed: str = ""
    beside: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)

    def judge(self, name: str, value: float, *, most: float | None = None, least: float | None = None) -> Row:
        """Notes `name` as over when the value is past its bound."""
        if (most is not None and value > most) or (least is not None and value < least):
            self.over.append(name)
        return self

    def cells(self) -> list[str]:
        verdict = f"over: {', '.join(self.over)}" if self.over else "ok"
        return [
            self.figure,
            self.measured,
            self.limit,
            self.ratio,
            self.allowed,
            "; ".join(self.beside),
            verdict,
        ]


@dataclass
class Missing:
    """A figure that could not be measured; the command ends with 1."""

    figure: str
    reason: str


@dataclass
class Result:
    """All rows of a run, in order, by heading."""

    parts: list[tuple[str, list[Row]]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def head(self, title: str) -> None:
        self.parts.append((title, []))

    def add(self, row: Row) -> None:
        self.parts[-1][1].append(row)

    def text(self) -> str:
        rows = [row.cells() for _title, some in self.parts for row in some]
        widths = [max(len(line[n]) for line in [list(HEADS), *rows]) for n in range(len(HEADS))]
        lines = [_line(list(HEADS), widths), "-+-".join("-" * width for width in widths)]
        for title, some in self.parts:
            if some:
                lines.append(f"[{title}]")
                lines += [_line(row.cells(), widths) for row in some]
        lines += [f"NOT MEASURED  {one.figure}: {one.reason}" for one in self.missing]
        return "\n".join(lines)


def _line(cells: list[str], widths: list[int]) -> str:
    return " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def ms(value: float) -> str:
    return f"{value:.2f} ms"


def kb(size: float) -> str:
    """Decimal kilobytes."""
    return f"{size / 1000:.1f} kB"


def times(value: float, quietest: float | None = None) -> str:
    """A ratio, and that of the quietest rounds."""
    return f"{value:.2f} x" + (f" (quiet {quietest:.2f})" if quietest is not None else "")


def spread(taken: list[float]) -> list[str]:
    """How long single calls took by the clock, in ms."""
    return [
        f"time: median {ms(statistics.median(taken))}",
        f"95 % {ms(percentile(taken, 95))}",
        f"most {ms(max(taken))}",
    ]
