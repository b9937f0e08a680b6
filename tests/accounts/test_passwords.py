"""Passwords: rules with their sentences, costs of the hash, and no hashing while a write is open."""

import pytest

from ekopi.accounts import passwords
from ekopi.core import db as database
from ekopi.core.errors import Invalid
from tests.accounts import make


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("pendek", "12"),
        ("a" * 129, "128"),
        ("indonesia2026", "mudah ditebak"),
        ("Indonesia-2026!", "mudah ditebak"),
        ("2026indonesia", "mudah ditebak"),
        ("merdekamerdeka", "mudah ditebak"),
        ("P@ssword123456", "mudah ditebak"),
        ("qwertyuiop123456", "mudah ditebak"),
        ("lembaga administrasi negara", "mudah ditebak"),
        ("abababababab", "seragam"),
        ("198609262015051001", "hanya angka"),
        ("SariMenariDiTaman", "nama atau alamat"),
        ("kopi-wulandari-9", "nama atau alamat"),
        ("naik-s.wulan-gunung", "nama atau alamat"),
    ],
)
def test_what_may_not_be_a_password(app, password, word):
    with app.test_request_context(), pytest.raises(Invalid) as refusal:
        passwords.check(password, email="s.wulan@slemankab.go.id", name="Sari Wulandari")
    assert word in refusal.value.sentence()
    assert refusal.value.field == "password"


@pytest.mark.parametrize(
    "password", [make.PASSWORD, "pisau roti jendela", "kereta malam ke Blitar", "ünïcödé-ääää-öö"]
)
def test_what_may(app, password):
    with app.test_request_context():
        passwords.check(password, email="s.wulan@slemankab.go.id", name="Sari Wulandari")


def test_the_list_is_long_enough():
    assert len(passwords.common()) > 900


def test_costs_of_the_hash(db):
    kept = passwords.make_hash("pisau roti jendela")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits("pisau roti jendela", kept)
    assert not passwords.fits("pisau roti jendelA", kept)
    assert not passwords.outdated(kept)


def test_the_same_letters_of_another_keyboard_fit(db):
    kept = passwords.make_hash("cafe\u0301 di tepi laut")
    assert passwords.fits("caf\u00e9 di tepi laut", kept)


def test_no_hash_fits_nothing(db):
    assert not passwords.fits("", "")
    assert not passwords.fits("pisau roti jendela", "")
    assert not passwords.fits("pisau roti jendela", "bukan-hash")


def test_hashing_inside_a_write_is_refused(db):
    make.person()  # flushed, not committed
    with pytest.raises(passwords.WriteIsOpen):
        passwords.make_hash("pisau roti jendela")
    with pytest.raises(passwords.WriteIsOpen):
        passwords.fits("pisau roti jendela", "")
    db.session.commit()
    assert passwords.make_hash("pisau roti jendela")


def test_nothing_is_hashed_while_a_row_is_claimed(db):
    """Others wait for the claimed row, on SQLite for the one write lock."""
    who = make.person()
    db.session.commit()
    database.claim(who)
    for act in (lambda: passwords.make_hash("pisau roti jendela"), lambda: passwords.fits("x", "")):
        with pytest.raises(passwords.WriteIsOpen):
            act()
    db.session.commit()
    assert passwords.make_hash("pisau roti jendela")
