"""How settings become the configuration of Flask and of the libraries."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from flask import Flask, g, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from ekopi.config import MIB, Settings
from ekopi.core import db as database
from ekopi.extensions import babel, csrf, db, limiter, login

LANGUAGES = ("id", "en")
MIGRATIONS = Path(__file__).parents[2] / "migrations"


class ShortNumber(IntegerConverter):
    """Numbers in addresses: figures that fit the databases' 64 bits; a longer one is the address of nothing."""

    regex = "[0-9]{1,18}"


def configure(app: Flask, settings: Settings) -> None:
    """Configures Flask, opens the database, starts the extensions."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url, settings.purpose),
        SESSION_COOKIE_NAME="__Host-ekopi" if settings.https else "ekopi",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_max_days),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=settings.upload_max_mib * MIB,
        MAX_FORM_MEMORY_SIZE=2 * MIB,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open all day; the token dies with the session
        WTF_CSRF_SSL_STRICT=settings.https,
        BABEL_DEFAULT_LOCALE="id",
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_ENABLED=not settings.testing,
        **settings.extra,
    )
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.url_map.converters["int"] = ShortNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    babel.init_app(app, locale_selector=language)
    login.init_app(app)
    login.session_protection = None  # sessions are rows; a changed network address is normal on phones
    csrf.init_app(app)
    app.after_request(_only_refusals_ask_to_wait)  # registered before the limiter's own, it runs after that
    limiter.init_app(app)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _only_refusals_ask_to_wait(response):
    """The limiter writes Retry-After on whatever it counts; on an answer that was given it says nothing."""
    if response.status_code < 400:
        response.headers.pop("Retry-After", None)
    return response


def language() -> str:
    """The account's language, else the cookie's, else Indonesian; never the browser's, which is often English.

    The person is loaded before any word is said: by guards.enforce(), and by failures.page() for what comes earlier.
    """
    known = getattr(g, "_login_user", None)
    cookie = request.cookies.get("bahasa", "") if has_request_context() else ""  # jobs and commands have none
    chosen = getattr(known, "language", None) or cookie
    return chosen if chosen in LANGUAGES else "id"
