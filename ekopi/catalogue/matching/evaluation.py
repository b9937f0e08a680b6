"""How well matching does on the labelled set, by its half that the thresholds were not set on.

`report` is what `ekopi match --labelled` prints. What the set is made of, and what it cannot tell: labelled/README.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ekopi.catalogue.matching import score

FOLDER = Path(__file__).with_name("labelled")
Z = 1.959964
"""Of the normal distribution, for 95 %."""
ORIGINS = {"real": "Nyata", "constructed": "Buatan", "": "Semua"}
BANDS = {
    "digabungkan": ("joined",),
    "diusulkan": ("proposed",),
    "keduanya": ("joined", "proposed"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled pair and what the score makes of it."""

    id: str
    same: bool
    origin: str
    half: str
    case: str
    likeness: score.Likeness
    titles: tuple[str, str]


def pairs() -> Iterator[dict[str, Any]]:
    """The labelled pairs as they are shipped."""
    for path in sorted(FOLDER.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines)


def judged(half: str = "judging") -> list[Judged]:
    """The pairs of one half ("tuning" or "judging"), scored."""
    return [_judge(pair) for pair in pairs() if pair["half"] == half]


def _judge(pair: dict[str, Any]) -> Judged:
    # not told which source: that one source gave two numbers would give away too many of the pairs that differ
    a, b = (score.side(pair[name]["facts"]) for name in ("a", "b"))
    return Judged(
        id=pair["id"], same=pair["same"], origin=pair["origin"], half=pair["half"], case=pair["case"],
        likeness=score.likeness(a, b), titles=(a.title, b.title),
    )  # fmt: skip


def interval(found: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    share, square = found / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def report(half: str = "judging") -> str:
    """Precision and recall with intervals by band and origin, what became of each case, errors by name."""
    return "\n".join(_lines(half, judged(half)))


def _lines(half: str, found: list[Judged]) -> Iterator[str]:
    name = {"judging": "penguji (ambang tidak disetel padanya)", "tuning": "penyetel"}[half]
    yield f"Himpunan berlabel, paruh {name}; selang 95 % menurut Wilson."
    for origin, called in ORIGINS.items():
        own = [p for p in found if origin in ("", p.origin)]
        same, other = sum(p.same for p in own), sum(not p.same for p in own)
        wrong = sum(p.likeness.decision == "joined" for p in own if not p.same)
        yield f"\n{called}: {same} pasangan sama, {other} pasangan beda"
        for band, decisions in BANDS.items():
            yield _band(band, own, decisions)
        yield f"  salah digabungkan otomatis: {_share(wrong, other)} dari yang beda"
    yield f"\n{'kasus':<22} {'n':>4} {'digabungkan':>12} {'diusulkan':>10} {'terpisah':>9}"
    for same, sign in ((True, "="), (False, "≠")):
        for case in sorted({p.case for p in found if p.same is same}):
            own = [p for p in found if p.same is same and p.case == case]
            joined, proposed, apart = (
                sum(p.likeness.decision == decision for p in own)
                for decision in ("joined", "proposed", "apart")
            )
            yield f"{sign} {case:<20} {len(own):>4} {joined:>12} {proposed:>10} {apart:>9}"
    yield ""
    yield from _named(
        "Salah digabungkan", (p for p in found if not p.same and p.likeness.decision == "joined")
    )
    yield from _named("Tidak ditemukan", (p for p in found if p.same and p.likeness.decision == "apart"))


def _band(name: str, own: list[Judged], decisions: tuple[str, ...]) -> str:
    said = [p for p in own if p.likeness.decision in decisions]
    right, same = sum(p.same for p in said), sum(p.same for p in own)
    return f"  {name:<12} presisi {_share(right, len(said))}   temuan (recall) {_share(right, same)}"


def _share(found: int, of: int) -> str:
    low, high = interval(found, of)
    share = f"{found / of:.3f}" if of else "  –  "
    return f"{share} [{low:.3f}–{high:.3f}] {found}/{of}"


def _named(what: str, found: Iterable[Judged]) -> list[str]:
    listed = [f"  {p.id} {p.likeness.score:.3f} {p.titles[0]} | {p.titles[1]}" for p in found]
    return [f"{what}: {len(listed)}", *listed]
