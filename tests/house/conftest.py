"""The world of the access table: one for each database, shared by all tests of a file."""

from __future__ import annotations

import pytest

from tests.house.world import World
from tests.living import one_transaction


@pytest.fixture(scope="module")
def world(app):
    with one_transaction(app) as connection:
        yield World(app, connection)
