"""For machines: is the process alive, can it serve."""

from __future__ import annotations

import shutil

from flask import Blueprint, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ekopi.core.application import MIGRATIONS
from ekopi.core.guards import public
from ekopi.extensions import db

blueprint = Blueprint("probes", __name__)
LEAST_FREE = 200 * 1024 * 1024


@blueprint.get("/healthz")
@public
def alive():
    """200 as long as the process answers; touches nothing."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready():
    """200 when database, migrations and disk are fit to serve, else 503 with what is not."""
    from alembic.runtime.migration import MigrationContext

    faults = []
    try:
        connection = db.session.connection()
        connection.execute(text("SELECT 1"))
        at = MigrationContext.configure(connection).get_current_revision()
        if at != newest_revision():
            faults.append("migrations")
    except SQLAlchemyError:
        faults.append("database")
    if shutil.disk_usage(current_app.extensions["settings"].data_dir).free < LEAST_FREE:
        faults.append("disk")
    return jsonify(status="ok" if not faults else "not ready", faults=faults), 503 if faults else 200


def newest_revision() -> str | None:
    from alembic.script import ScriptDirectory

    if "newest_revision" not in current_app.extensions:
        folder = ScriptDirectory(str(MIGRATIONS))
        current_app.extensions["newest_revision"] = folder.get_current_head()
    return current_app.extensions["newest_revision"]
