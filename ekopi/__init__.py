"""EKOPI, Ekosistem Pengetahuan Inovasi: `create_app` puts extensions and areas together, nothing else."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from ekopi.config import Settings, load_settings

AREAS = (
    "core",
    "jobs",
    "mail",
    "search",
    "places",
    "accounts",
    "revisions",
    "links",
    "notifications",
    "credentials",
    "catalogue",
    "courses",
    "api",
    "home",
    "demo",
    "operating",
)


def create_app(settings: Settings | None = None) -> Flask:
    """A ready application. Raises BadSetting when a setting is missing or unsafe."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.extensions["settings"] = settings
    import_module("ekopi.core.application").configure(app, settings)
    for area in AREAS:
        import_module(f"ekopi.{area}").init_app(app)
    return app
