"""Markdown to safe HTML, run as a program of its own: `python -I _render.py`. Started by core/text.py.

It imports nothing of ours, so that a start costs a tenth of a second. Frames on both pipes: four bytes with
the length, then JSON. A request is {markdown, inline, files, prefix, language}; an answer {html} or {failed}.
Whatever hangs here is killed from outside, and by its own alarm when nobody is left to do so.
"""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
import resource
import signal
import struct
import sys
import unicodedata
import xml.etree.ElementTree as etree
from functools import cache
from urllib.parse import unquote

import nh3
from latex2mathml.converter import convert_to_element
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE, AtomicString

MEMORY = 256 * 1024 * 1024
"""Bytes of address space; a lesson of 50,000 characters needs a quarter of it."""
ALARM = 4
"""Seconds after which the child ends itself, should its parent be gone. The parent kills it at two."""
MATHS_LIMIT = 2_000

# Words that are stored with the text, in the language of the text and not in that of whoever reads the page.
_ID = ("Catatan", "Kiat", "Perhatian", "Contoh", "Tabel", "sudah", "belum", "Kembali ke teks")
_EN = ("Note", "Tip", "Warning", "Example", "Table", "done", "not done", "Back to the text")
_KEYS = ("note", "tip", "warning", "example", "table", "done", "open", "back")
WORDS = {"id": dict(zip(_KEYS, _ID, strict=True)), "en": dict(zip(_KEYS, _EN, strict=True))}
TONES = {"note": None, "tip": "ok", "warning": "warn", "example": "brand"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MATHS = _words(
    "math mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable"
    " mtr mtd mpadded mphantom mstyle menclose mmultiscripts mprescripts"
)
PHRASING = MATHS | _words("a abbr br code del em img kbd mark s span strong sub sup")
TAGS = PHRASING | _words(
    "blockquote dd div dl dt h2 h3 h4 h5 h6 hr input li ol p pre table tbody td th thead tr ul"
)
MATHS_ATTRIBUTES = _words(
    "mathvariant stretchy fence form separator lspace rspace minsize maxsize width height depth linethickness"
    " columnalign rowspacing columnspacing columnlines rowlines displaystyle scriptlevel accent accentunder"
    " notation movablelimits largeop symmetric"
)
ATTRIBUTES = {
    **dict.fromkeys(MATHS, set(MATHS_ATTRIBUTES)),
    "math": {"display", "xmlns", "alttext"},
    "*": {"id", "class"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "th": {"scope"},
    "div": {"data-tone", "role", "tabindex", "aria-label"},
    "pre": {"tabindex"},
    "input": {"type", "disabled", "checked", "aria-label"},
}
CLASSES = {"note", "note-title", "stack", "stack--tight", "scroll", "num", "task-list", "task-list-item"}
CLASSES |= {"footnote", "footnote-ref", "footnote-backref"}
LANGUAGE_CLASS = re.compile(r"language-[A-Za-z0-9+#_-]{1,30}\Z")
# A length that cannot push maths over the rest of the page.
LENGTH = re.compile(r"-?0?\.\d{1,6}(em|ex)\Z|\d{1,2}(\.\d{1,6})?(em|ex|px|pt|mu|%)?\Z")
LENGTHS = {"width", "height", "depth", "lspace", "rspace", "minsize", "maxsize", "linethickness"}
LENGTHS |= {"rowspacing", "columnspacing"}

# What a browser's URL parser takes for the same address as we do: no blanks, controls or backslashes (it
# drops or turns them), no name and password before the host.
WEB = re.compile(r"https?://[^\s\\/?#@\x00-\x20\x7f]+([/?#][^\s\\\x00-\x20\x7f]*)?\Z", re.I)
MAIL = re.compile(r"mailto:[^\s\\/?#@:\x00-\x20\x7f]+@[\w.-]+(\?[^\s\\\x00-\x20\x7f]*)?\Z", re.I)


def is_outward(address: str) -> bool:
    """Whether it is an http, https or mailto address that every browser reads the same way."""
    return bool(WEB.match(address) or MAIL.match(address))


class Maths(InlineProcessor):
    """`$…$` and `$$…$$` become MathML; what is no LaTeX stays as text in <code>."""

    # An opening dollar is not followed by a blank, a closing one not preceded by it nor followed by a digit:
    # "antara $5 dan $10" is money.
    PATTERN = r"(?<![\\$])(?:\$\$([^$]+)\$\$|\$(?![\s$])([^$\n]*[^$\s\\])\$(?![\d$]))"

    def handleMatch(self, m, data):
        block = m.group(1) is not None
        latex = (m.group(1) if block else m.group(2)).strip()
        return maths(latex, block), m.start(0), m.end(0)


def maths(latex: str, block: bool) -> etree.Element:
    element = None
    if latex and len(latex) <= MATHS_LIMIT:
        # The converter raises errors of its own, and KeyError, IndexError … on input it did not foresee.
        with contextlib.suppress(Exception):
            element = convert_to_element(latex, display="block" if block else "inline")
    if element is None:
        element = etree.Element("code")
        element.text = AtomicString(f"$${latex}$$" if block else f"${latex}$")
        return element
    for part in element.iter():
        # It writes references such as &#x0002B; into text; unescaped here, escaped again when written.
        part.text = AtomicString(html.unescape(part.text)) if part.text else None
        part.tail = None
    element.set("alttext", latex)
    return element


class Finish(Treeprocessor):
    """The last pass over the finished tree: headings, ids, links, pictures, tables, notes."""

    request: dict

    def run(self, root):
        self.words = WORDS.get(self.request["language"], WORDS["id"])
        self.parents = {child: parent for parent in root.iter() for child in parent}
        everything = list(root.iter())
        self.headings(everything)
        self.ids(everything)
        tables = 0
        for element in everything:
            if element.tag == "a":
                self.link(element)
            elif element.tag == "img":
                self.picture(element)
            elif element.tag == "table":
                tables += 1
                self.table(element, tables)
            elif element.tag == "div" and (element.get("class") or "").startswith("admonition"):
                self.note(element)

    def headings(self, everything):
        found = [element for element in everything if re.fullmatch("h[1-6]", element.tag)]
        # The page has its h1 already: a text that uses `#` moves down a step, one that starts at `##` stays.
        step = 1 if any(element.tag == "h1" for element in found) else 0
        for element in found:
            element.tag = f"h{min(6, int(element.tag[1]) + step)}"
            element.set("id", slug("".join(element.itertext())) or "bagian")

    def ids(self, everything):
        """Gives every id the prefix, safe letters and a number where it is taken; links to it follow."""
        self.anchors: dict[str, str] = {}
        taken: set[str] = set()
        counts: dict[str, int] = {}
        for element in everything:
            if old := element.get("id"):
                base = new = self.request["prefix"] + re.sub(r"[^A-Za-z0-9-]+", "-", old)[:70]
                while new in taken:
                    counts[base] = counts.get(base, 1) + 1
                    new = f"{base}-{counts[base]}"
                taken.add(new)
                self.anchors.setdefault(old, new)
                element.set("id", new)

    def link(self, element):
        address = html.unescape((element.get("href") or "").replace(AMP_SUBSTITUTE, "&")).strip()
        files = self.request["files"]
        if address.startswith("#"):
            target = self.anchors.get(unquote(address[1:]))
            address = f"#{target}" if target else ""
        elif file := files.get(address) or files.get(unquote(address)):
            address = file
        elif not is_outward(address):
            address = ""
        if address:
            element.set("href", address)
        else:
            element.tag = "span"
            element.attrib.clear()

    def picture(self, element):
        address = (element.get("src") or "").strip()
        alt = element.get("alt") or ""
        files = self.request["files"]
        if file := files.get(address) or files.get(unquote(address)):
            element.set("src", file)
            element.set("alt", alt)
            element.set("loading", "lazy")
            return
        # Pictures of other sites would tell them who reads; ours are shown, theirs become a link.
        element.attrib.clear()
        element.tag = "span"
        element.text = AtomicString(alt)
        if is_outward(address) and not self.within(element, "a"):
            element.tag = "a"
            element.set("href", address)
            element.text = AtomicString(alt or address)

    def within(self, element, tag):
        while (element := self.parents.get(element)) is not None:
            if element.tag == tag:
                return True
        return False

    def table(self, element, number):
        for cell in element.iter():
            if cell.tag in ("td", "th"):
                # The extension writes style attributes, which our content security policy forbids.
                if "right" in cell.attrib.pop("style", ""):
                    cell.set("class", "num")
                if cell.tag == "th":
                    cell.set("scope", "col")
        label = f"{self.words['table']} {number}"
        frame = etree.Element(
            "div", {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": label}
        )
        self.put_around(element, frame)

    def put_around(self, element, frame):
        parent = self.parents[element]
        frame.tail, element.tail = element.tail, None
        parent[list(parent).index(element)] = frame
        frame.append(element)
        self.parents[frame], self.parents[element] = parent, frame

    def note(self, element):
        """Markup of the interface's own part `note`, so that texts need no looks of their own."""
        kind = (element.get("class") or "").split()[-1]
        kind = kind if kind in TONES else "note"
        element.attrib.clear()
        element.attrib.update({"class": "note", "role": "note"})
        if TONES[kind]:
            element.set("data-tone", TONES[kind])
        inner = etree.Element("div", {"class": "stack stack--tight"})
        inner.extend(list(element))
        for child in list(element):
            element.remove(child)
        element.append(inner)
        title = inner.find("p[@class='admonition-title']")
        if title is None:
            title = etree.Element("p")
            title.text = self.words[kind]
            inner.insert(0, title)
        elif not len(title) and (title.text or "").lower() == kind:
            title.text = self.words[kind]  # the extension's own word where the author gave none
        title.set("class", "note-title")


class House(Extension):
    """Our dialect: no raw HTML, maths, and the last pass."""

    def extendMarkdown(self, md):
        if "html_block" in md.preprocessors:
            md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.ESCAPED_CHARS.append("$")
        # Below code spans (190), above backslashes (180) and emphasis, which would eat LaTeX.
        md.inlinePatterns.register(Maths(Maths.PATTERN, md), "maths", 185)
        finish = Finish(md)
        md.treeprocessors.register(finish, "finish", -10)  # after "unescape" (0): addresses are final
        md.finish = finish


EXTENSIONS = ["tables", "fenced_code", "sane_lists", "admonition", "footnotes", "pymdownx.tasklist"]


@cache
def reader(inline: bool) -> Markdown:
    if not inline:
        return Markdown(extensions=[*EXTENSIONS, House()], output_format="html")
    md = Markdown(extensions=[House()], output_format="html")
    for name in [p.name for p in md.parser.blockprocessors._priority]:
        if name != "paragraph":
            md.parser.blockprocessors.deregister(name)
    return md


def render(request: dict) -> str:
    """The whole way of one text: Markdown, our pass, the allow-list. Raises whatever the libraries raise."""
    md = reader(request["inline"])
    md.reset()
    md.finish.request = request
    text = request["markdown"]
    if request["inline"]:
        text = " ".join(text.split())
    return clean(finished(md.convert(text), request), request)


def finished(rough: str, request: dict) -> str:
    """Attributes of what the extensions hand over as ready HTML. `<` in anyone's text is `&lt;` by now."""
    words = WORDS.get(request["language"], WORDS["id"])
    rough = rough.replace("<pre><code", '<pre tabindex="0"><code')
    rough = rough.replace(
        '<input type="checkbox" disabled checked/>',
        f'<input type="checkbox" disabled checked aria-label="{words["done"]}">',
    )
    rough = rough.replace(
        '<input type="checkbox" disabled/>', f'<input type="checkbox" disabled aria-label="{words["open"]}">'
    )
    return re.sub(r'title="Jump back to footnote \d+ in the text"', f'title="{words["back"]}"', rough)


def clean(rough: str, request: dict) -> str:
    """Keeps only what the lists above name, and only the addresses, ids and classes that our pass makes."""
    ours = set(request["files"].values())
    prefix = request["prefix"]
    anchor = re.compile(re.escape(prefix) + r"[A-Za-z0-9-]{1,100}\Z")

    def keep(tag: str, name: str, value: str) -> str | None:
        if name in ("href", "src"):
            if value in ours or (name == "href" and is_outward(value)):
                return value
            return value if name == "href" and value.startswith("#") and anchor.match(value[1:]) else None
        if name == "id":
            return value if anchor.match(value) else None
        if name == "class":
            kept = [c for c in value.split() if c in CLASSES or (tag == "code" and LANGUAGE_CLASS.match(c))]
            return " ".join(kept) or None
        if name in LENGTHS and tag in MATHS:
            return value if LENGTH.match(value) else None
        if tag == "input" and name == "type":
            return value if value == "checkbox" else None
        return value

    kept = nh3.clean(
        rough,
        tags=set(PHRASING if request["inline"] else TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
        strip_comments=True,
    )
    return kept.strip()


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def limit_ourselves() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def take(pipe, size: int) -> bytes:
    got = pipe.read(size)
    if len(got) < size:
        os._exit(0)  # the parent is gone
    return got


def main() -> None:
    limit_ourselves()
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write into a frame
    outgoing.write(b"EKO1")  # ready: what is imported here does not count against the first text
    outgoing.flush()
    while True:
        (size,) = struct.unpack(">I", take(incoming, 4))
        request = json.loads(take(incoming, size))
        signal.setitimer(signal.ITIMER_REAL, ALARM)  # its default action ends the process, even inside C code
        try:
            answer = {"html": render(request)}
        except Exception as error:  # RecursionError, MemoryError, or a bug of a library met by odd text
            reader.cache_clear()
            answer = {"failed": type(error).__name__}
        signal.setitimer(signal.ITIMER_REAL, 0)
        body = json.dumps(answer).encode()
        outgoing.write(struct.pack(">I", len(body)) + body)
        outgoing.flush()


if __name__ == "__main__":
    main()
