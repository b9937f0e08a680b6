"""Fixtures of job tests."""

from __future__ import annotations

import pytest

from ekopi import jobs
from ekopi.jobs import declared, operations


@pytest.fixture
def diary(monkeypatch):
    """Jobs of this test's own: one notes what it is given, one fails, one is hopeless."""
    noted: list = []
    monkeypatch.setattr(declared, "JOBS", dict(declared.JOBS))
    monkeypatch.setattr(operations, "JOBS", declared.JOBS)

    @jobs.job("test.note", queue="mail", title="Mencatat")
    def note(*args):
        noted.append(args)

    @jobs.job("test.break", gave_up=lambda *args, error: noted.append(("gave up", *args, error)))
    def break_(*args):
        raise ValueError("rusak")

    return noted
