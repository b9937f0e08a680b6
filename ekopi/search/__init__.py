"""One index and one query language for things of any area; knows documents and who may see them, no area."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.search import commands, models  # noqa: F401

    commands.register(app)
