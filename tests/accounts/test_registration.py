"""Registering, confirming, forgotten passwords: the walk, the same answers, bad input."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ekopi.accounts import notices, queries
from ekopi.accounts.models import AccountToken, Consent, Membership, Person
from ekopi.accounts.operations import registration, tokens
from ekopi.core import clock
from ekopi.mail.models import Letter
from tests.accounts import make
from tests.accounts.conftest import link_in

FIELDS = {
    "name": "Dr. Sari Wulandari, M.Si.",
    "email": "Sari@SlemanKab.go.id",
    "password": "pisau roti jendela",
    "organisation": "",
    "position": "Analis",
    "accept": "y",
}


@pytest.fixture
def later():
    """later(minutes=…) moves the clock until the end of the test."""
    yield lambda **by: clock.shift(timedelta(**by))
    clock.shift(None)


def register(client, **changes):
    client.get("/daftar")
    return client.submit({**FIELDS, **changes})


def enters(client, password, email=FIELDS["email"]):
    """Whether a new browser comes in with this password."""
    with client.session_transaction() as session:
        session.clear()
    client.get("/masuk")
    return client.submit({"email": email, "password": password}).status_code == 302


def someone(db, email="sari@slemankab.go.id"):
    db.session.expire_all()
    return queries.person_by_email(email)


def test_from_the_form_to_the_first_page(client, db, letters):
    place = make.organisation(
        "Pemkab Sleman", mail_domains=["slemankab.go.id"], region=make.region("73", zone="Asia/Makassar")
    )
    answer = register(client, organisation="Pemkab Sleman")
    assert (answer.status_code, answer.location) == (302, "/periksa-surel")
    person = someone(db)
    assert (person.state, person.zone, person.name) == ("pending", "Asia/Makassar", FIELDS["name"])
    consent = db.session.scalars(select(Consent).where(Consent.person_id == person.id)).one()
    assert (consent.notice, consent.version) == ("privacy", notices.PRIVACY_VERSION)
    (letter,) = letters("sari@slemankab.go.id")
    link = link_in(letter, "/daftar/konfirmasi/")
    assert client.get(link).status_code == 200
    assert someone(db).state == "pending", "opening the link must change nothing"
    client.get(link)
    answer = client.submit()
    assert (answer.status_code, answer.location) == (302, "/beranda")
    person = someone(db)
    assert person.state == "active"
    membership = db.session.scalars(select(Membership).where(Membership.organisation_id == place.id)).one()
    assert (membership.state, membership.decided_by_id) == ("confirmed", None)
    assert client.get("/akun").status_code == 200
    assert client.get(link).status_code == 410
    assert enters(client, FIELDS["password"]), "registered once, the password of the form is the one"


def test_another_domain_waits_and_the_admin_is_told_after_confirmation(client, db, letters):
    from ekopi.notifications.models import InboxItem

    place = make.organisation("Pemkab Sleman", mail_domains=["slemankab.go.id"])
    admin = make.person(roles=[("agency_admin", "organisation", place.id)])
    register(client, organisation="Pemkab Sleman", email="sari@contoh.id")
    told = select(func.count(InboxItem.id)).where(InboxItem.person_id == admin.id)
    assert db.session.scalar(told) == 0
    client.get(link_in(letters("sari@contoh.id")[0], "konfirmasi"))
    client.submit()
    assert db.session.scalar(told) == 1
    membership = db.session.scalars(select(Membership).where(Membership.organisation_id == place.id)).one()
    assert membership.state == "claimed"


def test_where_one_wanted_to_go(client, db, letters):
    client.get("/daftar?next=/kursus/laboratorium-inovasi")
    client.submit(FIELDS)
    client.get(link_in(letters("sari@slemankab.go.id")[0], "konfirmasi"))
    assert client.submit().location == "/kursus/laboratorium-inovasi"


def test_a_known_address_gets_the_same_answer_and_a_letter(client, db, letters):
    person = make.person(email="sari@slemankab.go.id", password=make.PASSWORD)
    before = person.password_hash
    fresh = register(client, email="baru@slemankab.go.id")
    known = register(client)
    assert (known.status_code, known.location, known.text) == (fresh.status_code, fresh.location, fresh.text)
    assert client.get(known.location).text == client.get(fresh.location).text
    assert someone(db).password_hash == before
    (letter,) = letters("sari@slemankab.go.id")
    assert "sudah memiliki akun" in letter.subject
    assert "konfirmasi" not in letter.text
    register(client)
    assert len(letters("sari@slemankab.go.id")) == 1, "not more than one an hour"


def test_who_registers_last_decides_and_old_links_end(client, db, letters):
    place = make.organisation("Pemkab Sleman")
    register(client, name="Orang Lain", password="kereta malam Blitar", organisation="Pemkab Sleman")
    register(client)
    first, second = letters("sari@slemankab.go.id")
    assert client.get(link_in(first, "konfirmasi")).status_code == 410
    person = someone(db)
    assert person.name == FIELDS["name"]
    assert db.session.scalars(select(Membership).where(Membership.organisation_id == place.id)).all() == []
    assert len(queries.consents_of(person.id)) == 1
    client.get(link_in(second, "konfirmasi"))
    assert client.submit().status_code == 302


def test_registered_twice_no_password_of_a_form_counts(client, db, letters):
    """Whoever types an address that waits for its owner must not choose the owner's password."""
    register(client)
    client.get("/daftar?next=/kursus")
    client.submit({**FIELDS, "password": "kereta malam Blitar"})
    client.get(link_in(letters("sari@slemankab.go.id")[-1], "konfirmasi"))
    answer = client.submit()
    assert answer.location == "/akun/kata-sandi?next=/kursus"
    page = client.get(answer.location)
    assert "didaftarkan lebih dari sekali" in page.text
    assert someone(db).state == "active"
    assert not enters(client, FIELDS["password"])
    assert not enters(client, "kereta malam Blitar")
    client.sign_in(someone(db)).get(answer.location)
    assert client.submit({"new": "pendek"}, has="new").status_code == 422
    assert client.submit({"new": "sungai tenang sekali"}, has="new").location == "/kursus"
    assert enters(client, "sungai tenang sekali")
    assert "didaftarkan lebih dari sekali" not in client.get("/akun/kata-sandi").text


