"""The results of a search as a file: asked for, written by a job, had, and gone after a day."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from datetime import timedelta

import pytest

from ekopi import jobs
from ekopi.catalogue.operations import exporting, projecting
from ekopi.core import clock
from ekopi.core.registry import all_of
from tests.accounts import make as accounts
from tests.catalogue.giving import make


@pytest.fixture
def three(db):
    """Two about antrean, one of them closed to the public, and one about something else."""
    owner = accounts.organisation()
    made = [
        make.innovation(
            "Antrean Puskesmas", facts={"summary": "<p>Antrean <b>daring</b>.</p>", "sdg": ["3"]}
        ),
        make.innovation("Antrean Rahasia", audience="organisation", owner_id=owner.id),
        make.innovation("Perahu Bidan", year=2019, facts={"year": 2019}),
    ]
    projecting.project([one.id for one in made])
    db.session.commit()
    return made


def begin(client, kind="csv", question="") -> str:
    """Asks for a file through the page; the address of its state."""
    page = client.get(f"/katalog/ekspor{question}")
    assert page.status_code == 200
    answer = client.submit({"bentuk": kind}, action="ekspor")
    assert answer.status_code == 302
    return answer.location


def table(client, address) -> list[dict]:
    answer = client.get(f"{address}/berkas")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_a_search_becomes_a_file(client, three):
    address = begin(client, question="?q=antrean")
    waiting = client.get(address)
    assert "Menunggu giliran" in waiting.text and "data-refresh" in waiting.text
    assert client.get(f"{address}/berkas").status_code == 404
    jobs.run_waiting()
    ready = client.get(address)
    assert "Berkas berisi 1 inovasi" in ready.text and "refresh" not in ready.text
    assert "/katalog?q=antrean" in client.page.links
    (row,) = table(client, address)
    assert row["judul"] == "Antrean Puskesmas" and row["ringkasan"] == "Antrean daring."


def test_filters_count_and_everything_is_without_any(client, three):
    for question, titles in (
        ("", ["Antrean Puskesmas", "Perahu Bidan"]),
        ("?tahun=2019", ["Perahu Bidan"]),
        ("?tahun=2019&tahun=2021", ["Antrean Puskesmas", "Perahu Bidan"]),
    ):
        address = begin(client, question=question)
        jobs.run_waiting()
        assert [row["judul"] for row in table(client, address)] == titles, question


def test_somebody_who_sees_more_gets_what_is_public(client, three):
    client.sign_in(accounts.person(roles=[("admin", "platform", 0)]))
    address = begin(client, question="?q=antrean")
    jobs.run_waiting()
    assert [row["judul"] for row in table(client, address)] == ["Antrean Puskesmas"]


def test_a_workbook_holds_texts_and_numbers_and_no_formula(client, db):
    title = '=HYPERLINK("https://jahat.id","x")'
    make.innovation(title, agency="+62", slug="x", facts={"summary": "<p>" + "kata " * 9000 + "</p>"})
    db.session.commit()
    address = begin(client, "xlsx")
    jobs.run_waiting()
    answer = client.get(f"{address}/berkas")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert book.testzip() is None
    assert "<f>" not in sheet and "hyperlink" not in sheet.lower().replace("=hyperlink(", "")
    assert "=HYPERLINK" in sheet and "+62" in sheet  # as text
    assert re.search(r'<c r="E2"><v>2021</v>', sheet)
    assert max(len(text) for text in re.findall(r"<t[^>]*>([^<]*)<", sheet)) <= exporting.CELL


def test_a_search_without_results_offers_no_file(client, three):
    page = client.get("/katalog/ekspor?q=tidakadayangbegini")
    assert "Tidak ada yang dapat diunduh" in page.text
    assert not [form for form in client.page.forms if "ekspor" in form["action"]]


def test_progress_is_shown(client, three, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 1)
    address = begin(client)
    token = address.rpartition("/")[2]
    seen, note = [], exporting._note

    def watched(export, **more):
        note(export, **more)
        seen.append((exporting.find(token).done, exporting.find(token).total))

    monkeypatch.setattr(exporting, "_note", watched)
    jobs.run_waiting()
    assert seen == [(0, 2), (1, 2), (2, 2), (2, 2)]
    note(exporting.find(token), state="running", done=1)
    assert "1 dari 2 inovasi sudah ditulis" in client.get(address).text


def test_one_that_cannot_be_written_says_so(client, three, monkeypatch):
    def full(given, site):
        raise OSError("no space left")

    monkeypatch.setattr("ekopi.catalogue.giving.dumps.row", full)
    address = begin(client)
    with pytest.raises(OSError, match="no space"):
        jobs.run_waiting()
    assert "tidak dapat ditulis" in client.get(address).text
    assert client.get(f"{address}/berkas").status_code == 404


def test_a_job_that_runs_twice_writes_the_same(client, three):
    address = begin(client)
    token = address.rpartition("/")[2]
    exporting.write(token)
    before = table(client, address)
    jobs.run_waiting()
    assert table(client, address) == before


@pytest.mark.parametrize("token", ["x", "..", "a" * 22, "a" * 23, "%2e%2e%2faudit.seal", "..%2F" + "a" * 17])
def test_no_other_file_is_had(client, token):
    assert client.get(f"/katalog/ekspor/{token}").status_code == 404
    assert client.get(f"/katalog/ekspor/{token}/berkas").status_code == 404


def test_the_night_removes_what_is_older_than_a_day(client, three):
    old, young = begin(client), begin(client)
    folder = exporting.find(old.rpartition("/")[2]).path.parent
    os.utime(folder, ((clock.now() - timedelta(days=2)).timestamp(),) * 2)
    all_of("nightly")["exports"]()
    assert client.get(old).status_code == 404 and client.get(young).status_code == 200
    assert not folder.exists()


def test_a_kind_that_is_none_begins_nothing(client, three):
    client.get("/katalog/ekspor")
    answer = client.submit({"bentuk": "exe"}, action="ekspor")
    assert answer.status_code == 200 and jobs.run_waiting() == 0
