"""An innovation as simple Dublin Core (oai_dc), the format that every harvester reads."""

from __future__ import annotations

from collections.abc import Iterator

from ekopi.catalogue.classifications import classification
from ekopi.catalogue.fields import FIELDS, TERM_FIELDS
from ekopi.catalogue.given import Given
from ekopi.catalogue.giving.markup import ILLEGAL, around, element
from ekopi.core.text import plain

PREFIX = "oai_dc"
NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
ELEMENTS = "http://purl.org/dc/elements/1.1/"
TOLD = ("summary", "problem", "goal", "novelty", "how", "impact", "benefit")
"""Each of these that is told is a description."""


def formats() -> str:
    """What ListMetadataFormats tells of it."""
    return around(
        "metadataFormat",
        (
            element("metadataPrefix", PREFIX),
            element("schema", SCHEMA),
            element("metadataNamespace", NAMESPACE),
        ),
    )


def dublin_core(given: Given, site: str) -> str:
    """The innovation as an oai_dc element. `site` is the address that paths of pages follow."""
    attributes = {
        "xmlns:oai_dc": NAMESPACE,
        "xmlns:dc": ELEMENTS,
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
    }
    seen: set[tuple[str, str]] = set()
    parts = []
    for name, value in _elements(given, site):
        said = " ".join(ILLEGAL.sub("", str(value)).split())
        if said and (name, said) not in seen:
            seen.add((name, said))
            parts.append(element(f"dc:{name}", said))
    return around("oai_dc:dc", parts, attributes)


def _elements(given: Given, site: str) -> Iterator[tuple[str, object]]:
    facts = given.facts
    yield "title", given.title
    if facts.get("acronym"):
        yield "title", facts["acronym"]
    for name in (given.agency, facts.get("unit"), facts.get("initiator")):
        yield "creator", name or ""
    for subject in subjects(given):
        yield "subject", subject
    for field in TOLD:
        if facts.get(field):
            yield "description", plain(facts[field])
    yield "publisher", "EKOPI"
    yield "date", given.year or ""
    yield "type", "Inovasi"
    yield "format", "text/html"
    yield "identifier", site + given.path
    for origin in given.origins:
        yield "source", f"{origin.name} {origin.external_id}"
    yield "language", "id"
    yield "relation", facts.get("link") or ""
    for place in (given.region, given.province):
        yield "coverage", place
    for origin in given.origins:
        yield "rights", origin.licence


def subjects(given: Given) -> Iterator[str]:
    """The words of all that the innovation is classified by; a code that no list has is left out."""
    for field in TERM_FIELDS:
        known = classification(FIELDS[field].scheme)
        said = given.facts.get(field) or ()
        for code in said if isinstance(said, list) else [said]:
            if code in known.terms:
                yield known.name(code)
