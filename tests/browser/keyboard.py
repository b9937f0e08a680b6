"""A visitor who has no pointer: Tab, Enter, Space, arrow keys and letters, and sees where the focus is."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.visitor import Visitor

FARTHEST = 150
"""How often Tab is pressed before something counts as out of reach."""
FOCUSED = "e => e === document.activeElement"
SEEN = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return "";
  const drawn = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && s.outlineColor !== "rgba(0, 0, 0, 0)";
  const around = [e, e.closest("label")].filter(Boolean);
  const styles = [...around.map((one) => getComputedStyle(one)), getComputedStyle(e, "::after")];
  const name = e.outerHTML.slice(0, 160);
  if (!e.matches(":focus-visible") || !styles.some(drawn)) return `no focus ring: ${name}`;
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height) return `has no size: ${name}`;
  const mine = (x, y) => { const top = document.elementFromPoint(x, y); return top && around.some((one) => one.contains(top) || top.contains(one)); };
  for (const part of [.5, .15, .85]) for (const up of [.5, .15, .85])
    if (mine(box.x + box.width * part, box.y + box.height * up)) return "";
  return `is covered or out of sight: ${name}`;
}"""
"""What is wrong with the place of the focus: "" when it is drawn and not hidden behind something."""


class KeyboardVisitor(Visitor):
    """Does everything of a Visitor through the keyboard, from wherever the focus stands."""

    def use(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def type_into(self, target: Locator, value: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(value)

    def choose(self, target: Locator) -> None:
        """A checkbox takes Space; in a group of radio buttons the arrows move, and choose what they reach."""
        if target.get_attribute("type") == "radio":
            name = target.get_attribute("name")
            group = self.page.locator(f"input[type=radio][name={name}]")
            self.reach(*group.all())
            for _option in range(group.count()):
                if target.evaluate(FOCUSED):
                    break
                self.page.keyboard.press("ArrowDown")
                self.look()
        else:
            self.reach(target)
        if not target.is_checked():
            self.page.keyboard.press("Space")
        assert target.is_checked()

    def reach(self, *targets: Locator) -> None:
        """Presses Tab until one of these has the focus, and looks at every stop on the way."""
        targets[0].wait_for()
        handles = [target.element_handle() for target in targets]
        for _stop in range(FARTHEST):
            if self.page.evaluate("some => some.some(e => e === document.activeElement)", handles):
                return
            self.page.keyboard.press("Tab")
            self.look()
        raise AssertionError(f"{self.path}: the keyboard does not reach {targets[0]}")

    def look(self) -> None:
        wrong = self.page.evaluate(SEEN)
        assert not wrong, f"{self.path}: focus {wrong}"
