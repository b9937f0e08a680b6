"""Courses: authoring (content and its versions), assessment (quizzes), learning (the learner's walk)."""

from __future__ import annotations

from importlib import import_module

PARTS = ("authoring", "assessment", "learning")


def init_app(app) -> None:
    for part in PARTS:
        import_module(f"ekopi.courses.{part}").init_app(app)
