"""The JSON API: /api/v1 over the same queries, policies and verbs as the pages, its OpenAPI document, its reader.

Programs show a token that a person made on /akun/token; no cookie lets anybody in. An operation is declared once
(declaring.py): what is declared is what is checked at each request and what the document says.
"""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.api import v1, views

    app.register_blueprint(v1.blueprint)
    app.register_blueprint(views.blueprint)
