"""What one may narrow the catalogue by: for each scheme its codes in words, with how many innovations bear them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from ekopi.catalogue import words
from ekopi.catalogue.models import InnovationTerm
from ekopi.extensions import db
from ekopi.places.models import Region

COUNTED = 2_000
"""Innovations that are looked at to count codes; more would make a page wait."""
SHOWN = 8
"""Codes of a facet that show at once; the rest folds away."""
MOST = 60
"""Codes of a facet at all."""
NATURAL = ("sustainability", "agency_kind", "iga_stage", "iga_form", "digital", "award", "replicated")
"""Schemes whose codes keep the order of their list; the others show the most frequent first."""
FEW = ("digital", "award", "replicated")
"""Schemes of so few codes that they share one fold."""
OPEN = ("sustainability", "affair")
"""Facets that stand open before anything is chosen."""


@dataclass(frozen=True)
class Option:
    """One code: its name in the address, its words, how many there are (None: not counted), whether it is chosen."""

    name: str
    code: str
    label: str
    count: int | None
    chosen: bool


@dataclass
class Facet:
    """One fold of the filters. `rest` are options that fold away once more."""

    key: str
    label: str
    options: list[Option] = field(default_factory=list)
    rest: list[Option] = field(default_factory=list)
    open: bool = False


@dataclass
class Facets:
    """All of a page: folds, the provinces as one choice, and whether the counts are of a part only."""

    folds: list[Facet]
    provinces: list[Option]
    capped: bool


Counts = Mapping[str, Mapping[str, int]]


def counts(narrowed: Select, without: Mapping[str, Select]) -> tuple[dict[str, Counter[str]], bool]:
    """{scheme: {code: innovations}} of what `narrowed` selects (ids), and whether only a part was counted.

    A scheme that is chosen from counts what there would be without its own choice: `without` has that SELECT.
    One query, and one more for each chosen scheme.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    capped = False
    for schemes, ids in [(None, narrowed), *without.items()]:
        sample = ids.limit(COUNTED + 1).subquery("sample")
        query = (
            select(InnovationTerm.scheme, InnovationTerm.code, func.count())
            .join(sample, InnovationTerm.innovation_id == sample.c[0])
            .group_by(InnovationTerm.scheme, InnovationTerm.code)
        )
        if schemes is None:
            query = query.where(
                InnovationTerm.scheme.not_in([*without, "region" if "region" in without else ""])
            )
        else:
            query = query.where(InnovationTerm.scheme == schemes)
        for scheme, code, number in db.session.execute(query):
            found[scheme][code] = number
    # Every innovation has exactly one kind of agency, so their sum is how many were looked at.
    if sum(found["agency_kind"].values()) > COUNTED:
        capped = True
    return dict(found), capped


def region_names(codes: set[str]) -> dict[str, str]:
    """Names of the provinces in force and of these codes, in the order of their code; one query."""
    rows = db.session.execute(
        select(Region.code, Region.name)
        .where((Region.code.in_(codes)) | ((Region.kind == "province") & Region.valid_to.is_(None)))
        .order_by(Region.code)
    )
    return {code: name for code, name in rows.all()}  # noqa: C416 (rows are no pairs for mypy)


def facets(
    counted: Counts, chosen: Mapping[str, tuple[str, ...]], names: Mapping[str, str], *, capped: bool
) -> Facets:
    """The folds of the page in the order of words.PARAMETERS. What nothing bears is left out, unless it is chosen.

    When only a part was counted, closed lists show whole, the codes not met without a number.
    """
    folds: list[Facet] = []
    few = Facet("others", _("Ciri Lain"))
    for scheme in words.PARAMETERS:
        if scheme == "province" or (scheme == "region" and "province" not in chosen and scheme not in chosen):
            continue
        options = _options(scheme, counted.get(scheme, {}), chosen.get(scheme, ()), names, capped)
        if not options:
            continue
        if scheme in FEW:
            few.options += options
            continue
        facet = Facet(scheme, str(words.SCHEMES[scheme]))
        facet.options = [o for place, o in enumerate(options) if place < SHOWN or o.chosen]
        facet.rest = [o for o in options if o not in facet.options]
        facet.open = scheme in chosen or (scheme in OPEN and not chosen)
        folds.append(facet)
    if few.options:
        few.open = any(option.chosen for option in few.options)
        folds.append(few)
    provinces = [
        Option(words.PARAMETERS["province"], code, name, counted.get("province", {}).get(code), code in chosen.get("province", ()))
        for code, name in names.items()
        if "." not in code
    ]  # fmt: skip
    return Facets(folds, provinces, capped)


def _options(
    scheme, counted: Mapping[str, int], chosen, names: Mapping[str, str], capped: bool
) -> list[Option]:
    codes = list(dict.fromkeys([*counted, *chosen]))
    listed = words.codes_of(scheme)
    if capped:
        codes += [code for code in listed if code not in codes]
    if scheme in NATURAL:
        places = {code: place for place, code in enumerate(listed)}
        codes.sort(key=lambda code: places.get(code, len(places)))
    elif scheme == "year":
        codes.sort(reverse=True)
    elif scheme == "sdg":
        codes.sort(key=lambda code: (len(code), code))
    else:
        codes.sort(key=lambda code: (-counted.get(code, 0), label(scheme, code, names)))
    missing = None if capped else 0
    return [
        Option(
            words.PARAMETERS[scheme],
            code,
            label(scheme, code, names),
            counted.get(code, missing),
            code in chosen,
        )
        for code in codes[:MOST]
    ]


def label(scheme: str, code: str, names: Mapping[str, str]) -> str:
    """A code as people read it; `names` are those of regions."""
    if scheme in ("province", "region"):
        return names.get(code, code)
    if scheme == "sdg":
        return f"{code}. {words.code_name(scheme, code)}"
    return words.code_name(scheme, code)
