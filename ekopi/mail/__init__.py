"""Letters: rows in the transaction of what they tell, delivered by a job."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.core import registry
    from ekopi.mail import health, models, privacy, tasks, views  # noqa: F401

    app.register_blueprint(views.blueprint)
    registry.register("privacy", "mail", privacy)
    registry.register("nightly", "mail.forget", tasks.forget)
    health.register_checks()
