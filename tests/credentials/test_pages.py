"""The pages: the public check, one's own certificates and JP, the staff's pages; and who may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import event, inspect, select, update

from ekopi.accounts.models import SignIn
from ekopi.core import clock
from ekopi.credentials import queries
from ekopi.credentials.models import Certificate
from ekopi.credentials.operations import certificates, ledger
from ekopi.credentials.printed import printed
from tests.accounts import make as accounts
from tests.credentials import make
from tests.credentials.pdftext import text_of


def words(response) -> str:
    return " ".join(unescape(response.text).split())


def count_queries(db, do) -> int:
    said = []
    engine = db.session.connection().engine

    def note(connection, cursor, statement, parameters, context, executemany):
        if statement.lstrip().upper().startswith("SELECT"):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        do()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(said)


def test_the_public_page_shows_every_printed_fact(client):
    made = make.certificate()
    facts = printed(made)
    number = made.number
    answer = client.get(f"/sertifikat/{number}")
    said = words(answer)
    assert answer.status_code == 200
    for fact in facts:
        assert fact.label in said
        assert fact.value in said
    assert "Sertifikat Ini Asli dan Berlaku" in said
    assert 'class="qr"' in answer.text
    assert "style=" not in answer.text.split('class="qr"')[1].split("</svg>")[0]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert f"/sertifikat/{number}.pdf" not in client.page.links


def test_a_revoked_certificate_says_when_and_why(client, db):
    made = make.certificate()
    certificates.revoke(made, make.REASON, None)
    said = words(client.get(f"/sertifikat/{made.number}"))
    assert "Sertifikat Ini Sudah Dicabut" in said
    assert make.REASON in said
    assert "Dicabut pada" in said
    assert "Asli dan Berlaku" not in said
    assert "Berlaku sampai" not in said and "Tanpa batas waktu" not in said
    assert "Rina Wulandari" in said


def test_a_replaced_certificate_leads_to_the_new_one(client):
    old = make.certificate()
    new = certificates.reissue(old, "Rina Wulandari, S.K.M.", make.REASON, None)
    old_number, new_number = old.number, new.number
    said = words(client.get(f"/sertifikat/{old_number}"))
    assert "Sertifikat Ini Sudah Diganti" in said
    assert "Tanpa batas waktu" not in said
    assert f"/sertifikat/{new_number}" in client.page.links
    assert "Asli dan Berlaku" in words(client.get(f"/sertifikat/{new_number}"))


def test_a_demo_certificate_says_so(client):
    made = make.certificate(demo=True)
    assert "bukan bukti pelatihan" in words(client.get(f"/sertifikat/{made.number}"))


def test_what_was_typed_is_folded(client):
    number = make.certificate().number
    typed = number.lower().replace("-", " ").replace("0", "o")
    assert client.get("/sertifikat", query_string={"nomor": typed}).location == f"/sertifikat/{number}"
    assert client.get(f"/sertifikat/{number.lower()}").location == f"/sertifikat/{number}"


@pytest.mark.parametrize("typed", ["", "  "])
def test_no_number_at_all(client, typed):
    answer = client.get("/sertifikat", query_string={"nomor": typed})
    assert answer.status_code == 422
    assert "Isi nomor sertifikat." in words(answer)
    assert "salah ketik" not in words(answer)


def test_a_number_that_is_not_there(client):
    number = make.certificate().number
    other = ("A" if number[11] != "A" else "B").join([number[:11], number[12:]])
    answer = client.get(f"/sertifikat/{other}")
    assert answer.status_code == 404
    assert "salah ketik" in words(answer)
    from ekopi.credentials.numbers import new_number

    unknown = new_number(2026)
    answer = client.get(f"/sertifikat/{unknown}")
    assert answer.status_code == 404
    assert f"Tidak ada sertifikat bernomor {unknown}" in words(answer)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    answer = client.get("/sertifikat?nomor=EKOPI-2026")
    assert answer.status_code == 422
    assert "salah ketik" in words(answer)
    assert client.get("/sertifikat/%3Cscript%3E").status_code == 404
    assert client.get("/sertifikat").status_code == 200


def test_the_check_is_limited(tmp_path):
    """30 a minute for one address, over the form and the certificates' pages together."""
    from ekopi.extensions import limiter
    from tests.living import make_app

    limited = make_app("", tmp_path)
    limited.config["RATELIMIT_ENABLED"] = limiter.enabled = True  # off in other tests
    limiter.init_app(limited)
    try:
        visitor = limited.test_client()
        answers = [visitor.get(f"/sertifikat/EKOPI-2026-{i}").status_code for i in range(20)]
        answers += [visitor.get("/sertifikat").status_code for _ in range(11)]
        assert answers == [404] * 20 + [200] * 10 + [429]
        assert visitor.get("/sertifikat/EKOPI-2026").status_code == 429
        elsewhere = visitor.get("/sertifikat", environ_base={"REMOTE_ADDR": "10.0.0.9"})
        assert elsewhere.status_code == 200
    finally:
        limiter.enabled = False


