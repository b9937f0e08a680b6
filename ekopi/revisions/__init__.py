"""Draft with base version, autosave, diff, immutable versions and a publish log, for any kind of content."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.core import registry
    from ekopi.revisions import models, privacy  # noqa: F401

    registry.register("privacy", "revisions", privacy)