def test_a_password_of_a_pending_account_is_not_tried_on_others(client, db, letters):
    """Between the two registrations the first password opens nothing either."""
    register(client)
    register(client, password="kereta malam Blitar")
    assert not enters(client, FIELDS["password"])
    assert someone(db).state == "pending"


def test_letters_do_not_fill_a_mailbox(client, db, letters):
    for _ in range(tokens.MOST_AN_HOUR + 3):
        register(client)
    assert len(letters("sari@slemankab.go.id")) == tokens.MOST_AN_HOUR


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"email": "bukan surel"}, "alamat surel yang lengkap"),
        ({"email": "a@b"}, "alamat surel yang lengkap"),
        ({"email": "a@b.id\r\nBcc: x@y.id"}, "alamat surel yang lengkap"),
        ({"email": ""}, "Isi alamat surel"),
        ({"email": "a" * 250 + "@b.id"}, "254"),
        ({"name": ""}, "Isi nama"),
        ({"name": "S"}, "2 sampai 150"),
        ({"name": "x" * 151}, "2 sampai 150"),
        ({"name": "<script>alert(1)</script>"}, "hanya memuat huruf"),
        ({"name": "Menang hadiah https://jahat.id"}, "hanya memuat huruf"),
        ({"name": "Sari\nWulan"}, "hanya memuat huruf"),
        ({"password": "pendek"}, "12 karakter"),
        ({"password": "slemankab-4-ever"}, None),
        ({"password": "wulandari-dari-desa"}, "nama atau alamat"),
        ({"accept": None}, "Setujui pemberitahuan privasi"),
        ({"organisation": "Kementerian Entah"}, "belum ada di daftar"),
        ({"position": "x" * 151}, "150"),
    ],
)
def test_bad_input_has_its_sentence(client, db, changes, word):
    answer = register(client, **changes)
    if word is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert word in answer.text
    assert db.session.scalar(select(func.count(Person.id))) == 0


def test_a_notice_that_changed_meanwhile(client, db):
    answer = register(client, notice_version="2019-1")
    assert answer.status_code == 409
    assert "sudah diperbarui" in answer.text
    assert someone(db) is None


def test_links_end(client, db, letters, later):
    register(client)
    link = link_in(letters("sari@slemankab.go.id")[0], "konfirmasi")
    later(days=3, minutes=1)
    assert client.get(link).status_code == 410
    assert client.get("/daftar/konfirmasi/entah").status_code == 410


def test_tokens_are_hashed_at_rest(client, db, letters):
    register(client)
    token = link_in(letters("sari@slemankab.go.id")[0], "konfirmasi").rpartition("/")[2]
    row = db.session.scalars(select(AccountToken)).one()
    assert token not in (row.token_hash, str(row.facts))
    assert len(row.token_hash) == 64


@pytest.mark.parametrize("name", ["Jose\u0301 da Silva", "Ngu\u0308rah O'Brien-Puspa", "佐藤"])
def test_names_of_any_script(client, db, name):
    assert register(client, name=name).status_code == 302


@pytest.mark.parametrize("name", ["Sari 2", "Sari²", "Sari ½", "\u0301Sari", "Sari\u200b"])
def test_no_figures_in_names(client, db, name):
    assert "hanya memuat huruf" in register(client, name=name).text


def test_registered_again_the_days_begin_anew(client, db, later):
    register(client)
    later(days=29)
    register(client)
    later(days=31)
    assert registration.remove_unconfirmed() == 0
    assert someone(db).state == "pending"
    later(days=60)
    assert registration.remove_unconfirmed() == 1


