"""What changed between two texts, line by line."""

from __future__ import annotations

from difflib import SequenceMatcher

SAME, INS, DEL = "same", "ins", "del"
LINES_LIMIT = 4_000
"""Above it the texts are not compared line by line: difflib takes time in the square of their length."""
CONTEXT = 2


def lines(old: str, new: str) -> list[tuple[str, str]]:
    """(mark, line) pairs, mark "same", "ins" or "del". Empty when both are equal.

    Unchanged stretches keep two lines on each side of a change; what is left out is one ("same", "…").
    """
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return []
    if len(before) + len(after) > LINES_LIMIT:
        return [(DEL, line) for line in before] + [(INS, line) for line in after]
    parts: list[tuple[str, str]] = []
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for index, (kind, i1, i2, j1, j2) in enumerate(blocks):
        if kind == "equal":
            head = 0 if index == 0 else CONTEXT
            tail = 0 if index == len(blocks) - 1 else CONTEXT
            parts += _shortened(before[i1:i2], head, tail)
        else:
            parts += [(DEL, line) for line in before[i1:i2]] + [(INS, line) for line in after[j1:j2]]
    return parts


def _shortened(same: list[str], head: int, tail: int) -> list[tuple[str, str]]:
    if len(same) <= head + tail + 1:
        return [(SAME, line) for line in same]
    kept = same[:head] + ["…"] + (same[-tail:] if tail else [])
    return [(SAME, line) for line in kept]
