"""Passwords: what may be one, and how it is kept (argon2id, 19 MiB, two passes, OWASP's second choice).

Hashing takes tens of milliseconds and must never happen while a write transaction is open; `make_hash` and
`fits` see to it by refusing to run inside one.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from sqlalchemy import event

from ekopi.core.db import WRITES
from ekopi.core.errors import Invalid
from ekopi.extensions import db

LEAST = 12
MOST = 128
COMMON = Path(__file__).parent / "common_passwords.txt"

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class WriteIsOpen(RuntimeError):
    """A password would be hashed while the database waits for us; the caller must hash first, then write."""


def make_hash(password: str) -> str:
    """The text kept for a password. Raises WriteIsOpen when this request has already written."""
    _no_write_open()
    return hash_now(password)


def hash_now(password: str) -> str:
    """Like make_hash, wherever one is: for demo content and tests, whose writes nobody waits for."""
    return _hasher.hash(_even(password))


@cache
def nobodys_hash() -> str:
    """The hash of nothing anybody knows: checked for unknown addresses, so that they take as long as known ones."""
    return _hasher.hash(secrets.token_urlsafe(24))


def fits(password: str, password_hash: str) -> bool:
    """Whether the password is the one of the hash; an empty hash takes as long and fits nothing."""
    _no_write_open()
    try:
        _hasher.verify(password_hash or nobodys_hash(), _even(password)[: MOST * 4])
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check(password: str, *, email: str = "", name: str = "", field: str = "password") -> None:
    """Raises Invalid with a sentence when this may not be a password of this person."""
    if len(password) < LEAST:
        raise Invalid(
            field,
            _l("Kata sandi harus paling sedikit %(least)s karakter. Beberapa kata acak mudah diingat."),
            least=LEAST,
        )
    if len(password) > MOST:
        raise Invalid(field, _l("Kata sandi paling panjang %(most)s karakter."), most=MOST)
    folded = _fold(password)
    if folded.isdecimal():
        raise Invalid(field, _l("Kata sandi tidak boleh hanya angka. Tambahkan beberapa kata."))
    if len(set(folded)) < 5:
        raise Invalid(field, _l("Kata sandi itu terlalu seragam. Gunakan beberapa kata yang berbeda."))
    if any(
        form in common() for plain in (folded, _plain(password)) for form in (plain, _once(_trimmed(plain)))
    ):
        raise Invalid(
            field, _l("Kata sandi itu sering dipakai orang sehingga mudah ditebak. Pilih yang lain.")
        )
    for part in own_words(email, name):
        if part in folded:
            raise Invalid(field, _l("Kata sandi tidak boleh memuat nama atau alamat surel Anda."))


def own_words(email: str, name: str) -> set[str]:
    """What of a mail address and a name may not stand in the person's password, folded."""
    local, _at, domain = email.lower().partition("@")
    words = {_fold(email), _fold(local), _fold(name), *(_fold(w) for w in name.split()), _fold(domain)}
    return {word for word in words if len(word) >= 4}


@cache
def common() -> frozenset[str]:
    """Passwords that are tried first, folded; of the file shipped with the product."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(_plain(line) for line in lines if line and not line.startswith("# "))


def _fold(text: str) -> str:
    """Like _plain, with the usual replacements of letters undone: "P@ssword" is "password"."""
    text = _even(text).lower().translate(str.maketrans("@$!|", "asii"))
    return "".join(c for c in text if c.isalnum())


def _plain(text: str) -> str:
    """Lower case letters and figures only: "Indonesia-2026!" is "indonesia2026"."""
    return "".join(c for c in _even(text).lower() if c.isalnum())


def _trimmed(folded: str) -> str:
    """Without the figures at its ends: "indonesia2026" is as common as "indonesia"."""
    return folded.strip("0123456789")


def _once(folded: str) -> str:
    """A word that is only repeated, once: "merdekamerdeka" is "merdeka"."""
    turn = (folded + folded).find(folded, 1)
    return folded[:turn] if 0 < turn < len(folded) else folded


def _even(text: str) -> str:
    """The same letters typed on different devices give the same bytes."""
    return unicodedata.normalize("NFKC", text)


# core.db.take_write_lock (and with it claim) makes the same note.
@event.listens_for(db.session, "after_flush")
def _wrote(session, _flush):
    session.info[WRITES] = True


@event.listens_for(db.session, "do_orm_execute")
def _writes(state):
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info[WRITES] = True


@event.listens_for(db.session, "after_transaction_end")
def _ended(session, transaction):
    if transaction.parent is None:
        session.info.pop(WRITES, None)


def _no_write_open() -> None:
    session = db.session
    if session.info.get(WRITES) or session.new or session.dirty or session.deleted:
        raise WriteIsOpen("hash the password before anything is written")
