"""Signing in and out, guessed passwords, links of admins, and where one is sent afterwards."""

import time
from datetime import timedelta
from pathlib import Path
from statistics import median
from urllib.parse import quote, unquote

import pytest
from sqlalchemy import func, select

from ekopi.accounts import queries
from ekopi.accounts.models import SignIn, SignInFailure
from ekopi.accounts.operations import proving, sign_ins, tokens
from ekopi.core import clock
from tests.accounts import make

CORPUS = Path(__file__).parents[3] / "shared" / "hostile" / "redirect"
FOREIGN = [
    "https://jahat.id", "//jahat.id", "///jahat.id", "/\\jahat.id", "\\\\jahat.id", "\\/jahat.id", "http:jahat.id",
    "https:/jahat.id", "javascript:alert(1)", "data:text/html,x", "/\tjahat.id", "\t//jahat.id", "/\n/jahat.id",
    " //jahat.id", "//jahat.id@localhost", "//localhost@jahat.id", "https://localhost.jahat.id", "jahat.id", "/%0d%0aX: y\r\nX: y",
    "/a\r\nSet-Cookie: x=y", "", "//", "http://localhost:8000@jahat.id", "/ /jahat.id", "/\x00/jahat.id",
]  # fmt: skip


@pytest.fixture
def later():
    yield lambda **by: clock.shift(timedelta(**by))
    clock.shift(None)


@pytest.fixture
def sari(db):
    return make.person(email="sari@slemankab.go.id", password=make.PASSWORD)


def enter(client, email="sari@slemankab.go.id", password=make.PASSWORD, path="/masuk", **kwargs):
    client.get(path)
    return client.submit({"email": email, "password": password}, **kwargs)


def failures(db):
    return db.session.scalar(select(func.count(SignInFailure.id)))


def test_in_and_out(client, db, sari):
    answer = enter(client, email=" SARI@SlemanKab.go.id ")
    assert (answer.status_code, answer.location) == (302, "/beranda")
    assert client.get("/akun").status_code == 200
    with client.session_transaction() as session:
        token = session["_user_id"]
        assert session.permanent
    row = db.session.scalars(select(SignIn)).one()
    assert token not in row.token_hash
    client.get("/akun")
    answer = client.submit(action="/keluar")
    assert answer.location == "/"
    assert client.get("/akun").status_code == 302
    with client.session_transaction() as session:
        session["_user_id"] = token  # a copied cookie
    assert client.get("/akun").status_code == 302
    assert client.get("/keluar").status_code == 405


def test_a_new_session_at_sign_in(client, db, sari):
    client.get("/masuk")
    with client.session_transaction() as session:
        before, session["marked"] = session["csrf_token"], 1
    client.submit({"email": sari.email, "password": make.PASSWORD})
    with client.session_transaction() as session:
        assert "marked" not in session
        assert session.get("csrf_token") != before


def test_the_page_is_skipped_when_signed_in(client, db, sari):
    client.sign_in(sari)
    assert client.get("/masuk?next=/kursus").location == "/kursus"
    assert client.get("/masuk?next=//jahat.id").location == "/beranda"
    assert client.get("/daftar").location == "/beranda"


def test_no_token_no_sign_in(client, db, sari):
    """CSRF: a form sent from elsewhere carries no token of ours."""
    answer = client.post("/masuk", data={"email": sari.email, "password": make.PASSWORD})
    assert answer.status_code == 400
    assert db.session.scalars(select(SignIn)).all() == []
    client.sign_in(sari)
    for path in ("/keluar", "/akun/sesi/akhiri-lainnya", "/akun/persetujuan", "/akun/nama"):
        assert client.post(path, data={"name": "Lain"}).status_code == 400, path
    assert client.get("/akun").status_code == 200


def test_the_same_words_for_known_and_unknown(client, db, sari):
    def words(**given):
        answer = enter(client, **given)
        assert answer.status_code == 422
        return answer.text.replace(given.get("email", sari.email), "")

    import re

    def plain(text):
        return re.sub(r'value="[^"]*"', "", text)

    assert plain(words(password="salah sekali ini")) == plain(words(email="entah@slemankab.go.id"))


def test_a_wrong_password_is_no_field_to_mend(client, db, sari):
    """The heading of the summary counts fields, or says what did not happen."""
    assert "Anda Belum Masuk" in enter(client, password="salah sekali ini").text
    assert "Isian yang Perlu Diperbaiki" not in enter(client, password="salah sekali ini").text
    assert "Ada 2 Isian yang Perlu Diperbaiki" in enter(client, email="", password="").text


