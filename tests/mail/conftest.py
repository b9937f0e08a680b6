"""A real SMTP server for mail tests, and settings that point to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from tests.databases import free_port


class Postbox:
    """Takes letters, or answers what `answers` says for a recipient; keeps what it took."""

    def __init__(self):
        self.taken: list = []
        self.refused: list[str] = []
        self.answers: dict[str, str] = {}
        self.slow = 0.0
        self.busy = 0
        """Letters that are just being handed over."""
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.url = f"smtp://127.0.0.1:{self.controller.port}"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address)
        if answer:
            self.refused.append(address)
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.busy += 1
        try:
            await asyncio.sleep(self.slow)
        finally:
            self.busy -= 1
        made = message_from_bytes(envelope.original_content, policy=policy.SMTP)
        self.taken.append((envelope.rcpt_tos, made))
        return "250 OK"


@pytest.fixture
def postbox():
    box = Postbox()
    box.controller.start()
    yield box
    box.controller.stop()


@pytest.fixture
def posting(app, postbox, monkeypatch):
    """The application's letters go to the postbox."""
    settings = replace(app.extensions["settings"], mail_url=postbox.url, mail_from="EKOPI <kabar@ekopi.id>")
    monkeypatch.setitem(app.extensions, "settings", settings)
    return postbox
