"""An author of the whole platform, and a published course."""

from __future__ import annotations

import pytest

from tests.accounts import make as people
from tests.courses.authoring import make


@pytest.fixture
def author(db):
    return people.person("Penulis", roles=[("author", "platform", 0)])


@pytest.fixture
def course(db):
    return make.course(title="Menata Arsip", files={})
