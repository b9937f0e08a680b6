"""Builders of tokens, and a program that shows one."""

from __future__ import annotations

from datetime import timedelta

from ekopi.accounts import words
from ekopi.accounts.operations import api_tokens

ROOT = "/api/v1"
ALL = tuple(words.SCOPES)


def token(person, *scopes, days=90):
    """(row, text) of a new token with these scopes, all of them where none is named."""
    return api_tokens.make(person, "Uji", scopes or ALL, timedelta(days=days))


class Program:
    """Calls the API with a token or without."""

    def __init__(self, client, bearer: str = ""):
        self.client = client
        self.headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}

    def get(self, path, **headers):
        """The answer of an address below /api/v1, or of a full one that an answer named."""
        return self.client.get(_below(path), headers={**self.headers, **_named(headers)})

    def post(self, path, body, **headers):
        return self.client.post(_below(path), json=body, headers={**self.headers, **_named(headers)})

    def walk(self, path) -> list[list]:
        """The rows of each page of a list, following `next`."""
        pages = []
        while path:
            answer = self.get(path)
            assert answer.status_code == 200, answer.text
            pages.append(answer.json["data"])
            path = answer.json["next"]
            assert len(pages) < 50
        return pages


def _below(path: str) -> str:
    base = "http://127.0.0.1:8000"
    return path.removeprefix(base) if path.startswith(base) else ROOT + path


def _named(headers: dict) -> dict:
    return {name.replace("_", "-"): value for name, value in headers.items()}
