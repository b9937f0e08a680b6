"""The national catalogue: what sources say of innovations, joined, kept alive, found and given on."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.catalogue import models, privacy  # noqa: F401
    from ekopi.core.registry import register

    register("privacy", "catalogue", privacy)
