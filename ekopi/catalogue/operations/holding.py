"""Which process reads a source: a mark by which another process on the same machine sees whether it still lives."""

from __future__ import annotations

import os
import socket
from functools import cache


def mine() -> str:
    """The mark of this process: machine and process space, number, and the moment it began."""
    return f"{_space()} {os.getpid()} {_began(os.getpid())}"


def is_gone(mark: str) -> bool:
    """Whether the process of a mark has certainly ended; False for one that lives elsewhere, or where it is unsure."""
    space, _, rest = mark.partition(" ")
    number, _, began = rest.partition(" ")
    if space != _space() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # somebody else's, which may have its number by now
    return _began(int(number)) != began


@cache
def _space() -> str:
    """The boot of this machine and the space its process numbers are of (a container has its own)."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()
        return f"{boot}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:  # not Linux
        return socket.gethostname().replace(" ", "-")


def _began(number: int) -> str:
    """When a process began, in ticks since the boot: numbers are given again. "gone" where it is not there."""
    try:
        with open(f"/proc/{number}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return "gone" if os.path.isdir("/proc/self") else "unknown"
    return "gone" if fields[0] in (b"Z", b"X") else fields[19].decode()
