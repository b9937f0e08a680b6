"""The commands that set the product up and look after it (init, demo, db, user, doctor, backup, restore), and /metrics."""

from __future__ import annotations


def init_app(app) -> None:
    """Adds /metrics and the commands that need a configured application; init, demo and restore work without one."""
    from ekopi.core.registry import register
    from ekopi.operating import commands, erased, views

    app.register_blueprint(views.blueprint)
    commands.register(app)
    register("nightly", "erased", erased.note)
