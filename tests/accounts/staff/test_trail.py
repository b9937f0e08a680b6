"""The page of the trail: sentences, seals, filters; and what staff opened, shown to the person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ekopi.accounts.operations import by_staff, memberships, roles
from ekopi.core import audit, clock
from ekopi.core.models import AuditEntry
from ekopi.extensions import db as database
from tests.accounts import make


@pytest.fixture
def auditor(client, db):
    made = make.person("Putri Auditor", roles=[("auditor", "platform", 0)])
    client.sign_in(made)
    return made


@pytest.fixture(autouse=True)
def no_seal_file(app):
    path = app.extensions["settings"].data_dir / "audit.seal"
    path.unlink(missing_ok=True)
    yield
    path.unlink(missing_ok=True)


def listed(page) -> str:
    """The list itself, without the filter above it."""
    return page.text.partition('<ol class="list')[2].partition("</ol>")[0]


def test_every_row_is_a_sentence_with_its_seal(client, auditor, agencies):
    old = audit.record("organisation.created", "organisation", agencies.unit.id, actor_id=agencies.admin.id)
    old.at = clock.now() - timedelta(minutes=5)
    database.session.flush()
    assert audit.seal() == 1
    memberships.confirm(agencies.claim, agencies.admin)
    page = listed(client.get("/kelola/jejak-audit"))
    first, second = page.split("</li>")[:2]
    assert "Ratna Agensi mengonfirmasi keanggotaan: Dewi Klaim, Dinas Kesehatan." in first
    assert "Belum Tersegel" in first
    assert "Ratna Agensi membuat instansi Dinas Kesehatan." in second
    assert "Belum Tersegel" not in second
    assert "Tersegel" in second


def test_all_our_verbs_make_sentences(app, db, agencies, platform_admin):
    """No %(…)s is left over, and no fact is missing, in what staff do."""
    by_staff.record_view(agencies.member.id, agencies.admin)
    by_staff.refuse(agencies.claim, "Anda tercatat di unit lain.", agencies.admin)
    by_staff.reopen(agencies.claim, "claimed", agencies.admin)
    by_staff.confirm_all([agencies.claim], agencies.admin)
    by_staff.end_sign_ins(agencies.member, platform_admin)
    by_staff.disable(agencies.member, platform_admin)
    by_staff.enable(agencies.member, platform_admin)
    by_staff.resend_confirmation(make.person(state="pending"), platform_admin)
    audit.record(
        "history.downloaded", "organisation", agencies.unit.id, actor_id=agencies.admin.id, year=2026
    )
    roles.grant(agencies.member, "author", "organisation", agencies.unit.id, platform_admin)
    rows = list(database.session.scalars(audit.select(AuditEntry).order_by(AuditEntry.id)))
    with app.test_request_context():
        said = audit.sentences(rows)
    assert len(said) == 10
    assert not [sentence for sentence in said if "%(" in sentence or "–" in sentence or "…" in sentence]
    assert "Ratna Agensi membuka data Sari Wulandari." in said
    assert "Ratna Agensi mengunduh riwayat pengembangan kompetensi Dinas Kesehatan tahun 2026." in said


def test_a_hundred_rows_cost_as_many_queries_as_one(client, auditor, agencies, count_queries):
    audit.record("membership.confirmed", "membership", agencies.claim.id, actor_id=agencies.admin.id)
    audit.record("organisation.changed", "organisation", agencies.unit.id, actor_id=agencies.admin.id)
    with count_queries() as few:
        client.get("/kelola/jejak-audit")
    for number in range(100):
        person = make.person(f"Orang {number}")
        claim = make.membership(person, agencies.unit, state="claimed")
        audit.record("membership.confirmed", "membership", claim.id, actor_id=person.id)
    audit.record("organisation.changed", "organisation", agencies.unit.id, actor_id=agencies.admin.id)
    with count_queries() as many:
        client.get("/kelola/jejak-audit")
    assert len(many) == len(few) <= 8


def test_filters(client, auditor, agencies):
    memberships.confirm(agencies.claim, agencies.admin)
    old = audit.record("organisation.changed", "organisation", agencies.unit.id, actor_id=agencies.admin.id)
    old.at = clock.now() - timedelta(days=40)
    audit.record("person.viewed", "person", agencies.stranger.id, actor_id=agencies.other_admin.id)

    def lines(query):
        page = client.get(f"/kelola/jejak-audit?{query}")
        assert page.status_code == 200
        return listed(page)

    by_person = lines("orang=ratna")
    assert "mengonfirmasi" in by_person
    assert "membuka data" not in by_person
    assert "mengonfirmasi" in lines(f"orang={agencies.claimer.id}"), (
        "also where the person's membership is meant"
    )
    assert "membuka data Tono Lain" in lines("orang=tono"), "also as the one it was done to"
    assert lines("orang=siapa-ini") == ""
    assert "membuka data" not in lines("perbuatan=membership.confirmed")
    only = lines("hal=organisation")
    assert "mengubah instansi" in only
    assert "mengonfirmasi" not in only
    today = clock.today()
    recent = lines(f"dari={today - timedelta(days=7)}&sampai={today}")
    assert "mengonfirmasi" in recent
    assert "mengubah instansi" not in recent
    assert "mengubah instansi" in lines(f"sampai={today - timedelta(days=7)}")
    assert "mengonfirmasi" not in lines(f"sampai={today - timedelta(days=7)}")


def test_bad_filters_are_explained(client, auditor):
    answer = client.get("/kelola/jejak-audit?dari=2026-02-02&sampai=2026-01-01")
    assert answer.status_code == 422
    assert "Tanggal akhir harus sama dengan atau setelah tanggal awal." in answer.text
    for query in ("dari=0001-01-01", "sampai=9999-12-31"):
        answer = client.get(f"/kelola/jejak-audit?{query}")
        assert answer.status_code == 422
        assert "Isi tahun antara 2000 dan 2100." in answer.text
    for query in ("dari=kemarin", "perbuatan=apa", "hal=apa"):
        assert client.get(f"/kelola/jejak-audit?{query}").status_code == 422


def test_a_long_trail_has_pages(client, auditor, agencies):
    for _one in range(45):
        audit.record("person.viewed", "person", agencies.member.id, actor_id=agencies.admin.id)
    path, count = "/kelola/jejak-audit?perbuatan=person.viewed", 0
    while path:
        count += listed(client.get(path)).count("membuka data Sari Wulandari")
        path = next((link for link in client.page.links if "setelah=" in link), None)
    assert count == 45


def test_names_are_those_of_now(client, auditor, agencies):
    audit.record("person.viewed", "person", agencies.member.id, actor_id=agencies.admin.id)
    agencies.member.name = "Akun Terhapus"
    page = client.get("/kelola/jejak-audit?perbuatan=person.viewed")
    assert "membuka data Akun Terhapus." in page.text
    assert "Sari" not in listed(page)


def test_people_see_who_opened_their_record_and_only_theirs(client, agencies):
    by_staff.record_view(agencies.member.id, agencies.admin)
    by_staff.record_view(agencies.stranger.id, agencies.other_admin)
    assert client.get("/akun/dibuka-petugas").location.startswith("/masuk")
    client.sign_in(agencies.member)
    page = client.get("/akun/dibuka-petugas")
    assert "Ratna Agensi" in page.text
    assert "Bagas Agensi" not in page.text
    client.sign_in(agencies.claimer)
    assert "Belum ada petugas yang membuka data Anda." in client.get("/akun/dibuka-petugas").text


@pytest.mark.parametrize(
    "held", [[], [("agency_admin", "organisation", 1)], [("auditor", "organisation", 1)]]
)
def test_the_trail_is_for_admins_and_auditors(client, db, held):
    assert client.get("/kelola/jejak-audit").location.startswith("/masuk")
    client.sign_in(make.person(roles=held))
    assert client.get("/kelola/jejak-audit").status_code == 403


def test_an_admin_reads_the_trail_and_an_auditor_nothing_else(client, auditor, platform_admin):
    assert client.get("/kelola").text.count("/kelola/jejak-audit") == 1
    assert "/kelola/pengguna" not in client.get("/kelola").text
    client.sign_in(platform_admin)
    assert client.get("/kelola/jejak-audit").status_code == 200
