"""What `ekopi doctor` says: findings that areas yield from functions in the registry "doctor"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["baik", "peringatan", "gagal"]


@dataclass(frozen=True)
class Finding:
    """One line of the doctor. `remedy` says what to do; a finding that is not baik must have one."""

    level: Level
    name: str
    """Short and stable, e.g. "ledger"; scripts look for it in `ekopi doctor --json`."""
    sentence: str
    remedy: str = ""

    def __post_init__(self):
        if self.level not in get_args(Level):
            raise ValueError(f"{self.level} is no level of the doctor")
        if self.level != "baik" and not self.remedy:
            raise ValueError(f"{self.name}: a finding that is not baik says what to do")
