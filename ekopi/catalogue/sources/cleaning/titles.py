"""Titles: one line, capitals made readable without losing acronyms, acronym and long form told apart."""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from ekopi.catalogue.fields import TITLE_LIMIT

_TAG = re.compile(r"<[!/a-zA-Z][^<>]{0,500}>")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.I)
_SPACES = re.compile(r"\s+")
_INNER = re.compile(r"([(\[“‘])\s+|\s+([)\]”’,;!?])")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LETTER = re.compile(r"[^\W\d_]")
_VOWEL = re.compile(r"[aeiouy]", re.I)
_ROMAN = re.compile(r"(?:X{0,3})(?:IX|IV|V?I{0,3})\Z")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_SENTENCE_START = re.compile(r"[.!?:]\s*\Z")
_ENDS = re.compile(r"[\s\-–—:;,.\"]+\Z")
_STRAIGHT = re.compile(r'"\s*([^"]*?)\s*"')
_HYPHENED = re.compile(r"[a-zA-Z]{1,3}-[^\W\d_]{3,20}\Z")


@cache
def _words() -> dict[str, frozenset[str]]:
    table = tomllib.loads(Path(__file__).with_name("titles.toml").read_text(encoding="utf-8"))
    return {name: frozenset(table[name].split()) for name in ("small", "acronyms", "common")}


@cache
def _mixed() -> dict[str, str]:
    table = tomllib.loads(Path(__file__).with_name("titles.toml").read_text(encoding="utf-8"))
    return {word.upper(): word for word in table["mixed"].split()}