@pytest.mark.slow
def test_the_same_time_for_known_and_unknown(app, db, sari):
    """Taken in turns, so that a busy machine slows all of them; the control is what an answer would take that spared
    the password of an unknown address. It must stand out by more than known and unknown may differ."""

    def refused(email):
        with pytest.raises(proving.NotProved):
            proving.prove(email, "salah sekali ini")

    def spared(email):
        assert queries.person_by_email(email) is None
        assert proving.slowed_until(email) is None
        proving._count(email, None)

    ways = {
        "known": lambda: refused("sari@slemankab.go.id"),
        "unknown": lambda: refused("entah@contoh.id"),
        "spared": lambda: spared("entah@contoh.id"),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    db.session.commit()
    with app.test_request_context():
        for turn in range(22):
            names = list(ways)
            for name in names[turn % 3 :] + names[: turn % 3]:
                began = time.perf_counter()
                ways[name]()
                taken[name].append(time.perf_counter() - began)
                db.session.rollback()
    known, unknown, without = (median(times[1:]) for times in taken.values())
    assert max(known, unknown) < 1.5 * min(known, unknown), (known, unknown)
    assert 1.5 * without < min(known, unknown), ("the comparison would not notice", without, known, unknown)


def test_five_failures_slow_down_and_tell_the_owner(client, db, sari, letters, later):
    for _ in range(proving.MOST_FAILURES):
        assert enter(client, password="salah sekali ini").status_code == 422
    answer = enter(client)
    assert answer.status_code == 429
    assert "Terlalu banyak kata sandi" in answer.text
    assert db.session.scalars(select(SignIn)).all() == []
    (letter,) = letters(sari.email)
    assert "Lima kata sandi" in letter.text
    enter(client, password="salah lagi juga")
    assert failures(db) == proving.MOST_FAILURES, "tries while slowed down do not prolong it"
    later(minutes=15, seconds=1)
    assert enter(client).status_code == 302
    assert failures(db) == 0


def test_an_unknown_address_is_slowed_down_alike(client, db, letters):
    for _ in range(proving.MOST_FAILURES):
        assert enter(client, email="entah@contoh.id").status_code == 422
    assert enter(client, email="entah@contoh.id").status_code == 429
    assert letters("entah@contoh.id") == []


def test_one_address_does_not_slow_another(client, db, sari):
    for _ in range(proving.MOST_FAILURES):
        enter(client, email="entah@contoh.id")
    assert enter(client).status_code == 302


def test_addresses_tried_are_not_readable(client, db):
    enter(client, email="entah@contoh.id")
    row = db.session.scalars(select(SignInFailure)).one()
    assert "entah" not in row.address_hash
    assert row.address_hash == proving.address_hash("ENTAH@contoh.id")


@pytest.mark.parametrize(
    ("state", "word"), [("disabled", "dinonaktifkan"), ("pending", "belum dikonfirmasi")]
)
def test_states_are_told_only_with_the_right_password(client, db, letters, state, word):
    make.person(email="sari@slemankab.go.id", password=make.PASSWORD, state=state)
    assert word not in enter(client, password="salah sekali ini").text
    answer = enter(client)
    assert answer.status_code == 422
    assert word in answer.text
    assert len(letters("sari@slemankab.go.id")) == (state == "pending")


def test_an_account_without_password_cannot_be_entered(client, db):
    make.person(email="sari@slemankab.go.id")
    assert enter(client).status_code == 422
    assert enter(client, password="x").status_code == 422


def test_an_old_hash_is_renewed(client, db, sari):
    from argon2 import PasswordHasher

    sari.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(make.PASSWORD)
    assert enter(client).status_code == 302
    assert "m=19456,t=2,p=1" in sari.password_hash


def changed_meanwhile(meanwhile, who):
    """Another browser changes the password after the old one was found to fit."""
    return meanwhile(
        "FROM sign_in_failures", "UPDATE persons SET password_hash = 'the-new-one' WHERE id = :id", id=who.id
    )


@pytest.mark.parametrize("old", [True, False])
def test_a_password_changed_meanwhile_lets_nobody_in_with_the_old(client, db, sari, meanwhile, old):
    from argon2 import PasswordHasher

    if old:
        sari.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(make.PASSWORD)
    client.get("/masuk")
    done = changed_meanwhile(meanwhile, sari)
    assert client.submit({"email": sari.email, "password": make.PASSWORD}).status_code == 422
    assert done
    assert sari.password_hash == "the-new-one", "the renewed hash of the old one is not written over it"
    assert db.session.scalars(select(SignIn)).all() == []


def test_a_password_changed_meanwhile_is_not_changed_by_the_old(client, db, sari, meanwhile):
    client.sign_in(sari).get("/akun/kata-sandi")
    done = changed_meanwhile(meanwhile, sari)
    answer = client.submit({"old": make.PASSWORD, "new": "pisau roti jendela"}, has="new")
    assert answer.status_code == 409
    assert "baru saja diubah di tempat lain" in answer.text
    assert done and sari.password_hash == "the-new-one"


def test_sign_ins_idle_out_and_grow_old(app, db, later):
    who = make.person()
    token = sign_ins.begin(who)
    settings = app.extensions["settings"]
    assert sign_ins.current(token)
    later(hours=settings.session_idle_hours, minutes=-1)
    assert sign_ins.current(token)
    later(hours=settings.session_idle_hours, minutes=1)
    assert sign_ins.current(token) is None
    sign_ins.touch(db.session.scalars(select(SignIn.id)).one())
    assert sign_ins.current(token)
    later(days=settings.session_max_days, minutes=1)
    sign_ins.touch(db.session.scalars(select(SignIn.id)).one())
    assert sign_ins.current(token) is None


def test_a_disabled_or_demoted_person_is_out_at_once(client, db):
    from ekopi.accounts.operations import account

    who = make.person()
    client.sign_in(who)
    assert client.get("/akun").status_code == 200
    account.disable(who, None)
    assert client.get("/akun").status_code == 302


def hostile():
    lines = list(FOREIGN)
    for path in sorted(CORPUS.glob("*.txt")) if CORPUS.is_dir() else []:
        lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines + [unquote(line) for line in lines]


def test_no_redirect_to_another_host(client, db, sari):
    """As a browser reads it: tabs and line breaks dropped, backslashes are slashes; only a path of ours may result."""
    client.sign_in(sari)
    wrong = []
    for target in hostile():
        answer = client.get(f"/masuk?next={quote(target, safe='')}")
        if "\x00" in target:  # nobody typed that: refused before it is read as an address
            assert answer.status_code == 400
            continue
        assert answer.status_code == 302
        seen = answer.location.replace("\\", "/").translate({9: None, 10: None, 13: None}).strip()
        if not seen.startswith("/") or seen.startswith("//"):
            wrong.append((target, answer.location))
    assert not wrong


@pytest.mark.parametrize("target", FOREIGN)
def test_no_redirect_from_the_form(client, db, sari, target):
    client.get("/masuk")
    answer = client.submit({"email": sari.email, "password": make.PASSWORD, "next": target})
    assert answer.status_code == 302
    assert answer.location == "/beranda"


def test_back_to_where_one_was(client, db, sari):
    answer = client.get("/akun/sesi?x=1")
    assert answer.location == "/masuk?next=/akun/sesi?x%3D1"
    assert enter(client, path=answer.location).location == "/akun/sesi?x=1"


def test_the_wrong_password_keeps_the_way_back(client, db, sari):
    enter(client, password="salah sekali ini", path="/masuk?next=/kursus")
    assert client.submit({"email": sari.email, "password": make.PASSWORD}).location == "/kursus"


def test_an_admin_link_works_once_within_half_an_hour(client, db, later):
    who = make.person(roles=[("admin", "platform", 0)])
    link = tokens.make_admin_link(who)
    assert link.startswith("http://127.0.0.1:8000/masuk/tautan/")
    path = link.removeprefix("http://127.0.0.1:8000")
    client.get(path)
    assert client.get(path).status_code == 200, "looking does not use it up"
    answer = client.submit()
    assert answer.location == "/akun/kata-sandi", "there is no password yet"
    assert client.get(path).status_code == 410
    client.get("/akun/kata-sandi")
    assert "old" not in client.page.forms[-1]["fields"]
    assert client.submit({"new": "pisau roti jendela"}, has="new").status_code == 302
    late = tokens.make_admin_link(who).removeprefix("http://127.0.0.1:8000")
    later(minutes=31)
    spent = client.get(late)
    assert spent.status_code == 410
    assert "pengelola server" in spent.text and "dari halaman masuk" not in spent.text


def test_a_newer_admin_link_ends_the_older(client, db):
    who = make.person()
    old = tokens.make_admin_link(who).removeprefix("http://127.0.0.1:8000")
    tokens.make_admin_link(who)
    assert client.get(old).status_code == 410


def test_a_token_is_good_for_its_purpose_only(db):
    who = make.person()
    token = tokens.make(who.id, "reset")
    for purpose in set(tokens.LIFETIMES) - {"reset"}:
        with pytest.raises(tokens.LinkSpent):
            tokens.find(token, purpose)
    assert tokens.use(token, "reset").person_id == who.id
    with pytest.raises(tokens.LinkSpent):
        tokens.use(token, "reset")


def test_pages_are_kept_by_no_cache(client, db):
    for path in ("/masuk", "/daftar", "/lupa-kata-sandi", "/privasi"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Mobile Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox, Linux"),
        ("curl/8.0", ""),
        (None, ""),
    ],
)  # fmt: skip
def test_devices_have_names(agent, name):
    from ekopi.accounts import devices

    assert devices.name_of(agent) == name
