"""Names of agencies: written in full, told apart from the place they name, and folded for comparing.

"Dinkes Kab. Bantul" is Dinas Kesehatan, in Kabupaten Bantul. Short names stand in agencies.toml.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

from ekopi.catalogue.sources.cleaning.titles import line_of, names_of
from ekopi.core.text import fold

LONGEST = 300
_PLACE = re.compile(
    r"(?:^|[\s,(–-])((?:pemerintah(?:\s+daerah)?\s+|pemda\s+)?(?:kab\.|prov\.|(?:kabupaten administrasi|kota administrasi|kabupaten|kab|kota|kodya|kotamadya|provinsi|propinsi|prov|pemkab|pemkot|pemprov)\s)\s*"
    r"(?:daerah istimewa |daerah khusus |d\.?i\.? |dki |bau-bau|tojo |kepulauan |pulau )?[A-Z][\w'’.-]*(?:[\s-](?!(?:dan|dari|yang|di|melalui|bekerja)\b)[A-Z][\w'’-]*){0,3})\)?\s*$",
    re.I,
)  # fmt: skip
_GOVERNMENT = re.compile(r"\s(?:pemkab|pemkot|pemprov|pemerintah)\s", re.I)
_LOCAL = re.compile(r"(?:pemda|pemerintah daerah)\s+(?!provinsi|kabupaten|kota\b)(.+)\Z", re.I)
_SATPOL = re.compile(r"\bsatpol\s*\.?\s*pp\b", re.I)
_DOTTED = re.compile(r"\b(UPTD?|BLUD|PT|PD|CV)\.\s*")
_SMALL = re.compile(r"\b(?:kabupaten|kota|provinsi|kecamatan|kelurahan|desa)(?= [A-Z])")
_STATE = re.compile(r"\s+(?:republik indonesia|r\.?i\.?|\(persero\),?(?:\s+tbk)?|tbk)\.?$", re.I)
_EDGES = " \t.,:;–—-/*•"
_UNIT_WORDS = re.compile(r"\b(?:UPTD?|BLUD)\b\.?\s*", re.I)
_PLACE_ALONE = re.compile(r"(?:pemerintah(?:\s+daerah)?\s+|pemda\s+|pemerintahan\s+)?(kabupaten administrasi|kabupaten|kab\.|kab|kota|kodya|kotamadya|provinsi|propinsi|prov\.|prov|pemkab|pemkot|pemprov)\s*\.?\s+([\w'’.\s-]{2,50})\Z", re.I)  # fmt: skip
_KIND_WORDS = {
    "kabupaten": "Kabupaten", "kab": "Kabupaten", "pemkab": "Kabupaten", "kabupaten administrasi": "Kabupaten", "kota": "Kota",
    "kodya": "Kota", "kotamadya": "Kota", "pemkot": "Kota", "provinsi": "Provinsi", "propinsi": "Provinsi",
    "prov": "Provinsi", "pemprov": "Provinsi",
}  # fmt: skip


@cache
def _table() -> tuple[dict[str, str], dict[str, str], frozenset[str], re.Pattern[str]]:
    read = tomllib.loads(Path(__file__).with_name("agencies.toml").read_text(encoding="utf-8"))
    short = {key.replace("_", " "): name for key, name in read["short"].items()}
    longest = sorted(short, key=len, reverse=True)
    # short names stand at the beginning of a part: "Puskesmas X, Dinkes Kota Y"; "PKM" inside of a word is none
    at = re.compile(
        r"(^|[,;/–-]\s*|\bUPTD?\.?\s+)(" + "|".join(map(re.escape, longest)) + r")(?=[\s.,;)/-]|$)\.?", re.I
    )
    return short, read["spellings"], frozenset(read["forms"]["words"].split()), at


@lru_cache(maxsize=10_000)
def written(said: str) -> str:
    """An agency's name as we write it: in full, no shouting, "Pemerintah" before a place that stands alone.

    "KOTA TEGAL" is "Pemerintah Kota Tegal", "DINKES KOTA TEGAL" is "Dinas Kesehatan Kota Tegal".
    """
    short, spellings, _, at = _table()
    text = line_of(said, LONGEST).strip(_EDGES)
    if not any(c.isalpha() for c in text):
        return ""
    letters = [c for c in text if c.isalpha()]
    if len(letters) > 5 and " " in text and sum(c.isupper() for c in letters) > 0.85 * len(letters):
        text = names_of(text)
    elif text.islower():
        text = names_of(text.upper())
    text = at.sub(lambda m: m[1] + short[m[2].lower()], text)
    text = _SATPOL.sub("Satuan Polisi Pamong Praja", text)
    text = re.sub(r"\w+", lambda m: spellings.get(m[0].lower(), m[0]), text)
    text = _SMALL.sub(lambda m: m[0].title(), _DOTTED.sub(r"\1 ", text))
    place = _PLACE_ALONE.match(text)
    if place:
        name = place[2].strip(_EDGES)
        return f"Pemerintah {_KIND_WORDS[place[1].lower().strip('.')]} {name[:1].upper()}{name[1:]}"
    return re.sub(r"\b(?:kab\.\s*|kab\s+)(?=[A-Z])", "Kabupaten ", text, flags=re.I)


@lru_cache(maxsize=10_000)
def apart(said: str) -> tuple[str, str]:
    """(agency, place) of a name that ends in a place: ("Dinas Kesehatan", "Kabupaten Bantul"); place "" without one.

    The name of a government itself ("Pemerintah Kota Tegal") is kept whole, with its place.
    """
    text = written(said)
    match = _PLACE.search(text)
    if match is None:
        local = _LOCAL.match(text)
        return text, local[1].strip(_EDGES) if local else ""
    again = _GOVERNMENT.search(match[1])  # "Badan Perencanaan Kota Pemkot Surabaya"
    match = (again and _PLACE.search(text, match.start(1) + again.start())) or match
    place = re.sub(r"^(?:pemerintah(?:\s+daerah)?|pemda)\s+", "", match[1], flags=re.I).strip(_EDGES)
    agency = text[: match.start()].strip(_EDGES + "(")
    if not agency or agency.lower() in ("pemerintah", "pemerintah daerah"):
        return text, place
    if text.endswith(")") and "(" in agency and agency.count("(") > agency.count(")"):
        agency += ")"
    return agency, place


@lru_cache(maxsize=10_000)
def key(said: str) -> str:
    """The form in which names of agencies are compared: in full, without place, form of unit and "RI"."""
    agency, place = apart(said)
    text = _STATE.sub("", agency)
    forms = _table()[2]
    words = [word for word in fold(_UNIT_WORDS.sub("", text)).split() if word not in forms and word != "dan"]
    return " ".join(words) or fold(place or agency)
