"""Jobs of letters."""

from __future__ import annotations

import smtplib

from flask import current_app
from flask_babel import lazy_gettext as _l

from ekopi.extensions import db
from ekopi.jobs import Hopeless, enqueue, job
from ekopi.mail import operations, queries, smtp
from ekopi.mail.models import Letter

TRIES = 8
FIRST_PAUSE = 5
GROWTH = 4
"""Pauses of 5 s, 20 s, 80 s … 5.7 h: a mail server may be away for a night."""


def gave_up(letter_id: int, attempt: int = 1, *, error: str) -> None:
    operations.troubled(letter_id, error, failed=True)
    db.session.commit()


def dropped(letter_id: int, attempt: int = 1) -> None:
    operations.abandoned(letter_id)


@job(
    "mail.deliver", queue="mail", title=_l("Mengirim surel"), gave_up=gave_up, dropped=dropped,
    about=queries.told_apart,
)  # fmt: skip
def deliver(letter_id: int, attempt: int = 1) -> None:
    """Delivers a letter. A letter that is gone, sent or kept needs nothing.

    After a passing trouble it enqueues itself for later instead of waiting: a few letters to one slow server must
    not hold up all the others.
    """
    letter = db.session.get(Letter, letter_id)
    if letter is None or letter.state not in ("waiting", "failed"):
        return
    settings = current_app.extensions["settings"]
    if not settings.mail_url:  # it was taken out of the settings since
        letter.state = "kept"
        db.session.commit()
        return
    made = smtp.message(letter, settings)
    db.session.rollback()  # no transaction stays open while the network is waited for
    try:
        smtp.hand_over(made, settings)
    except smtp.Rejected as refusal:
        raise Hopeless(str(refusal)) from refusal
    except (OSError, smtplib.SMTPException) as trouble:
        error = f"{type(trouble).__name__}: {trouble}"
        if attempt >= TRIES:
            raise Hopeless(error) from trouble
        operations.troubled(letter_id, error, failed=False)
        pause = FIRST_PAUSE * GROWTH ** (attempt - 1)
        enqueue("mail.deliver", letter_id, attempt + 1, key=f"{letter_id}:{attempt + 1}", delay=pause)
    else:
        operations.sent(letter_id)
    db.session.commit()


def forget() -> None:
    """Nightly: letters that are long over."""
    operations.forget()
