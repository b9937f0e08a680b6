"""Regions of Indonesia with Kemendagri codes, their history and time zones."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.core import registry
    from ekopi.places import models, tasks  # noqa: F401

    registry.register("reference-data", "places", tasks.load_regions)
