"""Archives that mean harm: those of ../shared/hostile/zip and our own, valid courses but for one thing."""

from __future__ import annotations

import json
import re
import resource
import struct
import sys
import zipfile
import zlib
from pathlib import Path

from tests.courses.authoring.test_course_files import GOOD, MANIFEST, QUESTION

SHARED = Path(__file__).parents[4] / "shared" / "hostile" / "zip"


def shared() -> list[Path]:
    return sorted(SHARED.glob("*.zip"))


def own(folder: Path) -> dict[str, Path]:
    """Our own archives by what they try."""
    many = "".join(
        f'\n[[modules.lessons]]\nkey = "l{n}"\nkind = "text"\ntitle = "x"\nminutes = 1\n' for n in range(1500)
    )
    parts = {
        "deep-toml": {**GOOD, "course.toml": "a = " + "[" * 7_000},
        "dotted-toml": {**GOOD, "course.toml": ("a." * 3_900 + "b = 1\n") * 30},
        "long-lesson": {**GOOD, "lessons/membaca.md": "x" * 15_000_000},
        "many-options": {**GOOD, "questions/a.md": QUESTION + "- [ ] x\n" * 60_000},
        "many-questions": {
            **GOOD,
            "questions/b.md": "".join(f"## s{n}\ntype: esai\n\n" for n in range(20_000)),
        },
        "many-lessons": {**GOOD, "course.toml": MANIFEST + many},
        "huge-picture": {**GOOD, "files/a.png": picture(6000, 6600)},
        "lying-picture": {**GOOD, "files/a.png": picture(60_000, 60_000)},
        "web-page": {**GOOD, "files/a.html": "<script>alert(1)</script>"},
        "script-picture": {**GOOD, "files/a.svg": "<svg onload='alert(1)'/>"},
        "controls": {**GOOD, "lessons/membaca.md": "a\x1b[2Jb"},
        "half-utf8": {**GOOD, "lessons/membaca.md": b"\xc3\x28"},
        "huge-number": {**GOOD, "course.toml": MANIFEST.replace("jp = 2", "jp = " + "9" * 6_000)},
        "huge-float": {**GOOD, "course.toml": MANIFEST.replace("jp = 2", "jp = 1e999999999")},
        "huge-seats": {**GOOD, "course.toml": "seats = 99999999999999999999\n" + MANIFEST},
        "slug-of-elsewhere": {**GOOD, "course.toml": MANIFEST.replace("kursus-coba", "../../etc")},
    }
    made = {}
    for name, files in parts.items():
        made[name] = folder / f"{name}.zip"
        with zipfile.ZipFile(made[name], "w", zipfile.ZIP_STORED) as archive:
            for path, data in files.items():
                archive.writestr(path, data)
    return made


def picture(width: int, height: int) -> bytes:
    """A PNG of one colour that is small as a file and large in memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\0" * width
    rows = packer.compress(row) if width > 20_000 else b"".join(packer.compress(row) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", rows + packer.flush())
        + chunk(b"IEND", b"")
    )


def most_memory() -> int:
    """The most memory this program ever held, in KiB.

    RUSAGE_SELF would also count the process that started it: Linux carries its peak across exec.
    """
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1])


def main() -> None:
    """Imports every archive in this one process; prints the answers and the most memory any process took.

    The folder named on the command line holds our own archives: what making them takes is not the product's.
    """
    from ekopi import create_app
    from ekopi.config import load_settings

    app = create_app(load_settings(purpose="command"))
    answers = {}
    for path in [*shared(), *sorted(Path(sys.argv[1]).glob("*.zip"))]:
        result = app.test_cli_runner().invoke(args=["course", "import", str(path), "--publish"])
        answers[path.stem] = [result.exit_code, result.stderr]
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    kilobytes = max(most_memory(), children)
    json.dump({"answers": answers, "mib": kilobytes / 1024}, sys.stdout)


if __name__ == "__main__":
    main()
