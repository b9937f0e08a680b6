"""From text to tokens: folded spellings, roots, agencies by all their names. The same for what is kept and asked.

Tokens are of a-z and 0-9 and begin with a letter (numbers get an n before them), so that FTS5 and PostgreSQL's
`simple` keep them as they are. Whoever changes anything here or in words.toml runs `ekopi index`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

MOST_WORDS = 4_000
"""Of one text; what lies behind cannot be found."""
LONGEST_TOKEN = 40
JOINED = ("e", "si")
"""Beginnings that are written apart, with a hyphen, or glued: E Retribusi, e-retribusi, SICANTIK."""

_QUOTES = re.compile(r"['’‘`´ʼʻ]")
_CHUNK = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_PIECE = re.compile(r"(-?)([a-z]+|[0-9]+)")
_TAILS = ("nya", "lah", "kah", "pun")
_SUFFIXES = ("kan", "an", "i", "isasi")
_PREFIXES = (
    ("meny", "s"), ("peny", "s"), ("menge", ""), ("penge", ""), ("meng", "k"), ("peng", "k"), ("meng", ""), ("peng", ""),
    ("mem", "p"), ("pem", "p"), ("mem", ""), ("pem", ""), ("men", "t"), ("pen", "t"), ("men", ""), ("pen", ""),
    ("ber", ""), ("per", ""), ("ter", ""), ("me", ""), ("pe", ""), ("be", ""), ("di", ""), ("ke", ""), ("se", ""),
)  # fmt: skip
"""What may stand before a root, and the letter that it swallowed."""
SHORTEST_ROOT = 3


@dataclass(frozen=True)
class Lexicon:
    """words.toml, read once."""

    stop: frozenset[str]
    roots: dict[str, str]
    """root, or a common misspelling of it -> its token"""
    special: dict[str, str]
    spellings: dict[str, str]
    variants: dict[tuple[str, ...], tuple[str, tuple[str, ...]]]
    """words of a name of a thing with several names -> its token, its words in full"""
    begins: dict[str, int]
    """first word of such names -> how many words the longest of them has"""


@cache
def lexicon() -> Lexicon:
    read = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    stop = frozenset(read["stop"].split())
    variants: dict[tuple[str, ...], tuple[str, tuple[str, ...]]] = {}
    for group in read["synonyms"]:
        names = [tuple(w for w in name.split() if w not in stop) for name in group["variants"]]
        variants |= dict.fromkeys(names, (group["canonical"], names[0]))
    roots = {root: root for root in read["roots"].split()}
    roots |= {name[0]: name[0] for name in variants if len(name) == 1}
    roots |= {said: roots[meant] for said, meant in read["spellings"].items() if meant in roots}
    begins: dict[str, int] = {}
    for name in variants:
        begins[name[0]] = max(len(name), begins.get(name[0], 0))
    return Lexicon(stop, roots, read["stems"], read["spellings"], variants, begins)


def fold(text: str) -> str:
    """Lower case without accents and apostrophes."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in plain if c.isascii() or not unicodedata.combining(c))
    return _QUOTES.sub("", text.casefold())


@dataclass(frozen=True)
class Piece:
    """A folded word in standard spelling, and the chunk ("covid-19", "5g") that it was written in."""

    word: str
    chunk: int


