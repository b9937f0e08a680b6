"""Innovations of the catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from flask import redirect, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import Gone, HTTPException

from ekopi.api.answering import listed
from ekopi.api.declaring import NUMBER, Ask, Part, operation
from ekopi.api.shapes import Codes, Moment, PageQuery, Shape, Words
from ekopi.api.v1 import blueprint
from ekopi.catalogue import telling
from ekopi.catalogue.models import Innovation
from ekopi.catalogue.queries import innovation as queries
from ekopi.catalogue.queries import listing
from ekopi.core import paging
from ekopi.core.guards import found
from ekopi.core.web import absolute
from ekopi.search import queries as search

SORTS = {"newest": "terbaru", "year": "tahun", "replications": "ditiru", "title": "judul", "best": "cocok"}
BRIEF: dict[str, Any] = {
    "id": 318,
    "title": "Perahu Antar Obat",
    "agency": "Dinas Kesehatan Kabupaten Wakatobi",
    "region": {"code": "74.07", "name": "Kabupaten Wakatobi"},
    "year": 2023,
    "sustainability": "growing",
    "replications": 2,
    "excerpt": "Obat rutin diantar dengan perahu nelayan ke pulau yang jauh dari puskesmas.",
    "updated_at": "2026-08-17T02:30:00Z",
    "url": "https://ekopi.contoh.go.id/katalog/318-perahu-antar-obat",
}


class RecordPlace(Shape):
    code: str
    name: str


class RecordRegion(Shape):
    code: str | None
    name: str | None
    province: str | None


class RecordBrief(Shape):
    """An innovation as lists show it."""

    EXAMPLE = BRIEF
    id: int
    title: str
    agency: str
    region: RecordPlace | None
    year: int | None
    sustainability: Literal["continuing", "growing", "stopped"] | None
    replications: int
    excerpt: str
    updated_at: Moment
    url: str


class RecordField(Shape):
    """What is shown of a field and where it is from; "ekopi" is what a person wrote here."""

    value: Any
    source: str
    at: Moment | None
    chosen_by_person: bool


class RecordSource(Shape):
    """What one source says, in full."""

    source: str
    source_name: str
    licence: str | None
    external_id: str
    first_seen_at: Moment | None
    changed_at: Moment | None
    vanished_at: Moment | None
    facts: dict[str, Any]


class RecordAdoption(Shape):
    """An organisation that takes it over, how far it is, and since when."""

    organisation: str
    state: Literal["interest", "agreement", "approval", "implementation"]
    on: date | None


class Record(Shape):
    """An innovation with all its fields, their origin, and its source records."""

    EXAMPLE = {
        "id": 318,
        "url": "https://ekopi.contoh.go.id/katalog/318-perahu-antar-obat",
        "title": "Perahu Antar Obat",
        "agency": "Dinas Kesehatan Kabupaten Wakatobi",
        "region": {"code": "74.07", "name": "Kabupaten Wakatobi", "province": "Sulawesi Tenggara"},
        "year": 2023,
        "sustainability": "growing",
        "overdue": False,
        "review_due": "2027-08-17",
        "owner": "Dinas Kesehatan Kabupaten Wakatobi",
        "co_owners": [],
        "replications": 2,
        "updated_at": "2026-08-17T02:30:00Z",
        "fields": {
            "title": {
                "value": "Perahu Antar Obat",
                "source": "sinovik",
                "at": "2025-03-02T00:00:00Z",
                "chosen_by_person": False,
            }
        },
        "records": [
            {
                "source": "sinovik",
                "source_name": "Sinovik",
                "licence": None,
                "external_id": "20231877",
                "first_seen_at": "2025-03-02T00:00:00Z",
                "changed_at": "2025-03-02T00:00:00Z",
                "vanished_at": None,
                "facts": {"title": "Perahu Antar Obat", "year": 2023},
            }
        ],
        "adopted_by": [
            {"organisation": "Dinas Kesehatan Kabupaten Buton", "state": "implementation", "on": "2025-06-01"}
        ],
        "adopted_from": [],
        "citation": "Dinas Kesehatan Kabupaten Wakatobi (2023). Perahu Antar Obat. EKOPI.",
    }
    id: int
    url: str
    title: str
    agency: str
    region: RecordRegion
    year: int | None
    sustainability: Literal["continuing", "growing", "stopped"] | None
    overdue: bool
    review_due: date | None
    owner: str | None
    co_owners: list[str]
    replications: int
    updated_at: Moment
    fields: dict[str, RecordField]
    records: list[RecordSource]
    adopted_by: list[RecordAdoption]
    adopted_from: list[str]
    """Addresses of the innovations it was taken over from."""
    citation: str


class RecordsQuery(PageQuery):
    """Words, and codes of the catalogue's filters; each may be given several times."""

    q: Words | None = None
    sort: Literal["newest", "year", "replications", "title", "best"] | None = None
    province: Codes = ()
    region: Codes = ()
    year: Codes = ()
    sustainability: Codes = ()
    agency_kind: Codes = ()
    affair: Codes = ()
    lan_type: Codes = ()
    iga_stage: Codes = ()
    iga_form: Codes = ()
    sdg: Codes = ()
    kipp_category: Codes = ()
    award: Codes = ()
    source: Codes = ()


