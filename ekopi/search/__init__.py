"""One index and one query language for things of any area; knows documents and who may see them, no area."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.core.registry import register
    from ekopi.search import commands, health, models, tasks  # noqa: F401

    app.cli.add_command(commands.index)
    health.register_checks()
    register("nightly", "search.words", tasks.learn)
