"""Records that are made up for measurements, in the shapes of three sources: words of real ones, put together anew.

Every record is of one of the many innovations that are drawn here with a fixed seed; a known share of the records are
second tellings of an innovation that another source has told before. Their number says which: `UJI-<innovation>-<telling>`.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ekopi.core import text
from ekopi.places.reference import shipped_regions
from tests.catalogue.sources.make import DATA

DEMO = Path(__file__).parents[1] / "ekopi" / "demo" / "innovations"
REAL = DATA / "lan_aplikinovasi_200.json"
"""LAN's directory; its words are used where it is there."""
SEED = 20_260_702
SOURCES = {"jippnas": 0.5, "iga": 0.3, "sinovik": 0.2}
"""Which share of the first tellings each gives."""
TWICE = 0.15
"""Share of the records that are second tellings."""
USUAL, UNITS = 0.10, 0.03
"""Shares of titles that many places give, and of those that many villages of one place give."""
REMEMBERED = 20_000
"""First tellings that a second one may still follow."""
SYLLABLE = re.compile(r"[^aeiou]?[aeiou]", re.I)
FIELDS = {
    "jippnas": ("ringkasan", "latar_belakang", "tujuan", "kebaruan", "evaluasi_dampak", "sumber_daya"),
    "iga": ("deskripsi",),
    "sinovik": ("ringkasan", "latar_belakang_tujuan", "kebaruan", "implementasi", "signifikansi", "sumber_daya"),
}  # fmt: skip

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """What one source says of one innovation."""

    innovation: int
    source: str
    title: str
    unit: str
    place: str
    province: str
    year: int
    pieces: tuple[str, ...]
    """Runs of words that make its text."""
    like: int
    """The demo record of this source whose classification it takes over."""


class Maker:
    """Draws tellings one after the other; the same ones each time."""

    def __init__(self, seed: int = SEED):
        self.chance = random.Random(seed)
        self.titles = [line.split() for line in _words()["titles"]]
        self.usual = [" ".join(line[:7]) for line in self.titles[::3] if len(line) > 1]
        self.words = _words()["words"]
        self.places = _places()
        # as in life: some places report hundreds, most a few
        self.weights = [random.Random(f"{seed} {name}").paretovariate(1.6) for name, _in in self.places]
        self.units = _words()["units"]
        self.told: list[Telling] = []
        self.number = 0

    def tellings(self, count: int) -> Iterator[Telling]:
        for _nth in range(count):
            if self.told and self.chance.random() < TWICE:
                yield self._again(self.told.pop(self.chance.randrange(len(self.told))))
                continue
            first = self._first()
            if len(self.told) >= REMEMBERED:
                self.told[self.chance.randrange(REMEMBERED)] = first
            else:
                self.told.append(first)
            yield first

    def _first(self) -> Telling:
        self.number += 1
        chance = self.chance
        source = chance.choices(list(SOURCES), list(SOURCES.values()))[0]
        place, province = chance.choices(self.places, self.weights)[0]
        unit, title, sort = chance.choice(self.units), "", chance.random()
        if sort < USUAL:
            title = chance.choice(self.usual)
        elif sort < USUAL + UNITS:
            unit = f"Kelurahan {chance.choice(self.words).strip('.,;:()').capitalize()}"
            title = f"{chance.choice(self.usual)} {unit}"
        else:
            title = self._title()
        return Telling(
            self.number, source, title, unit, place, province, int(chance.triangular(2008, 2027, 2023)),
            tuple(self._piece() for _n in range(chance.randint(14, 26))), chance.randrange(10_000),
        )  # fmt: skip

    def _title(self) -> str:
        chance = self.chance
        long = [
            *_run(chance, chance.choice(self.titles), 1, 3),
            *_run(chance, chance.choice(self.titles), 2, 5),
        ]
        said = " ".join(long).strip(" :,.()–-")
        if chance.random() < 0.35:
            short = "".join(SYLLABLE.findall(word)[0] for word in long if SYLLABLE.search(word))[:9].upper()
            return f"{short} ({said})" if chance.random() < 0.6 else f"{short}: {said}"
        return said.upper() if chance.random() < 0.1 else said

    def _piece(self) -> str:
        return " ".join(_run(self.chance, self.words, 4, 9))

    def _again(self, first: Telling) -> Telling:
        """Another source tells it: another title, a nearby year, about half of the words."""
        chance = self.chance
        kept = [piece if chance.random() < 0.5 else self._piece() for piece in first.pieces]
        chance.shuffle(kept)
        unit = chance.choice((first.unit, first.unit, ""))
        source = chance.choice([key for key in SOURCES if key != first.source])
        return Telling(
            first.innovation, source, self._retitled(first), unit, first.place, first.province,
            first.year + chance.choice((0, 0, 0, 1, -1)), tuple(kept), chance.randrange(10_000),
        )  # fmt: skip

    def _retitled(self, first: Telling) -> str:
        chance, title = self.chance, first.title
        bare = re.sub(r"\A\w+(?:: | \((?=.*\)\Z))", "", title).rstrip(")")
        words = bare.split()
        way = chance.randrange(6)
        if way == 0:
            return title.upper()
        if way == 1:
            return f"{title} di {first.place}"
        if way == 2:
            return bare
        if way == 3 and len(words) > 4:
            words.pop(chance.randrange(len(words)))
            return " ".join(words)
        if way == 4 and len(words) > 2:
            at = max(range(len(words)), key=lambda n: len(words[n]))
            word = words[at]
            words[at] = word[:2] + word[3:4] + word[2:3] + word[4:]  # two letters have slipped
            return " ".join(words)
        return title


