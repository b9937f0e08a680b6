"""What every area may use and that knows no area."""

from __future__ import annotations


def init_app(app) -> None:
    """Headers, guards, pages for errors, the trail's sealing, what the night takes away."""
    from ekopi.core import cleaning, failures, guards, models, privacy, web  # noqa: F401
    from ekopi.core.registry import register

    web.init_app(app)
    app.before_request(guards.enforce)
    failures.init_app(app)
    register("privacy", "core", privacy)
    register("nightly", "core", cleaning.clean)
