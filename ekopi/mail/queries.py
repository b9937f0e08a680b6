"""Reads of letters."""

from __future__ import annotations

import re
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from ekopi.core import clock
from ekopi.core.web import absolute
from ekopi.extensions import db
from ekopi.mail.models import Letter

SLOW = timedelta(minutes=15)
LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


def newest() -> Select:
    """Letters for a page of the list."""
    return select(Letter)


def letter(letter_id: int) -> Letter | None:
    return db.session.get(Letter, letter_id)


def told_apart(deliveries: list[tuple]) -> list[str]:
    """Subject and masked address of the letter that each delivery (its arguments) is about; empty where it is gone."""
    ids = {arguments[0] for arguments in deliveries if arguments}
    rows = select(Letter.id, Letter.subject, Letter.to_address).where(Letter.id.in_(ids))
    known = {row.id: row for row in db.session.execute(rows)}
    return [_told_apart(known.get(arguments[0]) if arguments else None) for arguments in deliveries]


def _told_apart(row) -> str:
    if row is None or not row.to_address:
        return ""
    return _("%(subject)s, kepada %(address)s", subject=row.subject, address=masked(row.to_address))


def masked(address: str) -> str:
    """s•••@slemankab.go.id: enough to know a mail server by, too little to know a person by."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def counts() -> dict[str, int]:
    """State -> how many letters; "slow" counts those that have waited for a quarter of an hour."""
    found = dict(db.session.execute(select(Letter.state, func.count()).group_by(Letter.state)).all())
    slow = select(func.count()).where(Letter.state == "waiting", Letter.created_at < clock.now() - SLOW)
    return {**found, "slow": db.session.scalar(slow) or 0}


def paragraphs(text: str) -> list[list[list[tuple[str, str]]]]:
    """The text as paragraphs of lines of pieces: (words, address on our own host, or empty).

    Only links to our own host can be followed; a foreign address stays text.
    """
    blocks = re.split(r"\n\s*\n", text.strip())
    return [[_pieces(line) for line in block.splitlines()] for block in blocks]


def _pieces(line: str) -> list[tuple[str, str]]:
    own = absolute("/")
    cut, at = [], 0
    for match in LINK.finditer(line):
        if match[0].startswith(own):
            cut += [(line[at : match.start()], ""), (match[0], match[0].removeprefix(own[:-1]))]
            at = match.end()
    return [piece for piece in [*cut, (line[at:], "")] if piece[0]]
