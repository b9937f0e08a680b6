"""Builds ekopi/catalogue/matching/labelled/constructed.jsonl from the demo's records, whose words are our own.

`python -m tests.catalogue.matching.build_labelled` writes it anew; the same records give the same file. What is made
and why: labelled/README.md. real.jsonl is kept by hand.
"""

from __future__ import annotations

import collections
import hashlib
import itertools
import json
import random
import re
import sys
from pathlib import Path

from ekopi.catalogue.fields import HTML_FIELDS
from ekopi.core import text
from ekopi.places.reference import shipped_regions
from tests.catalogue.matching.wording import (
    COINED,
    FRAMES,
    GENERIC,
    LEADS,
    MANNER,
    SHORT,
    SPELT,
    SWAPS,
    UNITS,
)
from tests.catalogue.sources.make import imported

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "ekopi" / "demo" / "innovations"
TARGET = ROOT / "ekopi" / "catalogue" / "matching" / "labelled" / "constructed.jsonl"
FILES = {
    "inoland": "inoland.json", "jippnas": "jippnas.json", "sinovik": "sinovik.csv", "iga": "iga.csv",
    "tuxedovation": "tuxedovation.json",
}  # fmt: skip
KEPT = ("title", "acronym", "agency", "unit", "region_code", "region_said", "year")
LONGEST = 700
"""Characters of the texts of one side."""
RETOLD, PER_CASE = 130, 22


class Maker:
    """Rows of the file as they are made; everything random follows from the seed of its group."""

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.records: dict[tuple[str, str], dict] = {}
        for source, name in FILES.items():
            for record in imported(source, DEMO / name)[0]:
                self.records[source, record.external_id] = record.facts
        self.regions = {row["code"]: row for row in shipped_regions()}

    def add(self, same: bool, case: str, group: str, a: dict, b: dict) -> None:
        self.rows.append({"same": same, "case": case, "group": group, "a": a, "b": b})

    def elsewhere(self, code: str, rng: random.Random) -> tuple[str, str]:
        """(code, name) of another regency or city, of the same province where it has one."""
        level = [
            c
            for c in self.regions
            if c.count(".") == 1 and c != code and not self.regions[c]["successor_code"]
        ]
        near = [c for c in level if c[:2] == code[:2]]
        found = rng.choice(sorted(near or level))
        return found, self.regions[found]["name"]


def side(source: str, facts: dict, told: str | None = None, **changes) -> dict:
    """One side of a pair; `told` instead of its texts, changes to facts (None takes one away)."""
    kept = {name: facts[name] for name in KEPT if facts.get(name)}
    kept |= {"summary": told if told is not None else telling(facts)}
    kept |= changes
    return {"source": source, "facts": {name: value for name, value in kept.items() if value}}


def telling(facts: dict) -> str:
    """The texts of a record as one, cut."""
    said = " ".join(text.plain(facts[field]) for field in HTML_FIELDS if facts.get(field))
    return text.excerpt(said, LONGEST)


def sentences(facts: dict) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+", telling(facts)) if len(s) > 20]


