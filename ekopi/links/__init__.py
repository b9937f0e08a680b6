"""Typed edges between things of any area: each kind registers title, address and who may see it."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.core.registry import register
    from ekopi.links import models, privacy  # noqa: F401

    register("privacy", "links", privacy)
