"""Brings a database up to date: the job engine's tables first, then ours, then the reference data."""

from __future__ import annotations

from types import ModuleType

from flask import current_app

from ekopi.core import registry
from ekopi.core.application import MIGRATIONS
from ekopi.extensions import db


def upgrade(revision: str = "head") -> None:
    """Creates and migrates everything; safe to repeat. Needs an application context."""
    for prepare in registry.all_of("before-migrations").values():
        prepare()
    _library().upgrade(directory=str(MIGRATIONS), revision=revision)
    for load in registry.all_of("reference-data").values():
        load()


def downgrade(revision: str) -> None:
    """Takes our tables down to a revision; the job engine's stay."""
    _library().downgrade(directory=str(MIGRATIONS), revision=revision)


def _library() -> ModuleType:
    """flask_migrate, set up for this application. Imported here: servers and workers never migrate, and it takes 11 MB."""
    import flask_migrate

    if "migrate" not in current_app.extensions:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        # it adds commands of its own: not as `db`, which are ours
        flask_migrate.Migrate(app, db, directory=str(MIGRATIONS), command="alembic", compare_type=True)
    return flask_migrate
