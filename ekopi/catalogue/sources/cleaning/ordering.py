"""Puts clean HTML in order: every word in a block, nothing empty, no more than may be kept.

Takes nh3's output, in which every element is closed, "<" and ">" stand only in tags, and attributes are quoted.
"""

from __future__ import annotations

import re

from ekopi.catalogue.sources.base import listed

_TOKEN = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_NAME = re.compile(r"</?([a-z0-9]+)")
_SPACES = re.compile(r"[ \t\r\n\u00a0\u200b]+")
_BLOCKS = listed("p ul ol table h3 h4")
_HOLDS_NO_TEXT = listed("ul ol table thead tbody tr")
_INLINE = listed("strong em a")
_EMPTY = re.compile(r"<(p|li|ul|ol|h3|h4|strong|em|a|thead|tbody|tr|table)(?: [^<>]*)?>\s*</\1>")
_EDGE_BREAK = re.compile(
    r"(?:<br>\s*)+(</(?:p|li|td|th|h3|h4)>)|(<(?:p|li|h3|h4)>|<t[dh](?: [^<>]*)?>)\s*(?:<br>\s*)+"
)
_NO_SOURCE = re.compile(r'<img(?![^<>]*\ssrc="picture:)[^<>]*>')
_NO_ADDRESS = re.compile(r"<a>(.*?)</a>", re.S)
_EMPTY_ROW = re.compile(r"<tr>\s*(?:<t[dh](?: [^<>]*)?></t[dh]>\s*)+</tr>")
_BEFORE_END = re.compile(r"\s+(</(?:p|li|td|th|h3|h4)>)|(<(?:p|li|h3|h4|td|th)>)\s+|\s*(<br>)\s*")


def ordered(html: str, limit: int) -> tuple[str, bool]:
    """The HTML in order, and whether it had to be cut to `limit` characters, at a tag or between words."""
    html = _NO_ADDRESS.sub(r"\1", _NO_SOURCE.sub("", html.replace("&nbsp;", " ")))
    out: list[str] = []
    stack: list[str] = []
    loose = False  # a paragraph that we opened for words that stood in none
    breaks = 0
    size, was_cut = 0, False

    def put(piece: str) -> None:
        nonlocal size
        out.append(piece)
        size += len(piece)

    def end_loose() -> None:
        nonlocal loose
        if loose:
            while stack and stack[-1] in _INLINE:
                put(f"</{stack.pop()}>")
            if stack and stack[-1] == "p":
                stack.pop()
                put("</p>")
            loose = False

    def begin_loose() -> None:
        nonlocal loose
        if not stack:
            put("<p>")
            stack.append("p")
            loose = True

    room = limit - 200  # for closing what is open
    for token in _TOKEN.split(html):
        if not token:
            continue
        if token[0] != "<":
            text = _SPACES.sub(" ", token)
            if text == " " and (not stack or stack[-1] in _HOLDS_NO_TEXT):
                continue
            begin_loose()
            if size + len(text) > room:
                put(_cut(text, max(0, room - size)))
                was_cut = True
                break
            put(text)
            if text != " ":
                breaks = 0
            continue
        if size + len(token) > room or len(stack) > 24:
            was_cut = True
            break
        name = _NAME.match(token)[1]  # type: ignore[index]
        if token[1] == "/":
            if loose and name not in stack:
                continue
            if name in stack:
                while stack[-1] != name:
                    put(f"</{stack.pop()}>")
                stack.pop()
                put(f"</{name}>")
                if not stack:
                    loose = False
        elif name == "br":
            breaks += 1
            if breaks == 2 and stack == ["p"]:
                put("</p><p>")
            elif breaks == 1 and stack:
                put("<br>")
        elif name == "img":
            begin_loose()
            put(token)
            breaks = 0
        else:
            breaks = 0
            if name in _BLOCKS:
                end_loose()
            elif name in _INLINE:
                begin_loose()
            put(token)
            stack.append(name)
    while stack:
        put(f"</{stack.pop()}>")
    return _tidied("".join(out)), was_cut


def _tidied(html: str) -> str:
    html = _BEFORE_END.sub(lambda m: m[1] or m[2] or m[3], html)
    for _ in range(8):
        shorter = _EMPTY.sub("", _EDGE_BREAK.sub(lambda m: m[1] or m[2], _EMPTY_ROW.sub("", html)))
        if shorter == html:
            return html
        html = shorter
    return html


def _cut(text: str, room: int) -> str:
    """At most so many characters, without half a word or half an entity."""
    cut = text[:room]
    at = cut.rfind("&")
    if at >= 0 and ";" not in cut[at:]:
        cut = cut[:at]
    return cut.rpartition(" ")[0] or cut
