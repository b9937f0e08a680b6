"""What does not depend on a page: start, the worker's memory, certificates, passwords, Markdown."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from argon2 import PasswordHasher

from benchmarks.databases import Place
from benchmarks.meters import Meter, interleaved, ratio
from benchmarks.table import Result, Row, ms, times
from ekopi.accounts import passwords
from ekopi.accounts.models import Person
from ekopi.core import clock, text
from ekopi.credentials import paper
from ekopi.credentials.models import Certificate

ROOT = Path(__file__).parent.parent
WORKER_SECONDS = 5
WORKER_MB, START_SECONDS, PAPERS, OWASP = 90, 2.0, 100, "m=19456,t=2,p=1"
MARKDOWN = (
    "## Menulis Satu Kalimat Masalah\n\nMasalah yang baik menyebut **siapa** yang terkena, *di mana*, dan seberapa besar, "
    "misalnya: warga menunggu rata-rata 95 menit di loket [kependudukan](https://contoh.go.id/loket).\n\n"
    "1. Amati satu minggu.\n2. Hitung, jangan menaksir.\n3. Tulis satu kalimat.\n\n"
    "- [x] siapa yang terkena\n- [ ] seberapa besar\n\n"
    "| Langkah | Menit | Menunggu |\n|---|---:|---:|\n| Mengambil nomor | 2 | 0 |\n| Memeriksa berkas | 11 | 43 |\n\n"
    '!!! tip "Tips"\n    Tanyakan kepada petugas loket sebelum menulis usulan.\n\n'
    "Rata-rata dihitung dengan $\\bar{x} = \\frac{1}{n}\\sum x_i$.\n\n"
    "```text\nwarga,menit\nA,95\nB,120\n```\n\n"
)
LENGTH = 7600
"""Characters of the measured text."""


def measure(place: Place, app, result: Result, *, rounds: int) -> None:
    """Adds the rows; each group is independent of the others."""
    _start(place, result, rounds)
    _worker(place, result)
    with app.test_request_context("/"):
        _papers(result, rounds)
        _passwords(result, rounds)
    _markdown(result, rounds)


# --- start and memory -----------------------------------------------------------------------------------------

BARE = "import time, flask, flask_sqlalchemy, jinja2; flask.Flask('bare'); print(time.process_time())"
OURS = "import time\nfrom ekopi import create_app\ncreate_app()\nprint(time.process_time())"


def _start(place: Place, result: Result, rounds: int) -> None:
    """create_app in a fresh interpreter, its own start included, beside importing Flask and SQLAlchemy."""
    found: dict[str, list[float]] = {BARE: [], OURS: []}
    for program in found:
        _fresh(place, program)  # compiled modules are on disk afterwards
    for _round in range(rounds):
        for program in found:
            found[program].append(_fresh(place, program))
    mine = statistics.median(found[OURS])
    row = Row(
        "create_app in a fresh interpreter",
        f"{mine:.2f} CPU-s",
        f"{statistics.median(found[BARE]):.2f} CPU-s (Flask and SQLAlchemy imported)",
        times(ratio(found[OURS], found[BARE])),
        f"<= {START_SECONDS} s *",
    )
    result.add(row.judge("CPU", mine, most=START_SECONDS))


def _fresh(place: Place, program: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", program], env=_environment(place), cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    return float(done.stdout.split()[-1])


def _environment(place: Place) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EKOPI_")}
    return {**kept, **place.environment}


def _worker(place: Place, result: Result) -> None:
    """Resident memory of `ekopi worker`, idle, beside an interpreter that imported Flask and SQLAlchemy."""
    log = place.data_dir / "worker.log"
    with log.open("w") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "ekopi.cli", "worker"],
            env=_environment(place), cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        time.sleep(WORKER_SECONDS)
        said = log.read_text()
        if worker.poll() is not None or "worker ready" not in said:
            raise RuntimeError(f"the worker did not start: {said[-500:]}")
        mine = _resident(worker.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            worker.terminate()
        try:
            worker.wait(15)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
    bare = _resident_bare()
    row = Row(
        f"ekopi worker, resident after {WORKER_SECONDS} s",
        f"{mine:.0f} MB",
        f"{bare:.0f} MB (Flask and SQLAlchemy imported)",
        times(mine / bare),
        f"<= {WORKER_MB} MB *",
    )
    result.add(row.judge("memory", mine, most=WORKER_MB))


def _resident_bare() -> float:
    program = (
        "import flask, flask_sqlalchemy, sys; flask.Flask('bare'); print(1, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as bare:
        bare.stdout.readline()
        found = _resident(bare.pid)
        bare.stdin.close()
    return found


def _resident(pid: int) -> float:
    """MB (decimal), from VmRSS, children included."""
    pids = [pid, *_children(pid)]
    return sum(int(_status(one, "VmRSS").split()[0]) * 1024 / 1e6 for one in pids)


def _status(pid: int, name: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}:"))


def _children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, StopIteration):
                if int(_status(int(folder.name), "PPid")) == pid:
                    found.append(int(folder.name))
    return found


# --- work that takes milliseconds of CPU ----------------------------------------------------------------------


def _papers(result: Result, rounds: int) -> None:
    """Certificates with QR, each another one; beside the smallest document of the same compiler."""
    import typst

    numbers = count(1)

    def certificate() -> None:
        n = next(numbers)
        made = Certificate(
            id=n, number=f"EKOPI-2026-{n:04d}-{n + 1:04d}-{n + 2:04d}", source_kind="enrolment", source_id=n,
            state="valid", issued_at=clock.now(), person=Person(id=n, name=f"Rina Wulandari {n}", zone="Asia/Jakarta"),
            facts={
                "name": f"Rina Wulandari {n}", "organisation": "Puskesmas Sukamaju, Kabupaten Tirta Mulya",
                "course": "Menyusun Rencana Aksi", "course_slug": "menyusun-rencana-aksi", "edition": 3, "jp": "4",
                "score": "86", "pass_mark": 75, "completed_on": "2026-07-02",
                "issuer": "Lembaga Administrasi Negara", "demo": False,
            },
        )  # fmt: skip
        if not paper.pdf(made).startswith(b"%PDF"):
            raise RuntimeError("no PDF came out")

    def bare() -> None:
        typst.compile(f"Sertifikat {next(numbers)}".encode(), format="pdf")

    found = interleaved({"bare": (bare, 10), "paper": (certificate, 10)}, rounds, Meter())
    each = statistics.median(found["paper"])
    row = Row(
        "certificates (PDF, tagged, QR)",
        f"{1000 / each:.0f}/s per core",
        f"{ms(statistics.median(found['bare']))} (one word by typst)",
        times(ratio(found["paper"], found["bare"])),
        f">= {PAPERS}/s *",
        [f"{ms(each)} CPU each"],
    )
    result.add(row.judge("rate", 1000 / each, least=PAPERS))


def _passwords(result: Result, rounds: int) -> None:
    """Checking a password, beside argon2 alone with OWASP's costs."""
    word = "rahasia-yang-panjang"
    kept = passwords.hash_now(word)
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    theirs = hasher.hash(word)
    works: dict[str, tuple[Callable[[], object], int]] = {
        "bare": (lambda: hasher.verify(theirs, word), 5),
        "ours": (lambda: passwords.fits(word, kept), 5),
    }
    found = interleaved(works, rounds, Meter())
    close = ratio(found["ours"], found["bare"])
    row = Row(
        "password check",
        ms(statistics.median(found["ours"])),
        f"{ms(statistics.median(found['bare']))} (argon2 alone)",
        times(close),
        "<= 1.1 x",
        [f"costs {kept.split('$')[3]} (OWASP: {OWASP})"],
    )
    row.judge("ratio", close, most=1.1).judge("costs", kept.split("$")[3] != OWASP, most=0)
    result.add(row)


