"""People, sign-in, organisations, memberships, roles."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.accounts import loading, privacy, staff, tasks, told, trail, views
    from ekopi.accounts.staff import waiting
    from ekopi.core.registry import register

    loading.init_app(app)
    app.register_blueprint(views.blueprint)
    trail.register_all()
    staff.register_pages(app)
    register("privacy", "accounts", privacy)
    register("nightly", "accounts", tasks.forget)
    register("waiting", "claims", waiting.claims)
    for kind, sentence in told.NOTICES.items():
        register("notices", kind, sentence)
