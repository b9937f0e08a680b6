"""An innovation in words and shapes: its sections and facts with their origin, a citation, JSON, schema.org data.

Takes what queries.innovation has loaded; reads and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from ekopi.catalogue import words
from ekopi.catalogue.fields import FIELDS, HTML_FIELDS
from ekopi.catalogue.merging import Chosen
from ekopi.core import clock, text
from ekopi.core.web import absolute, say_date, say_number

if TYPE_CHECKING:
    from ekopi.catalogue.models import Innovation, SourceRecord
    from ekopi.catalogue.queries.innovation import InnovationPage

LEAD = 300
"""Characters up to which a summary stands below the title instead of in a section of its own."""
IN_FACTS = (
    "unit", "initiator", "year", "trial_on", "started_on", "developed_on", "affair", "affairs", "lan_type",
    "lan_category", "innovator_group", "iga_stage", "iga_form", "iga_initiator", "iga_theme", "is_digital",
    "kipp_category", "kipp_group", "sdg", "competition", "award", "registration", "maturity",
    "replications_claimed", "sustainability_reason", "link", "video",
)  # fmt: skip
"""Fields of the facts box in its order; place, agency and state stand in the head of the page."""
FACETS = {
    "year": "year", "affair": "affair", "affairs": "affair", "lan_type": "lan_type", "iga_stage": "iga_stage",
    "iga_form": "iga_form", "sdg": "sdg", "kipp_category": "kipp_category",
}  # fmt: skip
"""Fields whose values lead to the catalogue narrowed by them -> scheme."""
_MORE_THAN_WORDS = re.compile(r"<(?!/?(?:p|strong|em|br)\b)|</p>.*<p", re.S)


def address(innovation: Innovation) -> str:
    """Path of the innovation's page."""
    return f"/katalog/{innovation.id}-{innovation.slug}"


def organisation_address(id: int, name: str) -> str:
    """Path of an organisation's page."""
    return f"/katalog/instansi/{id}-{text.slug(name) or 'instansi'}"


@dataclass(frozen=True)
class Origin:
    """Where a value is from, in words: a short line, and sentences that say more."""

    line: str
    sentences: list[str]


@dataclass(frozen=True)
class Section:
    key: str
    label: str
    html: Markup
    origin: Origin


@dataclass(frozen=True)
class Fact:
    """A fact: (words, address or "") for each of its values, and its origin."""

    key: str
    label: str
    values: list[tuple[str, str]]
    origin: Origin


def lead(page: InnovationPage) -> Section | None:
    """The summary where it is short enough to open the page."""
    chosen = page.shown.get("summary")
    if (
        chosen is None
        or len(page.shown.keys() & set(HTML_FIELDS)) == 1
        or _MORE_THAN_WORDS.search(chosen.value)
    ):
        return None
    plain = text.plain(chosen.value)
    if len(plain) > LEAD:
        return None
    return Section("summary", "", escape(plain), origin(page, "summary"))


def sections(page: InnovationPage) -> list[Section]:
    """The texts in the order of FIELDS, without the one that opens the page."""
    opening = lead(page)
    return [
        Section(name, str(FIELDS[name].label), text.trusted(page.shown[name].value), origin(page, name))
        for name in HTML_FIELDS
        if name in page.shown and not (opening and name == "summary")
    ]


def facts(page: InnovationPage) -> list[Fact]:
    """The facts box: who, where, when, which kind, which proofs."""
    found = []
    for name in IN_FACTS:
        if name == "sustainability_reason" and page.innovation.sustainability == "stopped":
            continue  # stands in the head of the page
        if name in page.shown and page.value(name) != 0:
            values = _values(name, page.shown[name].value)
            found.append(Fact(name, str(FIELDS[name].label), values, origin(page, name)))
    if "latitude" in page.shown and "longitude" in page.shown:
        place = f"{page.value('latitude'):.5f}, {page.value('longitude'):.5f}"
        found.append(Fact("latitude", _("Koordinat"), [(place, "")], origin(page, "latitude")))
    return found


def _values(name: str, value: Any) -> list[tuple[str, str]]:
    kind = FIELDS[name].kind
    if kind == "date":
        return [(say_date(date.fromisoformat(value)), "")]
    if kind in ("number", "whole"):
        return [(say_number(value), "")]
    if kind == "url":
        return [(_host(value), value)]
    said = words.value_words(name, value)
    if name not in FACETS:
        return [(one, "") for one in said]
    codes = value if isinstance(value, list) else [value]
    parameter = words.PARAMETERS[FACETS[name]]
    return [(one, f"/katalog?{parameter}={code}") for one, code in zip(said, codes, strict=True)]