def _markdown(result: Result, rounds: int) -> None:
    """Rendering once, as saving does it, in its child process; beside python-markdown alone, and half the text."""
    import markdown

    whole = (MARKDOWN * (LENGTH // len(MARKDOWN) + 1))[:LENGTH].rpartition("\n\n")[0]
    half = whole[: len(whole) // 2].rpartition("\n\n")[0]
    text.render(whole)
    meter = Meter()
    for pid in _children(os.getpid()):
        meter.watch(pid)
    works: dict[str, tuple[Callable[[], object], int]] = {
        "bare": (lambda: markdown.markdown(whole, extensions=["tables", "fenced_code", "admonition"]), 5),
        "ours": (lambda: text.render(whole), 5),
        "half": (lambda: text.render(half), 5),
    }
    found = interleaved(works, rounds, meter)
    mine, steep = statistics.median(found["ours"]), ratio(found["ours"], found["half"])
    row = Row(
        f"Markdown of {len(whole) / 1000:.1f} kB with tables, maths, code (at save)",
        ms(mine),
        f"{ms(statistics.median(found['bare']))} (python-markdown alone)",
        times(ratio(found["ours"], found["bare"])),
        "<= 2.6 x half the text",
        [f"{steep:.2f} x half the text (linear is 2)"],
    )
    result.add(row.judge("growth", steep, most=2.6))