def raw(telling: Telling, nth: int) -> Raw:
    """The telling in the shape of its source; `nth` makes its number one of its own."""
    some = _demo(telling.source)
    said = dict(some[telling.like % len(some)])
    number = f"UJI-{telling.innovation}-{nth}"
    fields = FIELDS[telling.source]
    said |= {
        name: ". ".join(telling.pieces[at :: len(fields)]).capitalize() for at, name in enumerate(fields)
    }
    government = f"Pemerintah {telling.place}"
    if telling.source == "jippnas":
        return said | {
            "no_registrasi": number, "judul": telling.title, "institusi": government, "upp": telling.unit, "tahun": str(telling.year),
            "wilayah": telling.place, "provinsi": telling.province, "tahun_implementasi": str(telling.year),
        }  # fmt: skip
    if telling.source == "sinovik":
        return said | {
            "id": number, "judul": telling.title, "instansi": government, "upp": telling.unit, "tahun": str(telling.year),
            "wilayah": telling.place, "provinsi": telling.province, "tanggal_implementasi": f"{telling.year}-03-01",
        }  # fmt: skip
    day = f"{telling.year}-03-01"
    return said | {
        "id_inovasi": number, "judul_inovasi": telling.title, "pemda": telling.place, "admin_opd": telling.unit,
        "tanggal_penerapan": day, "tanggal_pengembangan": "", "tanggal_input": day, "lat": "", "lon": "",
    }  # fmt: skip


def innovation_of(number: str) -> int:
    """Which innovation a record with this number tells of."""
    return int(number.split("-")[1])


def write(folder: Path, count: int, parts: int) -> int:
    """Files for `ekopi import`, a folder for each part with one file a source. How many records are second tellings."""
    tellings = Maker().tellings(count)
    written, met, twice = 0, 0, 0
    for part in range(parts):
        below = folder / f"{part:02}"
        below.mkdir(parents=True)
        rows: dict[str, list[Raw]] = {key: [] for key in SOURCES}
        until = count * (part + 1) // parts
        while written < until:
            telling = next(tellings)
            written += 1
            twice += telling.innovation <= met
            met = max(met, telling.innovation)
            rows[telling.source].append(raw(telling, written))
        (below / "jippnas.json").write_text(json.dumps({"data": rows["jippnas"]}), encoding="utf-8")
        _csv(below / "iga.csv", rows["iga"])
        _csv(below / "sinovik.csv", rows["sinovik"])
    return twice


def _csv(path: Path, rows: list[Raw]) -> None:
    if not rows:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, rows[0])
        lines.writeheader()
        lines.writerows(rows)


def _run(chance: random.Random, words: list[str], least: int, most: int) -> list[str]:
    """Neighbouring words from anywhere in a list."""
    length = min(len(words), chance.randint(least, most))
    at = chance.randrange(len(words) - length + 1)
    return words[at : at + length]


@cache
def _demo(source: str) -> list[Raw]:
    name = {"jippnas": "jippnas.json", "iga": "iga.csv", "sinovik": "sinovik.csv"}[source]
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return json.load(file)["data"] if name.endswith("json") else list(csv.DictReader(file))


@cache
def _words() -> dict[str, list]:
    """Titles, kinds of units and the words of all texts of the demo's records and, where it is there, of LAN's directory."""
    titles: list[str] = []
    told: list[str] = []
    for source, title in (("jippnas", "judul"), ("iga", "judul_inovasi"), ("sinovik", "judul")):
        for said in _demo(source):
            titles.append(said[title])
            told += [said[name] for name in FIELDS[source] if said.get(name)]
    if REAL.is_file():
        for said in json.loads(REAL.read_text(encoding="utf-8")):
            titles.append(text.plain(said["nama_inovasi"] or ""))
            told += [said[name] for name in ("deskripsi", "manfaat", "tahapan_proses") if said.get(name)]
    return {
        "titles": [title for title in titles if title.strip()],
        "words": " ".join(map(text.plain, told)).split(),
        "units": _units(said["admin_opd"] for said in _demo("iga")),
    }


def _units(said: Iterable[str]) -> list[str]:
    return sorted({name for name in said if name and not re.search(r"\b(Kab|Kota|Kabupaten|Metro)\b", name)})


@cache
def _places() -> list[tuple[str, str]]:
    """(name, province) of all regencies and cities in force, and the provinces themselves."""
    regions = {region["code"]: region for region in shipped_regions() if not region["valid_to"]}
    return [
        (region["name"] if region["parent_code"] else f"Provinsi {region['name']}", regions[region["parent_code"] or code]["name"])
        for code, region in regions.items()
    ]  # fmt: skip
