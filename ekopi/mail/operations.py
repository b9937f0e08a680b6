"""Verbs of letters: write from a template, send, note what came of it. The caller commits."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import current_app
from flask_babel import force_locale, get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from ekopi import jobs
from ekopi.core import clock
from ekopi.core.db import affected
from ekopi.core.errors import Invalid
from ekopi.core.web import absolute
from ekopi.extensions import db
from ekopi.mail.models import Letter

KEPT = timedelta(days=180)
"""Letters stay so long, whatever came of them."""

ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+@[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+")
"""One plain address; what could end a header or name a second recipient is not in it."""


TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{32,}(?=\s|$)")
"""The end of a link that lets its reader in: secrets.token_urlsafe(24) gives 32 characters. No other link of ours
ends in so long a word; if one did, only the copy that is kept would lack it."""


class BadAddress(Invalid):
    code = "bad-address"
    message = _l("Alamat surel ini tidak dapat dipakai.")
    remedy = _l("Tulis satu alamat, misalnya nama@instansi.go.id.")


def send(to: str, subject: str, text: str, *, key: str, person_id: int | None = None) -> Letter:
    """Puts a letter on its way in the caller's transaction: a row, and a job that delivers it.

    `key` is the letter's identity: a second sending with the same key is the first letter. Without a mail server
    in the settings the letter is kept in the database. Line breaks in the subject become spaces. Raises
    BadAddress for anything but one plain address.
    """
    if not ADDRESS.fullmatch(to) or len(to) > 254:
        raise BadAddress("email")
    mail_url = current_app.extensions["settings"].mail_url
    letter = Letter(
        key=key,
        to_address=to,
        person_id=person_id,
        subject=one_line(subject),
        text=text,
        state="waiting" if mail_url else "kept",
    )
    try:
        with db.session.begin_nested():
            db.session.add(letter)
    except IntegrityError:
        return db.session.scalars(select(Letter).where(Letter.key == key)).one()
    if mail_url:
        jobs.enqueue("mail.deliver", letter.id, key=str(letter.id))
    return letter


def write(template: str, *, to: str, person=None, key: str, **facts) -> Letter:
    """Writes `templates/mail/<template>.txt` in the person's language (else the reader's), and sends it.

    The first line of the template is "Subjek: …", then comes a blank line, then the text. Templates get `person`,
    `link(endpoint, …)`, `absolute(path)` and the facts. templates/mail/_letter.txt is the frame of all letters.
    """
    with force_locale(person.language if person is not None else str(get_locale() or "id")):
        known = current_app.jinja_env.get_template(
            f"mail/{template}.txt"
        )  # no context of pages: no request needed
        text = known.render(person=person, absolute=absolute, link=link, **facts)
    first, _, rest = text.lstrip().partition("\n")
    label, colon, subject = first.partition(":")
    if not colon or label not in ("Subjek", "Subject"):
        raise ValueError(f"mail/{template}.txt does not begin with its subject")
    person_id = person.id if person is not None else None
    return send(to, subject.strip(), rest.strip() + "\n", key=key, person_id=person_id)


def link(endpoint: str, **values) -> str:
    """The full address of a view, also where there is no request (jobs, commands)."""
    return absolute(current_app.url_map.bind("").build(endpoint, values))


def one_line(text: str) -> str:
    """The text without line breaks and other control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", text).split())


def sent(letter_id: int) -> None:
    """Notes that the mail server took the letter; the words of its links that open something are not kept."""
    letter = db.session.get_one(Letter, letter_id)
    letter.state, letter.sent_at, letter.error = "sent", clock.now(), ""
    letter.text = TOKEN.sub("…", letter.text)


def troubled(letter_id: int, error: str, *, failed: bool) -> None:
    """Notes what went wrong; `failed` when it will not be tried again by itself."""
    letter = db.session.get(Letter, letter_id)
    if letter is not None and letter.state != "sent":
        letter.error = error[:500]
        if failed:
            letter.state = "failed"


def abandoned(letter_id: int) -> None:
    """Notes that a letter will not go out, since its delivery was thrown away: kept, without what its links open."""
    letter = db.session.get(Letter, letter_id)
    if letter is not None and letter.state in ("waiting", "failed"):
        letter.state = "kept"
        letter.text = TOKEN.sub("…", letter.text)


def forget() -> int:
    """Deletes letters older than KEPT, also those that never went out. Returns how many."""
    return affected(delete(Letter).where(Letter.created_at < clock.now() - KEPT))
