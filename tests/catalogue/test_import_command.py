"""`ekopi import` and `ekopi match` as an operator uses them: words, exit codes, two at once, killed in the middle."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from ekopi.catalogue.models import Innovation, InnovationTerm, Run, RunItem, Source, SourceRecord
from ekopi.catalogue.operations import ingesting
from ekopi.extensions import db
from ekopi.search.models import SearchDocument
from tests.catalogue import make
from tests.catalogue.sources.make import DATA
from tests.databases import wait_until

FIXTURES = Path(__file__).parent / "sources" / "fixtures"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real records are not here: {DATA}")


@pytest.fixture
def command(live):
    """`ekopi` in this process, on the committed database."""

    def run(*words):
        return live.app.test_cli_runner().invoke(args=[str(word) for word in words])

    return run


def written(folder, items, name="data.json") -> Path:
    path = folder / name
    path.write_text(json.dumps({"data": items}), encoding="utf-8")
    return path


def number(table, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def test_counts_and_no_errors(live, command, tmp_path):
    path = written(tmp_path, [make.item("Satu", "N1"), make.item("Dua", "N2")])
    done = command("import", "jippnas", path)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "2 dibaca: 2 baru, 0 berubah, 0 sama, 0 ditolak, 0 hilang."
    again = command("import", "jippnas", path)
    assert again.exit_code == 0 and "2 dibaca: 0 baru, 0 berubah, 2 sama" in again.stdout
    with live.app.app_context():
        assert number(SourceRecord) == number(Innovation) == 2 and number(Run, Run.state == "done") == 2


def test_refused_rows_are_told_with_row_field_and_reason_and_exit_2(live, command, tmp_path):
    path = written(tmp_path, [make.item("Satu", "N1"), make.item("", "N2"), make.item("Tiga", "N1"), "teks"])
    done = command("import", "jippnas", path)
    assert done.exit_code == 2 and "1 baru, 0 berubah, 0 sama, 3 ditolak" in done.stdout
    assert sorted(done.stderr.splitlines()) == [
        "Baris 2 (N2): Judul kosong. Isi, atau keluarkan baris ini.",
        "Baris 3 (N1): Nomor Catatan sama dengan baris 1. Setiap catatan harus mempunyai nomor sendiri.",
        "Baris 4: Baris ini bukan catatan (objek JSON). Keluarkan dari daftar.",
    ]


def test_a_dry_run_writes_no_record(live, command, tmp_path):
    path = written(tmp_path, [make.item("Satu", "N1"), make.item("", "N2")])
    done = command("import", "jippnas", path, "--dry-run")
    assert done.exit_code == 2 and done.stdout.startswith(
        "Pratinjau, tidak ada yang ditulis. 2 dibaca: 1 baru"
    )
    with live.app.app_context():
        assert number(SourceRecord) == number(Innovation) == number(SearchDocument) == 0
        assert number(RunItem) == 1


def test_whole_marks_what_is_gone(live, command, tmp_path):
    items = [make.item("Satu", "N1"), make.item("Dua", "N2")]
    command("import", "jippnas", written(tmp_path, items))
    done = command("import", "jippnas", written(tmp_path, items[:1]), "--whole")
    assert done.exit_code == 0 and "1 sama, 0 ditolak, 1 hilang" in done.stdout
    done = command("import", "jippnas", written(tmp_path, [*items[:1], "teks"]), "--whole")
    assert done.exit_code == 2 and "Tidak ada yang ditandai hilang" in done.stderr


@pytest.mark.parametrize(
    ("key", "content", "code", "sentence"),
    [
        ("simpeg", "[]", 2, "Pilih salah satu: sinovik, jippnas, iga, tuxedovation, inoland."),
        ("jippnas", None, 2, "Berkas tidak ada"),
        ("jippnas", "", 2, "tidak berisi apa pun"),
        ("jippnas", "%PDF-1.7", 2, "bukan JSON, CSV, atau XLSX (pdf)"),
        ("jippnas", "<html><p>Masuk dahulu</p>", 2, "(html)"),
        ("jippnas", '{"data": [{"judul": "Sa', 1, "JSON rusak"),
        ("jippnas", "[" * 10_000, 1, "bersarang terlalu dalam"),
        ("jippnas", "nama,umur\nAni,3\n", 1, "Baris judul kolom tidak ditemukan"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(live, command, tmp_path, key, content, code, sentence):
    path = tmp_path / "berkas"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    done = command("import", key, path)
    assert done.exit_code == code and sentence in done.stderr and len(done.stderr.splitlines()) == 1
    assert "%(" not in done.stderr and "Traceback" not in done.output
    with live.app.app_context():
        assert number(Run, Run.state == "running") == 0 and number(SourceRecord) == 0


def test_every_fixture_comes_in(live, command):
    for path in sorted(FIXTURES.iterdir()):
        key = path.stem.partition("_")[0]
        done = command("import", key, path)
        assert done.exit_code in (0, 2), (path.name, done.output)
        assert " 0 baru" not in done.stdout, (path.name, done.output)


def test_an_error_of_ours_ends_the_run_and_is_not_hidden(live, command, tmp_path, monkeypatch):
    def broken(ids):
        raise RuntimeError("power is gone")

    monkeypatch.setattr(ingesting.projecting, "project", broken)
    path = written(tmp_path, [make.item("Satu", "N1")])
    done = command("import", "jippnas", path)
    assert isinstance(done.exception, RuntimeError)
    with live.app.app_context():
        run = db.session.scalars(select(Run)).one()
        assert (run.state, run.fault) == ("failed", "error") and number(SourceRecord) == 0
    monkeypatch.undo()
    assert command("import", "jippnas", path).exit_code == 0


def test_match_says_what_it_found(live, command, tmp_path):
    command("import", "jippnas", written(tmp_path, [make.item("Satu", "N1"), make.item("Dua", "N2")]))
    done = command("match")
    assert (done.exit_code, done.stdout) == (
        0,
        "2 catatan diperiksa: 0 digabungkan, 0 diusulkan kepada kurator.\n",
    )


def test_match_judges_itself_on_labelled_pairs(live, command):
    done = command("match", "--labelled")
    assert done.exit_code == 0 and "95" in done.stdout
    with live.app.app_context():
        assert number(Source) == 0, "measuring writes nothing"


@needs_data
@pytest.mark.parametrize(
    ("key", "name", "count"),
    [
        ("inoland", "lan_aplikinovasi_200.json", 200),
        ("inoland", "lan_aplikinovasi_200.csv", 200),
        ("inoland", "labinov_ide_dan_inovasi.json", 47),
        ("iga", "kota_metro_inovasi_2026.json", 85),
    ],
)
def test_the_real_records_come_in_twice_without_doubling(live, command, key, name, count):
    with live.app.app_context():
        make.regions()
        db.session.commit()
    done = command("import", key, DATA / name)
    assert (done.exit_code, done.stderr) == (0, "") and f"{count} dibaca: {count} baru" in done.stdout
    again = command("import", key, DATA / name)
    assert (
        again.exit_code == 0 and f"{count} dibaca: 0 baru, 0 berubah, {count} sama, 0 ditolak" in again.stdout
    )
    with live.app.app_context():
        assert number(SourceRecord) == count
        assert number(Innovation, Innovation.state == "living") == number(SearchDocument)
        left = db.session.scalars(select(SourceRecord.facts)).all()
        assert not [facts for facts in left if "picture:" in str(facts) or "base64" in str(facts)]


PLACES = ("Kabupaten Kapuas", "Kota Metro", "Kabupaten Bantul", "Kota Bitung", "Kabupaten Poso")


def many(count: int) -> list[dict]:
    """Records that have little in common."""
    return [
        make.item(_title(n), f"N{n}", **_told(n), institusi=f"Dinas {_word(n)} {PLACES[n % 5]}")
        for n in range(count)
    ]


def twins(count: int) -> list[dict]:
    """What another source says of every tenth of them."""
    return [
        {"id": n, "judul": _title(n), "tahun": "2021", "instansi": f"Dinas {_word(n)} {PLACES[n % 5]}", **_told(n)}
        for n in range(0, count, 10)
    ]  # fmt: skip


def _title(n: int) -> str:
    return f"{_word(n)} {_word(n + 7919)} {_word(n + 104729)}".title()


def _told(n: int) -> dict:
    words = " ".join(_word(n * 31 + more) for more in range(12))
    return {"wilayah": PLACES[n % 5], "ringkasan": f"Warga menerima {words} setiap pekan."}


def _word(n: int) -> str:
    """A word of three syllables that few numbers share."""
    mixed = int.from_bytes(hashlib.sha256(str(n).encode()).digest()[:4], "big")
    return "".join("bdgjklmnprst"[(mixed >> k) % 12] + "aiueo"[(mixed >> (k + 4)) % 5] for k in (0, 9, 18))


def state(app) -> tuple:
    """Everything that reading leaves, without ids and times."""
    with app.app_context():
        records = db.session.execute(
            select(
                SourceRecord.external_id, SourceRecord.innovation_id, SourceRecord.hash, SourceRecord.facts_hash,
                SourceRecord.title_key, SourceRecord.vanished_at,
            ).order_by(SourceRecord.external_id)
        ).all()  # fmt: skip
        together: dict[int, list[str]] = {}
        for external_id, innovation_id, *_rest in records:
            together.setdefault(innovation_id, []).append(external_id)
        named = {id: tuple(names) for id, names in together.items()}
        innovations = db.session.execute(
            select(
                Innovation.id, Innovation.title, Innovation.slug, Innovation.region_code, Innovation.quality
            ).where(Innovation.state == "living")
        ).all()
        terms = db.session.execute(
            select(InnovationTerm.innovation_id, InnovationTerm.scheme, InnovationTerm.code)
        ).all()
        documents = db.session.execute(
            select(
                SearchDocument.key, SearchDocument.title_words, SearchDocument.words, SearchDocument.weight
            )
        ).all()
        return (
            [(r[0], *r[2:]) for r in records],
            sorted((named[i], *rest) for i, *rest in innovations),
            sorted((named[i], *rest) for i, *rest in terms),
            sorted((named[key], *rest) for key, *rest in documents),
            number(Innovation),
        )


@pytest.mark.slow
def test_killed_in_the_middle_and_repeated_gives_the_same(template, live, tmp_path):
    """kill -9 at different moments, again and again; then once to the end. Nothing is doubled, nothing is missing."""
    from tests.living import Live

    path = written(tmp_path, many(3_000))
    _before(live)
    (tmp_path / "other").mkdir()
    undisturbed = Live(template.clone(), tmp_path / "other")
    try:
        _before(undisturbed)
        done = undisturbed.run("import", "jippnas", str(path), "--whole")
        assert done.returncode == 0, done.stderr
        wanted = state(undisturbed.app)
    finally:
        undisturbed.stop()
    assert wanted[-1] == 3_300 and len(wanted[1]) <= 3_010, "there is something to join"
    killed = 0
    for least in (301, 900, 1_700, 2_500):
        process = live.start("import", "jippnas", str(path), "--whole")
        wait_until(
            lambda p=process, least=least: p.poll() is not None or kept(live) >= least, seconds=60, every=0.01
        )
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
    log = (live.data_dir / "import.log").read_text()
    assert killed >= 3, f"the kills came too late: {log}"
    with live.app.app_context():
        assert 300 < number(SourceRecord) < 3_300
        assert number(Run, Run.state == "running") == 1
    done = live.run("import", "jippnas", str(path), "--whole")
    assert done.returncode == 0, done.stderr
    assert state(live.app) == wanted
    with live.app.app_context():
        states = db.session.execute(select(Run.state, Run.fault).order_by(Run.id).offset(1)).all()
        assert states[-1] == ("done", "") and {tuple(s) for s in states[:-1]} == {("failed", "interrupted")}


def _before(live) -> None:
    """What is there before: the regions, and another source's words of some of the innovations."""
    with live.app.app_context():
        make.regions()
        make.read(twins(3_000), "sinovik")
        db.session.remove()