def pieces(text: str) -> list[Piece]:
    """The words of a text in order, stop words among them. "anak-anak" is one; digits part from letters."""
    spellings = lexicon().spellings
    found: list[Piece] = []
    for chunk, written in enumerate(_CHUNK.findall(fold(text))):
        for hyphen, word in _PIECE.findall(written):
            word = spellings.get(word, word)
            twice = hyphen and found and found[-1].chunk == chunk and stem(found[-1].word) == stem(word)
            if not twice:
                found.append(Piece(word, chunk))
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The token of one folded word: the longest known root that it may be made of, else what Snowball makes of it."""
    if word[0].isdigit():
        return f"n{word}"[:LONGEST_TOKEN]
    known = lexicon()
    if special := known.special.get(word):
        return special
    if len(word) <= SHORTEST_ROOT:
        return word
    if word in known.roots:
        return known.roots[word]
    if root := max((r for r in _bare(word) if r in known.roots), key=len, default=None):
        return known.roots[root]
    return (_snowball().stemWord(word[:LONGEST_TOKEN]) or word)[:LONGEST_TOKEN]


def _bare(word: str) -> Iterator[str]:
    """All that may be left of a word without what stands before and after it."""
    ends = {word} | {word.removesuffix(tail) for tail in _TAILS}
    ends |= {end.removesuffix(suffix) for end in ends for suffix in _SUFFIXES}
    level = {end for end in ends if len(end) >= SHORTEST_ROOT}
    for _prefix in range(3):
        yield from sorted(level)
        level = {
            swallowed + left
            for end in level
            for prefix, swallowed in _PREFIXES
            if (left := end.removeprefix(prefix)) != end and len(swallowed + left) >= SHORTEST_ROOT
        }
    yield from sorted(level)


@cache
def _snowball():
    import snowballstemmer

    return snowballstemmer.stemmer("indonesian")


@dataclass(frozen=True)
class Unit:
    """Words that mean one thing together: one word, a name with several variants, a chunk."""

    tokens: tuple[str, ...]
    also: str | None = None
    """The token that every variant of the name has in common."""
    full: tuple[str, ...] = ()
    """Tokens of the name in full."""


def units(text: str) -> tuple[list[Unit], list[str]]:
    """What a text says, in order, and apart the stop words that were passed over."""
    known = lexicon()
    said = pieces(text)
    words = [piece for piece in said if piece.word not in known.stop]
    passed = [piece.word for piece in said if piece.word in known.stop]
    found: list[Unit] = []
    at = 0
    while at < len(words):
        unit, at = _unit(words, at)
        found.append(unit)
    return found, passed


def _unit(words: list[Piece], at: int) -> tuple[Unit, int]:
    word = words[at].word
    if variant := _variant(words, at):
        end, also, full = variant
        return Unit(_tokens(words[at:end]), also, tuple(stem(w) for w in full)), end
    if word in JOINED and at + 1 < len(words) and words[at + 1].word.isalpha():
        return Unit(_tokens(words[at : at + 2]), stem(word + words[at + 1].word)), at + 2
    end = at + 1
    while end < len(words) and words[end].chunk == words[at].chunk and not _variant(words, end):
        end += 1
    return Unit(_tokens(words[at:end])), end


def _tokens(words: list[Piece]) -> tuple[str, ...]:
    return tuple(stem(piece.word) for piece in words)


def _variant(words: list[Piece], at: int) -> tuple[int, str, tuple[str, ...]] | None:
    """The longest name that begins here: where it ends, its token, its words in full."""
    known = lexicon()
    most = known.begins.get(words[at].word, 0)
    for end in range(min(at + most, len(words)), at, -1):
        if found := known.variants.get(tuple(piece.word for piece in words[at:end])):
            return end, *found
    return None


def kept(text: str, *, every: bool = False) -> tuple[list[str], list[str]]:
    """What the index keeps of a text: its tokens in order, and what else finds it (names in other forms).

    With `every` the stop words are among the latter: a title may be made of nothing else.
    """
    found, passed = units(text)
    stream = [token for unit in found for token in unit.tokens]
    more = [token for unit in found for token in (unit.also, *unit.full) if token]
    more += passed if every else []
    return stream, [token for token in dict.fromkeys(more) if token not in set(stream)]


def by_token(text: str) -> dict[str, str]:
    """The words of a text that mean something, each as it was written (folded), by its token; the first of a token wins."""
    stop = lexicon().stop
    found: dict[str, str] = {}
    for piece in pieces(text):
        if piece.word not in stop:
            found.setdefault(stem(piece.word), piece.word)
    return found
