"""Texts become safe HTML of few elements, whatever they were: HTML of editors and Word, or plain text.

Cleaned by nh3 (an HTML5 parser with an allow-list), then put in order: loose words get a paragraph, what is empty
goes, double line ends begin a paragraph. Pictures inside of the text are taken out. What comes out holds only p ul
ol li br strong em h3 h4 table thead tbody tr th td, img (src "picture:<sha256>") and a (http, https).
"""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field

from ekopi.catalogue.fields import HTML_LIMIT
from ekopi.catalogue.sources.base import Picture, listed
from ekopi.catalogue.sources.cleaning.ordering import ordered
from ekopi.catalogue.sources.cleaning.pictures import MOST, picture_of

CUT_AT = 65_535
"""Bytes that MySQL's TEXT holds; a longer text was cut there, at the end of a character."""

DEEPEST = 100
"""Elements of one name within each other."""

_NAMES = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})")
_ANY_TAG = re.compile(r"<[^<>]{0,1000}>?")
_CLOSED_BY_THEMSELVES = listed("p li td th tr tbody thead br img hr dt dd option input meta link col wbr")
_TAGS = listed("p ul ol li br strong em h3 h4 table thead tbody tr th td img a")
_EMPTIED = listed(
    "script style xml title head noscript noframes iframe object embed applet textarea select option button svg math template audio video canvas map"
)
_OURS = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|dl|dt|dd|b|i|u|strong|em|font|table|tbody|tr|td|th|img|a|h[1-6]|hr|center|sup|sub|script|style|iframe|svg|object|form|input|o:p|xml|blockquote|pre|section|article|body|html|meta|link)\b[^<>]{0,4000}(?:>|\Z)|<!--|<!\[",
    re.I,
)
_ESCAPED = re.compile(r"&lt;/?(?:p|br|div|span|ul|ol|li|strong|b|em|table|tr|td|img|h[1-6]|script)\b", re.I)
_ENTITIES = re.compile(r"&(?:nbsp|amp|lt|gt|quot|ldquo|rdquo|ndash|mdash|bull|hellip|#\d{2,5});", re.I)
_RENAMED = {"div": "p", "blockquote": "p", "pre": "p", "section": "p", "article": "p", "center": "p", "address": "p", "dt": "p", "dd": "p", "caption": "p", "figcaption": "p", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "tfoot": "tbody"}  # fmt: skip
_RENAME = re.compile(r"<(/?)(" + "|".join(sorted(_RENAMED, key=len, reverse=True)) + r")(?=[\s/>])", re.I)
_HALF_TAG = re.compile(r"<[^<>]*\Z")
_HALF_PICTURE = re.compile(r"<img\b[^<>]*\Z")
_HALF_ENTITY = re.compile(r"&[#a-zA-Z0-9]{0,8}\Z")
_LIST_ITEM = re.compile(r"\s*(?:([-•*·▪▫◦➢✓–])\s*(?=\S)|(\d{1,2}|[a-zA-Z])[.)]\s+(?=\S))")
_BLANK_LINES = re.compile(r"\n[ \t\u00a0]*(?:\n[ \t\u00a0]*)+")
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # nh3 would keep "lang" and "title" everywhere
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


@dataclass
class Cleaned:
    """Safe HTML ("" when nothing is said), the pictures it refers to, the quirks met."""

    html: str
    pictures: dict[str, Picture] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def html_of(value: object) -> Cleaned:
    """The text of a source as safe HTML; both plain text and HTML are known by their look.

    Notes: "cut-text" (cut by the source at 65,535 bytes: what is half at its end is gone), "long-text" (cut by us
    at HTML_LIMIT), "tangled" (its elements could only be left out), "picture" (taken out), "picture-dropped".
    """
    text = str(value if value is not None else "")
    notes: list[str] = []
    if len(text) > CUT_AT // 4 and CUT_AT - 3 <= len(text.encode("utf-8", "replace")) <= CUT_AT:
        notes.append("cut-text")
        text = _HALF_ENTITY.sub("", _HALF_TAG.sub("", text.rstrip("\ufffd")))
    if "<img" in text and _HALF_PICTURE.search(text):  # cut, and shortened since
        notes.append("cut-text")
        text = _HALF_PICTURE.sub("", text)
    text = text.replace("\ufffd", "")
    if not text.strip():
        return Cleaned("", {}, notes)
    if _ESCAPED.search(text) and not _OURS.search(text):
        text = html.unescape(text)
    pictures: dict[str, Picture] = {}
    if _tangled(text):
        text = html.unescape(_ANY_TAG.sub(" ", text))
        notes.append("tangled")
        safe = _plain(text)
    elif _OURS.search(text):
        safe = _clean(text, pictures, notes)
    else:
        if _ENTITIES.search(text):
            text = html.unescape(text)
        safe = _plain(text)
    put, was_cut = ordered(safe, HTML_LIMIT)
    if was_cut:
        notes.append("long-text")
        pictures = {name: picture for name, picture in pictures.items() if f"picture:{name}" in put}
    return Cleaned(put, pictures, notes)


