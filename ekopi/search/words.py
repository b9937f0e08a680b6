"""From text to tokens: folded spellings, stems, synonyms of agencies. The same for what is kept and what is asked.

Tokens are of a-z and 0-9 and begin with a letter, so that FTS5 and PostgreSQL's `simple` keep them as they are.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

MOST_TOKENS = 4_000
"""Of one text; what lies behind cannot be found."""
LONGEST_TOKEN = 40
_PIECE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LATINISED = re.compile(r"(?<=[a-z]{3})isasi$")


@cache
def _known() -> dict[str, Any]:
    """words.toml as sets and maps; synonyms by the folded words of each variant."""
    read = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    variants: dict[tuple[str, ...], tuple[str, tuple[str, ...]]] = {}
    for group in read["synonyms"]:
        expansion = tuple(group["variants"][0].split())
        for variant in group["variants"]:
            variants[tuple(variant.split())] = (group["canonical"], expansion)
    return {
        "stop": frozenset(read["stop"].split()),
        "roots": frozenset(read["roots"].split()),
        "spellings": read["spellings"],
        "stems": read["stems"],
        "variants": variants,
        "longest": max(len(variant) for variant in variants),
    }


def fold(text: str) -> str:
    """Lower case without accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"['’‘`]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def pieces(text: str) -> list[str]:
    """The folded words of a text in order, in standard spelling, stop words among them.

    "anak-anak" is one word, "e-surat" is "esurat" and "surat", other hyphens part words.
    """
    spellings = _known()["spellings"]
    found: list[str] = []
    for piece in _PIECE.findall(fold(text)):
        for word in _parted(spellings.get(piece, piece)):
            found.append(spellings.get(word, word))
        if len(found) >= MOST_TOKENS:
            break
    return found[:MOST_TOKENS]


def _parted(piece: str) -> list[str]:
    parts = piece.split("-")
    if len(parts) == 1:
        return parts
    if len(parts) == 2 and parts[0] == parts[1]:
        return parts[:1]
    if len(parts[0]) == 1:
        return ["".join(parts), *parts[1:]]
    return parts


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The token of one folded word."""
    if word[0].isdigit():
        return f"n{word}"[:LONGEST_TOKEN]
    known = _known()
    if special := known["stems"].get(word):
        return special
    if word in known["roots"] or len(word) <= 3:
        return word
    short = _LATINISED.sub("", word)
    if short in known["roots"]:
        return short
    return (_stemmer().stemWord(short) or word)[:LONGEST_TOKEN]


@cache
def _stemmer():
    import snowballstemmer

    return snowballstemmer.stemmer("indonesian")


def tokens(text: str) -> list[str]:
    """What is kept of a text: stems in order, and for "Dinkes" also those of "dinas kesehatan", and the other way."""
    known = _known()
    words = pieces(text)
    kept: list[str] = []
    at = 0
    while at < len(words):
        found = _synonym(words, at)
        if found is None:
            if words[at] not in known["stop"]:
                kept.append(stem(words[at]))
            at += 1
            continue
        length, canonical, expansion = found
        said = [stem(w) for w in words[at : at + length] if w not in known["stop"]]
        others = [stem(w) for w in expansion if w not in known["stop"]]
        kept += said + [t for t in (canonical, *others) if t not in said]
        at += length
    return kept[:MOST_TOKENS]


def asked(text: str) -> list[str]:
    """The tokens a search asks for: of an acronym only the acronym's."""
    known = _known()
    wanted: list[str] = []
    for word in pieces(text):
        if word in known["stop"]:
            continue
        found = known["variants"].get((word,))
        token = found[0] if found else stem(word)
        if token not in wanted:
            wanted.append(token)
    return wanted


def _synonym(words: list[str], at: int) -> tuple[int, str, tuple[str, ...]] | None:
    """The longest variant that begins here: how many words, its token, its words in full."""
    known = _known()
    for length in range(min(known["longest"], len(words) - at), 0, -1):
        if found := known["variants"].get(tuple(words[at : at + length])):
            return length, *found
    return None
