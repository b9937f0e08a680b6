"""Reads the text of a PDF as a reader would select it: enough for what typst writes, no parser for all PDFs."""

from __future__ import annotations

import re
import zlib

STREAM = re.compile(rb"(\d+) 0 obj\s*(<<(?:(?!endobj).)*?>>)\s*stream\r?\n(.*?)\r?\nendstream", re.S)
RANGE = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
PAIR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def objects_of(data: bytes) -> dict[int, bytes]:
    """Every object by number: its bytes, with streams unpacked."""
    found: dict[int, bytes] = {}
    for match in re.finditer(rb"(\d+) 0 obj\s*(.*?)endobj", data, re.S):
        found[int(match[1])] = match[2]
    for match in STREAM.finditer(data):
        body = match[3]
        if b"FlateDecode" in match[2]:
            body = zlib.decompressobj().decompress(body)  # a last byte may look like the line's end
        found[int(match[1])] = match[2] + b"\n" + body
        if b"/ObjStm" in match[2]:
            first = int(re.search(rb"/First (\d+)", match[2])[1])
            numbers = [int(n) for n in body[:first].split()]
            places = list(zip(numbers[::2], numbers[1::2], strict=True))
            for index, (number, start) in enumerate(places):
                end = places[index + 1][1] if index + 1 < len(places) else len(body) - first
                found[number] = body[first + start : first + end]
            del found[int(match[1])]
    return found


def text_of(data: bytes) -> str:
    """All shown text, in the order it is drawn, pieces joined by spaces where the file moves on."""
    objects = objects_of(data)
    fonts = {}
    for body in objects.values():
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", body):
            cmap = re.search(rb"/ToUnicode (\d+) 0 R", objects.get(int(number), b""))
            if cmap:
                fonts[name.decode()] = _map_of(objects[int(cmap[1])].decode("latin-1"))
    said = []
    for body in objects.values():
        if b" Tf" not in body:
            continue
        font: dict[int, str] = {}
        waiting: list[bytes] = []
        name = ""
        for kind, token in _tokens(body.decode("latin-1")):
            if kind == "string":
                waiting.append(token)
            elif kind == "name":
                name = token
            elif token == "Tf":
                font = fonts.get(name, {})
            elif token in ("Tj", "TJ"):
                said.append("".join(_shown(part, font) for part in waiting))
                waiting = []
            else:
                waiting = []
    return " ".join(said)


def _tokens(content: str):
    """Strings, names and operators of a content stream; numbers and brackets are passed over."""
    place = 0
    while place < len(content):
        char = content[place]
        if char == "(":
            text, place = _literal(content, place + 1)
            yield "string", text
        elif hexed := re.compile(r"<([0-9A-Fa-f]*)>").match(content, place):
            yield "string", bytes.fromhex(hexed[1])
            place = hexed.end()
        elif named := re.compile(r"/([^\s/\[\]()<>]+)").match(content, place):
            yield "name", named[1]
            place = named.end()
        elif word := re.compile(r"[A-Za-z'\"*]+").match(content, place):
            yield "operator", word[0]
            place = word.end()
        else:
            place += 1


def _literal(content: str, place: int) -> tuple[bytes, int]:
    """A string in parentheses, which may hold further balanced ones; and the place after it."""
    text, depth = "", 1
    while True:
        char = content[place]
        if char == "\\":
            code = re.compile(r"[0-7]{1,3}|.", re.S).match(content, place + 1)[0]
            octal = code[0] in "01234567"
            text += (
                chr(int(code, 8))
                if octal
                else {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}.get(code, code)
            )
            place += 1 + len(code)
            continue
        depth += (char == "(") - (char == ")")
        place += 1
        if not depth:
            return text.encode("latin-1"), place
        text += char


def _shown(part: bytes, font: dict[int, str]) -> str:
    return "".join(font.get(int.from_bytes(part[i : i + 2], "big"), "�") for i in range(0, len(part), 2))


def _map_of(cmap: str) -> dict[int, str]:
    letters: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, letter in PAIR.findall(block):
            letters[int(code, 16)] = bytes.fromhex(letter).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.S):
        for low, high, letter in RANGE.findall(block):
            start = int.from_bytes(bytes.fromhex(letter), "big")
            for step in range(int(high, 16) - int(low, 16) + 1):
                letters[int(low, 16) + step] = chr(start + step)
    return letters
