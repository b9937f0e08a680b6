"""A real Chromium (Debian's) driven by Playwright; nothing is downloaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.living import Live

CHROMIUM = Path(os.environ.get("EKOPI_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",  # Chromium refuses its sandbox to root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config):
    config.addinivalue_line("markers", "sqlite_only: what is seen is the same on every database")


def pytest_collection_modifyitems(config, items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.slow)
    again = [
        item for item in items if item.get_closest_marker("sqlite_only") and _engine(item) == "postgresql"
    ]
    if again:
        items[:] = [item for item in items if item not in again]
        config.hook.pytest_deselected(items=again)


def _engine(item) -> str:
    return item.callspec.params.get("engine_name", "") if hasattr(item, "callspec") else ""


@pytest.fixture(scope="session")
def chromium():
    """One browser process for the run; skipped, or failed under CI, where Chromium is missing."""
    if not CHROMIUM.exists():
        reason = f"Chromium is not at {CHROMIUM}: journeys cannot run (see CONTRIBUTING.md)."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Opens a visitor: visit(base, width=360, theme="light", script=True). Closed after the test.

    `kind` is the class of the visitor, `cookies` those of a person who is signed in.
    """
    opened = []

    def open_visitor(
        base: str, *, width=360, theme="light", script=True, kind=Visitor, cookies=None
    ) -> Visitor:
        context = chromium.new_context(
            base_url=base,
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="id-ID",
        )
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": base}])
        opened.append(context)
        return kind(context.new_page())

    yield open_visitor
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def site(template, tmp_path_factory):
    """The server of the journeys, with letters to be read at /demo/surel."""
    folder = tmp_path_factory.mktemp("site")
    live = Live(template.clone(), folder)
    try:
        made = Site(live, folder)
        live.serve(EKOPI_DEMO="1")
        yield made
    finally:
        live.stop()
