"""Sources and their readings: a file is looked through, read for real by a job, and says why when it fails."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ekopi import jobs
from ekopi.catalogue import tasks
from ekopi.catalogue.models import Innovation, Run, RunItem, SourceRecord
from ekopi.catalogue.operations import filing, ingesting
from ekopi.core import clock, files
from ekopi.core.models import AuditEntry, Upload
from ekopi.extensions import db as database
from tests.accounts import make as people
from tests.catalogue import make
from tests.catalogue.test_curating import queries_of
from tests.courses.racing import race


@pytest.fixture(autouse=True)
def _time():
    yield
    clock.shift(None)


@pytest.fixture
def curator(db):
    return people.person(name="Rosinta Kurator", roles=[("curator", "platform", 0)])


@pytest.fixture
def browser(client, curator):
    client.sign_in(curator)
    return client


def file_of(*items, name="inovasi.json"):
    return io.BytesIO(json.dumps(list(items)).encode()), name


def send(client, file, key="jippnas", **more):
    """Uploads a file on the page of a source; gives back the answer."""
    client.get(f"/kelola/sumber/{key}")
    form = next(f for f in client.page.forms if "once" in f["fields"])
    return client.post(f"/kelola/sumber/{key}", data={**form["fields"], "file": file, **more})


def press(client, page):
    """The button of a reading's page."""
    client.get(page)
    form = next(f for f in client.page.forms if f["action"].endswith("/baca"))
    return client.post(form["action"], data=form["fields"])


def count(table) -> int:
    return database.session.scalar(select(func.count()).select_from(table))


def paths() -> list:
    return [path for path in files._folder().glob("??/*") if path.is_file()]


ITEMS = (
    make.item("Perahu Bidan", "N1"),
    make.item("", "N2"),
    make.item("Kebun Kopi", "N3"),
    make.item("Lagi", "N1"),
)


def test_a_file_is_looked_through_then_read_and_let_go_of(browser, curator, db):
    before = len(paths())
    answer = send(browser, file_of(*ITEMS))
    page = answer.location
    assert answer.status_code == 302 and page.startswith("/kelola/pembacaan/")
    waiting = browser.get(page)
    assert "Menunggu giliran." in waiting.text and "data-refresh" in waiting.text
    assert jobs.run_waiting() == 1
    text = browser.get(page).text
    assert "Pemeriksaan selesai." in text and "data-refresh" not in text
    assert "Judul kosong." in text and "Baris 2" in text and "sama dengan baris 1" in text
    assert count(SourceRecord) == count(Innovation) == 0, "a preview writes nothing"
    real = press(browser, page).location
    assert real != page and jobs.run_waiting() == 1
    run = database.session.get_one(Run, int(real.rpartition("/")[2]), populate_existing=True)
    assert (run.state, run.read, run.new, run.refused, run.by_id) == ("done", 4, 2, 2, curator.id)
    assert count(SourceRecord) == 2 and count(Upload) == 0 and len(paths()) == before
    assert "N1" in browser.get(f"{real}?hasil=baru").text
    assert not [f for f in browser.page.forms if f["action"].endswith("/baca")]
    assert browser.get(f"{real}?hasil=lain").status_code == 404
    verbs = database.session.scalars(select(AuditEntry.verb).where(AuditEntry.actor_id == curator.id)).all()
    assert verbs.count("catalogue.run-began") == 2 and verbs.count("catalogue.run-done") == 2
    listed = browser.get("/kelola/sumber").text
    assert "2 baru, 0 berubah, 2 ditolak" in listed
    assert "inovasi.json" in browser.get("/kelola/sumber/jippnas").text


def test_the_same_form_sent_twice_is_one_reading(browser, db):
    browser.get("/kelola/sumber/jippnas")
    form = next(f for f in browser.page.forms if "once" in f["fields"])
    answers = {
        browser.post("/kelola/sumber/jippnas", data={**form["fields"], "file": file_of(ITEMS[0])}).location
        for _again in range(2)
    }
    assert len(answers) == 1 and count(Run) == 1


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "kosong.json", "kosong"),
        (b"x", "surat.docx", "tidak diterima"),
        (b"x", "tanpa-akhiran", "tidak diterima"),
    ],
)
def test_a_file_of_another_kind_is_refused_at_its_field(browser, db, data, name, said):
    answer = send(browser, (io.BytesIO(data), name))
    assert answer.status_code == 422 and said in answer.text and count(Upload) == count(Run) == 0


