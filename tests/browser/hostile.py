"""Texts that would run script in a page that trusts them, and how one sees that one did."""

from __future__ import annotations

from pathlib import Path

CORPUS = Path(__file__).parents[3] / "shared" / "hostile" / "xss"
"""Further lines, where they are at hand."""

OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><svg onload=alert(1)>',
    "'\"--></style></script></textarea></title><script>alert(1)</script>",
    "<a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<iframe src=javascript:parent.alert(1)></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<template><script>alert(1)</script></template><object data='data:text/html,<script>alert(1)</script>'>",
    "<body onload=alert(1)><base href=//lain.example/><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import '//lain.example/x.css';</style><link rel=stylesheet href=//lain.example/x.css>",
    "<img src=//lain.example/x.png srcset='//lain.example/y.png 2x'><video poster=//lain.example/z.png autoplay>",
    "<p style='background:url(//lain.example/w.png)'>x</p>",
    "</p></div></main><script>alert(1)</script>",
    "{{ 7 * 7 }} {% print(cycler) %} ${alert(1)} #{alert(1)}",
]

MARKDOWN = [
    "[a](javascript:alert(1))",
    '[a](JaVaScRiPt:alert(1) "x" )',
    "[a](&#106;avascript:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[a](vbscript:msgbox(1))",
    '![a](x"onerror="alert(1))',
    '![a](files/x.png "t" onerror=alert(1))',
    "![a](javascript:alert(1))",
    "![a](//lain.example/x.png)",
    "![a](https://lain.example/x.png)",
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    "[a](x){onclick=alert(1)}",
    "## Judul {: onclick=alert(1) id=x}",
    "`<script>alert(1)</script>`",
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    '!!! note "<img src=x onerror=alert(1)>"\n    <script>alert(1)</script>',
    '!!! note" onmouseover="alert(1)\n    x',
    "| a | <img src=x onerror=alert(1)> |\n|---|---|\n| <script>alert(1)</script> | [b](javascript:alert(1)) |",
    "- [ ] <img src=x onerror=alert(1)>",
    "$<img src=x onerror=alert(1)>$",
    "$\\href{javascript:alert(1)}{x}$",
    "$$\\text{<script>alert(1)</script>}$$",
    "$\\unicode{<img src=x onerror=alert(1)>}$",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "*[HTML]: <script>alert(1)</script>\n\nHTML",
]

FOUND = r"""() => {
  const bad = [];
  const clean = (text) => text.replace(/[\u0000-\u0020]/g, "").toLowerCase();
  for (const e of document.querySelectorAll("*")) {
    const tag = e.localName;
    if (tag === "script" && !(e.getAttribute("src") ?? "").startsWith("/static/")) bad.push(e.outerHTML);
    if (["iframe", "object", "embed", "base", "frame", "frameset", "applet", "style", "marquee"].includes(tag)) bad.push(e.outerHTML);
    for (const { name, value } of e.attributes) {
      if (name.startsWith("on") || name === "srcdoc" || name === "style") bad.push(e.outerHTML);
      if (/^(javascript|vbscript|data):/.test(clean(value)) && /href|src|action|data|poster|to|values/.test(name)) bad.push(e.outerHTML);
    }
  }
  return [...new Set(bad)].map((one) => one.slice(0, 200));
}"""
"""Elements of the page that run something, or would when somebody pressed or hovered over them."""


SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
"""Lets handlers run that were queued while the page was read."""


def corpus() -> list[str]:
    """The lines of the corpus, without those of one word; none where it is missing."""
    if not CORPUS.is_dir():
        return []
    files = sorted(CORPUS.glob("*.txt"))
    lines = [line for file in files for line in file.read_text("utf-8", "replace").splitlines()]
    return [line for line in dict.fromkeys(lines) if len(line) > 12]


class Trap:
    """Watches a page: dialogs that opened, and what `FOUND` finds in it."""

    def __init__(self, page):
        self.page = page
        self.opened: list[str] = []
        page.on("dialog", self._dialog)

    def _dialog(self, dialog) -> None:
        self.opened.append(f"{self.page.url}: {dialog.type} {dialog.message}")
        dialog.dismiss()

    def caught(self) -> list[str]:
        """What has run so far, and what could still run on the page that is open."""
        self.page.evaluate(SETTLED)
        could = [f"{self.page.url}: {one}" for one in self.page.evaluate(FOUND)]
        return [*self.opened, *could]
