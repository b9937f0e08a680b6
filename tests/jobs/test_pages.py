"""The staff page of jobs: who sees it, retry, drop."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from ekopi import jobs
from ekopi.jobs import operations, queries
from tests.accounts import make
from tests.jobs.make import set_status


@pytest.fixture
def admin(client):
    return client.sign_in(make.person(roles=[("admin", "platform", 0)]))


def fail(key):
    jobs.enqueue("test.break", 7, key=key)
    with pytest.raises(ValueError):
        jobs.run_waiting()


def test_the_admin_retries_a_failed_job(db, diary, admin):
    fail("a/b c")
    answer = admin.get("/kelola/pekerjaan")
    assert "test.break:a/b c" in answer.text
    assert "ValueError: rusak" in answer.text
    assert "Tidak ada pekerja yang hidup" in answer.text
    assert admin.submit(action="/ulangi$").status_code == 302
    assert queries.counts() == {"failed": 0, "running": 0, "waiting": 1}
    assert "test.break:a/b c" in admin.get("/kelola/pekerjaan?keadaan=menunggu").text


def test_the_admin_drops_a_waiting_job(db, diary, admin):
    jobs.enqueue("test.note", 1, key="x")
    admin.get("/kelola/pekerjaan?keadaan=menunggu")
    answer = admin.submit(action="/buang$")
    assert answer.location.endswith("?keadaan=menunggu")
    assert queries.counts()["waiting"] == 0


def test_a_letter_that_failed_is_told_apart_without_its_reader(app, db, admin):
    from ekopi.mail.models import Letter

    rows = [
        Letter(key=f"k{number}", to_address=address, subject=subject, text="x")
        for number, (address, subject) in enumerate(
            [("sari.wulandari@slemankab.go.id", "Sertifikat Anda terbit: Menulis Inovasi"), ("", "")]
        )
    ]
    db.session.add_all(rows)
    db.session.flush()
    for letter in rows:
        set_status(jobs.enqueue("mail.deliver", letter.id, key=str(letter.id)), status="ERROR")
    page = admin.get("/kelola/pekerjaan").text
    assert "Sertifikat Anda terbit: Menulis Inovasi, kepada s•••@slemankab.go.id" in page
    assert "sari.wulandari" not in page
    assert page.count(", kepada ") == 1, "of a letter that was erased nothing is told"


def test_a_running_job_is_shown_and_cannot_be_dropped(db, diary, admin):
    operations.beat("vm-0", begin=True)
    set_status(jobs.enqueue("test.note", 1, key="x"), status="PENDING", executor_id="vm-0")
    page = admin.get("/kelola/pekerjaan?keadaan=berjalan")
    assert "test.note:x" in page.text
    assert "1 pekerja hidup" in page.text
    assert "/buang" not in page.text
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', page.text)[1]
    assert admin.post("/kelola/pekerjaan/test.note:x/buang", data={"csrf_token": csrf}).status_code == 409
    assert admin.post("/kelola/pekerjaan/nothing/ulangi", data={"csrf_token": csrf}).status_code == 404


def test_long_lists_have_pages_and_unknown_states_do_not_exist(db, diary, admin):
    for number in range(25):
        jobs.enqueue("test.note", number)
    admin.get("/kelola/pekerjaan?keadaan=menunggu")
    (further,) = {link for link in admin.page.links if "setelah=" in link}
    assert admin.get(further).text.count('role="rowheader"') == 5
    assert admin.get("/kelola/pekerjaan?keadaan=aneh").status_code == 404


def test_ten_jobs_cost_as_many_queries_as_one(db, diary, admin):
    def queries_of_page():
        asked = []
        event.listen(db.engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
        admin.get("/kelola/pekerjaan?keadaan=menunggu")
        return len(asked)

    @jobs.job("test.told", about=lambda given: [str(db.session.scalar(select(len(given))))] * len(given))
    def told(number):
        pass

    jobs.enqueue("test.told", 0)
    admin.get("/kelola/pekerjaan")  # the first page of a sign-in costs one more
    one = queries_of_page()
    for number in range(9):
        jobs.enqueue("test.told", number)
    db.session.commit()
    assert queries_of_page() == one


@pytest.mark.parametrize(
    "roles",
    [[], [("agency_admin", "organisation", 1)], [("admin", "organisation", 1)], [("author", "platform", 0)]],
)
def test_nobody_else_sees_jobs(db, client, roles):
    assert client.get("/kelola/pekerjaan").status_code == 302
    client.sign_in(make.person(roles=roles))
    assert client.get("/kelola/pekerjaan").status_code == 403


@pytest.mark.parametrize("act", ["ulangi", "buang"])
def test_an_admin_of_one_organisation_has_no_business_with_jobs(db, diary, client, act):
    fail("x")
    client.sign_in(make.person(roles=[("admin", "organisation", make.organisation().id)]))
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/akun").text)[1]
    answer = client.post(f"/kelola/pekerjaan/test.break:x/{act}", data={"csrf_token": csrf})
    assert answer.status_code == 403
    assert queries.counts()["failed"] == 1
