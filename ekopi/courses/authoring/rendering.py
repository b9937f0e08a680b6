"""Bodies as HTML. Rendering waits for a child process, so it is done before a transaction takes its write lock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app

from ekopi.core.text import Html, render, render_inline
from ekopi.courses.authoring.bodies import Body
from ekopi.courses.authoring.question_types import OPTION_KEYS, TYPES
from ekopi.revisions.operations import fingerprint


@dataclass(frozen=True)
class OptionFace:
    """One rendered option; `key` is a, b, c … in the author's order."""

    key: str
    html: Html
    right: bool
    feedback_html: Html


@dataclass(frozen=True)
class QuestionFace:
    """A rendered question, and what decides right and wrong where there are no options."""

    stem_html: Html
    explanation_html: Html
    options: list[OptionFace]
    key_facts: dict[str, Any]


class Faces:
    """HTML of the bodies of one course; each body is rendered once, however often it is asked for.

    `files` are the names ("files/x.png") that texts may use, `endpoint` the view that sends them.
    """

    def __init__(
        self, slug: str, files: Iterable[str], language: str, endpoint: str = "learning.course_file"
    ):
        self.files = {name: address(endpoint, slug=slug, name=name.partition("/")[2]) for name in files}
        self.language = language
        self._lessons: dict[tuple[str, str], Html] = {}
        self._questions: dict[tuple[str, str], QuestionFace] = {}

    def lesson(self, key: str, body: Body) -> Html:
        """The text of a lesson. Raises TextTooSlow, TextTooLong."""
        known = (key, fingerprint(body))
        if known not in self._lessons:
            self._lessons[known] = render(body["text"], files=self.files, language=self.language)
        return self._lessons[known]

    def question(self, key: str, body: Body) -> QuestionFace:
        """Stem, options, feedback, explanation. Raises TextTooSlow, TextTooLong."""
        known = (key, fingerprint(body))
        if known not in self._questions:
            self._questions[known] = self._question(key, body)
        return self._questions[known]

    def _question(self, key: str, body: Body) -> QuestionFace:
        # Several questions stand on one page: ids of their headings and tables must not meet.
        mark = hashlib.sha256(key.encode()).hexdigest()[:8]
        more: dict[str, Any] = {"files": self.files, "language": self.language}
        options = [
            OptionFace(
                letter,
                render_inline(option["text"], **more),
                option["right"],
                render_inline(option["feedback"], **more),
            )
            for letter, option in zip(OPTION_KEYS, body.get("options", ()), strict=False)
        ]
        return QuestionFace(
            render(body["stem"], prefix=f"s{mark}-", **more),
            render(body["explanation"], prefix=f"p{mark}-", **more),
            options,
            {name: body[name] for name in TYPES[body["type"]].facts},
        )


def address(endpoint: str, **values: str) -> str:
    """The path of a view, with or without a request: what is rendered is kept and must not name a host."""
    return current_app.url_map.bind("localhost").build(endpoint, values)
