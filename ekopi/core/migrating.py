"""Brings a database up to date: the job engine's tables first, then ours, then the reference data."""

from __future__ import annotations

import flask_migrate
from flask import current_app

from ekopi.core import registry


def upgrade(revision: str = "head") -> None:
    """Creates and migrates everything; safe to repeat. Needs an application context."""
    for prepare in registry.all_of("before-migrations").values():
        prepare()
    flask_migrate.upgrade(directory=current_app.extensions["migrate"].directory, revision=revision)
    for load in registry.all_of("reference-data").values():
        load()


def downgrade(revision: str) -> None:
    """Takes our tables down to a revision; the job engine's stay."""
    flask_migrate.downgrade(directory=current_app.extensions["migrate"].directory, revision=revision)
