"""A letter as a message, and its way to the mail server."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from ekopi.config import Settings
from ekopi.mail.models import Letter
from ekopi.mail.queries import masked

SECONDS = 15
ADDRESSES = re.compile(r"[^\s@<>(),;:\\\"'\[\]=]+@[^\s@<>(),;:\\\"'\[\]=]+")
"""What may be an address of somebody in the words of a server."""
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Rejected(Exception):
    """The mail server will not take this letter, today or tomorrow."""


def message(letter: Letter, settings: Settings) -> EmailMessage:
    """The letter as a message. The same letter always has the same Message-ID."""
    made = EmailMessage(policy=SMTP)
    name = hashlib.sha256(f"{letter.key}\0{letter.created_at.isoformat()}".encode()).hexdigest()[:40]
    host = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    made["From"] = settings.mail_from
    made["To"] = letter.to_address
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(letter.created_at)
    made["Message-ID"] = f"<{name}@{host}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text, cte="quoted-printable")
    return made


def hand_over(made: EmailMessage, settings: Settings) -> None:
    """Gives the message to the server of EKOPI_MAIL_URL.

    Raises Rejected when the server says that it never will take it, OSError or SMTPException when it could not
    be done now; addresses in the words of the server are masked in both.
    """
    with connect(settings.mail_url) as server:
        try:
            server.send_message(made)
        except smtplib.SMTPRecipientsRefused as refusal:
            code, words = next(iter(refusal.recipients.values()))
            _sort_out(code, words, refusal)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
            _sort_out(refusal.smtp_code, refusal.smtp_error, refusal)
        except smtplib.SMTPNotSupportedError as refusal:
            raise Rejected(str(refusal)) from refusal


def _sort_out(code: int, words: bytes | str, refusal: Exception):
    """Raises what the refusal means. Its words go into the list of jobs, so they name nobody."""
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    said = ADDRESSES.sub(lambda address: masked(address[0]), said)
    if 500 <= code < 600:
        raise Rejected(f"{code} {said}") from refusal
    raise smtplib.SMTPResponseException(code, said) from refusal


def connect(url: str) -> smtplib.SMTP:
    """A connection to the server, encrypted and signed in as the URL says; the caller closes it."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
