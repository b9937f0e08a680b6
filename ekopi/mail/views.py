"""The letters of the demo, to be read without a mail server."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from ekopi.core.guards import found, public
from ekopi.core.paging import page
from ekopi.mail import queries
from ekopi.mail.models import Letter

blueprint = Blueprint("mail", __name__)


@blueprint.before_request
def only_in_the_demo():
    """Outside of the demo these addresses do not exist; the demo itself is served on a loopback address only."""
    found(current_app.extensions["settings"].demo or None)


@blueprint.get("/demo/surel")
@public
def letters():
    """All letters, newest first."""
    found_letters = page(
        queries.newest(),
        [Letter.created_at, Letter.id],
        of=lambda letter: (letter.created_at, letter.id),
        descending=True,
    )
    return render_template("mail/letters.html", letters=found_letters)


@blueprint.get("/demo/surel/<int:letter_id>")
@public
def letter(letter_id):
    row = found(queries.letter(letter_id))
    return render_template("mail/letter.html", letter=row, paragraphs=queries.paragraphs(row.text))