def _host(link: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", link).split("/")[0][:60] or link[:60]


def origin(page: InnovationPage, name: str) -> Origin:
    """Where the value of a field is from, why it was taken, and who else says something of it."""
    chosen = page.shown[name]
    others = [
        record
        for record in page.records
        if record.id != chosen.record_id and record.facts.get(name) not in (None, "", [])
    ]
    line = _("Dari %(source)s, %(date)s", source=words.source_name(chosen.source), date=say_date(chosen.at))
    if chosen.record_id is None:
        line = _("Ditulis pengelolanya di EKOPI, %(date)s", date=say_date(chosen.at))
        said = [_("Tulisan ini berdiri di samping isian sumber; isian sumber tidak diubah.")]
    elif chosen.by_id is not None:
        said = [_("Isian sumber ini dipilih oleh pengelola katalog.")]
    elif others:
        said = [
            _(
                "Dipilih menurut aturan: sumber yang paling mengenal bidang ini didahulukan, lalu yang terbaru."
            )
        ]
    else:
        said = [_("Hanya sumber ini yang mengisi bidang ini.")]
    same = [r for r in others if r.facts[name] == chosen.value]
    differ = [r for r in others if r.facts[name] != chosen.value]
    if same:
        said.append(_("Sama dengan isian %(sources)s.", sources=_names(same)))
    if differ:
        said.append(_("Isian %(sources)s berbeda.", sources=_names(differ)))
    return Origin(line, said)


def _names(records: Iterable[SourceRecord]) -> str:
    return ", ".join(dict.fromkeys(words.source_name(record.source.key) for record in records))


def place(page: InnovationPage) -> str:
    """Region and province in words; what the source wrote where no region is known."""
    region = page.innovation.region
    if region is None:
        return str(page.value("region_said") or "")
    return f"{region.name}, {page.province.name}" if page.province else region.name


def citation(page: InnovationPage) -> str:
    """How to cite the page today, in one line of plain text."""
    innovation = page.innovation
    who = innovation.agency or place(page) or _("Tanpa nama instansi")
    when = str(innovation.year) if innovation.year else _("t.t.")
    return _(
        "%(who)s (%(year)s). %(title)s. Katalog Inovasi EKOPI, Lembaga Administrasi Negara. Diakses %(date)s, dari %(link)s",
        who=who, year=when, title=innovation.title.rstrip("."), date=say_date(clock.today()),
        link=absolute(f"/katalog/{innovation.id}"),
    )  # fmt: skip


# --- shapes for machines ----------------------------------------------------------------------------------


def as_json(page: InnovationPage) -> dict[str, Any]:
    """The page as data: public fields only. Times are UTC (ISO 8601), codes those of classifications.toml."""
    innovation = page.innovation
    return {
        "id": innovation.id,
        "url": absolute(address(innovation)),
        "title": innovation.title,
        "agency": innovation.agency,
        "region": {
            "code": innovation.region_code,
            "name": innovation.region.name if innovation.region else None,
            "province": page.province.name if page.province else None,
        },
        "year": innovation.year,
        "sustainability": innovation.sustainability or None,
        "overdue": page.overdue,
        "review_due": _iso(innovation.review_due),
        "owner": page.carers[0].name if page.carers else None,
        "co_owners": [organisation.name for organisation in page.carers[1:]],
        "replications": innovation.replications,
        "updated_at": _iso(innovation.updated_at),
        "fields": {name: _field(chosen) for name, chosen in page.shown.items()},
        "records": [
            {
                "source": record.source.key,
                "source_name": words.source_name(record.source.key),
                "licence": record.source.licence or None,
                "external_id": record.external_id,
                "first_seen_at": _iso(record.first_seen_at),
                "changed_at": _iso(record.changed_at),
                "vanished_at": _iso(record.vanished_at),
                "facts": record.facts,
            }
            for record in page.records
            if not record.synthetic
        ],
        "adopted_by": [
            {"organisation": one.adopter, "state": one.replication.state, "on": _iso(one.on)}
            for one in page.adopted
        ],
        "adopted_from": [absolute(address(one.replication.origin)) for one in page.taken_from],
        "citation": citation(page),
    }


def _field(chosen: Chosen) -> dict[str, Any]:
    source = chosen.source or "ekopi"
    return {
        "value": chosen.value,
        "source": source,
        "at": _iso(chosen.at),
        "chosen_by_person": chosen.by_id is not None,
    }


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def schema_org(page: InnovationPage) -> dict[str, Any]:
    """schema.org data of the page (JSON-LD): a CreativeWork of an organisation at a place."""
    innovation = page.innovation
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "@id": absolute(f"/katalog/{innovation.id}"),
        "url": absolute(address(innovation)),
        "name": innovation.title,
        "inLanguage": "id",
        "dateModified": _iso(innovation.updated_at),
        "isPartOf": {"@type": "DataCatalog", "name": "Katalog Inovasi EKOPI", "url": absolute("/katalog")},
        "publisher": {"@type": "GovernmentOrganization", "name": "Lembaga Administrasi Negara"},
    }
    if innovation.excerpt:
        data["description"] = innovation.excerpt
    if innovation.agency:
        data["creator"] = {"@type": "GovernmentOrganization", "name": innovation.agency}
    if where := place(page):
        data["spatialCoverage"] = {"@type": "AdministrativeArea", "name": where}
    if created := page.value("started_on") or innovation.year:
        data["dateCreated"] = str(created)
    about = [word for name in ("affair", "affairs", "sdg") if name in page.shown for word in words.value_words(name, page.value(name))]  # fmt: skip
    if about:
        data["about"] = about
    if page.value("award"):
        data["award"] = page.value("award")
    identifiers = [
        {"@type": "PropertyValue", "propertyID": record.source.key, "value": record.external_id}
        for record in page.records
    ]
    if identifiers:
        data["identifier"] = identifiers
    return data