def test_the_paper_is_for_its_holder(client):
    holder, other = accounts.person(), accounts.person()
    made = make.certificate(holder)
    number = made.number
    answer = client.get(f"/sertifikat/{number}.pdf")
    assert answer.status_code == 302
    assert answer.location.startswith("/masuk?next=")
    assert client.sign_in(other).get(f"/sertifikat/{number}.pdf").status_code == 404
    client.sign_in(holder)
    client.get(f"/sertifikat/{number}")
    assert f"/sertifikat/{number}.pdf" in client.page.links
    answer = client.get(f"/sertifikat/{number}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="Sertifikat-{number}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert number in text_of(answer.data)


def test_a_certificate_that_ended_has_no_paper(client):
    holder = accounts.person()
    made = make.certificate(holder)
    certificates.revoke(made, make.REASON, None)
    client.sign_in(holder)
    assert client.get(f"/sertifikat/{made.number}.pdf").status_code == 409


def test_my_certificates(client):
    holder = accounts.person()
    client.sign_in(holder)
    assert "Belum Ada Sertifikat" in words(client.get("/sertifikat-saya"))
    old, other = make.certificate(holder), make.certificate()
    new = certificates.reissue(old, "Rina Wulandari, S.K.M.", make.REASON, None)
    said = words(client.get("/sertifikat-saya"))
    assert new.number in said
    assert old.number not in said
    assert other.number not in said


def test_lists_are_in_the_order_of_the_days_of_issue(client, db):
    """Not of the rows: a paper of last year may be entered after one of today."""
    holder = accounts.person()
    days = {"Kursus Maret": 3, "Kursus Januari": 1, "Kursus Februari": 2}
    for course, month in days.items():
        make.certificate(holder, course=course).issued_at = datetime(2026, month, 9, tzinfo=UTC)
    db.session.flush()
    client.sign_in(holder)
    mine = words(client.get("/sertifikat-saya"))
    client.sign_in(make.admin())
    for said in (mine, words(client.get("/kelola/sertifikat"))):
        assert sorted(days, key=said.index) == ["Kursus Maret", "Kursus Februari", "Kursus Januari"]


def test_many_certificates_have_pages_that_hold_each_once(client):
    holder = accounts.person()
    numbers = {make.certificate(holder).number for _one in range(25)}
    client.sign_in(holder)
    seen, path = [], "/sertifikat-saya"
    while path:
        said = words(client.get(path))
        seen += [number for number in numbers if f">{number}<" in said]
        path = next((link for link in client.page.links if "setelah=" in link), None)
    assert sorted(seen) == sorted(numbers)


def test_what_a_day_cut_off_is_written_as_its_reader_does(client):
    person = accounts.person()
    make.credit(person, "1.5", at=datetime(2026, 7, 2, 3, tzinfo=UTC), declared="2.75", day_limit="1.5")
    client.sign_in(person)
    said = words(client.get("/jp?tahun=2026"))
    assert "dari 2,75 JP, karena batas sehari 1,5 JP" in said


def test_the_account_shows_each_credit_with_its_evidence(client):
    person = accounts.person()
    now = datetime(2026, 7, 2, 3, tzinfo=UTC)
    made = make.certificate(person, source_id=9)
    make.credit(person, "12.5", source_id=9, at=now)
    make.credit(accounts.person(), "7", at=now, course="Kursus Orang Lain")
    client.sign_in(person)
    said = words(client.get("/jp?tahun=2026"))
    assert "12,5 JP Tercatat" in said
    assert "Kurang 7,5 JP dari target 20 JP" in said
    assert "Menyusun Rencana Aksi" in said
    assert "4 jam 10 menit belajar teramati" in said
    assert "2 percobaan kuis" in said
    assert "kursus terbitan 3" in said
    assert "2 Juli 2026" in said
    assert "Kursus Orang Lain" not in said
    assert f"/sertifikat/{made.number}" in client.page.links
    assert "belum diperiksa pada naskah peraturannya" in said


def test_the_account_shows_what_was_taken_back(client):
    person = accounts.person()
    entry = make.credit(person, "4", at=datetime(2026, 7, 2, 3, tzinfo=UTC))
    ledger.reverse(entry, make.REASON, None)
    client.sign_in(person)
    said = words(client.get("/jp?tahun=2026"))
    assert "0 JP Tercatat" in said
    assert "Pembatalan: Menyusun Rencana Aksi" in said
    assert "Dibatalkan" in said
    assert make.REASON in said


def test_the_account_by_year(client):
    person = accounts.person()
    make.credit(person, "4", at=datetime(2026, 7, 2, tzinfo=UTC))
    make.credit(person, "5", at=datetime(2027, 7, 2, tzinfo=UTC), course="Kursus Tahun Depan")
    client.sign_in(person)
    said = words(client.get("/jp?tahun=2027"))
    assert "Kursus Tahun Depan" in said
    assert "Menyusun Rencana Aksi" not in said
    assert "/jp?tahun=2026" in client.page.links
    for odd in ("1066", "x", "", "²", "9" * 30):
        assert client.get("/jp", query_string={"tahun": odd}).status_code == 200
    assert "Belum Ada JP" in words(client.sign_in(accounts.person()).get("/jp"))


def test_ten_credits_cost_as_many_queries_as_one(client, db):
    person = accounts.person()
    at = datetime(2026, 7, 2, tzinfo=UTC)
    make.credit(person, source_id=1, at=at)
    make.certificate(person, source_id=1)
    client.sign_in(person)
    pages = ("/jp?tahun=2026", "/sertifikat-saya")
    one = [count_queries(db, lambda page=page: client.get(page)) for page in pages]
    for source in range(2, 12):
        make.credit(person, source_id=source, at=at)
        make.certificate(person, source_id=source)
    assert [count_queries(db, lambda page=page: client.get(page)) for page in pages] == one
    assert one[0] <= 8


@pytest.mark.parametrize("page", ["/jp", "/sertifikat-saya", "/kelola/sertifikat"])
def test_a_visitor_is_sent_to_sign_in(client, page):
    assert client.get(page).location.startswith("/masuk?next=")


STAFF = ("", "/{number}", "/{number}/cabut", "/{number}/terbitkan-ulang")


@pytest.mark.parametrize("page", STAFF)
def test_staff_pages_are_for_admins(client, page):
    made = make.certificate()
    where = "/kelola/sertifikat" + page.format(number=made.number)
    agency = accounts.organisation()
    for roles in ((), [("agency_admin", "organisation", agency.id)], [("auditor", "platform", 0)]):
        client.sign_in(accounts.person(roles=roles))
        assert client.get(where).status_code == 403
        if page.count("/") == 2:
            assert client.post(where, data={"reason": make.REASON, "name": "Nama Lain"}).status_code in (
                400,
                403,
            )
    client.sign_in(make.admin())
    assert client.get(where).status_code == 200


def test_an_admin_decides_on_no_certificate_of_the_own(client):
    admin = make.admin()
    number = make.certificate(admin).number
    client.sign_in(admin)
    assert client.get(f"/kelola/sertifikat/{number}/cabut").status_code == 403
    assert client.get(f"/kelola/sertifikat/{number}/terbitkan-ulang").status_code == 403
    client.get(f"/kelola/sertifikat/{number}")
    assert f"/kelola/sertifikat/{number}/cabut" not in client.page.links


@pytest.mark.parametrize("act", ["cabut", "terbitkan-ulang"])
def test_acts_on_a_proof_ask_for_the_password_again(client, db, act):
    where = f"/kelola/sertifikat/{make.certificate().number}/{act}"
    client.sign_in(make.admin())
    assert client.get(where).status_code == 200
    db.session.execute(update(SignIn).values(proved_at=clock.now() - timedelta(hours=1)))
    asked = f"/akun/periksa-kata-sandi?next={where}"
    assert client.submit({"reason": make.REASON, "name": "Nama Lain"}, has="reason").location == asked
    assert client.get(where).location == asked
    assert db.session.scalar(select(Certificate.state)) == "valid"


def test_staff_finds_a_certificate_by_its_number(client):
    one, two = make.certificate(name="Orang Satu"), make.certificate(name="Orang Dua")
    client.sign_in(make.admin())
    everything = words(client.get("/kelola/sertifikat"))
    assert one.number in everything
    assert two.number in everything
    for typed in (one.number, one.number.lower().replace("-", ""), one.number[11:15]):
        said = words(client.get("/kelola/sertifikat", query_string={"nomor": typed}))
        assert "Orang Satu" in said
    assert "Orang Dua" not in words(client.get("/kelola/sertifikat", query_string={"nomor": one.number}))
    assert "Tidak Ada Sertifikat" in words(client.get("/kelola/sertifikat?nomor=%25"))


def test_staff_finds_a_certificate_by_its_holder(client):
    mine = make.certificate(accounts.person("Sari 100% Wulan"), source_id=8)
    make.certificate(accounts.person("Budi Santoso"), source_id=9)
    client.sign_in(make.admin())
    for typed in ("sari 100% wulan", "WULAN", "ri  100%"):
        said = client.get("/kelola/sertifikat", query_string={"nomor": typed}).text
        assert mine.number in said and said.count("EKOPI-2026-") < 4, typed
    assert "Tidak Ada Sertifikat" in words(client.get("/kelola/sertifikat?nomor=wulan+sari"))
    assert 'placeholder="Nomor atau nama"' in client.get("/kelola/sertifikat").text


def test_the_list_of_certificates_reads_no_accounts(app, db):
    number = make.certificate().number
    db.session.expunge_all()
    with app.test_request_context("/kelola/sertifikat"):
        (listed,) = queries.found_by_staff("").items
    assert listed.number == number
    assert "person" in inspect(listed).unloaded


@pytest.mark.parametrize("act", ["cabut", "terbitkan-ulang"])
def test_what_is_not_valid_any_more_has_no_form(client, act):
    made = make.certificate()
    admin = make.admin()
    certificates.revoke(made, make.REASON, admin.id)
    client.sign_in(admin)
    assert client.get(f"/kelola/sertifikat/{made.number}/{act}").status_code == 409


def test_an_admin_revokes(client, db):
    person = accounts.person()
    made = make.certificate(person, source_id=9)
    number = made.number
    entry = make.credit(person, source_id=9)
    year, holder = entry.year, person.id
    client.sign_in(make.admin())
    client.get(f"/kelola/sertifikat/{number}/cabut")
    answer = client.submit({"reason": "pendek"}, has="reason")
    assert answer.status_code == 422
    assert "paling sedikit 10 karakter" in words(answer)
    answer = client.submit({"reason": make.REASON, "with_jp": "y"}, has="reason")
    assert answer.location == f"/kelola/sertifikat/{number}"
    said = words(client.get(answer.location))
    assert "Dicabut" in said
    assert make.REASON in said
    assert f"/kelola/sertifikat/{number}/cabut" not in client.page.links
    assert ledger.balance(holder, year) == 0


def test_an_admin_reissues(client):
    number = make.certificate().number
    client.sign_in(make.admin())
    client.get(f"/kelola/sertifikat/{number}/terbitkan-ulang")
    answer = client.submit({"reason": make.REASON}, has="reason")
    assert answer.status_code == 422
    assert "sama dengan yang tertulis" in words(answer)
    answer = client.submit({"name": "Rina Wulandari, S.K.M.", "reason": make.REASON}, has="reason")
    said = words(client.get(answer.location))
    assert '<span class="vh">Diganti</span>' in said and '<span class="vh">Berlaku</span>' in said
    assert '<span class="vh">Belum</span>' not in said, "a paper that was replaced is heard as what it is"
    assert number in said
    assert number not in answer.location
    assert "Rina Wulandari, S.K.M." in said
    assert "Diganti" in said
