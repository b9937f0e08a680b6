"""The own account: each thing that can be changed, sensitive acts, sign-ins, data, the end."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ekopi.accounts import nip, notices, privacy, queries
from ekopi.accounts.models import AccountToken, SignIn
from ekopi.accounts.operations import account, by_staff, consents, proving, sign_ins, tokens
from ekopi.core import clock
from ekopi.core.errors import Invalid
from ekopi.core.models import AuditEntry
from tests.accounts import make
from tests.accounts.conftest import link_in

NIP = "198609262015051001"
PAGES = [
    "/akun", "/akun/nama", "/akun/surel", "/akun/kata-sandi", "/akun/nip", "/akun/zona-bahasa", "/akun/keanggotaan",
    "/akun/sesi", "/akun/persetujuan", "/akun/data", "/akun/hapus", "/akun/periksa-kata-sandi",
]  # fmt: skip


@pytest.fixture
def later():
    yield lambda **by: clock.shift(timedelta(**by))
    clock.shift(None)


@pytest.fixture
def sari(db):
    return make.person(email="sari@slemankab.go.id", password=make.PASSWORD)


def verbs(db, person):
    return db.session.scalars(
        select(AuditEntry.verb).where(AuditEntry.subject_id == str(person.id)).order_by(AuditEntry.id)
    ).all()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_opens_for_its_owner_and_asks_visitors_to_sign_in(client, db, sari, path, language):
    make.membership(sari, make.organisation(), state="claimed")
    make.membership(sari, make.organisation(), state="ended", reason="Mutasi")
    sari.language = language
    assert client.get(path).status_code == 302
    client.sign_in(sari)
    answer = client.get(path)
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_name(client, db, sari):
    client.sign_in(sari).get("/akun/nama")
    assert client.submit({"name": "<b>x</b>"}, has="name").status_code == 422
    assert client.submit({"name": "Sari W., S.Kom."}, has="name").location == "/akun"
    assert sari.name == "Sari W., S.Kom."
    assert verbs(db, sari) == ["account.name-changed"]


def test_language_and_zone(client, db, sari):
    client.sign_in(sari).get("/akun/zona-bahasa")
    assert client.submit({"zone": "Mars/Olympus", "language": "id"}, has="zone").status_code == 422
    client.submit({"zone": "Asia/Jayapura", "language": "en"}, has="zone")
    assert (sari.zone, sari.language) == ("Asia/Jayapura", "en")
    page = client.get("/akun").text
    assert '<html lang="en"' in page
    assert "WIT" in page


def test_nip(client, db, sari):
    client.sign_in(sari).get("/akun/nip")
    answer = client.submit({"nip": "198613262015051001"}, has="nip")
    assert answer.status_code == 422
    assert "bukan tanggal" in answer.text
    client.submit({"nip": "19860926 201505 1 001"}, has="nip")
    assert nip.decrypt(sari.nip_cipher) == NIP
    for path in ("/akun", "/akun/nip"):
        page = client.get(path).text
        assert nip.masked(NIP) in page
        assert NIP not in page
    client.submit({"nip": ""}, has="nip")
    assert sari.nip_cipher is sari.nip_hash is None
    assert verbs(db, sari) == ["account.nip-set", "account.nip-removed"]


def test_one_nip_one_account(client, db, sari):
    account.set_nip(make.person(), NIP)
    client.sign_in(sari).get("/akun/nip")
    answer = client.submit({"nip": NIP}, has="nip")
    assert answer.status_code == 422
    assert "akun lain" in answer.text
    account.set_nip(sari, "199001012015051002")
    account.set_nip(sari, "1990 0101 2015 051 002")
    assert sari.nip_hash == nip.match("199001012015051002")


def test_password(client, db, sari, letters):
    other = sign_ins.begin(sari)
    link = tokens.make(sari.id, "reset")
    client.sign_in(sari).get("/akun/kata-sandi")
    answer = client.submit({"old": "salah sekali ini", "new": "pisau roti jendela"}, has="new")
    assert answer.status_code == 422
    assert "Kata sandi tidak cocok" in answer.text
    answer = client.submit({"old": make.PASSWORD, "new": "indonesia2026"}, has="new")
    assert answer.status_code == 422
    assert "mudah ditebak" in answer.text
    assert sign_ins.current(other)
    assert client.submit({"old": make.PASSWORD, "new": "pisau roti jendela"}, has="new").location == "/akun"
    assert sign_ins.current(other) is None
    assert client.get("/akun").status_code == 200, "the own sign-in goes on"
    with pytest.raises(tokens.LinkSpent):
        tokens.find(link, "reset")
    assert [letter.subject for letter in letters(sari.email)] == ["Kata sandi Anda berubah"]
    assert proving.prove(sari.email, "pisau roti jendela") is sari


def test_guessing_the_password_from_a_stolen_session_is_slowed_down(client, db, sari):
    client.sign_in(sari)
    for _ in range(proving.MOST_FAILURES):
        client.get("/akun/kata-sandi")
        client.submit({"old": "salah sekali ini", "new": "pisau roti jendela"}, has="new")
    client.get("/akun/kata-sandi")
    answer = client.submit({"old": make.PASSWORD, "new": "pisau roti jendela"}, has="new")
    assert "Terlalu banyak kata sandi" in answer.text


def ask(client, email):
    client.get("/akun/surel")
    return client.submit({"email": email}, has="email")


def test_email(client, db, sari, letters):
    place = make.organisation(mail_domains=["kemenkes.go.id"])
    waiting = make.membership(sari, place, state="claimed")
    client.sign_in(sari)
    assert ask(client, "Sari@Kemenkes.go.id").location == "/akun"
    assert sari.email == "sari@slemankab.go.id"
    (to_old,), (to_new,) = letters("sari@slemankab.go.id"), letters("sari@kemenkes.go.id")
    assert "akun/surel" not in to_old.text
    link = link_in(to_new, "/akun/surel/")
    client.get(link)
    assert sari.email == "sari@slemankab.go.id"
    client.submit(action="^$")
    assert sari.email == "sari@kemenkes.go.id"
    assert waiting.state == "confirmed"
    assert len(letters("sari@slemankab.go.id")) == 2
    spent = client.get(link)
    assert spent.status_code == 410
    assert "halaman masuk" not in spent.text and "/akun" in client.page.links, "there one asks for another"
    assert all(row.facts == {} for row in db.session.scalars(select(AccountToken)))


def test_an_address_that_is_taken_is_not_told(client, db, sari, letters):
    make.person(email="ada@contoh.id")
    client.sign_in(sari)
    free, taken = ask(client, "bebas@contoh.id"), ask(client, "ada@contoh.id")
    assert (free.status_code, free.location) == (taken.status_code, taken.location)
    (letter,) = letters("ada@contoh.id")
    assert "/akun/surel/" not in letter.text


def test_an_address_taken_before_it_was_confirmed(client, db, sari, letters):
    client.sign_in(sari)
    ask(client, "nanti@contoh.id")
    make.person(email="nanti@contoh.id")
    client.get(link_in(letters("nanti@contoh.id")[0], "/akun/surel/"))
    answer = client.submit(action="^$")
    assert answer.status_code == 409
    assert "dipakai akun lain" in answer.text
    assert sari.email == "sari@slemankab.go.id"


@pytest.mark.parametrize(
    ("email", "word"), [("sari@slemankab.go.id", "alamat Anda sekarang"), ("x", "lengkap")]
)
def test_bad_addresses(client, db, sari, email, word):
    client.sign_in(sari)
    answer = ask(client, email)
    assert answer.status_code == 422
    assert word in answer.text


@pytest.mark.parametrize("path", ["/akun/surel", "/akun/data", "/akun/hapus"])
def test_sensitive_acts_ask_for_the_password_after_a_while(client, db, sari, later, path):
    client.sign_in(sari)
    assert client.get(path).status_code == 200
    later(minutes=15, seconds=1)
    answer = client.get(path)
    assert answer.location == f"/akun/periksa-kata-sandi?next={path}"
    form = {"csrf_token": "", "email": "baru@contoh.id", "sure": "y"}
    client.get(answer.location)
    form["csrf_token"] = client.page.forms[-1]["fields"]["csrf_token"]
    assert client.post(path, data=form).location == f"/akun/periksa-kata-sandi?next={path}"
    client.get(answer.location)
    assert client.submit({"password": "salah sekali ini"}, has="password").status_code == 422
    assert client.get(path).status_code == 302
    client.get(answer.location)
    assert client.submit({"password": make.PASSWORD}, has="password").location == path
    assert client.get(path).status_code == 200
    assert sari.state == "active"


def test_proving_leads_nowhere_else(client, db, sari):
    client.sign_in(sari).get("/akun/periksa-kata-sandi?next=//jahat.id")
    assert client.submit({"password": make.PASSWORD}, has="password").location == "/akun"


def test_sign_ins(client, db, sari):
    phone = sign_ins.begin(sari, device="Chrome, Android")
    theirs = sign_ins.begin(make.person())
    client.sign_in(sari)
    page = client.get("/akun/sesi").text
    assert "Chrome, Android" in page
    assert "Sesi ini" in page
    client.submit(action=r"/akun/sesi/\d+/akhiri")
    assert sign_ins.current(phone) is None
    foreign = sign_ins.current(theirs)
    client.get("/akun/sesi")
    csrf = client.page.forms[-1]["fields"]["csrf_token"]
    client.post(f"/akun/sesi/{foreign.id}/akhiri", data={"csrf_token": csrf})
    assert sign_ins.current(theirs), "somebody else's stays"
    sign_ins.begin(sari), sign_ins.begin(sari)
    client.get("/akun/sesi")
    client.submit(action="akhiri-lainnya")
    assert client.get("/akun/sesi").status_code == 200
    open_ = select(func.count(SignIn.id)).where(SignIn.person_id == sari.id, SignIn.ended_at.is_(None))
    assert db.session.scalar(open_) == 1


def test_sign_ins_long_over_go(db, sari, later):
    sign_ins.begin(sari)
    sign_ins.end_all(sari.id)
    sign_ins.begin(sari)
    assert sign_ins.forget() == 0
    later(days=91)
    assert sign_ins.forget() == 1
    later(days=91 + 31)
    assert sign_ins.forget() == 1


def test_consents(client, db, sari):
    client.sign_in(sari)
    assert "belum menyetujui versi" in client.get("/akun").text
    client.get("/akun/persetujuan")
    client.submit(action="/akun/persetujuan")
    client.get("/akun/persetujuan")
    (row,) = queries.consents_of(sari.id)
    assert row.version == notices.PRIVACY_VERSION
    assert "belum menyetujui versi" not in client.get("/akun").text
    assert "Berlaku" in client.get("/akun/persetujuan").text


def test_accepting_in_two_tabs_at_once_is_accepting_once(db, sari, meanwhile):
    done = meanwhile(
        "FROM consents",
        "INSERT INTO consents (person_id, notice, version, given_at) VALUES (:id, 'privacy', :version, :at)",
        id=sari.id, version=notices.PRIVACY_VERSION, at=str(clock.now()),
    )  # fmt: skip
    consents.accept(sari, notices.PRIVACY_VERSION)
    assert done and len(queries.consents_of(sari.id)) == 1
    assert verbs(db, sari) == [], "the first one is in the trail"
    consents.withdraw_all(sari.id)
    consents.accept(sari, notices.PRIVACY_VERSION)
    assert len(queries.consents_of(sari.id)) == 2


def test_the_data_of_one_person(client, db, sari):
    other = make.person(name="Orang Lain", email="lain@contoh.id")
    make.membership(sari, make.organisation("Pemkab Sleman"), position="Bidan")
    make.role(sari, "innovator")
    account.set_nip(sari, NIP)
    by_staff.record_view(sari.id, make.person(name="Ratna Agensi"))
    by_staff.record_view(other.id, make.person(name="Bagas Agensi"))
    client.sign_in(sari).get("/akun/data")
    answer = client.submit(action="^$")
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    data = json.loads(answer.text)["bagian"]
    held = data["accounts"]
    assert held["akun"]["surel"] == sari.email
    assert held["akun"]["nip"] == NIP
    assert held["keanggotaan"][0]["jabatan"] == "Bidan"
    assert held["peran"][0]["peran"] == "innovator"
    assert len(held["sesi"]) == 1
    ((_when, by),) = [(view["waktu"], view["oleh"]) for view in held["dibuka_petugas"]]
    assert by == "Ratna Agensi"
    assert "Bagas Agensi" not in answer.text
    assert "argon2" not in answer.text
    assert "lain@contoh.id" not in answer.text
    assert other.name not in answer.text
    assert "account.data-downloaded" in verbs(db, sari)
    from ekopi.core.registry import all_of

    assert set(data) == set(all_of("privacy"))


def test_the_end_of_an_account(client, db, sari, letters, later):
    account.set_nip(sari, NIP)
    make.membership(sari, make.organisation(), position="Bidan")
    make.role(sari, "author")
    proving_failures(db, sari)
    tokens.make(sari.id, "change_email", email="baru@contoh.id")
    account_id = sari.id
    client.sign_in(sari).get("/akun/hapus")
    assert client.submit({}, has="csrf_token", action="^$").status_code == 422
    assert client.submit({"sure": "y"}, action="^$").location == "/"
    assert client.get("/akun").status_code == 302
    gone = db.session.get(type(sari), account_id)
    assert (gone.state, gone.name, gone.nip_cipher, gone.password_hash) == ("erased", privacy.GONE, None, "")
    assert gone.email.endswith("@ekopi.invalid")
    assert queries.person_by_email("sari@slemankab.go.id") is None
    assert queries.roles_of(account_id) == []
    assert [(m.state, m.position) for m in queries.memberships_of(account_id)] == [("ended", "")]
    assert db.session.scalars(select(SignIn)).all() == []
    assert db.session.scalars(select(AccountToken)).all() == []
    assert "Bidan" not in json.dumps(privacy.export(account_id))
    (last,) = letters("sari@slemankab.go.id")
    assert account.forget_last_letters() == 0
    later(days=2, hours=1)
    assert account.forget_last_letters() == 1
    db.session.refresh(last)
    assert (last.to_address, last.text) == ("", "")
    assert make.person(email="sari@slemankab.go.id").id != account_id, "the address is free again"


def proving_failures(db, person):
    db.session.commit()
    with pytest.raises(proving.NotProved):
        proving.prove(person.email, "salah sekali ini")


def test_every_personal_column_is_declared_and_erased(db, sari):
    """After erasure no declared column that is to be erased still holds what the person gave."""
    account.set_nip(sari, NIP)
    make.membership(sari, make.organisation(), position="Bidan Ahli Utama", reason="Alasan Rahasia")
    sign_ins.begin(sari, device="Peranti Khas")
    account.erase(sari)
    from ekopi.extensions import Base

    for column in privacy.COLUMNS:
        table, name = column.split(".")
        values = db.session.scalars(select(Base.metadata.tables[table].c[name])).all()
        said = json.dumps([str(v) for v in values])
        for fact in ("sari@", "Sari", "Bidan", "Rahasia", "Khas"):
            assert fact not in said, column


def test_admins_make_disable_and_enable_people(db, app):
    from ekopi.accounts.operations import people

    admin = make.person(roles=[("admin", "platform", 0)])
    db.session.commit()
    who = people.create(email="Baru@contoh.id", name="Baru", password="pisau roti jendela", by=admin)
    assert (who.email, who.state) == ("baru@contoh.id", "active")
    with pytest.raises(Invalid):
        people.create(email="baru@contoh.id", name="Lagi")
    account.disable(who, admin)
    assert who.state == "disabled"
    account.enable(who, admin)
    assert who.state == "active"
    erased = make.person(state="erased")
    assert not account.disable(erased, admin)
    assert not account.enable(erased, admin)
    assert erased.state == "erased"
    pending = make.person(state="pending")
    account.disable(pending, admin)
    account.enable(pending, admin)
    assert pending.confirmed_at


def test_the_night_forgets(db, sari, later):
    from ekopi.accounts import tasks
    from ekopi.accounts.models import SignInFailure

    proving_failures(db, sari)
    tokens.make(sari.id, "reset")
    later(days=2)
    tasks.forget()
    assert db.session.scalars(select(SignInFailure)).all() == []
    assert len(db.session.scalars(select(AccountToken)).all()) == 1
    later(days=32)
    tasks.forget()
    assert db.session.scalars(select(AccountToken)).all() == []


def test_pages_cost_few_queries(client, db, sari, count_queries):
    client.sign_in(sari)
    client.get("/akun")
    with count_queries() as seen:
        client.get("/akun")
    assert len(seen) <= 7, seen
