"""Fixtures of the tests of search."""

from __future__ import annotations

import pytest

from ekopi.core import registry
from tests.search import make


@pytest.fixture
def things(monkeypatch):
    """An area of its own, empty at first; the other kinds are not registered meanwhile."""
    area = make.Things({})
    monkeypatch.setitem(registry._kept, "search", {make.KIND: area})
    return area
