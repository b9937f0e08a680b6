"""Texts of innovations as people write them: Markdown to the HTML that fields hold, and HTML back to Markdown.

Both ways keep what fields.py allows: paragraphs, lists, emphasis, two levels of headings, tables, links, pictures.
"""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser

from ekopi.catalogue.fields import HTML_LIMIT
from ekopi.core import text

_TAGS = {
    "p",
    "ul",
    "ol",
    "li",
    "br",
    "strong",
    "em",
    "h3",
    "h4",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "img",
    "a",
}
_ATTRIBUTES = {"*": set(), "a": {"href"}, "img": {"src", "alt"}}
_HEADING = re.compile(r"<(/?)h([2-6])\b[^>]*>")
_PICTURE = re.compile(r'src="(/katalog/gambar/[0-9a-f]{64})"')
_SPECIAL = re.compile(r"([\\*_`\[\]|])")
_LINE_START = re.compile(r"^(?:(?=[#+-])|(\d+)(?=[.)]))")
"""Where a backslash keeps a paragraph from being a heading or an item."""


def html_of(markdown: str, *, before: str = "") -> str:
    """The HTML of a field; "" for nothing. Pictures must be among those of `before`, the HTML that it replaces.

    Raises text.TextTooLong, text.TextTooSlow (also for HTML of more than HTML_LIMIT characters).
    """
    pictures = {address: address for address in _PICTURE.findall(before)}
    rendered = str(text.render(markdown, files=pictures))
    levelled = _HEADING.sub(lambda m: f"<{m[1]}h{3 if m[2] in '23' else 4}>", rendered)
    import nh3  # 1.5 MB, only for the process that cleans

    clean = nh3.clean(
        levelled, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel=None
    )
    if len(clean) > HTML_LIMIT:
        raise text.TextTooLong(length=len(clean), limit=HTML_LIMIT)
    return re.sub(r"\n\s*\n+", "\n", clean).strip()


def normal(markdown: str | None) -> str:
    """Without blanks at the ends of lines (two mean a break) and of the text, and with one kind of line end."""
    return "\n".join(
        line.rstrip() + ("  " if line.strip() and line.endswith("  ") else "")
        for line in (markdown or "").strip().splitlines()
    )


def mark(markdown: str) -> str:
    """By this one knows whether a text is still the one that somebody began with."""
    return hashlib.sha256(normal(markdown).encode("utf-8", "replace")).hexdigest()[:16]


def markdown_of(html: str) -> str:
    """The Markdown that says the same as the HTML of a field."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Walks the HTML once; blocks are parted by blank lines."""

    def __init__(self):
        super().__init__()
        self.blocks: list[str] = []
        self.line = ""
        self.lists: list[list] = []
        """Open lists: [kind, number of the next item, which of the outermost lists it is in]."""
        self.rows: list[list[str]] = []
        self.link = ""
        self.in_table = False
        self.opened = 0
        """How many lists were opened, those within others apart."""
        self._item_before = 0

    def text(self) -> str:
        self._end_block()
        return normal("\n\n".join(self.blocks))

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag in ("p", "h3", "h4") and not self.in_table and not self.lists:
            self._end_block()
            self.line = {"h3": "### ", "h4": "#### "}.get(tag, "")
        elif tag in ("ul", "ol"):
            self._end_block()
            self.opened += not self.lists
            self.lists.append([tag, 1, self.opened])
        elif tag == "li" and self.lists:
            self._end_block()
            kind, number, _outermost = self.lists[-1]
            self.lists[-1][1] += 1
            self.line = "    " * (len(self.lists) - 1) + (f"{number}. " if kind == "ol" else "- ")
        elif tag == "br":
            self.line += " " if self.in_table else "  \n" + "    " * len(self.lists)
        elif tag in ("strong", "em"):
            self.line += "**" if tag == "strong" else "*"
        elif tag == "a":
            self.link = said.get("href") or ""
            self.line += "["
        elif tag == "img":
            self.line += f"![{_SPECIAL.sub('', said.get('alt') or '')}]({said.get('src') or ''})"
        elif tag == "table":
            self._end_block()
            self.in_table, self.rows = True, []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.line = ""

    def handle_endtag(self, tag):
        if tag in ("p", "h3", "h4", "li") and not self.in_table:
            if tag != "p" or not self.lists:
                self._end_block()
        elif tag in ("ul", "ol"):
            self._end_block()
            if self.lists:
                self.lists.pop()
        elif tag in ("strong", "em"):
            self.line = self.line.rstrip() + ("**" if tag == "strong" else "*")
        elif tag == "a":
            self.line += f"]({self.link})"
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append(" ".join(self.line.split()))
            self.line = ""
        elif tag == "table":
            self.in_table, self.line = False, ""
            self.blocks.append(_table(self.rows))

    def handle_data(self, data):
        said = _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", data))
        if not self.line.strip() or self.line.rstrip(" ").endswith("\n"):
            said = said.lstrip()
            if not self.line:
                said = _LINE_START.sub(lambda m: (m[1] or "") + "\\", said, count=1)
        self.line += said

    def _end_block(self):
        line, self.line = self.line.rstrip(), ""
        if not line.strip():
            return
        item = self.lists[0][2] if self.lists else 0
        if item and item == self._item_before:
            self.blocks[-1] += "\n" + line
        else:
            self.blocks.append(line)
        self._item_before = item


def _table(rows: list[list[str]]) -> str:
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    full = [row + [""] * (width - len(row)) for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in full]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])