def kept(live) -> int:
    with live.app.app_context():
        found = number(SourceRecord)
        db.session.remove()
        return found


def test_two_at_once_one_is_refused(live, tmp_path):
    """Two processes begin at the same moment; the database decides which one reads."""
    outcomes = [sorted(race(live)) for _round in range(6)]
    assert outcomes == [["began", "run-running"]] * 6


def test_without_the_key_two_would_read(live):
    """The control of the test above: it is the key that decides."""
    with live.app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_catalogue_runs_active"))
    outcomes = [race(live) for _round in range(6)]
    assert ["began", "began"] in outcomes


def race(live) -> list[str]:
    with live.app.app_context():
        ingesting.source("jippnas")
        db.session.execute(text("DELETE FROM catalogue_runs"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()  # no connection is shared with the children
    context = multiprocessing.get_context("fork")
    barrier, queue, known = context.Barrier(2), context.Queue(), context.Event()
    arguments = (live.url, live.data_dir, barrier, queue, known)
    children = [context.Process(target=_begin, args=arguments) for _n in range(2)]
    for child in children:
        child.start()
    outcomes = [queue.get(timeout=60) for _child in children]
    known.set()  # both live until both have told
    for child in children:
        child.join(30)
    return outcomes


def _begin(url, data_dir, barrier, queue, known):
    from ekopi.core.errors import Refused
    from tests.living import make_app

    app = make_app(url, data_dir)
    with app.app_context():
        ingesting.source("jippnas")
        barrier.wait(30)
        try:
            ingesting._end_dead(1)
            time.sleep(0.02)  # both have looked before one writes
            ingesting.begin("jippnas", origin="a.json")
            db.session.commit()
            outcome = "began"
        except Refused as refused:
            db.session.rollback()
            outcome = refused.code
    queue.put(outcome)
    known.wait(30)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(live, tmp_path):
    """Ten times as many records take no more than 40 MB more."""
    few, lots = written(tmp_path, many(1_000), "few.json"), written(tmp_path, many(10_000), "lots.json")
    sizes = []
    for path in (few, lots):
        process = live.start("import", "jippnas", str(path), "--dry-run")
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        sizes.append(usage.ru_maxrss // 1024)
    assert sizes[1] - sizes[0] < 40, sizes
