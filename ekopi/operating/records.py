"""What the data folder remembers of backups and restores: `backups.json`, newest last. `doctor` reads it."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from ekopi.core import clock

FILE_NAME = "backups.json"
KEPT = 50


def note(folder: Path, act: str, archive: Path, **facts) -> None:
    """Adds an entry: `act` is backup or restore."""
    entry = {"act": act, "at": clock.now().isoformat(), "file": str(archive.absolute()), **facts}
    draft = folder / f".{FILE_NAME}.{os.getpid()}"
    draft.write_text(json.dumps([*read(folder), entry][-KEPT:], indent=1), encoding="utf-8")
    draft.replace(folder / FILE_NAME)


def read(folder: Path) -> list[dict]:
    """All entries, oldest first; empty where none or an unreadable file is."""
    try:
        entries = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return [e for e in entries if isinstance(e, dict) and {"act", "at", "file"} <= e.keys()]
    except (FileNotFoundError, ValueError):
        return []


def newest(folder: Path) -> datetime | None:
    """When the data was last known to be in an archive that was proved whole."""
    return max((datetime.fromisoformat(entry["at"]) for entry in read(folder)), default=None)
