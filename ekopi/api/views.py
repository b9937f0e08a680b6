"""The document of the API, and a page that reads it out."""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, render_template, request

from ekopi.accounts import words
from ekopi.api import v1
from ekopi.api.document import document
from ekopi.core.guards import public

blueprint = Blueprint("api_document", __name__)


@blueprint.get("/api/v1/openapi.json")
@public
def openapi():
    """OpenAPI 3.1, for programs that make clients and tests of it."""
    body = json.dumps(document(), ensure_ascii=False, indent=1) + "\n"
    response = Response(body, content_type="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    return response.make_conditional(request)


@blueprint.get("/api/docs")
@public
def docs():
    """The same for people: everything on one page, nothing from elsewhere, no script."""
    told = document()
    groups: dict[str, list] = {tag["name"]: [] for tag in told["tags"]}
    for path, methods in told["paths"].items():
        for method, one in methods.items():
            groups[one["tags"][0]].append((method.upper(), path, one))
    return render_template(
        "api/docs.html",
        told=told,
        groups=groups,
        scopes=words.SCOPES,
        a_minute=v1.A_MINUTE,
        pretty=lambda example: json.dumps(example, ensure_ascii=False, indent=2),
    )