def test_confirmed_while_the_night_looks(db, meanwhile):
    who = make.person(state="pending", created_at=clock.now() - timedelta(days=31))
    done = meanwhile(
        "persons.state = ",
        "UPDATE persons SET state = 'active', confirmed_at = created_at WHERE id = :id",
        id=who.id,
    )
    assert registration.remove_unconfirmed() == 0
    assert done and queries.person(who.id).state == "active"


def test_registrations_nobody_confirmed_go(client, db, later):
    make.organisation("Pemkab Sleman")
    register(client, organisation="Pemkab Sleman")
    kept = make.person()
    later(days=29)
    assert registration.remove_unconfirmed() == 0
    later(days=31)
    assert registration.remove_unconfirmed() == 1
    assert someone(db) is None
    assert queries.person(kept.id)


def ask(client, email):
    client.get("/lupa-kata-sandi")
    return client.submit({"email": email})


def test_a_forgotten_password(client, db, letters):
    person = make.person(email="sari@slemankab.go.id", password=make.PASSWORD)
    from ekopi.accounts.operations import sign_ins

    token = sign_ins.begin(person)
    ask(client, "SARI@slemankab.go.id")
    link = link_in(letters(person.email)[0], "/kata-sandi-baru/")
    client.get(link)
    assert client.submit({"password": "pendek"}).status_code == 422
    answer = client.submit({"password": "kereta malam Blitar"})
    assert (answer.status_code, answer.location) == (302, "/masuk")
    assert sign_ins.current(token) is None
    assert client.get(link).status_code == 410
    assert [letter.subject for letter in letters(person.email)][-1] == "Kata sandi Anda berubah"
    client.get("/masuk")
    assert client.submit({"email": person.email, "password": "kereta malam Blitar"}).status_code == 302


def test_the_same_answer_for_an_unknown_address(client, db, letters):
    make.person(email="sari@slemankab.go.id")
    known, unknown = ask(client, "sari@slemankab.go.id"), ask(client, "entah@slemankab.go.id")
    assert (known.status_code, known.location, known.text) == (
        unknown.status_code,
        unknown.location,
        unknown.text,
    )
    assert "belum ada akun" in letters("entah@slemankab.go.id")[0].text
    assert "kata-sandi-baru" not in letters("entah@slemankab.go.id")[0].text


def test_a_reset_proves_an_unconfirmed_address(client, db, letters):
    register(client)
    ask(client, "sari@slemankab.go.id")
    client.get(link_in(letters("sari@slemankab.go.id")[-1], "kata-sandi-baru"))
    client.submit({"password": "kereta malam Blitar"})
    assert someone(db).state == "active"


def test_a_disabled_account_gets_no_link(client, db, letters):
    make.person(email="sari@slemankab.go.id", state="disabled")
    ask(client, "sari@slemankab.go.id")
    (letter,) = letters("sari@slemankab.go.id")
    assert "dinonaktifkan" in letter.text
    assert db.session.scalars(select(AccountToken)).all() == []


def test_letters_come_in_the_readers_language(client, db, letters):
    client.set_cookie("bahasa", "en")
    register(client)
    assert someone(db).language == "en"


def test_every_letter_can_be_written(app, db):
    """Each letter, for a person in either language: a subject, a text, and our own address only."""
    from ekopi.accounts.operations import letters as written

    with app.test_request_context(headers={"Host": "jahat.example"}):
        for language in ("id", "en"):
            who = make.person(language=language)
            written.confirmation(who)
            written.known_address(who)
            written.reset(who)
            written.no_account(f"{language}@contoh.id")
            written.password_changed(who)
            written.guesses(who, clock.now())
            written.email_to_new(who, f"baru-{language}@contoh.id", f"abc-{language}")
            written.email_to_taken(f"ada-{language}@contoh.id")
            written.email_asked(who)
            written.email_changed(who, f"lama-{language}@contoh.id")
            written.erased(who)
            who.state = "disabled"
            written.known_address(who)
    rows = db.session.scalars(select(Letter)).all()
    assert len(rows) == 24
    for letter in rows:
        assert letter.subject
        assert len(letter.text) > 60
        assert "jahat.example" not in letter.text
        assert not re.search(r"&(amp|#39|quot);|%\(|\{\{", letter.text)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_privacy_notice(client, db, language):
    client.set_cookie("bahasa", language)
    text = client.get("/privasi").text
    assert ("3 × 24 jam" if language == "id" else "3 × 24 hours") in text
    assert notices.PRIVACY_VERSION in text
    assert client.get("/privasi?versi=1999-1").status_code == 404
    for version in notices.PRIVACY_VERSIONS:
        assert client.get(f"/privasi?versi={version}").status_code == 200


def test_what_the_notice_promises_is_what_the_code_does(client, db):
    """Periods named in the notice are those of the code."""
    from ekopi.accounts.operations import sign_ins
    from ekopi.mail import operations as mail

    text = client.get("/privasi").text
    assert f"dikonfirmasi: {registration.UNCONFIRMED.days} hari" in text
    assert f"berakhir: {sign_ins.KEPT.days} hari" in text
    assert f"dikirim: {mail.KEPT.days} hari" in text
