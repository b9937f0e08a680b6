"""Pages of the catalogue; one module for each kind of page, all on one blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("catalogue", __name__)

from ekopi.catalogue.views import (  # noqa: E402
    caring,  # noqa: F401
    curating,  # noqa: F401
    editing,  # noqa: F401
    exporting,  # noqa: F401
    innovation,  # noqa: F401
    listing,  # noqa: F401
    owning,  # noqa: F401
    places,  # noqa: F401
    reading,  # noqa: F401
    replicating,  # noqa: F401
    searches,  # noqa: F401
)
