"""Pages of learning: courses and enrolment, the player, quizzes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("learning", __name__)

from ekopi.courses.learning.views import courses, enrolling, player, quizzes  # noqa: E402, F401
