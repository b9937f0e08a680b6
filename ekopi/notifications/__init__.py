"""The inbox: tell(person, kind, …) writes a row in the transaction of what happened."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.core.registry import register
    from ekopi.notifications import listeners, privacy, views  # noqa: F401

    app.register_blueprint(views.blueprint)
    register("privacy", "notifications", privacy)
