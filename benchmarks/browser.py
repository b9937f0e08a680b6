"""A learner's requests through Flask's test client: the cookie is fixed, forms are sent with their token."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask

from benchmarks import world as worlds
from benchmarks.world import SLUG, World


class Wrong(Exception):
    """A page answered something else than it should; nothing may be measured then."""


@dataclass
class Answer:
    """What a request gave."""

    method: str
    status: int
    location: str
    data: bytes

    @property
    def gzipped(self) -> int:
        return len(gzip.compress(self.data, 6))


class Learner:
    """One signed-in learner on one application."""

    def __init__(self, app: Flask, world: World, number: int):
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Cookie": worlds.cookie(app, world, number)}
        self.token = worlds.form_token(app)
        self.number = number

    def get(self, path: str) -> Answer:
        return self._answer("GET", self.client.get(path, headers=self.headers), 200)

    def post(self, path: str, **fields) -> Answer:
        answer = self.client.post(path, headers=self.headers, data={"csrf_token": self.token, **fields})
        return self._answer("POST", answer, 302)

    def _answer(self, method: str, response, wanted: int) -> Answer:
        data = response.data
        location = urlsplit(response.headers.get("Location", "")).path
        if response.status_code != wanted:
            where = response.request.full_path
            said = f"to {location}" if location else data[:300].decode(errors="replace")
            raise Wrong(f"{method} {where} answered {response.status_code} {said}")
        return Answer(method, response.status_code, location, data)

    def finish_lesson(self, lesson_id: int) -> Answer:
        """“Selanjutnya”."""
        return self.post(f"/kursus/{SLUG}/belajar/{lesson_id}")

    def take_quiz(self, lesson_id: int) -> list[Answer]:
        """From the start to the result, as a browser without script does it; every answer is right."""
        answers = [self.post(f"/kursus/{SLUG}/belajar/{lesson_id}/kuis")]
        home = answers[0].location.rpartition("/")[0]
        while answers[-1].location != home:
            answers.append(self.get(answers[-1].location))
            answers.append(self.post(answers[-2].location, jawaban="a", ke="lanjut", sequence="0"))
        answers.append(self.get(home))
        answers.append(self.post(f"{home}/kirim"))
        answers.append(self.get(answers[-1].location))
        if b"Anda Lulus" not in answers[-1].data:
            raise Wrong("the quiz was answered rightly and not passed")
        return answers
