"""How an innovation is classified for search: rows (scheme, code) that facets filter by and count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

SCHEMES = (
    "province", "region", "agency_kind", "year", "affair", "lan_type", "iga_stage", "iga_form", "digital", "sdg",
    "kipp_category", "award", "source", "sustainability", "replicated",
)  # fmt: skip
"""In the order the page shows them."""


def terms(
    facts: Mapping[str, Any],
    *,
    sources: Iterable[str],
    region_code: str | None,
    replications: int,
    review_due: date | None,
    today: date,
) -> set[tuple[str, str]]:
    """The (scheme, code) pairs of an innovation whose shown values are `facts`."""
    found: set[tuple[str, str]] = {("source", key) for key in sources}
    if region_code:
        found.add(("province", region_code.split(".")[0]))
        if "." in region_code:
            found.add(("region", region_code))
    found.add(("agency_kind", agency_kind(region_code)))
    if facts.get("year"):
        found.add(("year", str(facts["year"])))
    for field, scheme in (
        ("lan_type", "lan_type"), ("iga_stage", "iga_stage"), ("iga_form", "iga_form"), ("affair", "affair"),
        ("affairs", "affair"), ("sdg", "sdg"), ("kipp_category", "kipp_category"),
    ):  # fmt: skip
        said = facts.get(field)
        for code in said if isinstance(said, list) else [said] if said else []:
            found.add((scheme, str(code)))
    if facts.get("is_digital") is not None:
        found.add(("digital", "yes" if facts["is_digital"] else "no"))
    if facts.get("award"):
        found.add(("award", "yes"))
    if facts.get("sustainability"):
        found.add(("sustainability", facts["sustainability"]))
    if review_due and review_due < today:
        found.add(("sustainability", "overdue"))
    if replications:
        found.add(("replicated", "yes"))
    return found


def agency_kind(region_code: str | None) -> str:
    """central, province, regency or city, by the code: the second part of a city's begins with 7."""
    if not region_code:
        return "central"
    _province, dot, second = region_code.partition(".")
    if not dot:
        return "province"
    return "city" if second.startswith("7") else "regency"
