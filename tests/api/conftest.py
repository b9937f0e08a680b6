"""A visitor's program and one of a person with every scope."""

from __future__ import annotations

import pytest

from tests.accounts import make as people
from tests.api import make


@pytest.fixture
def person(db):
    return people.person(name="Sari Wulandari", organisation=people.organisation("Dinas Kesehatan"))


@pytest.fixture
def visitor(client):
    return make.Program(client)


@pytest.fixture
def program(client, person):
    return make.Program(client, make.token(person)[1])
