"""`/metrics`: the figures in the text format of Prometheus."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request

from ekopi.core.guards import public
from ekopi.operating import figures, policy

blueprint = Blueprint("operating", __name__)
OF_PROXIES = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/metrics")
@public
def metrics():
    """404 to everybody but the collector, so that nobody learns whether there are figures."""
    given = request.authorization
    if not policy.may_read_figures(
        current_app.extensions["settings"],
        bearer=given.token if given is not None and given.type == "bearer" else None,
        address=request.remote_addr,
        forwarded=any(name in request.headers for name in OF_PROXIES),
    ):
        abort(404)
    return Response(
        figures.written(figures.read()), content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"}
    )
