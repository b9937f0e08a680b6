"""Innovations that are like one, each with its reasons: words of the title, the affair, the place."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from ekopi.catalogue import policy, words
from ekopi.catalogue.matching import keys
from ekopi.catalogue.models import Innovation, InnovationTerm
from ekopi.extensions import db
from ekopi.search import alike as search
from ekopi.search import words as stems

KIND = "innovation"
LOOKED_AT = 60
"""Innovations with a word of the title that are weighed."""
NEIGHBOURS = 20
"""Innovations of the same affair in the same place that are weighed too."""
SHOWN = 4
AFFAIR, REGION, PROVINCE = 2.0, 1.5, 0.5
ENOUGH = 2.5
"""What a pair must come to; one word in common that half of the others share too is not enough."""


@dataclass(frozen=True)
class Alike:
    """One innovation, with sentences that say what it has in common."""

    innovation: Innovation
    reasons: list[str]


def similar(to: Innovation, affairs: Collection[str], person) -> list[Alike]:
    """At most SHOWN innovations that are like this one, the nearest first. Two queries."""
    said = stems.by_token(to.title)
    generic, light = keys.table()["generic"], keys.table()["light"]
    telling = [stem for stem in said if stem not in generic]
    near = [stem for stem in telling if stem not in light] or telling
    shared = {
        key: [stem for stem in near if stem in title]
        for key, title in search.sharing(near, KIND, limit=LOOKED_AT)
        if key != to.id
    }
    rows = _rows(to, affairs, shared, person)
    often = Counter(stem for stem_list in shared.values() for stem in stem_list)
    weighed = []
    for innovation, common in rows:
        mine = shared.get(innovation.id, [])
        score = sum(1 + math.log((1 + len(shared)) / often[stem]) for stem in mine)
        score += AFFAIR * bool(common)
        same_place = bool(to.region_code) and innovation.region_code == to.region_code
        score += REGION if same_place else PROVINCE * _same_province(innovation, to)
        if score >= ENOUGH:
            reasons = _reasons(innovation, [said[stem] for stem in mine], common, same_place)
            weighed.append((score, innovation.id, Alike(innovation, reasons)))
    weighed.sort(key=lambda one: (-one[0], one[1]))
    return [one for _score, _id, one in weighed[:SHOWN] if one.reasons]


def _rows(to: Innovation, affairs, shared, person) -> list[tuple[Innovation, list[str]]]:
    """The innovations to weigh with their regions, and which of these affairs each has."""
    wanted = [Innovation.id.in_(shared)]
    if affairs and to.region_code:
        place = select(InnovationTerm.innovation_id).where(
            InnovationTerm.scheme == "region"
            if "." in to.region_code
            else InnovationTerm.scheme == "province",
            InnovationTerm.code == to.region_code,
        )
        here = select(InnovationTerm.innovation_id).where(
            InnovationTerm.scheme == "affair",
            InnovationTerm.code.in_(affairs),
            InnovationTerm.innovation_id.in_(place),
            InnovationTerm.innovation_id != to.id,
        )
        wanted.append(Innovation.id.in_(here.distinct().limit(NEIGHBOURS)))
    same = and_(
        InnovationTerm.innovation_id == Innovation.id,
        InnovationTerm.scheme == "affair",
        InnovationTerm.code.in_(affairs),
    )
    found: dict[int, Innovation] = {}
    common: dict[int, list[str]] = defaultdict(list)
    query = (
        select(Innovation, InnovationTerm.code)
        .outerjoin(InnovationTerm, same)
        .where(policy.visible_to(person), or_(*wanted), Innovation.id != to.id)
        .options(joinedload(Innovation.region))
    )
    for innovation, code in db.session.execute(query):
        found[innovation.id] = innovation
        if code:
            common[innovation.id].append(code)
    return [(innovation, common[id]) for id, innovation in found.items()]


def _same_province(one: Innovation, other: Innovation) -> bool:
    first, second = (one.region_code or "").split(".")[0], (other.region_code or "").split(".")[0]
    return bool(first) and first == second


def _reasons(innovation: Innovation, shared: list[str], affairs: list[str], same_place: bool) -> list[str]:
    reasons = []
    if shared:
        reasons.append(_("Kata yang sama: %(words)s", words=", ".join(shared[:4])))
    if affairs:
        names = ", ".join(words.code_name("affair", code) for code in affairs[:2])
        reasons.append(_("Urusan yang sama: %(affairs)s", affairs=names))
    if same_place and innovation.region:
        reasons.append(_("Daerah yang sama: %(place)s", place=innovation.region.name))
    return reasons