def _tangled(text: str) -> bool:
    """Whether elements are left open within each other by the hundred: an HTML parser takes minutes for those."""
    if text.count("<") < DEEPEST:
        return False
    open_: dict[str, int] = {}
    total = 0
    for closing, name in _NAMES.findall(text):
        name = name.lower()
        if name in _CLOSED_BY_THEMSELVES:
            continue
        before = open_.get(name, 0)
        open_[name] = max(0, before + (-1 if closing else 1))
        total += open_[name] - before
        if open_[name] > DEEPEST or total > 10 * DEEPEST:
            return True
    return False


def _clean(text: str, pictures: dict[str, Picture], notes: list[str]) -> str:
    def address(tag: str, name: str, value: str) -> str | None:
        if tag == "a":
            # what follows takes tags apart by "<" and ">": none may stand in an attribute
            found = value.strip().replace("<", "%3C").replace(">", "%3E").replace('"', "%22")
            return found[:2_000] if found.lower().startswith(("http://", "https://")) else None
        if tag != "img" or name != "src":
            if name in ("colspan", "rowspan"):
                return value if re.fullmatch(r"[1-9]\d?", value) else None
            return re.sub(r'[<>"]+', " ", value)[:300]
        picture = picture_of(value) if len(pictures) < MOST else None
        if picture is None:
            notes.append("picture-dropped")
            return None
        digest = hashlib.sha256(picture.data).hexdigest()
        pictures[digest] = picture
        notes.append("picture")
        return f"picture:{digest}"

    renamed = _RENAME.sub(lambda m: f"<{m[1]}{_RENAMED[m[2].lower()]}", text)
    import nh3  # 1.5 MB, only for the process that cleans

    return nh3.clean(
        renamed,
        tags=set(_TAGS),
        clean_content_tags=set(_EMPTIED),
        attributes=_ATTRIBUTES,
        attribute_filter=address,
        url_schemes={"http", "https", "data"},
        link_rel=None,
        strip_comments=True,
    )


def _plain(text: str) -> str:
    """Paragraphs at blank lines, lists of lines that begin alike, line ends kept."""
    out: list[str] = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for block in _BLANK_LINES.split(text.strip()):
        lines: list[str] = []
        items: list[str] = []
        kind = ""
        for line in block.split("\n"):
            marked = _LIST_ITEM.match(line)
            marker = "" if not marked else "ul" if marked[1] else "ol"
            if marker == "ol" and not items and marked and marked[2].lower() not in ("1", "a", "i"):
                marker = ""  # a list begins with its first
            if marked and marker:
                if marker != kind:
                    _flush(out, lines, items, kind)
                    kind = marker
                items.append(html.escape(line[marked.end() :].strip(), quote=False))
            elif line.strip():
                if items:
                    _flush(out, lines, items, kind)
                    kind = ""
                lines.append(html.escape(line.strip(), quote=False))
            if marker and lines:
                _flush(out, lines, [], "")
        _flush(out, lines, items, kind)
    return "".join(out)


def _flush(out: list[str], lines: list[str], items: list[str], kind: str) -> None:
    if lines:
        out.append("<p>" + "<br>".join(lines) + "</p>")
        lines.clear()
    if items:
        out.append(f"<{kind}><li>" + "</li><li>".join(items) + f"</li></{kind}>")
        items.clear()
