"""Quizzes: attempts, answers, marking. Called by learning, which knows who takes them."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.core import registry
    from ekopi.courses.assessment import models, privacy  # noqa: F401

    registry.register("privacy", "courses.assessment", privacy)