def test_without_a_file_the_form_says_so(browser, db):
    browser.get("/kelola/sumber/iga")
    form = next(f for f in browser.page.forms if "once" in f["fields"])
    answer = browser.post("/kelola/sumber/iga", data=form["fields"])
    assert answer.status_code == 422 and "Pilih berkas yang akan dibaca." in answer.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7 bukan data", "bukan JSON, CSV, atau XLSX (pdf)"),
        (b'[{"judul": "Perahu"', "JSON rusak"),
        (b"a;b\n1;2\n", "Baris judul kolom tidak ditemukan"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(browser, db, data, said):
    page = send(browser, (io.BytesIO(data), "data.csv")).location
    jobs.run_waiting()
    text = browser.get(page).text
    assert "Pembacaan gagal." in text and said in text
    assert not [f for f in browser.page.forms if f["action"].endswith("/baca")]


def test_only_one_reads_a_source_and_the_other_is_told(browser, db):
    first, second = (send(browser, file_of(make.item(n, n))).location for n in ("Satu Warga", "Dua Warga"))
    jobs.run_waiting()
    assert press(browser, first).status_code == 302
    browser.get(second)
    refused = press(browser, second)
    assert refused.status_code == 409 and "sedang dibaca" in refused.text
    jobs.run_waiting()
    assert press(browser, second).status_code == 302


def test_what_was_read_is_not_read_again(browser, db):
    page = send(browser, file_of(ITEMS[0])).location
    jobs.run_waiting()
    browser.get(page)
    form = next(f for f in browser.page.forms if f["action"].endswith("/baca"))
    browser.post(form["action"], data=form["fields"])
    jobs.run_waiting()
    again = browser.post(form["action"], data=form["fields"])
    assert again.status_code == 409 and "tidak disimpan" in again.text


def test_a_whole_file_marks_what_is_missing(browser, db):
    make.read([make.item("Perahu Bidan", "N1"), make.item("Kebun Kopi", "N3")])
    page = send(browser, file_of(make.item("Perahu Bidan", "N1")), whole="y").location
    jobs.run_waiting()
    assert "Berkas ini memuat seluruh isi sumber." in browser.get(page).text
    real = press(browser, page).location
    jobs.run_waiting()
    assert "N3" in browser.get(f"{real}?hasil=hilang").text
    assert make.record("N3").vanished_at is not None


def test_a_reading_that_broke_off_says_so_and_is_begun_again(browser, db):
    """A worker died in the middle: its successor gets the job once more."""
    page = send(browser, file_of(ITEMS[0], ITEMS[2])).location
    jobs.run_waiting()
    real = press(browser, page).location
    run = database.session.get_one(Run, int(real.rpartition("/")[2]))
    steps = filing.steps(run)
    next(steps)
    database.session.commit()
    steps.close()
    assert "0 catatan sudah dibaca." in browser.get(real).text and "dari 2" in browser.get(real).text
    jobs.run_waiting()
    text = browser.get(real).text
    assert "berhenti di tengah jalan" in text and "Baca Lagi" in text and count(SourceRecord) == 0
    again = press(browser, real).location
    jobs.run_waiting()
    assert "Selesai" in browser.get(again).text and count(SourceRecord) == 2 and count(Upload) == 0


def test_an_error_of_ours_ends_the_run_and_shows_in_the_jobs(browser, db, monkeypatch):
    page = send(browser, file_of(ITEMS[0])).location
    monkeypatch.setattr(ingesting, "region_index", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jobs.run_waiting()
    assert "kesalahan di EKOPI" in browser.get(page).text


def test_files_nobody_reads_are_let_go_of_after_a_week(browser, db):
    page = send(browser, file_of(ITEMS[0])).location
    jobs.run_waiting()
    tasks.forget_files()
    assert count(Upload) == 1
    clock.shift(filing.KEPT + timedelta(minutes=1))
    browser.sign_in(people.person(roles=[("admin", "platform", 0)]))
    tasks.forget_files()
    assert count(Upload) == 0 and database.session.scalars(select(Run.upload_id)).all() == [None]
    assert browser.get(page).status_code == 200
    assert not [f for f in browser.page.forms if f["action"].endswith("/baca")]


def test_the_job_is_told_apart_in_the_list(browser, db):
    run_id = int(send(browser, file_of(ITEMS[0])).location.rpartition("/")[2])
    assert filing.about([[run_id], [99_999]]) == ["JIPPNas: inovasi.json", ""]


@pytest.mark.parametrize("roles", [[], [("curator", "organisation")], [("agency_admin", "organisation")]])
def test_others_may_not(client, db, roles):
    run = make.read([make.item("Perahu Bidan")])
    place = people.organisation().id
    client.sign_in(people.person(roles=[(kind, where, place) for kind, where in roles]))
    for address in ("/kelola/sumber", "/kelola/sumber/jippnas", f"/kelola/pembacaan/{run.id}"):
        assert client.get(address).status_code == 403
    client.get("/tampilan")
    csrf = next(f["fields"]["csrf_token"] for f in client.page.forms if "csrf_token" in f["fields"])
    for address in ("/kelola/sumber/jippnas", f"/kelola/pembacaan/{run.id}/baca"):
        assert client.post(address, data={"csrf_token": csrf, "file": file_of(ITEMS[0])}).status_code == 403
    assert count(Upload) == 0


def test_the_number_of_queries_does_not_grow(browser, db):
    first = make.read([make.item("Perahu Bidan", "N1"), make.item("", "N2")])
    pages = ["/kelola/sumber", "/kelola/sumber/jippnas", f"/kelola/pembacaan/{first.id}"]
    browser.get(pages[0])
    few = [queries_of(browser, page) for page in pages]
    for n in range(5):
        make.read([make.item("", f"X{n}{k}") for k in range(4)])
        make.read([{"id": f"{n}", "judul": f"Inovasi {n} Warga"}], "sinovik")
    many = make.read([make.item("", f"Y{k}") for k in range(12)])
    assert count(RunItem) > 30
    pages[2] = f"/kelola/pembacaan/{many.id}"
    browser.get(pages[0])
    assert [queries_of(browser, page) for page in pages] == few
    assert max(few) <= 8


def read_by_id(run_id, by_id):
    filing.read_for_real(database.session.get_one(Run, run_id), by_id=by_id)
    return "begun"


def test_two_who_press_at_once_begin_one_reading(live):
    rounds = []
    with live.app.app_context():
        by_id = people.person().id
        for number, key in enumerate(("jippnas", "sinovik", "iga")):
            upload = files.keep(
                b'[{"judul": "Perahu"}]', name=f"{number}.json", kind="records", owner_id=None
            )
            run = filing.look_through(key, upload, whole=False, by_id=by_id)
            run.state, run.ended_at = "done", clock.now()
            rounds.append([(run.id, by_id)] * 2)
        database.session.commit()
    assert [sorted(one) for one in race(live, read_by_id, rounds)] == [["begun", "run-running"]] * 3
