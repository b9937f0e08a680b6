"""Whoever chose English in the account reads every page in English, also without the cookie of a visitor."""

from __future__ import annotations

import pytest

from ekopi.accounts.models import Person
from ekopi.extensions import db
from tests.house.reading import rows
from tests.house.test_access import address

ROWS = [row for row in rows() if row.method == "GET" and row.answers.get("learner") in ("200", "200+")]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_page_is_in_the_language_of_the_account(world, row):
    db.session.get(Person, world.names["learner_id"]).language = "en"
    db.session.commit()
    answer = world.ask("learner", "GET", address(world, row))
    assert answer.status_code == 200
    if answer.mimetype == "text/html":
        assert '<html lang="en"' in answer.text