def line_of(value: object, most: int) -> str:
    """One line of plain text: no tags, entities and double spaces; at most so many characters, cut between words."""
    text = str(value if value is not None else "")
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(html.unescape(text))
        text = _TAG.sub(" ", text) if "<" in text else text
    text = unicodedata.normalize(
        "NFC", _SPACES.sub(" ", text.replace("\u200b", "").replace("\u00ad", "")).strip()
    )
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:-–(") + "…"


def title_of(value: object) -> tuple[str, tuple[str, ...]]:
    """A readable title and the quirks met ("caps-title", "cut-title"); "" when nothing is left.

    "E-SURAT (TATA PERSURATAN DIGITAL )" becomes "E-Surat (Tata Persuratan Digital)". A title that is not all in
    capitals keeps its letters; a single word in capitals is a name and stays.
    """
    notes: list[str] = []
    text = line_of(value, 10_000)
    text = _INNER.sub(lambda m: m[1] or m[2], text)
    if text[:1] in "\"'" and text[-1:] == text[:1] and text.count(text[:1]) == 2:
        text = text[1:-1].strip()
    text = _STRAIGHT.sub(r'"\1"', text).strip(" ;,:–—-\t")
    if text.count("(") > text.count(")"):
        text += ")" * (text.count("(") - text.count(")"))
    if _shouts(text):
        text = names_of(text)
        notes.append("caps-title")
    if len(text) > TITLE_LIMIT:
        text = line_of(text, TITLE_LIMIT)
        notes.append("cut-title")
    return text, tuple(notes)


def _shouts(text: str) -> bool:
    words = _WORD.findall(text)
    long = [word for word in words if len(word) > 3 and word.upper() not in _words()["acronyms"]]
    if len(words) < 2 or not long:
        return False
    # "ULaMM PNM" and "e-MSA" are names; only small words may be small in a title of capitals
    if any(not word.isupper() and word.lower() not in _words()["small"] for word in words if len(word) > 1):
        return False
    # "SI CANTIK", "SIGAP TPU": a name with its acronym is no sentence
    return not (words[0].upper() in ("SI", "E") and len(words) <= 2 and "-" not in text)


def names_of(text: str) -> str:
    """A text in capitals as a title: words begin with a capital, small words do not, acronyms stay."""
    known, small, common = _words()["acronyms"], _words()["small"], _words()["common"]
    alone = _kept_names(text, common)
    out, before = [], 0
    for match in _WORD.finditer(text):
        word, upper = match[0], match[0].upper()
        out.append(text[before : match.start()])
        before = match.end()
        lead = text[: match.start()]
        starts = not lead.strip(" \"'“‘(") or bool(_SENTENCE_START.search(lead)) or lead[-1:] in '(“"‘'
        digit = text[match.end() : match.end() + 1].isdigit() or lead[-1:].isdigit()
        mixed = _mixed().get(upper)
        if mixed:
            out.append(mixed)
        elif match.start() in alone or upper in known or digit or (_ROMAN.match(upper) and len(upper) > 1):
            out.append(upper)
        elif upper.lower() in small and not starts:
            out.append(upper.lower())
        elif len(upper) > 1 and not _VOWEL.search(upper):
            out.append(upper)
        else:
            out.append(word[:1].upper() + word[1:].lower())
    out.append(text[before:])
    return "".join(out)


def _kept_names(text: str, common: frozenset[str]) -> set[int]:
    """Where single words stand that are names: alone in brackets or quotation marks, or before a colon or bracket."""
    kept: set[int] = set()
    for match in re.finditer(r"[(“\"‘]\s*([^\W\d_]{2,14})\s*[)”\"’]", text):
        if match[1].lower() not in common:
            kept.add(match.start(1))
    first = re.match(r"\W*([^\W\d_]{3,14})\s*(?::|\(\s*[^\W\d_]+\s+[^\W\d_])", text)
    if first and first[1].lower() not in common:
        kept.add(first.start(1))
    return kept


def names_apart(title: str) -> tuple[str, str]:
    """(acronym, long form) of a title; ("", title) when it holds none.

    "SIPANDU (Sistem Pelayanan Terpadu)", "Surabaya Single Window (SSW)", "SISPEDAP: Sistem …", "MENARA-Menjaga …".
    """
    bracket = _BRACKETS.search(title)
    if bracket and bracket.start() > 0:
        outside = _ENDS.sub("", title[: bracket.start()]).strip(" \"'“”")
        inside = bracket[1].strip(" \"'“”")
        if _is_short_for(inside, outside) or _is_token(inside, outside):
            return inside, " ".join(f"{outside} {title[bracket.end() :]}".split()).strip(" \"'“”-–:;,.")
        if _is_short_for(outside, inside) or (_is_brand(outside) and len(inside.split()) > 1):
            return outside, inside
    for pattern in (r"\s*:\s+", r"\s+[-–—]\s+", r"[-–—](?=[A-Z][a-z]+\s)"):
        parts = re.split(pattern, title, maxsplit=1)
        if len(parts) == 2 and len(parts[0].split()) <= 3 and len(parts[1].split()) > 1:
            short = parts[0].strip(" \"'“”")
            if _is_short_for(short, parts[1]):
                return short, parts[1].strip()
    quoted = re.search(r"[“\"]([^\W\d_]{3,14})[”\"]", title)
    if quoted and quoted[1].isupper() and len(title.split()) > 1:
        return quoted[1], title
    words = title.split()
    if len(words) <= 2 and title.isupper() and 3 <= len(title) <= 20:
        return title, title
    return "", title


def _is_token(text: str, beside: str) -> bool:
    """One word in capitals or like "E-Performance", in brackets behind its long form."""
    return len(beside.split()) > 1 and bool(
        (text.isupper() and re.fullmatch(r"[^\W_]{3,14}", text)) or _HYPHENED.match(text)
    )


def _is_brand(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return (
        len(text.split()) <= 4
        and 2 <= len(letters) <= 30
        and sum(c.isupper() for c in letters) >= 0.8 * len(letters)
    )


def _is_short_for(short: str, long: str) -> bool:
    """Whether the letters of the short one stand in the long one in order, beginning with a word's first."""
    little = [c for c in unicodedata.normalize("NFKD", short.lower()) if "a" <= c <= "z"]
    words = [w.lower() for w in _WORD.findall(long)]
    if len(words) < 2 or not 2 <= len(little) <= 24 or len(short.split()) > 4 or "," in short:
        return False
    much = "".join(words)
    if len(little) > 0.7 * len(much) or " ".join(_WORD.findall(short.lower())) in " ".join(words):
        return False
    if little[0] not in {word[0] for word in words}:
        return False
    letters = iter(much)
    return all(any(letter == other for other in letters) for letter in little)
