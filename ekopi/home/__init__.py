"""Front page, my page, staff page, search over everything, help, appearance, navigation, probes."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.home import finding, navigation, probes, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(finding.blueprint)
    app.register_blueprint(probes.blueprint)
    app.context_processor(navigation.context)