def halves(facts: dict, rng: random.Random, shared: int = 1) -> tuple[str, str]:
    """Two tellings of one text that have `shared` sentences in common."""
    said = sentences(facts)
    rng.shuffle(said)
    middle = max(1, len(said) // 2)
    return " ".join(said[: middle + shared]), " ".join(said[middle:])


def retitled(title: str, place: str, rng: random.Random) -> str:
    """The title as another source might write it."""
    change = rng.choice(("caps", "lead", "place", "spelt", "slip", "cut", "acronym", "same", "short"))
    words = title.split()
    if change == "caps":
        return title.upper()
    if change == "lead":
        return rng.choice(LEADS).format(title)
    if change == "place" and place:
        return f"{title} {place}"
    if change == "spelt":
        for standard, other in SPELT:
            title = title.replace(standard, other)
        return title
    if change == "slip" and len(title) > 12:
        at = rng.randrange(4, len(title) - 4)
        return title[:at] + title[at + 1] + title[at] + title[at + 2 :]
    if change == "cut" and len(words) > 3:
        return " ".join(words[:-1])
    if change == "acronym" and 2 < len(words) < 9 and "(" not in title:
        short = "".join(w[:2] for w in words if w.lower() not in ("dan", "di", "untuk", "bagi"))[:9].upper()
        return rng.choice((f"{short} ({title})", f"{title} ({short})"))
    if change == "short" and re.search(r"[:(]", title):
        return re.split(r"\s*[:(]", title)[0]
    return title


def shortened(name: str) -> str:
    for full, short in SHORT.items():
        name = name.replace(full, short)
    return name


def families(maker: Maker) -> None:
    """Records that the demo tells by hand in two or three sources, from its README's table."""
    said = (DEMO / "README.md").read_text(encoding="utf-8")
    table = said.split("## Records of one innovation")[1].split("\n## ")[0]
    for line in table.splitlines():
        found = re.findall(r"(\w+) `([^`]+)`", line)
        for one, other in itertools.combinations([ref for ref in found if ref in maker.records], 2):
            a, b = maker.records[one], maker.records[other]
            maker.add(True, "told-twice", line, side(one[0], a), side(other[0], b))


def retold(maker: Maker, chosen: list) -> None:
    """One record as two sources might hold it: another title, half of the text, agency and year otherwise."""
    sources = list(FILES)
    for (source, key), facts in chosen[:RETOLD]:
        rng = random.Random(f"second retold {source} {key}")
        place = str(facts.get("region_said", "")).split(",")[0]
        first, second = halves(facts, rng, shared=rng.choice((0, 1, 1)))
        changes: dict = {"title": retitled(facts["title"], place, rng), "acronym": None}
        if facts.get("unit") and rng.random() < 0.5:
            changes["unit"] = rng.choice((None, shortened(facts["unit"])))
        if facts.get("agency"):
            changes["agency"] = rng.choice(
                (facts["agency"], shortened(facts["agency"]), place or facts["agency"])
            )
        if facts.get("year"):
            changes["year"] = rng.choice(
                (facts["year"], facts["year"] + 1, facts["year"] + 2, facts["year"] + 4, None)
            )
        if rng.random() < 0.08:
            changes["region_code"] = None
        if rng.random() < 0.1:
            second = ""
        other = rng.choice([s for s in sources if s != source])
        maker.add(
            True,
            "retold",
            f"{source} {key}",
            side(source, facts, first),
            side(other, facts, second, **changes),
        )


def replicated(maker: Maker, chosen: list) -> None:
    """One programme in two places: the title stays, the text is copied, only the place is another."""
    for (source, key), facts in chosen[:PER_CASE]:
        rng = random.Random(f"second replicated {key}")
        code, name = maker.elsewhere(facts["region_code"], rng)
        more = rng.randrange(1, 9)
        told = re.sub(r"\d+", lambda m, more=more: str(int(m[0]) + more), telling(facts))
        changes = {
            "region_code": code,
            "region_said": name,
            "agency": f"Pemerintah {name}",
            "year": (facts.get("year") or 2020) + rng.randrange(4),
        }
        maker.add(
            False,
            "two-places",
            f"{source} {key}",
            side(source, facts),
            side(rng.choice(list(FILES)), facts, told, **changes),
        )


def province_and_city(maker: Maker, chosen: list) -> None:
    """A province's programme and one of the same title by a city in it."""
    for (source, key), facts in chosen[: PER_CASE // 2]:
        province = maker.regions[facts["region_code"][:2]]
        first, second = halves(facts, random.Random(key))
        above = {
            "region_code": province["code"],
            "region_said": province["name"],
            "agency": f"Pemerintah Provinsi {province['name']}",
        }
        maker.add(
            False,
            "province-and-city",
            f"{source} {key}",
            side(source, facts, first),
            side("iga", facts, second, **above),
        )


def one_acronym(maker: Maker, chosen: list, acronyms: tuple[str, ...], case: str) -> None:
    """Two innovations of one place bear one acronym; each second time also of one agency."""
    pairs = list(zip(chosen[0::2], chosen[1::2], strict=False))[:PER_CASE]
    for number, (((source, key), a), ((other, _), b)) in enumerate(pairs):
        short = acronyms[number % len(acronyms)]
        titles = [re.split(r"\s*[:(]", facts["title"])[0] for facts in (a, b)]
        here = {name: a.get(name) for name in ("region_code", "region_said", "agency", "year")}
        if number % 2:
            here["unit"] = a.get("unit")
        maker.add(
            False, case, f"{source} {key}",
            side(source, a, title=f"{short} ({titles[0]})", acronym=short),
            side(other, b, title=f"{short} ({titles[1]})", acronym=short, **here),
        )  # fmt: skip


def siblings(maker: Maker, chosen: list) -> None:
    """One agency's next programme: one word of the title is another, the text says other things in the same manner."""
    made = 0
    for (source, key), facts in chosen:
        swap = next(((a, b) for a, b in SWAPS if re.search(rf"\b{a}\b", facts["title"])), None)
        if swap is None or made >= PER_CASE + 8:
            continue
        made += 1
        rng = random.Random(f"second sibling {key}")
        first, second = halves(facts, rng, shared=0)
        told = re.sub(rf"\b{swap[0]}\b", swap[1], second, flags=re.I)
        title = re.sub(rf"\b{swap[0]}\b", swap[1], facts["title"])
        changes = {"title": title, "acronym": None, "year": (facts.get("year") or 2020) + rng.randrange(2)}
        maker.add(
            False,
            "siblings",
            f"{source} {key}",
            side(source, facts, first),
            side(rng.choice(list(FILES)), facts, told, **changes),
        )


def two_units(maker: Maker, chosen: list) -> None:
    """Two health centres of one regency that do the same, and tell it alike."""
    health = [
        (ref, facts)
        for ref, facts in chosen
        if re.search(r"puskesmas|kesehatan", str(facts.get("unit", "")) + telling(facts), re.I)
    ]
    for number, ((source, key), facts) in enumerate(health[:PER_CASE]):
        rng = random.Random(f"second units {key}")
        first, second = halves(facts, rng)
        units = rng.sample(UNITS, 2)
        title = facts["title"] if number % 2 else re.split(r"\s*[:(,]", facts["title"])[0]
        maker.add(
            False, "two-units", f"{source} {key}",
            side(source, facts, first, unit=units[0]), side("iga", facts, second, unit=units[1], title=title, acronym=None),
        )  # fmt: skip


def one_manner(maker: Maker, chosen: list) -> None:
    """Two innovations of one agency in one frame of words: titles are alike, and most of what is told is the agency's own."""
    pairs = list(zip(chosen[0::2], chosen[1::2], strict=False))[: PER_CASE + 4]
    for number, (((source, key), a), ((other, _), b)) in enumerate(pairs):
        here = {name: a.get(name) for name in ("region_code", "region_said", "agency", "unit", "year")}
        frame = FRAMES[number % len(FRAMES)]
        titles = [frame.format(re.split(r"\s*[:(,]", facts["title"])[0]) for facts in (a, b)]
        told = [" ".join((MANNER, *sentences(facts)[:2])) for facts in (a, b)]
        maker.add(
            False, "one-manner", f"{source} {key}",
            side(source, a, told[0], title=titles[0], acronym=None), side(other, b, told[1], title=titles[1], acronym=None, **here),
        )  # fmt: skip


def parts(maker: Maker, chosen: list) -> None:
    """A second stage or version that its owner counts as another innovation: the number tells them apart."""
    for number, ((source, key), facts) in enumerate(chosen[: PER_CASE // 2]):
        rng = random.Random(f"second parts {key}")
        first, second = halves(facts, rng)
        title = f"{facts['title']} {('2.0', 'Jilid 2', 'Tahap II', 'Generasi 3')[number % 4]}"
        changes = {"title": title, "acronym": None, "year": (facts.get("year") or 2020) + rng.randrange(2, 6)}
        maker.add(
            False,
            "versions",
            f"{source} {key}",
            side(source, facts, first),
            side("jippnas", facts, second, **changes),
        )


def look_alikes(maker: Maker) -> None:
    """The demo's own: same title, acronym or programme, but another innovation."""
    said = (DEMO / "README.md").read_text(encoding="utf-8")
    table = said.split("## Look alike, but are not the same")[1].split("\n## ")[0]
    named = {(source, facts["title"].split(" (")[0]): facts for (source, _), facts in maker.records.items()}
    for line in table.splitlines():
        found = re.findall(r"(\w+) [`“]([^`”]+)[`”]", line)
        refs = [(ref[0], maker.records.get(ref) or named.get(ref)) for ref in found]
        for one, other in itertools.combinations([ref for ref in refs if ref[1]], 2):
            maker.add(False, "look-alikes", line, side(*one), side(*other))


def half_of(group: str) -> str:
    """Pairs of one innovation are in one half."""
    return "tuning" if hashlib.sha256(f"second {group}".encode()).digest()[0] % 2 else "judging"


def build() -> list[dict]:
    """All rows, numbered."""
    maker = Maker()
    families(maker)
    look_alikes(maker)
    chosen = [
        item
        for item in maker.records.items()
        if item[1].get("region_code", "").count(".") == 1 and len(sentences(item[1])) >= 3
    ]
    random.Random("second drawing").shuffle(chosen)
    retold(maker, chosen)
    replicated(maker, chosen[20:])
    province_and_city(maker, chosen[60:])
    one_acronym(maker, chosen[40:], GENERIC, "generic-acronym")
    one_acronym(maker, chosen[90:], COINED, "chance-acronym")
    siblings(maker, chosen)
    two_units(maker, chosen[10:])
    parts(maker, chosen[75:])
    one_manner(maker, chosen[30:])
    number: collections.Counter = collections.Counter()
    for row in maker.rows:
        kind = "same" if row["same"] else "other"
        number[kind] += 1
        row |= {
            "id": f"made-{kind}-{number[kind]:03}",
            "origin": "constructed",
            "half": half_of(row.pop("group")),
        }
    return [
        {name: row[name] for name in ("id", "same", "origin", "half", "case", "a", "b")} for row in maker.rows
    ]


def main() -> None:
    rows = build()
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    for what, count in sorted(collections.Counter((r["same"], r["case"], r["half"]) for r in rows).items()):
        sys.stdout.write(f"{what} {count}\n")


if __name__ == "__main__":
    main()
