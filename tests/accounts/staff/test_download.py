"""The history of competence development as CSV: columns, whose NIP, no formulas, noted, streamed."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from ekopi.accounts.operations import account
from ekopi.accounts.staff import history_csv
from ekopi.core import clock
from ekopi.credentials import competence
from ekopi.credentials.operations import certificates, ledger
from tests.accounts import make
from tests.accounts.staff.test_agency import edition  # noqa: F401

NIP = "198609262015051001"


def facts(person, **more) -> dict:
    return {
        "name": person.name, "organisation": "Dinas Kesehatan", "course": "Menulis Inovasi", "course_slug": "menulis-inovasi",
        "edition": 1, "jp": "2.5", "score": "90", "pass_mark": 70, "completed_on": clock.today().isoformat(),
        "issuer": "Lembaga Administrasi Negara", "demo": False, **more,
    }  # fmt: skip


@pytest.fixture
def achieved(agencies, edition):  # noqa: F811
    """The member has a course with certificate and JP, and a NIP."""
    account.set_nip(agencies.member, NIP)
    paper = certificates.issue(agencies.member, "enrolment", 1, facts(agencies.member))
    ledger.credit(
        agencies.member,
        "enrolment",
        1,
        Decimal("2.5"),
        {"course": "Menulis Inovasi", "started_on": "2026-01-05"},
    )
    return paper


def fetched(client, unit, year=None) -> list[list[str]]:
    client.get(f"/kelola/orang/unduh?unit={unit.id}")
    answer = client.submit({"year": str(year)} if year else {}, has="year", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_columns_are_those_agencies_keep(client, agencies, achieved, trail):
    client.sign_in(agencies.admin)
    head, row = fetched(client, agencies.sleman)
    assert head == ["NIP", "Nama Kegiatan", "Jenis", "Penyelenggara", "Nomor Sertifikat", "Tanggal Mulai",
                    "Tanggal Selesai", "JP", "Nama"]  # fmt: skip
    today = clock.today().isoformat()
    assert row == [NIP, "Menulis Inovasi", "Nonklasikal: e-learning", "Lembaga Administrasi Negara", achieved.number,
                   "2026-01-05", today, "2.5", "Sari Wulandari"]  # fmt: skip
    (noted,) = trail("history.downloaded")
    assert (noted.subject_id, noted.facts) == (str(agencies.sleman.id), {"year": clock.today().year})


def test_whoever_has_no_nip_is_known_by_name(client, agencies, edition):  # noqa: F811
    agencies.member.name = "=Sari Wulandari, S.Sos."
    ledger.credit(agencies.member, "enrolment", 1, Decimal(1), {"course": "Menulis Inovasi"})
    client.sign_in(agencies.admin)
    (row,) = fetched(client, agencies.unit)[1:]
    assert (row[0], row[-1]) == ("", "'=Sari Wulandari, S.Sos.")


def test_only_the_agency_gets_the_whole_nip(client, agencies, achieved, platform_admin):
    client.sign_in(platform_admin)
    assert fetched(client, agencies.unit)[1][0] == "•••••••••••••••001"


def test_people_who_are_not_confirmed_or_not_theirs_are_left_out(client, agencies, achieved):
    for person, source in ((agencies.claimer, 2), (agencies.stranger, 3)):
        certificates.issue(person, "enrolment", source, facts(person))
        ledger.credit(person, "enrolment", source, Decimal(1), {})
    client.sign_in(agencies.admin)
    assert len(fetched(client, agencies.sleman)) == 2


def test_cells_that_a_spreadsheet_would_run_are_text(client, agencies, edition):  # noqa: F811
    titles = ["=1+1", "+62", "-2", "@SUM(A1)", "\tx", "\rx", "＝1+1", 'Biasa, "dikutip"']
    for number, title in enumerate(titles):
        certificates.issue(agencies.member, "enrolment", number, facts(agencies.member, course=title))
        ledger.credit(agencies.member, "enrolment", number, Decimal(1), {})
    client.sign_in(agencies.admin)
    cells = [row[1] for row in fetched(client, agencies.unit)[1:]]
    assert cells == [*(f"'{title}" for title in titles[:-1]), titles[-1]]


def test_what_was_taken_back_or_revoked_is_told_as_it_is(agencies, achieved):
    (entry,) = [competence.history([agencies.member.id], clock.today().year)]
    assert [row["number"] for row in entry] == [achieved.number]
    certificates.revoke(achieved, "Identitas ternyata keliru.", None)
    (row,) = competence.history([agencies.member.id], clock.today().year)
    assert (row["number"], row["activity"], row["jp"]) == ("", "Menulis Inovasi", "2.5")
    from ekopi.credentials import queries

    ledger.reverse(queries.entry_of(agencies.member.id, "enrolment", 1), "Identitas ternyata keliru.", None)
    assert list(competence.history([agencies.member.id], clock.today().year)) == []


def test_a_certificate_without_jp_counts_in_its_year(agencies, edition):  # noqa: F811
    paper = certificates.issue(
        agencies.member, "enrolment", 9, facts(agencies.member, completed_on="2025-12-31", jp="0")
    )
    assert list(competence.history([agencies.member.id], 2026)) == []
    (row,) = competence.history([agencies.member.id], 2025)
    assert (row["number"], row["jp"], row["finished_on"]) == (paper.number, "0", "2025-12-31")


def test_many_people_are_read_in_batches(agencies, edition, count_queries, monkeypatch):  # noqa: F811
    monkeypatch.setattr(history_csv, "BATCH", 10)
    for number in range(25):
        made = make.person(organisation=agencies.unit)
        ledger.credit(made, "enrolment", 100 + number, Decimal(1), {"course": f"Kursus {number}"})
    with count_queries() as seen:
        lines = list(history_csv.lines(agencies.unit, clock.today().year, whole_nip=True))
    assert len(lines) == 26
    assert len(seen) <= 3 * 4


def test_a_unit_of_others_and_a_strange_year_are_refused(client, agencies, post):
    client.sign_in(agencies.admin)
    assert client.get(f"/kelola/orang/unduh?unit={agencies.bantul.id}").status_code == 404
    assert post("/kelola/orang/unduh", unit=agencies.bantul.id, year="2026").status_code == 404
    assert post("/kelola/orang/unduh", unit=agencies.unit.id, year="1999").status_code == 422


def test_reading_the_page_downloads_nothing(client, agencies, achieved, trail):
    client.sign_in(agencies.admin)
    page = client.get("/kelola/orang/unduh")
    assert NIP not in page.text
    assert trail("history.downloaded") == []


def test_the_password_is_asked_again_when_it_was_given_long_ago(client, agencies, achieved):
    client.sign_in(agencies.admin)
    clock.shift(clock.timedelta(hours=1))
    try:
        assert client.get("/kelola/orang/unduh").location.startswith("/akun/")
    finally:
        clock.shift(None)
