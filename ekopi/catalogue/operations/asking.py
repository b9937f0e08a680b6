"""Once a year the owner is asked whether an innovation still runs: a letter with links that answer, and a notice.

A link is signed for one innovation, one owner, one person and the review it asks about: it ends with the first
answer, with a change of owner, with the next question, and when the person no longer administers the owner.
Nothing of it is stored, and a kept letter shows no link that works (mail.operations.TOKEN).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from ekopi.accounts.models import Organisation, Person
from ekopi.catalogue.models import Innovation, RunningAnswer
from ekopi.catalogue.operations import caring, projecting
from ekopi.catalogue.queries import caring as queries
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Refused
from ekopi.extensions import db
from ekopi.mail import operations as mail
from ekopi.notifications import operations as notifications

AGAIN = projecting.REVIEW_AFTER - queries.AHEAD
"""After so long without an answer the owner is asked again."""
PAUSE = timedelta(days=7)
"""One owner gets no second such letter within so long; what comes due meanwhile stands in the next one."""
MOST_IN_LETTER = 10
"""Innovations with links of their own in one letter; the others stand on the page of debts."""


class QuestionOver(Refused):
    """The link was answered, belongs to an earlier question or owner, or never was one."""

    code = "question-over"
    status = 410
    message = _l("Tautan ini sudah dijawab atau tidak berlaku lagi.")
    remedy = _l("Masuk, lalu buka halaman inovasinya untuk menjawab.")
    way = ("/katalog", _l("Ke Katalog"))


def ask() -> Iterator[int]:
    """Asks the owners of all that comes due, one owner at a step; gives how many innovations each was asked about.

    The caller commits after each step. Owners without an active admin are left for a night when there is one.
    """
    today = clock.today()
    where = queries.unasked(today, ahead=queries.AHEAD, again=AGAIN)
    for owner in queries.owners_to_ask(where, since=today - PAUSE):
        if people := queries.admins(owner):
            yield _ask_owner(owner, people)


def _ask_owner(owner: Organisation, people: list[Person]) -> int:
    today = clock.today()
    where = queries.unasked(today, ahead=queries.AHEAD, again=AGAIN)
    shown, number = queries.of_owner(owner.id, where, most=MOST_IN_LETTER)
    if not shown:
        return 0
    for innovation in shown:
        innovation.asked_on = today
    db.session.flush()
    db.session.execute(
        update(Innovation)
        .where(Innovation.owner_id == owner.id, where)
        .values(asked_on=today)
        .execution_options(synchronize_session=False)
    )
    key = f"still-running-{owner.id}-{today.isoformat()}"
    for person in people:
        notifications.tell(person.id, "still-running", key=key, organisation=owner.id, number=number)
        mail.write(
            "still-running", to=person.email, person=person, key=f"{key}-{person.id}", organisation=owner,
            asked=[(innovation, token(innovation, person.id)) for innovation in shown],
            number=number, rest=number - len(shown),
        )  # fmt: skip
    audit.record("innovations.asked-about", "organisation", owner.id, number=number)
    return number


def token(innovation: Innovation, person_id: int) -> str:
    """The word of the link by which this person answers the question that is open now; 43 characters."""
    said = (innovation.id, innovation.owner_id, person_id, innovation.asked_on, innovation.review_due)
    key = b"still-running:" + current_app.extensions["settings"].secret_key.encode()
    signed = hmac.digest(key, "|".join(map(str, said)).encode(), "sha256")
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def opened(innovation_id: int, person_id: int, word: str) -> Innovation:
    """The innovation that a link asks about, with its owner. Raises QuestionOver. Reading it does not use it up."""
    innovation = queries.with_owner(innovation_id)
    if innovation is None or not _holds(innovation, person_id, word):
        raise QuestionOver()
    return innovation


def answer(
    innovation_id: int, person_id: int, word: str, said: str, *, reason: str = "", lessons: str = ""
) -> RunningAnswer:
    """Answers by a link; of two at once only the first. Raises QuestionOver, Invalid."""
    innovation = opened(innovation_id, person_id, word)
    claim(innovation)
    if not _holds(innovation, person_id, word):
        raise QuestionOver()
    return caring.answer(innovation, said, reason=reason, lessons=lessons, by_id=None)


def _holds(innovation: Innovation, person_id: int, word: str) -> bool:
    if innovation.state != "living" or innovation.asked_on is None or innovation.owner is None:
        return False
    if not hmac.compare_digest(token(innovation, person_id).encode(), word.encode("utf-8", "replace")):
        return False
    return any(person.id == person_id for person in queries.admins(innovation.owner))
