"""Links in letters: made with a random token, hashed at rest, for one purpose, used once, with an end."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from ekopi.accounts.models import AccountToken, Person
from ekopi.accounts.operations.sign_ins import digest
from ekopi.core import audit, clock
from ekopi.core.db import affected
from ekopi.core.errors import Refused
from ekopi.extensions import db
from ekopi.mail import operations as mail

LIFETIMES = {
    "confirm": timedelta(days=3),
    "reset": timedelta(hours=1),
    "change_email": timedelta(days=1),
    "admin_link": timedelta(minutes=30),
}
MOST_AN_HOUR = 5
"""Letters with a link of one purpose that a person gets in an hour; whoever asks for more fills a mailbox."""


class LinkSpent(Refused):
    """The link was used, has expired, was replaced by a newer one, or never existed."""

    code = "link-spent"
    status = 410
    message = _l("Tautan ini sudah dipakai atau sudah tidak berlaku.")
    remedy = _l("Minta tautan baru dari halaman masuk.")
    way = ("/masuk", _l("Ke Halaman Masuk"))


class EmailLinkSpent(LinkSpent):
    """The same of a link for a new address, which is asked for in the account."""

    remedy = _l("Alamat yang berlaku tertulis di Akun dan Keamanan. Di sana Anda dapat meminta tautan baru.")
    way = ("/akun", _l("Ke Akun dan Keamanan"))


class AdminLinkSpent(LinkSpent):
    """The same of a link that was made at the server."""

    remedy = _l("Mintalah tautan baru kepada pengelola server EKOPI.")


SPENT = {"change_email": EmailLinkSpent, "admin_link": AdminLinkSpent}


def spent(purpose: str) -> LinkSpent:
    """The refusal of a link of this purpose: it says where another one comes from."""
    return SPENT.get(purpose, LinkSpent)()


def make(person_id: int, purpose: str, **facts) -> str:
    """A new token for the link; older ones of this person and purpose end. Only the last letter's link works."""
    drop(person_id, purpose)
    token = secrets.token_urlsafe(24)
    db.session.add(
        AccountToken(
            token_hash=digest(token),
            person_id=person_id,
            purpose=purpose,
            facts=facts,
            expires_at=clock.now() + LIFETIMES[purpose],
        )
    )
    db.session.flush()
    return token


def drop(person_id: int, *purposes: str) -> None:
    """Ends the open links of a person, of these purposes or of all."""
    query = update(AccountToken).where(AccountToken.person_id == person_id, AccountToken.used_at.is_(None))
    if purposes:
        query = query.where(AccountToken.purpose.in_(purposes))
    db.session.execute(query.values(used_at=clock.now()))


def too_many(person_id: int, purpose: str) -> bool:
    """Whether MOST_AN_HOUR links were made already within the last hour."""
    made = db.session.scalar(
        select(func.count(AccountToken.id)).where(
            AccountToken.person_id == person_id,
            AccountToken.purpose == purpose,
            AccountToken.created_at > clock.now() - timedelta(hours=1),
        )
    )
    return (made or 0) >= MOST_AN_HOUR


def find(token: str, purpose: str) -> AccountToken:
    """The open link of a token. Raises LinkSpent. Reading it does not use it up."""
    return _link(token, purpose, *_open())


def ended(token: str, purpose: str) -> AccountToken:
    """The link of a token also when it is used up or over, as long as its row is kept. Raises LinkSpent for others."""
    return _link(token, purpose)


def goal_of(person_id: int) -> str:
    """Where the newest link that confirms the address leads afterwards, also when it is over; "" for nowhere."""
    newest = (
        select(AccountToken.facts)
        .where(AccountToken.person_id == person_id, AccountToken.purpose == "confirm")
        .order_by(AccountToken.created_at.desc(), AccountToken.id.desc())
        .limit(1)
    )
    return (db.session.scalar(newest) or {}).get("goal", "")


def has_open(person_id: int, purpose: str) -> bool:
    """Whether a letter is under way or read whose link of this purpose still works."""
    own = select(AccountToken.id).where(AccountToken.person_id == person_id, AccountToken.purpose == purpose)
    return db.session.scalar(own.where(*_open()).limit(1)) is not None


def _link(token: str, purpose: str, *conditions) -> AccountToken:
    link = (AccountToken.token_hash == digest(token), AccountToken.purpose == purpose)
    row = db.session.scalars(select(AccountToken).where(*link, *conditions)).first()
    if row is None:
        raise spent(purpose)
    return row


def _open() -> tuple:
    """What makes a link work still."""
    return AccountToken.used_at.is_(None), AccountToken.expires_at > clock.now()


def use(token: str, purpose: str) -> AccountToken:
    """Uses the link up; of two at once only one succeeds. Raises LinkSpent."""
    row = find(token, purpose)
    used = (
        update(AccountToken)
        .where(AccountToken.id == row.id, AccountToken.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if affected(used) != 1:
        raise spent(purpose)
    return row


def make_admin_link(person: Person) -> str:
    """A full address that signs this person in once within 30 minutes; for `ekopi init` and lost passwords."""
    token = make(person.id, "admin_link")
    audit.record("account.admin-link-made", "person", person.id)
    return mail.link("accounts.admin_link", token=token)
