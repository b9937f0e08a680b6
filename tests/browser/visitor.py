"""A person at a browser: fills fields by their name, presses buttons by their words, and checks every page."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Locator, Page

AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
SHOTS = os.environ.get("EKOPI_SHOTS")
"""A folder for screenshots, to be looked at; empty means none are made."""
PATIENCE = 30_000
"""Milliseconds to wait for anything; generous, because machines that run tests are busy."""
READ = "domcontentloaded"
ALL_RULES = "{resultTypes: ['violations']}"
COLOURS = "{resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']}"
"""What a theme can change."""


class Visitor:
    """Wraps a Playwright page; collects script errors and requests to other hosts, which are failures."""

    def __init__(self, page: Page):
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", lambda m: self.faults.append(f"console: {m.text}") if self._bad(m) else None)
        page.on("request", self._same_host)
        page.set_default_timeout(PATIENCE)

    @staticmethod
    def _bad(message) -> bool:
        return message.type == "error" and "status of 4" not in message.text

    def _same_host(self, request) -> None:
        if not request.url.startswith(("http://127.0.0.1", "blob:", "about:", "data:")):
            self.faults.append(f"asks another host: {request.url}")

    # --- acts --------------------------------------------------------------------------------------------

    def go(self, path: str) -> Visitor:
        self.page.goto(path, wait_until=READ)
        return self

    def fill(self, **values: str) -> Visitor:
        """Fills fields by name."""
        for name, value in values.items():
            self.type_into(self.page.locator(f"[name={name}]:visible").first, value)
        return self

    def press(self, words: str, *, exact: bool = True, within: Locator | None = None) -> Visitor:
        """Presses the button or link with these words, which leads to another page."""
        return self.follow(self.named(words, exact=exact, within=within))

    def named(self, words: str, *, exact: bool = True, within: Locator | None = None) -> Locator:
        """The button or link that is called so; the whole name, unless `exact` is off."""
        place = within or self.page
        button = place.get_by_role("button", name=words, exact=exact)
        return button.or_(place.get_by_role("link", name=words, exact=exact)).first

    def follow(self, target: Locator) -> Visitor:
        """Uses something that leads to another page, and waits for that page."""
        with self.page.expect_navigation(wait_until=READ, timeout=PATIENCE):
            self.use(target)
        return self

    def pick(self, *words: str) -> Visitor:
        """Chooses the radio button or checkbox whose label has these words."""
        for some in words:
            self.choose(self.page.locator("label", has_text=some).locator("input").first)
        return self

    def use(self, target: Locator) -> None:
        target.click()

    def type_into(self, target: Locator, value: str) -> None:
        target.fill(value)

    def choose(self, target: Locator) -> None:
        target.check()

    def sign_in(self, email: str, password: str) -> Visitor:
        self.go("/masuk").fill(email=email, password=password)
        self.press("Masuk", within=self.page.locator("form:has([name=password])"))
        self.page.wait_for_url("**/beranda", wait_until=READ)
        return self

    # --- what is seen ------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.page.inner_text("body")

    @property
    def title(self) -> str:
        return self.page.inner_text("h1")

    @property
    def path(self) -> str:
        return "/" + self.page.url.split("/", 3)[3]

    def sees(self, *words: str) -> Visitor:
        """Waits until the page shows each of these texts."""
        for some in words:
            self.page.get_by_text(some).locator("visible=true").first.wait_for()
        return self

    def shot(self, name: str) -> Visitor:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
        return self

    def check(self, shot: str = "") -> Visitor:
        """No axe violation, no sideways scrolling, no script error, nothing asked of another host."""
        if shot:
            self.shot(shot)
        found = self.axe()
        assert not found, f"{self.path}: " + "\n".join(found)
        assert self.too_wide() <= 0, f"{self.path} scrolls sideways by {self.too_wide()} px"
        assert not self.faults, f"{self.path}: {self.faults}"
        return self

    def axe(self, options: str = ALL_RULES) -> list[str]:
        """The violations on this page as lines, each with the place and what is wrong."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(f"axe.run(document, {options}).then(r => r.violations)")
        return [
            f"{v['id']}: {n['html'][:160]} ({n['failureSummary'][:200]})"
            for v in found
            for n in v["nodes"][:3]
        ]

    def too_wide(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