class Moved(HTTPException):
    """The innovation was joined with another one, which stands for both now."""

    code = 301

    def __init__(self, living_id: int):
        super().__init__(response=redirect(url_for("api.record", innovation_id=living_id), 301))


def brief(row: Innovation) -> RecordBrief:
    return RecordBrief.of(
        id=row.id,
        title=row.title,
        agency=row.agency,
        region=RecordPlace(code=row.region.code, name=row.region.name) if row.region else None,
        year=row.year,
        sustainability=row.sustainability or None,
        replications=row.replications,
        excerpt=row.excerpt,
        updated_at=row.updated_at,
        url=absolute(telling.address(row)),
    )


def asked(query: RecordsQuery) -> listing.Asked:
    """The question as the pages put it; the best ones first where words are given and nothing else is wanted."""
    text = " ".join((query.q or "").split())
    words = search.parse(text)
    named = set(RecordsQuery.model_fields) - set(PageQuery.model_fields) - {"q", "sort"}
    chosen = {scheme: getattr(query, scheme) for scheme in sorted(named) if getattr(query, scheme)}
    usual = listing.default_sort(words)
    sort = SORTS[query.sort] if query.sort else usual
    return listing.Asked(text, chosen, sort if words or sort != "cocok" else usual, words)


@operation(
    blueprint,
    "GET",
    "/records",
    of=RecordBrief,
    many=True,
    public=True,
    scope="records:read",
    query=RecordsQuery,
    summary=_l("Inovasi dalam katalog"),
    more=_l("Urutan yang paling cocok berhenti pada 200 inovasi."),
)
def records(ask: Ask) -> paging.Page:
    return listed(listing.page(asked(ask.query), ask.person, listing.audiences(ask.person)), brief)


@operation(
    blueprint,
    "GET",
    "/records/<int:innovation_id>",
    of=Record,
    public=True,
    scope="records:read",
    parts={"innovation_id": Part(NUMBER, 318)},
    refusals=(301, 410),
    summary=_l("Satu inovasi dengan asal setiap isiannya"),
    more=_l("Nomor yang sudah digabung mengarah ke nomor penggantinya."),
)
def record(ask: Ask, innovation_id: int) -> Record:
    page = found(queries.innovation_page(innovation_id, ask.person))
    if page.innovation.state == "merged":
        raise Moved(found(queries.living_id(innovation_id)))
    if page.innovation.state == "withdrawn":
        raise Gone()
    told = telling.as_json(page)
    return Record.model_validate({name: told[name] for name in Record.model_fields})
